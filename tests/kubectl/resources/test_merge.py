"""The three-way patch, held against what real kubectl sent."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podlab.kubectl.resources.merge import Kind, three_way

MERGE = {"x-kubernetes-patch-strategy": "merge"}
SCHEMA: dict[str, Any] = {
    "properties": {
        "metadata": {"properties": {"finalizers": {"type": "array", **MERGE}}},
        "spec": {
            "properties": {
                "containers": {
                    **MERGE,
                    "x-kubernetes-patch-merge-key": "name",
                    "items": {"properties": {"args": {"type": "array"}}},
                },
                "volumes": {
                    "x-kubernetes-patch-strategy": "merge,retainKeys",
                    "x-kubernetes-patch-merge-key": "name",
                    "items": {},
                },
            }
        },
    }
}
KIND = Kind(SCHEMA, {})
values = st.recursive(
    st.integers() | st.text(max_size=3) | st.booleans(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=8,
)
objects = st.dictionaries(st.sampled_from(["a", "b", "spec"]), values, max_size=3)


def test_what_the_manifest_dropped_is_deleted_and_what_others_set_stays() -> None:
    original = {"metadata": {"labels": {"a": "1", "b": "2"}}}
    modified = {"metadata": {"labels": {"a": "1"}}}
    current = {"metadata": {"labels": {"a": "1", "b": "2", "theirs": "3"}, "uid": "u"}}
    assert three_way(original, modified, current, KIND) == {"metadata": {"labels": {"b": None}}}


def test_items_are_told_apart_by_the_merge_key() -> None:
    original = {"spec": {"containers": [{"name": "a", "image": "x"}, {"name": "gone"}]}}
    modified = {"spec": {"containers": [{"name": "a", "image": "y"}]}}
    current = {"spec": {"containers": [{"name": "a", "image": "x", "ports": []}, {"name": "gone"}]}}
    assert three_way(original, modified, current, KIND) == {
        "spec": {
            "$setElementOrder/containers": [{"name": "a"}],
            "containers": [{"name": "a", "image": "y"}, {"$patch": "delete", "name": "gone"}],
        }
    }


def test_an_order_that_is_not_the_clusters_is_sent_alone() -> None:
    """So a second apply of a Pod with volumes says `configured`, as kubectl's does: the cluster has one more."""
    wanted = {"spec": {"volumes": [{"name": "data", "emptyDir": {}}]}}
    current = {"spec": {"volumes": [{"name": "data", "emptyDir": {}}, {"name": "kube-api-access-x"}]}}
    assert three_way(wanted, wanted, current, KIND) == {"spec": {"$setElementOrder/volumes": [{"name": "data"}]}}


def test_a_volume_of_another_kind_keeps_only_what_is_named() -> None:
    before = {"spec": {"volumes": [{"name": "data", "emptyDir": {}}]}}
    after = {"spec": {"volumes": [{"name": "data", "hostPath": {"path": "/x"}}]}}
    (change,) = three_way(before, after, before, KIND)["spec"]["volumes"]
    assert change == {
        "name": "data",
        "hostPath": {"path": "/x"},
        "emptyDir": None,
        "$retainKeys": ["hostPath", "name"],
    }


def test_finalizers_merge_as_a_set() -> None:
    patch = three_way(
        {"metadata": {"finalizers": ["a", "b"]}},
        {"metadata": {"finalizers": ["b", "c"]}},
        {"metadata": {"finalizers": ["a", "b", "theirs"]}},
        KIND,
    )
    assert patch["metadata"] == {
        "$setElementOrder/finalizers": ["b", "c"],
        "$deleteFromPrimitiveList/finalizers": ["a"],
        "finalizers": ["c"],
    }


@pytest.mark.slow
@given(objects)
def test_what_is_applied_already_needs_no_patch(obj: dict[str, Any]) -> None:
    assert three_way(obj, obj, obj, Kind({}, {})) == {}


@pytest.mark.slow
@given(objects, objects, objects)
def test_the_patch_makes_every_wanted_field_so(original: Any, modified: Any, current: Any) -> None:
    patched = _merged(current, three_way(original, modified, current, Kind({}, {})))
    assert _holds(patched, modified)
    assert all(key not in patched for key in original if key not in modified)


def _merged(obj: Any, patch: Any) -> Any:
    if not isinstance(patch, dict) or not isinstance(obj, dict):
        return patch
    whole = {**obj, **{key: _merged(obj.get(key), value) for key, value in patch.items()}}
    return {key: value for key, value in whole.items() if value is not None}


def _holds(obj: Any, wanted: Any) -> bool:
    if isinstance(wanted, dict):
        return isinstance(obj, dict) and all(key in obj and _holds(obj[key], value) for key, value in wanted.items())
    return bool(obj == wanted)
