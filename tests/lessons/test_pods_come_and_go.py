"""The checks of 07 that look at several nodes and at Jobs."""

from __future__ import annotations

from typing import Any

import pytest

from podlab.lessons.check import Seen, find

READY = [{"type": "Ready", "status": "True"}]


def pod(app: str, node: str = "farm-worker", *, leaving: bool = False, **status: Any) -> dict[str, Any]:
    metadata: dict[str, Any] = {"name": f"{app}-{node}", "labels": {"app": app, "job-name": app}}
    if leaving:
        metadata["deletionTimestamp"] = "2026-01-01T00:00:00Z"
    return {"metadata": metadata, "spec": {"nodeName": node}, "status": {"conditions": READY, **status}}


BOTH = (pod("agent"), pod("agent", "farm-worker2"))
LEFT = (pod("web", "farm-worker2"), pod("web", "farm-worker2"))
CASES = [
    ("07-every-node", BOTH, True),
    ("07-every-node", BOTH[:1], False),
    ("07-every-node", (BOTH[0], pod("agent", "farm-worker2", conditions=[])), False),
    ("07-moved", LEFT, True),
    ("07-moved", (*LEFT, pod("web", leaving=True)), True),
    ("07-moved", (pod("web"), pod("web", "farm-worker2")), False),
    ("07-moved", (pod("web", leaving=True), LEFT[0]), False),
    ("07-job", (pod("once", phase="Succeeded"),), True),
    ("07-job", (pod("once", phase="Running"),), False),
    ("07-job", (pod("twice", phase="Succeeded"),), False),
    ("07-job", (), False),
]


@pytest.mark.parametrize(("name", "pods", "passed"), CASES)
def test_a_check_passes_for_what_it_says_and_else_names_where_to_look(
    name: str, pods: tuple[dict[str, Any], ...], passed: bool
) -> None:
    result = find(name).test(Seen(pods, events=({"reason": "NodeNotReady"},)))
    assert result.passed is passed
    assert passed or result.look is not None


def test_a_node_that_never_failed_has_not_moved_anything() -> None:
    assert not find("07-moved").test(Seen(LEFT))


WEB = {"deployments": ({"metadata": {"name": "web"}},)}


def test_none_are_as_many_as_were_wanted_where_the_deployment_is_left() -> None:
    found = find("07-scaled").test(Seen(answer="0", others=WEB))
    assert found and "only the Deployment" in found.message.en
    assert not find("07-scaled").test(Seen(answer="0"))
    assert not find("07-scaled").test(Seen(answer="1", others=WEB))


def test_what_is_left_of_the_challenge_is_named_in_the_last_hint():
    left = {"metadata": {"name": "shop-1-a", "labels": {"app": "shop"}, "ownerReferences": [{"kind": "ReplicaSet"}]}}
    found = find("07-tidy").test(Seen((left,)))
    assert not found and "shop-1-a" in found.message.en
    assert "deployment/shop" in found.hints[2].en and "deployment/shop" in found.hints[2].ko
    gone = {"involvedObject": {"kind": "Deployment", "name": "shop"}}
    assert find("07-tidy").test(Seen(events=(gone,)))
