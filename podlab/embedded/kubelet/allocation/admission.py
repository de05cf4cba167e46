"""Whether the node admits a Pod that is bound to it: enough room, the right labels, nothing that is forbidden.

Upstream: pkg/kubelet/lifecycle/predicate.go, pkg/scheduler/framework/plugins/noderesources (InsufficientResource)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from podlab.apimachinery import quantity
from podlab.embedded.fit import nodefit
from podlab.embedded.kubelet.kuberuntime import security

Obj = dict[str, Any]

OVER = ("Succeeded", "Failed")


def rejection(pod: Obj, node: Obj | None, others: Iterable[Obj]) -> tuple[str, str] | None:
    """Reason and message with which a Pod is turned away; None if it is admitted."""
    if node is None:
        return None
    if forbidden := security.rejection(pod):
        return forbidden
    if short := shortage(pod, node, others):
        return f"OutOf{short[0]}", short[1]
    if not nodefit.matches_node(pod["spec"], node):
        return "NodeAffinity", f"Predicate NodeAffinity failed: {nodefit.UNMATCHED}"
    return None


def shortage(pod: Obj, node: Obj, others: Iterable[Obj]) -> tuple[str, str] | None:
    """The first resource of which the node has not enough left for a Pod, and the words for it."""
    free = node.get("status", {}).get("allocatable") or {}
    running = [o for o in others if o["metadata"]["uid"] != pod["metadata"]["uid"] and not _over(o)]
    if len(running) + 1 > quantity.whole(free.get("pods", "110")):
        return "pods", _words("pods", 1, len(running), len(running))
    wanted, used = nodefit.requests(pod), Counter[str]()
    for other in running if wanted else ():
        used.update(nodefit.requests(other))
    for name in ("cpu", "memory", "ephemeral-storage", *sorted(wanted)):
        most = quantity.nano(free.get(name, "0"))
        if wanted[name] and wanted[name] + used[name] > most:
            unit = quantity.NANO // 1000 if name == "cpu" else quantity.NANO
            return name, _words(name, wanted[name] // unit, used[name] // unit, most // unit)
    return None


def _over(pod: Obj) -> bool:
    return (pod.get("status") or {}).get("phase") in OVER


def _words(name: str, requested: int, used: int, capacity: int) -> str:
    amounts = f"requested: {requested}, used: {used}, capacity: {capacity}"
    return f"Node didn't have enough resource: {name}, {amounts}"
