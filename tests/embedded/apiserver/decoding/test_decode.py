"""Request bodies: what is refused, in upstream's words, and what comes out."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podlab.apimachinery import gotext
from podlab.embedded.apiserver import fields
from podlab.embedded.apiserver.decoding import decode, protobuf
from podlab.embedded.apiserver.status import StatusError
from tests.embedded.recordings import GOLDEN, body_of, created, query_of, recorded

POD = ("", "v1", "Pod")
PROTOBUF = "application/vnd.kubernetes.protobuf"


def _decoded(entry: dict[str, Any]) -> str | None:
    request, resource = entry["request"], created(entry["request"])
    assert resource
    validation = query_of(request).get("fieldValidation", ["Warn"])[0]
    gvk = (resource.group, resource.version, resource.kind)
    try:
        decode.decode(body_of(request), request.get("ct") or "", gvk, validation)
    except StatusError as error:
        return error.message
    return None


def _posts() -> list[dict[str, Any]]:
    found = [entry for entry in recorded("errors") if created(entry["request"])]
    return [entry for entry in found if entry["response"]["status"] != 415]


@pytest.mark.parametrize("entry", _posts(), ids=lambda entry: str(entry["name"]))
def test_recorded_bodies(entry: dict[str, Any]) -> None:
    answer = entry["response"]
    message = answer["body"]["message"] if answer["status"] == 400 else None
    if message and message.startswith("the namespace of"):
        message = None  # found later, when the body is held against the path
    assert _decoded(entry) == message


def test_unknown_fields_are_warned_of_in_order() -> None:
    entry = next(entry for entry in recorded("errors") if entry["name"] == "unknown fields strict multiple")
    _, warnings = decode.decode(body_of(entry["request"]), "application/json", POD, "Warn")
    assert f"strict decoding error: {', '.join(warnings)}" in entry["response"]["body"]["message"]
    obj, ignored = decode.decode(body_of(entry["request"]), "application/json", POD, "Ignore")
    assert ignored == [] and "sepc" not in obj and "lables" not in obj["metadata"]


@pytest.mark.parametrize(
    "entry",
    json.loads((GOLDEN / "protobuf.json").read_text(encoding="utf-8")),
    ids=lambda entry: str(entry["command"]),
)
def test_protobuf_of_kubectl(entry: dict[str, Any]) -> None:
    obj = entry["object"]
    type_ = fields.kind_of(obj)
    assert type_
    group, _, version = obj["apiVersion"].rpartition("/")
    found, _ = decode.decode(base64.b64decode(entry["body"]), PROTOBUF, (group, version, obj["kind"]))
    expected = fields.canonical(obj, type_)
    for each in (found, expected):
        each["metadata"].pop("namespace", None)  # --dry-run=client leaves it out
    assert found == expected


@pytest.mark.slow
@given(st.binary(max_size=200))
def test_no_protobuf_body_breaks_the_decoder(body: bytes) -> None:
    try:
        decode.decode(protobuf.MAGIC + body, PROTOBUF, POD)
    except StatusError as error:
        assert error.code == 400


KEYS = ["apiVersion", "kind", "metadata", "spec", "containers", "name", "labels", "ports", "resources", "limits", "cpu"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=5),
    max_leaves=20,
)


@pytest.mark.slow
@given(JSON)
def test_no_json_body_breaks_the_decoder(value: Any) -> None:
    try:
        obj, _ = decode.decode(json.dumps(value).encode(), "application/json", POD)
    except StatusError as error:
        assert error.code == 400
    else:
        type_ = fields.kind_of(obj)
        assert type_ and fields.canonical(obj, type_) == obj


def _not_json(name: str) -> None:
    raise ValueError(name)


@pytest.mark.slow
@given(st.text(alphabet='{}[]",:truefalsn0123456789.eE+- \\u\n', max_size=30))
def test_syntax_errors_are_found_exactly_where_there_are_some(text: str) -> None:
    try:
        json.loads(text, parse_constant=_not_json)
        sound = True
    except ValueError:
        sound = False
    assert bool(gotext.syntax_error(text)) != sound


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('{"a" 1}', "invalid character '1' after object key"),
        ('{"a":1 "b"}', "invalid character '\"' after object key:value pair"),
        ("[1 2]", "invalid character '2' after array element"),
        ("{} x", "invalid character 'x' after top-level value"),
        ("tru", "unexpected end of JSON input"),
        ("trux", "invalid character 'x' in literal true (expecting 'e')"),
    ],
)
def test_syntax_errors_in_gos_words(text: str, problem: str) -> None:
    assert gotext.syntax_error(text) == problem


def test_yaml_that_would_explode_is_refused() -> None:
    lines = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    lines += [f"{chr(98 + i)}: &{chr(98 + i)} [{', '.join(['*' + chr(97 + i)] * 9)}]" for i in range(8)]
    with pytest.raises(StatusError, match="excessive aliasing"):
        decode.decode("\n".join(lines).encode(), "application/yaml", POD)


def test_a_date_in_yaml_is_a_text() -> None:
    body = b"kind: Pod\napiVersion: v1\nmetadata: {name: x, labels: {day: 2026-11-23}}"
    obj, _ = decode.decode(body, "application/yaml", POD)
    assert obj["metadata"]["labels"] == {"day": "2026-11-23"}


@pytest.mark.parametrize("rest", ["---\nmetadata: {name: second}\n", "---\n}: broken\n", "...\n"])
def test_of_several_documents_the_first_is_read(rest: str) -> None:
    body = f"---\nmetadata:\n  name: first\n{rest}".encode()
    obj, warned = decode.decode(body, "application/yaml", ("", "v1", "ConfigMap"))
    assert (obj["metadata"]["name"], warned) == ("first", [])
