"""Request bodies into objects: which kind it is, strictness, and upstream's exact texts.

Upstream: apimachinery/pkg/runtime/serializer/json/json.go, apiserver/pkg/endpoints/handlers/{create,rest}.go
"""

from __future__ import annotations

from typing import Any, NoReturn, cast

from podlab.apimachinery.gotext import quote
from podlab.embedded.apiserver import fields
from podlab.embedded.apiserver.decoding import jsontext, protobuf, yamltext
from podlab.embedded.apiserver.decoding.conversion import convert, found
from podlab.embedded.apiserver.status import bad_request, unsupported_media_type

ACCEPTED = ("application/json", "application/yaml", "application/vnd.kubernetes.protobuf")
OPTIONS = "DeleteOptions"
INTERNAL_SCHEME = '"pkg/runtime/scheme.go:111"'
SCHEME = '"pkg/api/legacyscheme/scheme.go:30"'
META = r"""struct { APIVersion string "json:\"apiVersion,omitempty\""; Kind string "json:\"kind,omitempty\"" }"""

MEANT_EMPTY: tuple[tuple[Any, ...], ...] = (
    ("metadata", "managedFields", []),
    ("spec", "overhead", {}),
    ("spec", "behavior", "scaleUp", "policies", []),
    ("spec", "behavior", "scaleDown", "policies", []),
)

Gvk = tuple[str, str, str]


def decode(
    body: bytes, media_type: str, expected: Gvk, validation: str = "Warn", older: tuple[str, ...] = ()
) -> tuple[dict[str, Any], list[str]]:
    """Return the object of a request body in canonical form, and warnings.

    Args:
        expected: group, version and kind that the resource has; also the default for a body that does not say.
        validation: Strict refuses unknown and repeated fields, Warn returns them as warnings, Ignore drops them.
        older: versions of the same fields that are read as well.

    Raises StatusError: 400 as upstream words it, 415 for a media type that cannot be read.
    """
    media_type = media_type.split(";")[0].strip().lower() or "application/json"
    if media_type not in ACCEPTED:
        raise unsupported_media_type(ACCEPTED)
    if media_type == ACCEPTED[2]:
        return _decode_protobuf(body, expected, older)
    strict: list[str] = []
    if media_type == ACCEPTED[1]:
        try:
            value, strict = yamltext.load(body)
        except ValueError as error:
            _unrecognized(str(error), body, expected)
    else:
        value = _parse(body, expected)
    gvk = _current(_gvk(value, body, expected), expected, older)
    obj, more = _typed(value, gvk, expected)
    told = yamltext.warnings(strict) if validation == "Warn" else strict
    return obj, _judge([*told, *more], gvk, expected, validation)


def reshape(value: Any, expected: Gvk) -> tuple[dict[str, Any], list[str]]:
    """Return a patched object in canonical form, and its strict errors. Raises ValueError with Go's text."""
    type_ = fields.kind(*expected)
    if type_ is None:
        raise ValueError(
            f"no kind {quote(expected[2])} is registered for version {quote(_version(expected))} in scheme {SCHEME}"
        )
    obj, strict = convert(value, type_)
    return _with_reset(value, obj), strict


def _with_reset(value: Any, obj: dict[str, Any]) -> dict[str, Any]:
    """Keep what means something although it is empty.

    A list of managedFields makes the server forget who owns what; a Pod's overhead is one that no RuntimeClass made;
    an autoscaler's rules without policies are refused, not defaulted.
    """
    for *way, key, nothing in MEANT_EMPTY:
        given, inside = value, cast(Any, obj)
        for name in way:
            given, inside = (one.get(name) if isinstance(one, dict) else None for one in (given, inside))
        if isinstance(given, dict) and given.get(key) == nothing and isinstance(inside, dict):
            inside[key] = nothing.copy()
    return obj


def check_identity(value: dict[str, Any], expected: Gvk) -> None:
    """Refuse a patched object that has become one of another kind. Raises ValueError with Go's text."""
    group, _, version = str(value.get("apiVersion") or "").rpartition("/")
    gvk = (group, version, str(value.get("kind") or ""))
    if gvk == expected or not (version and gvk[2]):
        return
    if fields.kind(*gvk) is None:
        known = f"no kind {quote(gvk[2])} is registered for version {quote(_version(gvk))}"
        raise ValueError(f"{known} in scheme {INTERNAL_SCHEME}")
    if gvk[2] != expected[2]:
        internal = expected[0].split(".")[0] or "core"
        raise ValueError(f"converting ({version}.{gvk[2]}) to ({internal}.{expected[2]}): unknown conversion")


def _parse(body: bytes, expected: Gvk) -> Any:
    try:
        return jsontext.parse(body.decode("utf-8", "replace"))
    except ValueError as error:
        _unrecognized(f"couldn't get version/kind; json parse error: {error}", body, expected)


