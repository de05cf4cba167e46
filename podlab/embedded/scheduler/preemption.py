"""Which Pods of lower priority have to go so that one that fits nowhere gets a node.

Upstream: pkg/scheduler/framework/preemption, pkg/scheduler/framework/plugins/defaultpreemption
"""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from typing import Any

from podlab.apimachinery.labels import selects
from podlab.embedded.fit import nodefit

Obj = dict[str, Any]

REASON = "PreemptionByScheduler"
MESSAGE = "default-scheduler: preempting to accommodate a higher priority pod"
NEVER = "not eligible due to preemptionPolicy=Never."
LEAVING = "not eligible due to a terminating pod on the nominated node."


def priority(pod: Obj) -> int:
    """The Pod's priority; 0 where it has none."""
    return int(pod["spec"].get("priority") or 0)


def may_preempt(pod: Obj) -> bool:
    """Whether its PriorityClass lets it push others out."""
    return bool(pod["spec"].get("preemptionPolicy") != "Never")


def ineligible(pod: Obj, there: Sequence[Obj]) -> str:
    """Why a Pod may push nobody out, "" if it may.

    Args:
        there: the Pods of the node where room is being made for it already.
    """
    if not may_preempt(pod):
        return NEVER
    return LEAVING if any(_makes_room(other) and priority(other) < priority(pod) for other in there) else ""


def _makes_room(pod: Obj) -> bool:
    """Whether it is being deleted for one that is more important."""
    conditions = (pod.get("status") or {}).get("conditions") or ()
    told = any(
        c["type"] == "DisruptionTarget" and c["status"] == "True" and c.get("reason") == REASON for c in conditions
    )
    return told and bool(pod["metadata"].get("deletionTimestamp"))


def victims(
    pod: Obj, there: Sequence[Obj], misfits: Callable[[list[Obj]], list[str]], guarded: Container[str] = ()
) -> tuple[list[Obj], list[str]]:
    """The fewest and least important Pods of a node without which `pod` fits, and where that does not help, why.

    Args:
        there: the node's Pods.
        misfits: why `pod` does not fit beside such Pods.
        guarded: the uids of Pods that a budget would keep: they stay where others can go.
    """
    lower = [other for other in there if priority(other) < priority(pod)]
    kept = [other for other in there if priority(other) >= priority(pod)]
    if not lower:
        return [], [nodefit.NO_VICTIMS]
    if left := misfits(kept):
        return [], left
    gone = []
    for other in sorted(lower, key=lambda each: (each["metadata"]["uid"] not in guarded, *importance(each))):
        if misfits([*kept, other]):
            gone.append(other)
        else:
            kept.append(other)
    return sorted(gone, key=importance), []


def guarded(pods: Sequence[Obj], budgets: Sequence[Obj]) -> set[str]:
    """The uids of the Pods without which budgets would have too few, were all to go from the most important on.

    Upstream: filterPodsWithPDBViolation
    """
    left = [(budget, int((budget.get("status") or {}).get("disruptionsAllowed") or 0)) for budget in budgets]
    found = set()
    for pod in sorted(pods, key=importance):
        meta, after = pod["metadata"], []
        for budget, allowed in left:
            gone = (budget.get("status") or {}).get("disruptedPods") or {}
            selector = budget["spec"].get("selector") or {}
            same = budget["metadata"]["namespace"] == meta["namespace"]
            meant = same and any(selector.values()) and meta["name"] not in gone
            one = meant and selects(selector, meta.get("labels") or {})
            if one and allowed <= 0:
                found.add(meta["uid"])
            after.append((budget, allowed - one))
        left = after
    return found


def cost(chosen: Sequence[Obj], guarded: Container[str] = ()) -> tuple[int, int, int, int]:
    """Of several nodes, the one with the least cost is taken: by those whom budgets keep, priorities and number.

    Upstream: pickOneNodeForPreemption
    """
    priorities = [priority(pod) for pod in chosen]
    broken = sum(pod["metadata"]["uid"] in guarded for pod in chosen)
    return broken, max(priorities), sum(each + 2**31 for each in priorities), len(chosen)


def importance(pod: Obj) -> tuple[int, str]:
    """The most important first: by priority, then who started earlier."""
    started = (pod.get("status") or {}).get("startTime") or "9"
    return -priority(pod), started
