"""JSON patch, merge patch, strategic merge patch."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podlab.embedded.apiserver import fields
from podlab.embedded.apiserver.patching import patch
from podlab.embedded.apiserver.patching.strategic import StrategicError, strategic_merge
from podlab.embedded.apiserver.resource import Resource
from podlab.embedded.apiserver.status import StatusError
from podlab.embedded.serializer import fresh

POD = fields.kind("", "v1", "Pod")
PODS = Resource("", "v1", "Pod", "pods")

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text("abc", max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", min_size=1, max_size=2), inner, max_size=3)
    ),
    max_leaves=12,
)
documents = st.dictionaries(st.text("abc", min_size=1, max_size=2), json_values, max_size=4)


def without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: without_nulls(item) for key, item in value.items() if item is not None}
    return value


@pytest.mark.slow
@given(documents, documents)
def test_a_merge_patch_holds_afterwards_and_changes_no_argument(before: dict[str, Any], change: dict[str, Any]) -> None:
    kept, asked = fresh(before), fresh(change)
    after = patch.merge(before, change)
    assert (before, change) == (kept, asked)
    assert patch.merge(after, change) == after
    assert patch.merge({}, change) == without_nulls(change)


def pod(**spec: Any) -> dict[str, Any]:
    return {"kind": "Pod", "apiVersion": "v1", "metadata": {"name": "p"}, "spec": spec}


def strategic(before: dict[str, Any], change: dict[str, Any]) -> dict[str, Any]:
    kept = fresh(before)
    after = strategic_merge(before, change, POD)
    assert before == kept
    return after["spec"]  # type: ignore[no-any-return]


def test_containers_merge_by_name() -> None:
    two = pod(containers=[{"name": "a", "image": "1"}, {"name": "b", "image": "1"}])
    after = strategic(two, {"spec": {"containers": [{"name": "b", "image": "2"}, {"name": "c"}]}})
    assert after["containers"] == [{"name": "a", "image": "1"}, {"name": "b", "image": "2"}, {"name": "c"}]


def test_an_item_can_be_deleted_and_a_list_replaced() -> None:
    two = pod(containers=[{"name": "a"}, {"name": "b"}])
    assert strategic(two, {"spec": {"containers": [{"name": "a", "$patch": "delete"}]}})["containers"] == [
        {"name": "b"}
    ]
    replaced = strategic(two, {"spec": {"containers": [{"name": "z"}, {"$patch": "replace"}]}})
    assert replaced["containers"] == [{"name": "z"}]


def test_a_list_that_is_not_there_takes_the_patch_without_its_directives() -> None:
    meta = fields.type_named("meta/v1.ObjectMeta")
    owner = {"uid": "new", "name": "n"}
    change = {"ownerReferences": [owner, {"$patch": "delete", "uid": "old"}], "$setElementOrder/ownerReferences": []}
    assert strategic_merge({}, change, meta) == {"ownerReferences": [owner]}


def test_the_order_asked_for_is_kept() -> None:
    three = pod(containers=[{"name": "a"}, {"name": "b"}, {"name": "c"}])
    change = {"spec": {"$setElementOrder/containers": [{"name": "c"}, {"name": "a"}], "containers": [{"name": "c"}]}}
    names = [container["name"] for container in strategic(three, change)["containers"]]
    assert names.index("c") < names.index("a")
    assert sorted(names) == ["a", "b", "c"]


def test_null_deletes_and_atomic_lists_are_replaced() -> None:
    before = pod(nodeName="n", tolerations=[{"key": "a"}], containers=[{"name": "a", "args": ["1", "2"]}])
    after = strategic(
        before,
        {"spec": {"nodeName": None, "tolerations": [{"key": "b"}], "containers": [{"name": "a", "args": ["3"]}]}},
    )
    assert after == {"tolerations": [{"key": "b"}], "containers": [{"name": "a", "args": ["3"]}]}


def test_primitives_are_added_and_deleted_in_lists_that_merge() -> None:
    before = {"metadata": {"finalizers": ["a", "b"]}}
    added = strategic_merge(before, {"metadata": {"finalizers": ["c"]}}, POD)
    assert added["metadata"]["finalizers"] == ["c", "a", "b"]  # what a patch names comes first
    gone = strategic_merge(before, {"metadata": {"$deleteFromPrimitiveList/finalizers": ["a"]}}, POD)
    assert gone["metadata"]["finalizers"] == ["b"]


def test_retain_keys_drops_the_other_source_of_a_volume() -> None:
    before = pod(volumes=[{"name": "v", "emptyDir": {}}])
    change = {"spec": {"volumes": [{"name": "v", "$retainKeys": ["name", "configMap"], "configMap": {"name": "c"}}]}}
    assert strategic(before, change)["volumes"] == [{"name": "v", "configMap": {"name": "c"}}]


def test_an_item_without_its_key_is_refused() -> None:
    with pytest.raises(StrategicError, match="does not contain declared merge key: name"):
        strategic(pod(containers=[]), {"spec": {"containers": [{"image": "x"}]}})


def test_json_patch() -> None:
    before = {"kind": "Pod", "list": [1, 2], "a/b": {"~": 1}}
    operations = [
        {"op": "add", "path": "/list/-", "value": 3},
        {"op": "replace", "path": "/a~1b/~0", "value": 2},
        {"op": "copy", "from": "/list/0", "path": "/first"},
        {"op": "move", "from": "/first", "path": "/moved"},
        {"op": "test", "path": "/moved", "value": 1},
        {"op": "remove", "path": "/list/0"},
    ]
    assert patch.apply(PODS, before, operations, patch.JSON) == {
        "kind": "Pod", "list": [2, 3], "a/b": {"~": 2}, "moved": 1
    }  # fmt: skip
    assert before["list"] == [1, 2]


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "remove", "path": "/none"},
        {"op": "test", "path": "/kind", "value": "x"},
        {"op": "frob", "path": "/kind"},
        {"op": "add", "path": "/list/9", "value": 1},
        {"op": "replace", "path": ""},
        {"op": "add", "path": "kind", "value": 1},
        "no object",
        None,
    ],
)
def test_a_failing_operation_is_one_generic_refusal(operation: Any) -> None:
    with pytest.raises(StatusError, match="the server rejected our request due to an error in our request") as refusal:
        patch.apply(PODS, {"kind": "Pod", "list": []}, [operation], patch.JSON)
    assert refusal.value.code == 422


@pytest.mark.slow
@given(documents, st.lists(st.fixed_dictionaries({}, optional={
    "op": st.sampled_from(["add", "remove", "replace", "move", "copy", "test", 5]),
    "path": st.sampled_from(["", "/", "/a", "/a/b", "/a/0", "/b/-", "/a/b/c", 3]),
    "from": st.sampled_from(["", "/a", "/b/0", "/c"]),
    "value": json_values,
}), max_size=4))  # fmt: skip
def test_any_json_patch_is_applied_or_refused(before: dict[str, Any], operations: list[Any]) -> None:
    kept = fresh(before)
    try:
        patch.apply(PODS, before, operations, patch.JSON)
    except StatusError as refusal:
        assert refusal.code == 422
    assert before == kept


def test_what_is_deleted_goes_before_what_is_added_with_its_key() -> None:
    """Of two ports with one number, `kubectl apply` deletes both and adds the one that stays."""
    service = fields.kind("", "v1", "Service")
    before = {"spec": {"ports": [{"name": "a", "port": 80}, {"name": "b", "port": 80, "protocol": "UDP"}]}}
    ports = [{"name": "a", "port": 80, "targetPort": 8080}, {"$patch": "delete", "port": 80}]
    after = strategic_merge(before, {"spec": {"$setElementOrder/ports": [{"port": 80}], "ports": ports}}, service)
    assert after == {"spec": {"ports": [ports[0]]}}


@pytest.mark.parametrize(
    ("change", "text", "code"),
    [
        (
            {"nodeSelector": {"$patch": "merge", "a": "b"}},
            "unknown patch type: merge in map: map[$patch:merge a:b]",
            500,
        ),
        ({"securityContext": {"$patch": "fold"}}, "unknown patch type: fold in map: map[$patch:fold]", 500),
        ({"securityContext": {"$retainKeys": ["a"], "b": 1}}, "invalid patch format of retainKeys", 400),
        (
            {"$setElementOrder/containers": [{"name": "c"}], "containers": [{"name": "d", "image": "x"}]},
            "The order in patch list:\n[map[image:x name:d]]\n doesn't match $setElementOrder list:\n[map[name:c]]\n",
            500,
        ),
    ],
)
def test_a_strategic_patch_that_contradicts_itself_is_refused(change: dict[str, Any], text: str, code: int) -> None:
    with pytest.raises(StrategicError) as refused:
        there = {"nodeSelector": {"x": "y"}, "securityContext": {}}
        strategic(pod(containers=[{"name": "c"}], **there), {"spec": change})
    assert (str(refused.value), refused.value.code) == (text, code)


def test_directives_about_what_is_not_there_leave_nothing() -> None:
    change = {"nodeSelector": {"$patch": "replace", "a": "b"}, "affinity": {"nodeAffinity": {"$patch": "delete"}}}
    after = strategic(pod(containers=[{"name": "c"}]), {"spec": change})
    assert "nodeSelector" not in after and after["affinity"] == {}


def test_directives_in_a_list_that_replaces_another_are_dropped() -> None:
    after = strategic(pod(args=["a"]), {"spec": {"args": [{"$patch": "delete", "name": "a"}]}})
    assert after["args"] == [{"name": "a"}]


def test_null_changes_nothing_as_a_strategic_patch_and_is_no_merge_patch() -> None:
    before = pod(nodeName="n")
    assert patch.apply(PODS, before, None, patch.STRATEGIC) == before
    with pytest.raises(StatusError, match="Invalid JSON Patch"):
        patch.apply(PODS, before, None, patch.MERGE)


def test_a_copy_of_what_is_not_there_is_null_and_nothing_takes_the_place_of_the_document() -> None:
    copied = patch.apply(PODS, pod(a=1), [{"op": "copy", "from": "/spec/b", "path": "/spec/c"}], patch.JSON)
    assert copied["spec"] == {"a": 1, "c": None}
    rootless = patch.apply(PODS, pod(a=1), [{"op": "add", "path": "spec/b", "value": 2}], patch.JSON)
    assert rootless["b"] == 2
    with pytest.raises(StatusError, match="the server rejected our request"):
        patch.apply(PODS, pod(a=1), [{"op": "add", "path": "", "value": {}}], patch.JSON)
