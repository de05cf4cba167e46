"""Pods of a node that does not exist: no kubelet will ever end them, so they are failed and removed.

Upstream: pkg/controller/podgc/gc_controller.go (gcOrphaned)
"""

from __future__ import annotations

from typing import Any

from podlab.embedded.apiserver.registry import Event, Registry
from podlab.embedded.clock import Timer
from podlab.embedded.disruption import disrupt

Obj = dict[str, Any]

MANAGER = "kube-controller-manager"
REASON, MESSAGE = "DeletionByPodGC", "PodGC: node no longer exists"
QUARANTINE = 40.0
"""Seconds that a node may be missing before its Pods go."""


class PodGarbageCollector:
    """Removes the Pods that are bound to a node that is not there."""

    def __init__(self, registry: Registry) -> None:
        self._registry, self._clock = registry, registry.clock
        self._nodes = registry.resource("nodes")
        self._orphans: dict[str, tuple[Obj, Timer]] = {}
        self._stops = [
            registry.on(self._nodes, self._on_node),
            registry.on(registry.resource("pods"), self._on_pod),
        ]

    def stop(self) -> None:
        """Stop watching; nothing is removed any more."""
        for stop in self._stops:
            stop()
        for _, timer in self._orphans.values():
            timer.cancel()

    def _on_node(self, event: Event) -> None:
        if event.type == "DELETED":
            for pod in self._registry.list(self._registry.resource("pods")):
                self._judge(pod)

    def _on_pod(self, event: Event) -> None:
        self._judge(event.object, gone=event.type == "DELETED")

    def _judge(self, pod: Obj, *, gone: bool = False) -> None:
        uid, node = pod["metadata"]["uid"], pod["spec"].get("nodeName")
        if gone or not node or self._registry.find(self._nodes, node) is not None:
            if known := self._orphans.pop(uid, None):
                known[1].cancel()
        elif uid in self._orphans:
            self._orphans[uid] = pod, self._orphans[uid][1]
        else:
            self._orphans[uid] = pod, self._clock.call_later(QUARANTINE, lambda: self._remove(uid))

    def _remove(self, uid: str) -> None:
        pod, _ = self._orphans.pop(uid)
        if self._registry.find(self._nodes, pod["spec"]["nodeName"]) is None:
            disrupt(self._registry, pod, REASON, MESSAGE, MANAGER, lost=True)
