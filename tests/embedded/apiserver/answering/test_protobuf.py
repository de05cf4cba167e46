"""Protobuf answers: byte for byte what kubectl itself writes, and read back to the objects that they were."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from podlab.embedded.apiserver import fields
from podlab.embedded.apiserver.answering import protobuf
from podlab.embedded.apiserver.decoding import decode
from podlab.embedded.apiserver.decoding.protobuf import envelope, message, parts
from tests.embedded.harness import Api, pod
from tests.embedded.recordings import GOLDEN, recorded

PROTOBUF = "application/vnd.kubernetes.protobuf"
PODS = "/api/v1/namespaces/default/pods"


@pytest.mark.parametrize(
    "entry",
    json.loads((GOLDEN / "protobuf.json").read_text(encoding="utf-8")),
    ids=lambda entry: str(entry["command"]),
)
def test_what_kubectl_sent_is_written_again_in_the_same_bytes(entry: dict[str, Any]) -> None:
    body = base64.b64decode(entry["body"])
    api_version, kind, _ = envelope(body)
    group, _, version = api_version.rpartition("/")
    obj, _ = decode.decode(body, PROTOBUF, (group, version, kind))
    assert protobuf.envelope(obj) == body


def _read(body: bytes) -> dict[str, Any]:
    api_version, kind, raw = envelope(body)
    group, _, version = api_version.rpartition("/")
    type_ = fields.kind(group, version, kind)
    assert type_
    return {**fields.canonical(message(raw, type_), type_), "apiVersion": api_version, "kind": kind}


def _headless(value: Any) -> Any:
    """An object's parts without kind and version, for which messages have no place."""
    if isinstance(value, list):
        return [_headless(each) for each in value]
    if not isinstance(value, dict):
        return value
    kept = {key: each for key, each in value.items() if not ("apiVersion" in value and key in ("apiVersion", "kind"))}
    return {key: _headless(each) for key, each in kept.items()}


def _objects() -> list[dict[str, Any]]:
    bodies = [entry["response"].get("body") for entry in recorded("defaults")]
    return [body for body in bodies if isinstance(body, dict) and fields.kind_of(body)]


@pytest.mark.parametrize("obj", _objects(), ids=lambda obj: f"{obj['kind']} {obj.get('metadata', {}).get('name', '')}")
def test_a_recorded_object_is_read_back_as_it_was(obj: dict[str, Any]) -> None:
    found = _read(protobuf.envelope(obj))
    assert (found["apiVersion"], found["kind"]) == (obj["apiVersion"], obj["kind"])
    assert _headless(found) == _headless(obj)


async def test_who_takes_protobuf_alone_gets_it_and_all_others_json() -> None:
    api = Api()
    made = await api.call("POST", PODS, pod("a"), content_type="application/json", accept=PROTOBUF)
    assert (made.code, made.headers["content-type"], _read(made.body)["metadata"]["name"]) == (201, PROTOBUF, "a")
    found = await api.call("GET", PODS, accept=PROTOBUF)
    assert [each["metadata"]["name"] for each in _read(found.body)["items"]] == ["a"]
    both = await api.call("GET", PODS, accept=f"{PROTOBUF},application/json")
    assert both.headers["content-type"] == "application/json" and both.json["kind"] == "PodList"
    missing = await api.call("GET", f"{PODS}/b", accept=PROTOBUF)
    assert (missing.headers["content-type"], _read(missing.body)["reason"]) == (PROTOBUF, "NotFound")


async def test_a_watch_in_protobuf_sends_each_event_behind_its_length() -> None:
    api = Api()
    await api.call("POST", PODS, pod("a"), content_type="application/json")
    query = "watch=true&resourceVersion=0&timeoutSeconds=1"
    seen = await api.call("GET", f"{PODS}?{query}", accept=f"{PROTOBUF};stream=watch")
    assert seen.headers["content-type"] == f"{PROTOBUF};stream=watch"
    size = int.from_bytes(seen.body[:4], "big")
    assert len(seen.body) == size + 4
    _, kind, event = envelope(seen.body[4:])
    told, carried = (value for _, value in parts(event))
    assert isinstance(carried, bytes) and (kind, told) == ("WatchEvent", b"ADDED")
    ((_, obj),) = parts(carried)
    assert isinstance(obj, bytes) and _read(obj)["metadata"]["name"] == "a"
