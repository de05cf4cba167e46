"""Which of the nodes that a Pod fits on is the best: spread first, then the emptiest.

Upstream: pkg/scheduler/framework/plugins/{podtopologyspread,nodeaffinity,tainttoleration}
"""

from __future__ import annotations

from typing import Any

from podlab.embedded.fit import nodefit
from podlab.embedded.fit.nodefit import Load

Obj = dict[str, Any]


def best(pod: Obj, nodes: list[tuple[Obj, Load]]) -> Obj:
    """The node to take, of those that fit with what runs there; the first of equals."""
    owners, wishes = nodefit.owners(pod), _wishes(pod)

    def cost(pair: tuple[Obj, Load]) -> tuple[int, ...]:
        node, there = pair
        siblings = sum([there.owners.get(owner, 0) for owner in owners])
        avoided = _avoided(pod, node) if node["spec"].get("taints") else 0
        return avoided, -_preferred(wishes, node) if wishes else 0, siblings, len(there.pods)

    return min(nodes, key=cost)[0]


def _wishes(pod: Obj) -> list[Obj]:
    affinity = (pod["spec"].get("affinity") or {}).get("nodeAffinity") or {}
    return list(affinity.get("preferredDuringSchedulingIgnoredDuringExecution") or ())


def _avoided(pod: Obj, node: Obj) -> int:
    """How many PreferNoSchedule taints a Pod does not tolerate."""
    taints = [t for t in node["spec"]["taints"] if t["effect"] == "PreferNoSchedule"]
    return sum(not any(nodefit.tolerates(t, taint) for t in pod["spec"].get("tolerations") or []) for taint in taints)


def _preferred(wishes: list[Obj], node: Obj) -> int:
    """The weights of the node affinities that a node meets."""
    labels = node["metadata"].get("labels") or {}
    return sum(wish["weight"] for wish in wishes if nodefit.term_matches(wish["preference"], labels, node))
