"""Server-side apply: what a real API server answered is answered again."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podlab.embedded.apiserver import fields
from podlab.embedded.apiserver.patching import applying, fieldsets, managedfields
from tests.embedded.harness import Api

Obj = dict[str, Any]

RECORDED = Path(__file__).parents[3] / "golden" / "api" / "apply.json"
NAMESPACE = "api-ssa"
CONTROLLER = "kube-controller-manager"
COUNTED = ("observedGeneration", "terminatingReplicas")
VOLATILE = ("uid", "resourceVersion", "creationTimestamp", "deletionTimestamp")


def entries() -> list[Obj]:
    found: list[Obj] = json.loads(RECORDED.read_text(encoding="utf-8"))
    return found


def settled(value: Any) -> Any:
    """Without what differs between two runs; of a time only whether there is one."""
    if not isinstance(value, dict) or "metadata" not in value:
        return value
    meta = {key: item for key, item in value["metadata"].items() if key not in VOLATILE}
    if "managedFields" in meta:
        owners = [entry for entry in meta["managedFields"] if entry["manager"] != CONTROLLER]
        shown = [{**entry, "time": "time" in entry} for entry in owners]
        meta["managedFields"] = sorted(shown, key=json.dumps)
    result = {**value, "metadata": meta}
    if result["kind"] == "Status":
        result.get("details", {}).pop("uid", None)
    status = result.get("status")
    if isinstance(status, dict):
        result["status"] = {key: item for key, item in status.items() if key not in COUNTED}
    return result


@pytest.fixture(scope="module")
def answered() -> list[tuple[int, Any]]:
    """What is answered to the recorded requests, in their order."""

    async def script() -> list[tuple[int, Any]]:
        api = Api()
        api.registry.create(api.registry.resource("namespaces"), {"metadata": {"name": NAMESPACE}})
        found = []
        for entry in entries():
            request = entry["request"]
            kind = request.get("ct", "application/json")
            head = {"content_type": kind, "user_agent": "podlab/1"}
            answer = await api.call(request["method"], request["path"], request.get("body"), **head)
            await api.registry.clock.settle()
            found.append((answer.code, answer.json))
        return found

    return asyncio.run(script())


@pytest.mark.parametrize("index", range(len(entries())), ids=lambda index: entries()[index]["name"].replace("/", "-"))
def test_a_recorded_request_is_answered_as_it_was(index: int, answered: list[tuple[int, Any]]) -> None:
    recorded = entries()[index]["response"]
    code, body = answered[index]
    assert settled(body) == settled(recorded["body"])
    assert code == recorded["status"]


keys = st.sampled_from("abcdef")
configurations = st.dictionaries(keys, st.sampled_from("xyz"), max_size=4)


@given(st.lists(st.tuples(st.sampled_from(["alice", "bob"]), configurations), min_size=1, max_size=6))
def test_what_nobody_applies_any_more_is_gone_and_the_rest_is_there(steps: list[tuple[str, Obj]]) -> None:
    type_ = fields.kind("", "v1", "ConfigMap")
    assert type_ is not None
    live: Obj = {"kind": "ConfigMap", "apiVersion": "v1", "metadata": {"name": "m"}}
    wanted: dict[str, Obj] = {}
    for manager, data in steps:
        patch = {"kind": "ConfigMap", "apiVersion": "v1", "metadata": {"name": "m"}, "data": data}
        this = applying.Application(patch, type_, manager, "2026-01-01T00:00:00Z", force=True)
        live = applying.apply(live, this)
        kept = {
            name: {key: value for key, value in other.items() if data.get(key, value) == value}
            for name, other in wanted.items()
        }
        wanted = {**kept, manager: data}
        assert (live.get("data") or {}) == {key: value for other in wanted.values() for key, value in other.items()}
        owned = {owner.manager: has.paths for owner, has in managedfields.entries_of(live).items()}
        assert owned.get(manager, set()) == fieldsets.owned({"data": data}, type_)


def test_a_path_is_shown_as_in_conflicts() -> None:
    path = ("f:spec", "f:ports", 'k:{"port":80,"protocol":"TCP"}', "f:name")
    assert fieldsets.shown(path) == '.spec.ports[port=80,protocol="TCP"].name'
    assert fieldsets.shown(("f:metadata", "f:finalizers", 'v:"a/b"')) == '.metadata.finalizers[="a/b"]'


def test_the_order_of_a_tree_is_by_value() -> None:
    tree = fieldsets.tree_of({("f:p", 'k:{"port":443}', "f:x"), ("f:p", 'k:{"port":80}', "f:x"), ("f:a",)})
    assert list(tree["f:p"]) == ['k:{"port":80}', 'k:{"port":443}']
