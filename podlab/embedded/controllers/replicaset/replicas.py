"""What a ReplicaSet's status says of its Pods, and which of them are too many.

Upstream: pkg/controller/replicaset/replica_set_utils.go, replica_set.go (getPodsToDelete)
"""

from __future__ import annotations

from collections import Counter

from podlab.apimachinery.times import rfc3339
from podlab.embedded.controllers.controller import Obj
from podlab.embedded.controllers.pods import podstates


def difference(owner: Obj, active: list[Obj]) -> int:
    """How many Pods are too many; below zero too few."""
    wanted: int = owner["spec"].get("replicas") or 0
    return len(active) - wanted


def to_delete(active: list[Obj], related: list[Obj], count: int, now: float) -> list[Obj]:
    """So many of the active Pods; `related` are those of the whole family, which should stay spread over nodes."""
    if count <= 0:
        return []
    if count >= len(active):
        return active
    ranks = Counter(pod["spec"].get("nodeName") or "" for pod in related if podstates.active(pod))
    return podstates.deletion_order(active, ranks, now)[:count]


def status(owner: Obj, active: list[Obj], terminating: int, failed: str, now: float) -> Obj:
    """The new status, after creating or deleting Pods went wrong with a text, or did not.

    Args:
        active: the Pods as they were before that.
    """
    old, seconds = owner.get("status") or {}, owner["spec"].get("minReadySeconds") or 0
    labels = (owner["spec"]["template"].get("metadata") or {}).get("labels") or {}
    ready = [since for pod in active if (since := podstates.ready_since(pod)) is not None]
    counts = {
        "replicas": len(active),
        "fullyLabeledReplicas": sum(_labeled(pod, labels) for pod in active),
        "readyReplicas": len(ready),
        "availableReplicas": sum(not seconds or since + seconds <= now for since in ready),
    }
    new: Obj = {key: count for key, count in counts.items() if count or key == "replicas"}
    if owner["kind"] == "ReplicaSet":
        new["terminatingReplicas"] = terminating
    new["observedGeneration"] = owner["metadata"]["generation"]
    if conditions := _conditions(old.get("conditions") or [], difference(owner, active), failed, now):
        new["conditions"] = conditions
    return new


def _labeled(pod: Obj, labels: Obj) -> bool:
    return labels.items() <= (pod["metadata"].get("labels") or {}).items()


def _conditions(old: list[Obj], difference: int, failed: str, now: float) -> list[Obj]:
    """A failure stays as it was first told until there is none."""
    known = any(condition["type"] == "ReplicaFailure" for condition in old)
    if failed and not known and difference:
        reason = "FailedCreate" if difference < 0 else "FailedDelete"
        condition = {"type": "ReplicaFailure", "status": "True", "reason": reason, "message": failed}
        return [*old, {**condition, "lastTransitionTime": rfc3339(now)}]
    return old if failed else [condition for condition in old if condition["type"] != "ReplicaFailure"]