def _unrecognized(text: str, body: bytes, expected: Gvk) -> NoReturn:
    if expected[2] == OPTIONS:
        raise bad_request(text)
    raise bad_request(f"the object provided is unrecognized (must be of type {expected[2]}): {text} ({summary(body)})")


def summary(body: bytes) -> str:
    """The beginning of a body, as an error quotes it: text where it is JSON, else hexadecimal."""
    if not body:
        return "<empty>"
    shown = body[:30].decode("utf-8", "replace") if body[:1] == b"{" else body[:30].hex()
    return shown + (" ..." if len(body) > 30 else "")


def _gvk(value: Any, body: bytes, expected: Gvk) -> Gvk:
    """Read group, version and kind; what is missing is as expected."""
    if value is None:
        return expected
    problem = ""
    if not isinstance(value, dict):
        problem = f"json: cannot unmarshal {found(value)} into Go value of type {META}"
    else:
        for key in ("apiVersion", "kind"):
            if not isinstance(value.get(key) or "", str):
                problem = (
                    problem or f"json: cannot unmarshal {found(value[key])} into Go struct field .{key} of type string"
                )
    if problem:
        _unrecognized(f"couldn't get version/kind; json parse error: {problem}", body, expected)
    api_version, kind = value.get("apiVersion") or "", value.get("kind") or expected[2]
    if kind == expected[2] == OPTIONS:  # every group has it, and it is everywhere the same
        return expected
    if api_version.count("/") > 1:
        _unrecognized(f"unexpected GroupVersion string: {api_version}", body, expected)
    group, _, version = api_version.rpartition("/")
    return (group, version, kind) if version else (expected[0], expected[1], kind)


def _current(gvk: Gvk, expected: Gvk, older: tuple[str, ...]) -> Gvk:
    return expected if (gvk[0], gvk[2]) == (expected[0], expected[2]) and gvk[1] in older else gvk


def _version(gvk: Gvk) -> str:
    return f"{gvk[0]}/{gvk[1]}" if gvk[0] else gvk[1]


def _refuse(text: str, gvk: Gvk, expected: Gvk) -> NoReturn:
    if expected[2] == OPTIONS:
        raise bad_request(text)
    raise bad_request(f"{gvk[2]} in version {quote(gvk[1])} cannot be handled as a {expected[2]}: {text}")


def _typed(value: Any, gvk: Gvk, expected: Gvk) -> tuple[dict[str, Any], list[str]]:
    type_ = fields.kind(*gvk)
    if type_ is None or (expected[2] == OPTIONS and gvk[2] != OPTIONS):
        scheme = INTERNAL_SCHEME if expected[2] == OPTIONS else SCHEME
        known = f"no kind {quote(gvk[2])} is registered for version {quote(_version(gvk))}"
        _refuse(f"{known} in scheme {scheme}", gvk, expected)
    try:
        obj, strict = convert(value, type_)
    except ValueError as error:
        _refuse(str(error), gvk, expected)
    _check_kind(gvk, expected)
    return {**_with_reset(value, obj), "kind": gvk[2], "apiVersion": _version(gvk)}, strict


def _check_kind(gvk: Gvk, expected: Gvk) -> None:
    if gvk[2] != expected[2]:
        internal = expected[0].split(".")[0] or "core"
        _refuse(f"converting ({gvk[1]}.{gvk[2]}) to ({internal}.{expected[2]}): unknown conversion", gvk, expected)
    if gvk != expected:
        given, wanted = _version(gvk), _version(expected)
        raise bad_request(f"the API version in the data ({given}) does not match the expected API version ({wanted})")


def _judge(strict: list[str], gvk: Gvk, expected: Gvk, validation: str) -> list[str]:
    if not strict or validation == "Ignore":
        return []
    if validation == "Strict":
        _refuse("strict decoding error: " + ", ".join(strict), gvk, expected)
    return strict


def _decode_protobuf(body: bytes, expected: Gvk, older: tuple[str, ...]) -> tuple[dict[str, Any], list[str]]:
    try:
        api_version, kind, raw = protobuf.envelope(body)
    except ValueError as error:
        raise bad_request(
            f"the object provided is unrecognized (must be of type {expected[2]}): {error} ({summary(body)})"
        ) from None
    gvk = _current(_gvk({"apiVersion": api_version, "kind": kind}, body, expected), expected, older)
    type_ = fields.kind(*gvk)
    if type_ is None:
        _refuse(
            f"no kind {quote(gvk[2])} is registered for version {quote(_version(gvk))} in scheme {SCHEME}",
            gvk,
            expected,
        )
    try:
        obj = fields.canonical(protobuf.message(raw, type_), type_)
    except ValueError as error:
        _refuse(str(error), gvk, expected)
    _check_kind(gvk, expected)
    return {**obj, "kind": gvk[2], "apiVersion": _version(gvk)}, []
