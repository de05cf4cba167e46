"""The registry: what writes keep, how deletions go, what informers hear."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from podlab.apimachinery.times import seconds
from podlab.embedded.apiserver.registry import Event, Registry
from podlab.embedded.apiserver.resource import Resource, Writer
from podlab.embedded.apiserver.status import StatusError
from podlab.embedded.clock import Randomness
from podlab.embedded.stepping import SteppingClock
from podlab.embedded.store import Store
from tests.embedded.harness import pod

Obj = dict[str, Any]


def grace(obj: Obj, requested: int | None) -> int | None:
    return 30 if requested is None else requested


PODS = Resource("", "v1", "Pod", "pods", subresources=("status",), generation=True, grace=grace)
MAPS = Resource("", "v1", "ConfigMap", "configmaps")


@pytest.fixture
def registry() -> Registry:
    return Registry(Store(), SteppingClock(1_800_000_000.0), (PODS, MAPS), Randomness(7))


def made(registry: Registry, name: str = "a", **more: Any) -> Obj:
    return registry.create(PODS, pod(name, **more), namespace="default", by=Writer("test"))


def test_create_sets_what_only_the_server_may(registry: Registry) -> None:
    obj = made(registry, metadata={"uid": "mine", "generation": 9, "creationTimestamp": None})
    meta = obj["metadata"]
    assert meta["uid"] != "mine"
    assert (meta["generation"], meta["namespace"], meta["resourceVersion"]) == (1, "default", "1")
    assert seconds(meta["creationTimestamp"]) == registry.clock.now()
    with pytest.raises(StatusError, match='pods "a" already exists'):
        made(registry)


def test_generated_names_have_five_letters(registry: Registry) -> None:
    body = {"metadata": {"generateName": "web-"}, "spec": {"containers": [{"name": "c", "image": "i"}]}}
    names = {registry.create(PODS, body, namespace="default")["metadata"]["name"] for _ in range(20)}
    assert len(names) == 20
    assert all(name.startswith("web-") and len(name) == 9 for name in names)


def test_each_half_of_an_object_is_written_on_its_own(registry: Registry) -> None:
    obj = made(registry)
    status = registry.update(PODS, {**obj, "spec": {}, "status": {"phase": "Running"}}, subresource="status")
    assert (status["spec"], status["status"]) == (obj["spec"], {"phase": "Running"})
    assert status["metadata"]["generation"] == 1
    changed = {**status, "status": {}, "spec": {**obj["spec"], "nodeName": "n"}}
    spec = registry.update(PODS, changed)
    assert (spec["status"], spec["spec"]["nodeName"]) == ({"phase": "Running"}, "n")
    assert spec["metadata"]["generation"] == 2


def test_a_stale_write_is_refused(registry: Registry) -> None:
    obj = made(registry)
    registry.change(PODS, "a", "default", lambda it: it.update(status={"phase": "Running"}))
    with pytest.raises(StatusError, match="the object has been modified"):
        registry.update(PODS, obj)


def test_stored_objects_are_never_changed_in_place(registry: Registry) -> None:
    obj = made(registry)
    kept = repr(obj)
    registry.change(PODS, "a", "default", lambda it: it["spec"]["containers"][0].update(image="x"), subresource="")
    registry.patch(PODS, "a", "default", {"spec": {"nodeName": "n"}}, "application/merge-patch+json")
    assert repr(obj) == kept


def test_graceful_deletion(registry: Registry) -> None:
    made(registry)
    obj, gone = registry.delete(PODS, "a", "default")
    meta = obj["metadata"]
    assert not gone
    assert (meta["deletionGracePeriodSeconds"], meta["generation"]) == (30, 2)
    assert seconds(meta["deletionTimestamp"]) == registry.clock.now() + 30
    same, _ = registry.delete(PODS, "a", "default", options={"gracePeriodSeconds": 60})
    assert same == obj
    registry.clock.step(3)
    shorter, _ = registry.delete(PODS, "a", "default", options={"gracePeriodSeconds": 5})
    assert seconds(shorter["metadata"]["deletionTimestamp"]) == registry.clock.now() + 5
    last, gone = registry.delete(PODS, "a", "default", options={"gracePeriodSeconds": 0})
    assert gone
    assert last["metadata"]["deletionGracePeriodSeconds"] == 0
    with pytest.raises(StatusError, match='pods "a" not found'):
        registry.get(PODS, "a", "default")


def test_finalizers_hold_an_object_until_the_last_is_gone(registry: Registry) -> None:
    registry.create(MAPS, {"metadata": {"name": "m", "finalizers": ["x/y"]}}, namespace="default")
    obj, gone = registry.delete(MAPS, "m", "default")
    assert not gone
    assert obj["metadata"]["deletionGracePeriodSeconds"] == 0
    registry.change(MAPS, "m", "default", lambda it: it["metadata"].pop("finalizers"), subresource="")
    assert registry.find(MAPS, "m", "default") is None


@pytest.mark.parametrize("wanted", [{"uid": "other"}, {"resourceVersion": "99"}])
def test_preconditions_of_a_deletion(registry: Registry, wanted: Obj) -> None:
    made(registry)
    with pytest.raises(StatusError, match="in the precondition") as refusal:
        registry.delete(PODS, "a", "default", options={"preconditions": wanted})
    assert refusal.value.code == 409


def test_informers_hear_what_is_and_what_comes_after_the_commit(registry: Registry) -> None:
    heard: list[tuple[str, str]] = []

    def listen(event: Event) -> None:
        heard.append((event.type, event.object["metadata"]["name"]))

    async def scenario() -> None:
        made(registry, "old")
        await registry.store.flushed()
        stop: Callable[[], None] = registry.on(PODS, listen)
        made(registry, "new")
        registry.delete(PODS, "old", "default", options={"gracePeriodSeconds": 0})
        assert heard == [("ADDED", "old")]
        await registry.store.flushed()
        stop()
        made(registry, "unheard")

    asyncio.run(scenario())
    assert heard == [("ADDED", "old"), ("ADDED", "new"), ("MODIFIED", "old"), ("DELETED", "old")]


def test_managers_own_what_they_write(registry: Registry) -> None:
    made(registry, metadata={"labels": {"a": "1"}})
    registry.patch(
        PODS, "a", "default", {"metadata": {"labels": {"a": "2"}}}, "application/merge-patch+json", by=Writer("me")
    )
    obj = registry.change(PODS, "a", "default", lambda it: it.update(status={"phase": "Running"}), by=Writer("kubelet"))
    entries = {entry["manager"]: entry for entry in obj["metadata"]["managedFields"]}
    assert entries["me"]["fieldsV1"] == {"f:metadata": {"f:labels": {"f:a": {}}}}
    assert entries["test"]["fieldsV1"]["f:metadata"] == {"f:labels": {}}
    assert (entries["kubelet"]["subresource"], entries["kubelet"]["fieldsV1"]) == (
        "status",
        {"f:status": {"f:phase": {}}},
    )
