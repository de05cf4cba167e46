"""Bodies of requests about custom objects: any JSON of the right kind, pruned, with metadata read as everywhere.

Upstream: apiextensions-apiserver/pkg/apiserver/customresource_handler.go (schemaCoercingDecoder)
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NoReturn

from podlab.apimachinery.gotext import compact, quote
from podlab.embedded.apiserver import fields
from podlab.embedded.apiserver.custom import shaping
from podlab.embedded.apiserver.custom.structure import META
from podlab.embedded.apiserver.decoding import conversion, decode, jsontext, yamltext
from podlab.embedded.apiserver.decoding.conversion import Literal, Repeated
from podlab.embedded.apiserver.resource import Resource
from podlab.embedded.apiserver.status import Cause, bad_request, invalid, unsupported_media_type

Obj = dict[str, Any]
ACCEPTED = ("application/json", "application/yaml")


def read(body: bytes, media_type: str, resource: Resource, validation: str) -> tuple[Obj, list[str]]:
    """The object of a request body, and warnings. Raises StatusError 400, 415, 422."""
    media_type = media_type or ACCEPTED[0]
    if media_type not in ACCEPTED:
        raise unsupported_media_type(ACCEPTED)
    try:
        if media_type == ACCEPTED[1]:
            value, strict = yamltext.load(body)
        else:
            value, strict = jsontext.parse(body.decode("utf-8", "replace")), []
    except ValueError as error:
        _unrecognized(f"couldn't get version/kind; json parse error: {error}", body, resource)
    try:
        _check_kind(value, body, resource)
        strict += list(duplicates(value, ""))
        obj, more = shape(value, resource)
    except ValueError as error:
        _refuse(str(error), resource)
    strict += more
    if strict and validation == "Strict":
        _refuse("strict decoding error: " + ", ".join(strict), resource)
    return obj, strict if validation == "Warn" else []


def shape(value: Obj, resource: Resource) -> tuple[Obj, list[str]]:
    """The object without what its schema does not know, and what that was. Raises ValueError with Go's text."""
    schema: Obj = getattr(resource.structure, "schema", {})
    given = value.get("metadata")
    meta, unknown = conversion.convert(given if given is not None else {}, fields.type_named(META))
    pruned, gone = shaping.prune(plain({k: v for k, v in value.items() if k != "metadata"}), schema, root=True)
    strict = [text.replace('field "', 'field "metadata.', 1) for text in unknown]
    strict += [f"unknown field {quote(path)}" for path in gone]
    if isinstance(given, dict) and given.get("managedFields") == []:
        meta["managedFields"] = []
    return {**pruned, "metadata": meta}, strict


def plain(value: Any) -> Any:
    """JSON without the marks that the parser left in it."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    large = isinstance(value, int) and not -(2**63) <= value < 2**63
    return _number(value) if large or isinstance(value, Literal) else value


def _number(value: float) -> float | int:
    """A number as Go keeps it: one that is whole has no fraction and, below 1e21, no exponent once it is written.

    Raises ValueError for one that is too large.
    """
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if math.isinf(number):
        text = value.text if isinstance(value, Literal) else value
        raise ValueError(f"json: cannot unmarshal number {text} into Go value of type float64")
    return int(Decimal(repr(number))) if abs(number) < 1e21 and number.is_integer() else number


def duplicates(value: Any, path: str = "") -> Iterator[str]:
    """Strict errors about keys that stand twice."""
    if isinstance(value, Repeated):
        seen: set[str] = set()
        for key, _ in value.pairs:
            if key in seen:
                yield f"duplicate field {quote(f'{path}.{key}' if path else key)}"
            seen.add(key)
    if isinstance(value, dict):
        for key, member in value.items():
            yield from duplicates(member, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from duplicates(item, f"{path}[{index}]")


def _check_kind(value: Any, body: bytes, resource: Resource) -> None:
    if not isinstance(value, dict):
        text = f"json: cannot unmarshal {conversion.found(value)} into Go value of type {decode.META}"
        _unrecognized(f"couldn't get version/kind; json parse error: {text}", body, resource)
    kind, version = value.get("kind"), value.get("apiVersion")
    if not kind or not isinstance(kind, str):
        _unrecognized(f"Object 'Kind' is missing in '{body.decode('utf-8', 'replace')}'", body, resource)
    if not version or not isinstance(version, str):
        _unrecognized(f"Object 'apiVersion' is missing in '{compact(plain(value))}'", body, resource)
    if version != resource.api_version:
        wanted = resource.api_version
        raise bad_request(f"the API version in the data ({version}) does not match the expected API version ({wanted})")
    if kind != resource.kind:
        cause = Cause("kind", "FieldValueInvalid", f"Invalid value: {quote(kind)}: must be {resource.kind}")
        meta = value.get("metadata")
        name = str(meta.get("name") or "") if isinstance(meta, dict) else ""
        raise invalid(f"{kind}.{resource.group}", name, [cause])


def _unrecognized(text: str, body: bytes, resource: Resource) -> NoReturn:
    shown = decode.summary(body)
    raise bad_request(f"the object provided is unrecognized (must be of type {resource.kind}): {text} ({shown})")


def _refuse(text: str, resource: Resource) -> NoReturn:
    kind = resource.kind
    raise bad_request(f"{kind} in version {quote(resource.version)} cannot be handled as a {kind}: {text}")
