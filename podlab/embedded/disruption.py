"""Pods that the control plane deletes for reasons of its own: they are told why before.

Upstream: pkg/scheduler/framework/preemption, pkg/controller/tainteviction, pkg/controller/podgc
"""

from __future__ import annotations

from typing import Any

from podlab.apimachinery.times import rfc3339
from podlab.embedded.apiserver.registry import Registry
from podlab.embedded.apiserver.resource import Writer
from podlab.embedded.apiserver.status import StatusError

Obj = dict[str, Any]


def disrupt(registry: Registry, pod: Obj, reason: str, message: str, manager: str, *, lost: bool = False) -> bool:
    """Give a Pod the condition DisruptionTarget and delete it; False if it is gone or another by now.

    Args:
        reason: that of the condition; without one there is none.
        lost: no kubelet has it: it has failed, and goes without one.
    """
    meta, pods = pod["metadata"], registry.resource("pods")
    condition = {"type": "DisruptionTarget", "status": "True", "reason": reason, "message": message}
    condition["observedGeneration"] = meta.get("generation", 1)
    now = rfc3339(registry.clock.now())
    where = (pods, meta["name"], meta["namespace"])
    options: Obj = {"preconditions": {"uid": meta["uid"]}, **({"gracePeriodSeconds": 0} if lost else {})}

    def disrupted(obj: Obj) -> None:
        if reason:
            set_condition(obj, condition, now)
        if lost and obj["status"].get("phase") not in ("Succeeded", "Failed"):
            obj["status"] |= {"phase": "Failed", "observedGeneration": condition["observedGeneration"]}

    try:
        if registry.get(*where)["metadata"]["uid"] != meta["uid"]:
            return False
        registry.change(*where, disrupted, by=Writer(manager))
        registry.delete(*where, options=options, by=Writer(manager))
    except StatusError:
        return False
    return True


def set_condition(obj: Obj, condition: Obj, now: str) -> None:
    """Put a condition in the place of the old one of its type; its time changes only with its status."""
    status = obj.setdefault("status", {})
    others = [c for c in status.get("conditions") or [] if c["type"] != condition["type"]]
    old = next((c for c in status.get("conditions") or [] if c["type"] == condition["type"]), None)
    since = old["lastTransitionTime"] if old and old["status"] == condition["status"] else now
    status["conditions"] = [*others, {"lastProbeTime": None, "lastTransitionTime": since, **condition}]
