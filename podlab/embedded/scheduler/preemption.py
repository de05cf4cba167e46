"""Which Pods of lower priority have to go so that one that fits nowhere gets a node.

Upstream: pkg/scheduler/framework/preemption, pkg/scheduler/framework/plugins/defaultpreemption
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

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


def victims(pod: Obj, there: Sequence[Obj], fits: Callable[[list[Obj]], bool]) -> list[Obj]:
    """The fewest and least important Pods of a node without which `pod` fits; none where that does not help.

    Args:
        there: the node's Pods.
        fits: whether `pod` fits beside such Pods.
    """
    lower = [other for other in there if priority(other) < priority(pod)]
    kept = [other for other in there if priority(other) >= priority(pod)]
    if not lower or not fits(kept):
        return []
    gone = []
    for other in sorted(lower, key=_importance):
        if fits([*kept, other]):
            kept.append(other)
        else:
            gone.append(other)
    return gone


def cost(chosen: Sequence[Obj]) -> tuple[int, int, int]:
    """Of several nodes, the one with the least cost is taken: its highest priority, their sum, their number."""
    priorities = [priority(pod) for pod in chosen]
    return max(priorities), sum(priorities), len(chosen)


def _importance(pod: Obj) -> tuple[int, str]:
    """The most important first: by priority, then who started earlier."""
    started = (pod.get("status") or {}).get("startTime") or "9"
    return -priority(pod), started
