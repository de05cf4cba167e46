"""Which of the nodes that a Pod fits on is the best: spread first, then the emptiest.

Upstream: pkg/scheduler/framework/plugins/{podtopologyspread,nodeaffinity,tainttoleration}
"""

from __future__ import annotations

from typing import Any

from podlab.embedded.fit import nodefit

Obj = dict[str, Any]


def best(pod: Obj, nodes: list[tuple[Obj, list[Obj]]]) -> Obj:
    """The node to take, of those that fit with the Pods that are there; the first of equals."""
    return min(nodes, key=lambda pair: _cost(pod, *pair))[0]


def _cost(pod: Obj, node: Obj, there: list[Obj]) -> tuple[int, ...]:
    siblings = sum(_same_owner(pod, other) for other in there)
    return _avoided(pod, node), -_preferred(pod, node), siblings, len(there)


def _same_owner(pod: Obj, other: Obj) -> bool:
    if pod["metadata"].get("namespace") != other["metadata"].get("namespace"):
        return False
    mine, theirs = ({ref["uid"] for ref in each["metadata"].get("ownerReferences") or []} for each in (pod, other))
    return bool(mine & theirs)


def _avoided(pod: Obj, node: Obj) -> int:
    """How many PreferNoSchedule taints a Pod does not tolerate."""
    taints = [t for t in node["spec"].get("taints") or [] if t["effect"] == "PreferNoSchedule"]
    return sum(not any(nodefit.tolerates(t, taint) for t in pod["spec"].get("tolerations") or []) for taint in taints)


def _preferred(pod: Obj, node: Obj) -> int:
    """The weights of the node affinities that a node meets."""
    affinity = (pod["spec"].get("affinity") or {}).get("nodeAffinity") or {}
    terms = affinity.get("preferredDuringSchedulingIgnoredDuringExecution") or []
    labels = node["metadata"].get("labels") or {}
    return sum(term["weight"] for term in terms if nodefit.term_matches(term["preference"], labels, node))
