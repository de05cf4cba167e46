"""managedFields: recorded entries are made again from the objects that came with them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podlab.embedded.apiserver import fields
from podlab.embedded.apiserver.patching import fieldsets, managedfields
from podlab.embedded.serializer import fresh

Obj = dict[str, Any]

GOLDEN = Path(__file__).parents[3] / "golden" / "api" / "errors.json"
ADMITTED = (
    "f:preemptionPolicy",
    "f:priority",
    "f:serviceAccount",
    "f:serviceAccountName",
    "f:tolerations",
    "f:volumes",
)
"""What admission adds to a Pod belongs to nobody."""

segments = st.sampled_from(["f:a", "f:b", 'k:{"name":"c"}', 'v:"x"'])
paths = st.sets(st.lists(segments, min_size=1, max_size=4).map(tuple), max_size=12)


def created() -> list[Obj]:
    """Objects that one recorded request created."""
    found = []
    for entry in json.loads(GOLDEN.read_text(encoding="utf-8")):
        body, request = entry["response"]["body"], entry["request"]
        made = request["method"] == "POST" and entry["response"]["status"] == 201 and "spec" in body
        if made and len(body["metadata"].get("managedFields", [])) == 1:
            found.append(body)
    return found


@pytest.mark.parametrize("obj", created(), ids=lambda obj: f"{obj['kind']}-{obj['metadata']['name']}")
def test_the_creator_owns_what_was_recorded(obj: Obj) -> None:
    (recorded,) = obj["metadata"]["managedFields"]
    again = fresh(obj)
    del again["metadata"]["managedFields"]
    if obj["kind"] == "Pod":
        for container in (*again["spec"]["containers"], *again["spec"].get("initContainers", ())):
            del container["volumeMounts"]
    managedfields.record(again, None, manager=recorded["manager"], now=recorded["time"], ignored=(("f:status",),))
    (made,) = again["metadata"]["managedFields"]
    for name in ADMITTED:
        made["fieldsV1"]["f:spec"].pop(name, None)
    assert made == recorded


@pytest.mark.slow
@given(paths)
def test_trees_and_paths_are_the_same(given_paths: set[tuple[str, ...]]) -> None:
    assert set(fieldsets.paths_of(fieldsets.tree_of(given_paths))) == given_paths


def test_an_entry_has_the_time_of_the_last_change() -> None:
    old = {"kind": "ConfigMap", "apiVersion": "v1", "metadata": {"name": "m"}, "data": {"a": "1"}}
    managedfields.record(old, None, manager="me", now="2026-01-01T00:00:00Z")
    same = fresh(old)
    managedfields.record(same, old, manager="me", now="2026-01-02T00:00:00Z")
    assert same["metadata"]["managedFields"] == old["metadata"]["managedFields"]
    mine = {**fresh(old), "data": {"a": "2"}}
    managedfields.record(mine, old, manager="me", now="2026-01-02T00:00:00Z")
    (entry,) = mine["metadata"]["managedFields"]
    assert entry["time"] == "2026-01-02T00:00:00Z"
    other = {**fresh(old), "data": {"a": "2"}}
    managedfields.record(other, old, manager="you", now="2026-01-02T00:00:00Z")
    owners = {entry["manager"]: entry["fieldsV1"] for entry in other["metadata"]["managedFields"]}
    assert owners == {"me": {"f:data": {}}, "you": {"f:data": {"f:a": {}}}}


def test_at_most_ten_managers_are_told_apart() -> None:
    obj = {"kind": "ConfigMap", "apiVersion": "v1", "metadata": {"name": "m"}, "data": {}}
    managedfields.record(obj, None, manager="m", now="2026-01-01T00:00:00Z")
    for number in range(15):
        new = {**fresh(obj), "data": {**obj["data"], f"k{number}": "v"}}  # type: ignore[dict-item]
        managedfields.record(new, obj, manager=f"m{number}", now=f"2026-01-01T00:00:{number:02}Z")
        obj = new
    managers = [entry["manager"] for entry in obj["metadata"]["managedFields"]]  # type: ignore[index]
    assert len(managers) == 10
    assert "ancient-changes" in managers
    assert "m14" in managers


def test_an_empty_list_forgets_all_owners() -> None:
    old = {"kind": "ConfigMap", "apiVersion": "v1", "metadata": {"name": "m"}, "data": {"a": "1"}}
    managedfields.record(old, None, manager="me", now="2026-01-01T00:00:00Z")
    new = fresh(old)
    new["metadata"]["managedFields"] = []
    managedfields.record(new, old, manager="me", now="2026-01-02T00:00:00Z")
    assert "managedFields" not in new["metadata"]


def _creators(obj: Obj) -> Any:
    """The paths that its creator owns, as compared and as remembered."""
    type_ = fields.kind_of(obj)
    assert type_ is not None
    compared, _ = fieldsets.compare(managedfields.empty(type_), obj, type_)
    remembered = [managedfields._first(obj, type_, ()) for _ in range(2)]
    assert remembered[0] == remembered[1]
    return compared - managedfields.UNTRACKED, set(remembered[0])


@pytest.mark.parametrize("count", [0, 1, 2])
@pytest.mark.parametrize("source", [{}, {"component": ""}, {"component": "kubelet"}, {"host": "node"}, None])
@pytest.mark.parametrize("owners", [None, [], [{"uid": "u-1"}], [{"uid": "u-2"}]])
def test_a_remembered_outline_says_what_comparing_says(count: int, source: Any, owners: Any) -> None:
    metadata = {"name": "web", "namespace": "default", "labels": {"app": "web"}}
    if owners is not None:
        metadata["ownerReferences"] = owners
    event = {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": metadata,
        "source": source,
        "count": count,
        "eventTime": None,
    }
    compared, remembered = _creators(event)
    assert remembered == compared


@pytest.mark.parametrize("names", [[], ["a"], ["b"], ["a", "b"]])
@pytest.mark.parametrize("ports", [None, [], [{"containerPort": 80}], [{"containerPort": 81, "protocol": "UDP"}]])
def test_what_was_remembered_of_one_template_is_said_of_no_other(names: list[str], ports: Any) -> None:
    containers = [{"name": name, "image": "nginx"} | ({} if ports is None else {"ports": ports}) for name in names]
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"generateName": "web-"}, "spec": {"containers": containers}}
    compared, remembered = _creators(pod)
    assert remembered == compared


def test_an_outline_with_a_long_list_is_not_remembered() -> None:
    env = [{"name": f"V{number}", "value": "x" * 30} for number in range(100)]
    container = {"name": "a", "image": "nginx", "env": env}
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web"}, "spec": {"containers": [container]}}
    assert managedfields._outline(pod) is None
    compared, remembered = _creators(pod)
    assert remembered == compared
