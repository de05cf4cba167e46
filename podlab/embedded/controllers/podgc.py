"""Pods that no kubelet will ever end, for want of a node that is there or in service: they are failed and removed.

Upstream: pkg/controller/podgc/gc_controller.go (gcOrphaned, gcTerminating, gcUnscheduledTerminating)
"""

from __future__ import annotations

from typing import Any

from podlab.embedded.apiserver.registry import Event, Registry
from podlab.embedded.clock import Timer
from podlab.embedded.controllers.pods import podstates
from podlab.embedded.disruption import disrupt

Obj = dict[str, Any]

MANAGER = "kube-controller-manager"
REASON, MESSAGE = "DeletionByPodGC", "PodGC: node no longer exists"
OUT_OF_SERVICE = "node.kubernetes.io/out-of-service"
ORPHANED, ENDING = "orphaned", "ending"
PERIOD = 20.0
"""Seconds between two looks."""
QUARANTINE = 40.0
"""Seconds that a node may be missing before its Pods go."""


class PodGarbageCollector:
    """Removes the Pods that are bound to a node that is not there, and those that end where nobody ends them."""

    def __init__(self, registry: Registry) -> None:
        self._registry, self._clock = registry, registry.clock
        self._nodes, self._origin = registry.resource("nodes"), registry.clock.now()
        self._lost: dict[str, tuple[str, Obj, Timer]] = {}
        self._stops = [
            registry.on(self._nodes, self._on_node),
            registry.on(registry.resource("pods"), self._on_pod),
        ]

    def stop(self) -> None:
        """Stop watching; nothing is removed any more."""
        for stop in self._stops:
            stop()
        for _, _, timer in self._lost.values():
            timer.cancel()

    def _on_node(self, event: Event) -> None:
        before = event.previous is not None and _out_of_service(event.previous)
        if event.type == "DELETED" or before != _out_of_service(event.object):
            for pod in self._registry.list(self._registry.resource("pods")):
                self._judge(pod)

    def _on_pod(self, event: Event) -> None:
        self._judge(event.object, gone=event.type == "DELETED")

    def _why(self, pod: Obj) -> str:
        """Why nobody ends a Pod, "" if somebody does."""
        name = pod["spec"].get("nodeName")
        if not name:
            return ENDING if podstates.deleting(pod) else ""
        node = self._registry.find(self._nodes, name)
        if node is None:
            return ORPHANED
        return ENDING if podstates.deleting(pod) and _out_of_service(node) else ""

    def _judge(self, pod: Obj, *, gone: bool = False) -> None:
        uid, why = pod["metadata"]["uid"], "" if gone else self._why(pod)
        known = self._lost.get(uid)
        if known and known[0] == why:
            self._lost[uid] = why, pod, known[2]
            return
        if known:
            self._lost.pop(uid)[2].cancel()
        if why:
            after = QUARANTINE if why == ORPHANED else self._until_next_look()
            self._lost[uid] = why, pod, self._clock.call_later(after, lambda: self._remove(uid))

    def _until_next_look(self) -> float:
        return PERIOD - (self._clock.now() - self._origin) % PERIOD

    def _remove(self, uid: str) -> None:
        why, pod, _ = self._lost.pop(uid)
        if why == self._why(pod):
            told = (REASON, MESSAGE) if why == ORPHANED else ("", "")
            disrupt(self._registry, pod, *told, MANAGER, lost=True)


def _out_of_service(node: Obj) -> bool:
    """Whether a person has said of a node that is not ready that it will not come back by itself."""
    tainted = any(taint["key"] == OUT_OF_SERVICE for taint in node["spec"].get("taints") or ())
    conditions = (node.get("status") or {}).get("conditions") or ()
    return tainted and not any(c["type"] == "Ready" and c["status"] == "True" for c in conditions)
