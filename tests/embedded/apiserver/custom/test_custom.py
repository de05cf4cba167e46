"""Custom resources: what a real API server answered is answered again."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path
from typing import Any

import pytest

from podlab.embedded.apiserver.custom import printing, reading, values
from podlab.embedded.apiserver.decoding import jsontext
from podlab.embedded.apiserver.registry import Registry
from podlab.embedded.apiserver.resources import RESOURCES
from podlab.embedded.controllers.customresources import CustomResources
from podlab.embedded.serializer import encode
from podlab.embedded.stepping import SteppingClock
from podlab.embedded.store import Store
from tests.embedded.apiserver import replay
from tests.embedded.harness import Api

ENTRIES = replay.entries("custom")
APART = {
    "openapi": "test_openapi.py holds the documents",
    "empty list": "a real server was not ready yet",
}
THEN = re.compile(r"\d{4}-\d\d-\d\dT[\d:]+Z|\b\d+[smhd]\b|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}")
VERSION = re.compile(r"(resourceVersion\W+)\d+")


@pytest.fixture(scope="module")
def answered() -> list[replay.Answered]:
    """What is answered to the recorded requests."""
    return asyncio.run(replay.answers("custom", lambda api: CustomResources(api.registry)))


def comparable(value: Any) -> Any:
    """Without what differs between two runs, in texts too; the order of a group's resources is none."""
    text = VERSION.sub(r"\1N", THEN.sub("then", json.dumps(replay.settled(value))))
    found = json.loads(text)
    if isinstance(found, dict) and found.get("kind") == "APIResourceList":
        found["resources"].sort(key=lambda one: one["name"])
    return found


@pytest.mark.slow
@pytest.mark.parametrize("index", range(len(ENTRIES)), ids=lambda index: replay.name_of(ENTRIES[index]))
def test_a_recorded_request_is_answered_as_it_was(index: int, answered: list[replay.Answered]) -> None:
    recorded, (code, body) = ENTRIES[index]["response"], answered[index]
    if ENTRIES[index]["name"] not in APART:
        assert comparable(body) == comparable(recorded["body"])
        assert code == recorded["status"]


async def test_custom_objects_and_their_definitions_survive_a_restart(tmp_path: Path) -> None:
    create = next(entry for entry in ENTRIES if entry["name"] == "create")["request"]
    url = "/apis/stable.podlab.dev/v1/namespaces/default/crontabs"
    obj = {"apiVersion": "stable.podlab.dev/v1", "kind": "CronTab", "metadata": {"name": "a"}}

    api = Api(tmp_path / "state.db")
    first = CustomResources(api.registry)
    assert (await api.call("POST", create["path"], create["body"])).code == 201
    for _ in range(3):
        api.registry.clock.step(0.01)
        await api.registry.clock.settle()
    assert (await api.call("POST", url, {**obj, "spec": {"cronSpec": "* * * * *"}})).code == 201
    first.stop()
    api.registry.store.close()
    again = Registry(Store(tmp_path / "state.db"), SteppingClock(), RESOURCES)
    second = CustomResources(again)
    kept = again.get(again.resource("crontabs.stable.podlab.dev"), "a", "default")
    assert kept["spec"]["image"] == "busybox"
    second.stop()


async def test_a_definition_goes_whatever_was_written_into_its_status() -> None:
    create = next(entry for entry in ENTRIES if entry["name"] == "create")["request"]
    api = Api()
    running = CustomResources(api.registry)
    assert (await api.call("POST", create["path"], create["body"])).code == 201
    url = f"{create['path']}/{create['body']['metadata']['name']}"
    merge = "application/merge-patch+json"
    patched = await api.call("PATCH", f"{url}/status", {"status": {"storedVersions": ["v9"]}}, content_type=merge)
    assert patched.code == 200
    assert (await api.call("DELETE", url)).code == 200
    for _ in range(3):
        api.registry.clock.step(1.0)
        await api.registry.clock.settle()
    assert (await api.call("GET", url)).code == 404
    running.stop()


async def test_a_status_is_judged_from_there_and_a_definition_keeps_its_names() -> None:
    api, group, merge = Api(), "example.com", "application/merge-patch+json"
    running = CustomResources(api.registry)
    ready = {"type": "object", "properties": {"ready": {"type": "boolean"}}}
    schema = {"openAPIV3Schema": {"type": "object", "properties": {"status": ready}}}
    version = {"name": "v1", "served": True, "storage": True, "schema": schema, "subresources": {"status": {}}}
    spec = {"group": group, "scope": "Cluster", "names": {"plural": "dogs", "kind": "Dog"}, "versions": [version]}
    path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
    await api.call("POST", path, {"metadata": {"name": f"dogs.{group}"}, "spec": spec})
    dog = {"apiVersion": f"{group}/v1", "kind": "Dog", "metadata": {"name": "rex"}}
    assert (await api.call("POST", f"/apis/{group}/v1/dogs", dog)).code == 201
    change = {"status": {"ready": "yes"}}
    refused = await api.call("PATCH", f"/apis/{group}/v1/dogs/rex/status", change, content_type=merge)
    text = 'status.ready: Invalid value: "string": ready in body must be of type boolean: "string"'
    assert refused.json["message"] == f'Dog.{group} "rex" is invalid: {text}'
    refused = await api.call(
        "PATCH", f"{path}/dogs.{group}", {"spec": {"names": {"plural": "cats"}}}, content_type=merge
    )
    assert [(cause["field"], cause["message"]) for cause in refused.json["details"]["causes"]] == [
        ("spec.names.plural", 'Invalid value: "cats": field is immutable')
    ]
    running.stop()


