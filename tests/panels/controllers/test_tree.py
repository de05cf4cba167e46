"""The tree of controllers from recorded namespaces, what it says, and its twin."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from podlab import text
from podlab.panels.controllers.controllers import LABELS, refusal, twin
from podlab.panels.controllers.said import said
from podlab.panels.controllers.tree import tree
from podlab.panels.panel import CONNECTION, module
from tests.panels.controllers.recording import moments, trees

Object = dict[str, Any]


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    text.use("en")
    yield
    text.use(None)


def pod(name: str, owner: Object | None = None, **status: Any) -> Object:
    metadata: Object = {"name": name, "uid": name}
    if owner:
        metadata["ownerReferences"] = [owner | {"controller": True}]
    return {"metadata": metadata, "spec": {"containers": [{"name": "c", "image": "i"}]}, "status": status}


def workload(metadata: Object | None = None, spec: Object | None = None, **status: Any) -> Object:
    return {"metadata": {"name": "w", "uid": "w", **(metadata or {})}, "spec": spec or {}, "status": status}


def test_a_rollout_shows_old_and_new_side_by_side_and_then_names_the_old_one() -> None:
    marked = [[child["mark"] for child in roots[0]["children"]] for roots in trees("deployment") if roots]
    assert ["old", "new"] in marked
    rolled = [roots[0] for roots in trees("deployment") if roots and roots[0]["kept"]]
    assert rolled[0]["kept"] == "kept for undo, without Pods: revision 2"
    assert [child["note"] for child in rolled[0]["children"]] == ["revision 3", "revision 4"]


def test_an_undo_makes_the_older_replicaset_the_new_one() -> None:
    both = [
        [(child["mark"], child["note"]) for child in roots[0]["children"]]
        for roots in trees("deployment")
        if roots and len(roots[0]["children"]) == 2
    ]
    assert [("old", "revision 2"), ("new", "revision 3")] in both


@pytest.mark.slow
def test_every_pod_of_every_moment_stands_in_the_tree_once() -> None:
    def names(nodes: list[Object]) -> list[str]:
        inside = [name for node in nodes for name in names(node["children"])]
        return inside + [each["name"] for node in nodes for each in node["pods"]]

    for recording in ("deployment", "statefulset-daemonset-job", "apps-sts", "apps-ds"):
        seen = 0
        for objects in moments(recording):
            pods = objects.pop("Pod")
            assert sorted(names(tree(pods, objects))) == sorted(each["metadata"]["name"] for each in pods)
            seen = max(seen, len(pods))
        assert seen >= 1


def test_controllers_stand_in_one_order_and_the_pods_of_a_statefulset_by_number() -> None:
    fullest = max(trees("statefulset-daemonset-job"), key=lambda roots: len({root["kind"] for root in roots}))
    kinds = [root["kind"] for root in fullest if root["said"] != "already deleted"]  # its CronJob was not recorded
    assert kinds == sorted(kinds, key=["StatefulSet", "DaemonSet", "Job"].index) and len(set(kinds)) == 3
    ordered = max(trees("apps-sts"), key=lambda roots: len(roots[0]["pods"]) if roots else 0)
    names = [each["name"] for each in ordered[0]["pods"]]
    assert names == [f"db-{number}" for number in range(len(names))] and len(names) >= 3


@pytest.mark.parametrize("number", [11, 2])
def test_ten_comes_after_two(number: int) -> None:
    owner = {"kind": "StatefulSet", "name": "db", "uid": "w"}
    pods = [pod(f"db-{n}", owner) for n in range(number)]
    (root,) = tree(pods, {"StatefulSet": [workload()]})
    assert [each["name"] for each in root["pods"]] == [f"db-{n}" for n in range(number)]


def test_what_recorded_controllers_say() -> None:
    words = {root["said"] for roots in trees("statefulset-daemonset-job") for root in roots}
    assert {"ran to its end: 2 of 2", "one on each node, 1 of 1 ready", "2 of 2 ready", "1 of 2 ready"} <= words
    assert any(each.startswith("failed: BackoffLimitExceeded") for each in words)
    assert any(
        each.startswith("rolling out: ") for roots in trees("deployment") for each in [roots[0]["said"]] if roots
    )


PROGRESSING = [{"type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded"}]
SAID = [
    ("Deployment", workload(spec={"replicas": 2}, conditions=PROGRESSING), "the rollout makes no progress", "failing"),
    ("Deployment", workload({"generation": 2}, observedGeneration=1), "its controller has not seen", "waiting"),
    ("Deployment", workload(spec={"replicas": 0}), "scaled to zero", "done"),
    (
        "Deployment",
        workload(spec={"replicas": 3, "paused": True}, updatedReplicas=1, replicas=4, readyReplicas=3),
        "rollout paused",
        "waiting",
    ),
    ("Deployment", workload({"deletionTimestamp": "now"}), "being deleted", "leaving"),
    ("StatefulSet", workload(spec={"replicas": 1}, currentRevision="a", updateRevision="b"), "rolling out", "waiting"),
    ("Job", workload(spec={"completions": 3}, succeeded=1), "running: 1 of 3 done", "waiting"),
    ("Job", workload(spec={"suspend": True}), "suspended", "waiting"),
    ("CronJob", workload(spec={"schedule": "* * * * *"}, active=[{}]), "schedule * * * * *, 1 running", "ready"),
    ("CronJob", workload(spec={"suspend": True}), "suspended", "waiting"),
]


@pytest.mark.parametrize(("kind", "obj", "words", "tone"), SAID)
def test_what_a_controller_says(kind: str, obj: Object, words: str, tone: str) -> None:
    told = said(kind, obj)
    assert str(told.words).startswith(words) and told.tone == tone


def test_pods_without_a_controller_stand_last_and_nobody_brings_them_back() -> None:
    roots = tree([pod("mine")], {"Deployment": [workload()]})
    assert [root["name"] for root in roots] == ["w", "Pods without a controller"]
    assert roots[-1]["said"] == "if deleted, nobody brings them back"


def test_a_cronjob_has_jobs_and_they_have_pods() -> None:
    job = workload({"name": "j", "uid": "j", "ownerReferences": [{"uid": "w", "kind": "CronJob", "controller": True}]})
    (root,) = tree([pod("p", {"uid": "j", "kind": "Job", "name": "j"})], {"CronJob": [workload()], "Job": [job]})
    assert [(child["name"], child["pods"][0]["name"]) for child in root["children"]] == [("j", "p")]


def test_an_owner_that_is_gone_or_of_another_kind_is_named() -> None:
    pods = [
        pod("a", {"uid": "x", "kind": "Deployment", "name": "web"}),
        pod("b", {"uid": "y", "kind": "Node", "name": "n"}),
    ]
    roots = tree(pods, {})
    assert [(root["kind"], root["name"], root["said"]) for root in roots] == [
        ("Deployment", "web", "already deleted"),
        ("Node", "n", ""),
    ]


def test_the_twin_nests_and_leaves_out_names_that_were_drawn_by_lot() -> None:
    rolling = next(roots for roots in trees("deployment") if roots and len(roots[0]["children"]) == 2)
    html = twin("All", rolling)
    assert "ReplicaSet revision 1, old, nginx:latest" in html and "ReplicaSet revision 2, new" in html
    assert not re.search(r"web-[0-9a-f]{8,}", html) and "1 × Running 1/1" in html
    ordered = max(trees("apps-sts"), key=lambda roots: len(roots[0]["pods"]) if roots else 0)
    assert "<code>db-0</code>" in twin("All", ordered)


def test_the_twin_says_when_there_is_nothing_and_what_was_refused() -> None:
    assert "no controllers and no Pods" in twin("All", [])
    assert "refused to show: DaemonSet, Job" in twin("All", [], refusal(["DaemonSet", "Job"]))


def test_the_twin_escapes() -> None:
    assert "<b>" not in twin("<b>", tree([pod("<b>")], {"Job": [workload({"name": "<b>"})]}))


def test_every_label_that_the_drawing_uses_comes_from_python() -> None:
    used = set(re.findall(r"\blabels\.(\w+)", module("controllers/controllers")))
    assert used - {"note", "caption"} <= set(LABELS | CONNECTION)