async def test_a_scale_needs_its_replicas() -> None:
    api, group = Api(), "example.com"
    running = CustomResources(api.registry)
    number = {"type": "object", "properties": {"size": {"type": "integer"}}}
    schema = {"type": "object", "properties": {"spec": number, "status": number}}
    scale = {"scale": {"specReplicasPath": ".spec.size", "statusReplicasPath": ".status.size"}}
    version = {
        "name": "v1",
        "served": True,
        "storage": True,
        "schema": {"openAPIV3Schema": schema},
        "subresources": scale,
    }
    spec = {"group": group, "scope": "Cluster", "names": {"plural": "dogs", "kind": "Dog"}, "versions": [version]}
    path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
    await api.call("POST", path, {"metadata": {"name": f"dogs.{group}"}, "spec": spec})
    dog = {"apiVersion": f"{group}/v1", "kind": "Dog", "metadata": {"name": "rex"}, "spec": {}}
    assert (await api.call("POST", f"/apis/{group}/v1/dogs", dog)).code == 201
    refused = await api.call("GET", f"/apis/{group}/v1/dogs/rex/scale")
    assert (refused.code, refused.json["message"]) == (
        500,
        'Internal error occurred: the spec replicas field ".spec.size" does not exist',
    )
    running.stop()


def test_a_printer_column_finds_conditions_by_type() -> None:
    conditions = [{"type": "A", "status": "False"}, {"type": "Ready", "status": "True"}]
    path = printing.parse('.status.conditions[?(@.type=="Ready")].status')
    assert printing.find({"status": {"conditions": conditions}}, path) == ["True"]
    assert printing.parse("spec") is None


@pytest.mark.parametrize(
    ("format_", "right", "wrong"),
    [
        ("ipv4", "1.2.3.4", "1.2.3"),
        ("ipv6", "::1", "1.2.3.4"),
        ("cidr", "10.0.0.0/8", "10.0.0.0/40"),
        ("byte", "YQ==", "%"),
        ("mac", "00:11:22:33:44:55", "00:11"),
        ("uri", "https://x", "x y"),
    ],
)
def test_formats_of_texts(format_: str, right: str, wrong: str) -> None:
    schema = {"type": "string", "format": format_}
    assert not values.check(right, schema, "spec.a")
    (cause,) = values.check(wrong, schema, "spec.a")
    assert cause.message == f'Invalid value: "{wrong}": spec.a in body must be of type {format_}: "{wrong}"'


def test_a_number_of_a_size_and_an_object_within_an_object() -> None:
    told = [cause.message for cause in values.check(2.5, {"type": "integer", "format": "int32"}, "spec.n")]
    assert told == [
        'Invalid value: "float64": spec.n in body must be of type int32: "float64"',
        'Invalid value: "": Checked value must be of type integer with format int32 in spec.n',
    ]
    schema = {"properties": {"e": {"type": "object", "x-kubernetes-embedded-resource": True}}}
    assert [cause.field for cause in values.nameless({"e": {"kind": "Pod"}}, schema)] == ["e.apiVersion"]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("1e16", "10000000000000000"),
        ("2.0", "2"),
        ("-1.50", "-1.5"),
        ("9223372036854775807", "9223372036854775807"),
        ("9223372036854775808", "9223372036854776000"),
        ("123456789012345678901", "123456789012345680000"),
        ("1.2345678901234568e20", "123456789012345680000"),
    ],
)
def test_numbers_are_written_as_go_writes_them(written: str, read: str) -> None:
    assert encode(reading.plain(jsontext.parse(written))).decode() == read


@pytest.mark.parametrize("written", ["1e400", "1" * 400])
def test_a_number_that_is_too_large_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match=f"json: cannot unmarshal number {written} into Go value of type float64"):
        reading.plain(jsontext.parse(written))


@pytest.mark.parametrize(("value", "told"), [(["red"], 2), (5, 2), ("blue", 1), (None, 1), ("red", 0)])
def test_what_is_of_another_type_is_none_of_the_values_either(value: Any, told: int) -> None:
    found = values.check(value, {"type": "string", "enum": ["red", "green"]}, "spec.color")
    assert len(found) == told
    if told == 2:
        assert found[1].message == f'Unsupported value: {json.dumps(value)}: supported values: "red", "green"'
