"""Claims that a Pod uses, and volumes that a claim uses, are deleted only when they are no longer used.

Upstream: pkg/controller/volume/{pvcprotection,pvprotection}
"""

from __future__ import annotations

from typing import Any

from podlab.embedded.apiserver.registry import Event, Registry
from podlab.embedded.controllers.controller import CONTROLLER, Controller, Key
from podlab.embedded.controllers.pods import podstates
from podlab.embedded.fit import claims

Obj = dict[str, Any]

SURE = 0.006
"""Seconds until a claim goes: who uses it is asked of the API server, so a StatefulSet misses its Pod before."""
FINALIZERS = {
    "persistentvolumeclaims": "kubernetes.io/pvc-protection",
    "persistentvolumes": "kubernetes.io/pv-protection",
}


class VolumeProtection:
    """Takes the finalizer off what is being deleted and not used."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._controller = Controller(registry, self._reconcile, delay=SURE)
        for plural in FINALIZERS:
            self._controller.watch(plural, lambda obj, plural=plural: _key(plural, obj))  # type: ignore[misc]
        self._controller.on("pods", self._on_pod)
        self.stop = self._controller.stop

    def _on_pod(self, event: Event) -> None:
        if event.type == "DELETED" or podstates.finished(event.object):
            for name in claims.used(event.object):
                self._controller.add(("persistentvolumeclaims", f"{event.object['metadata']['namespace']}/{name}"))

    def _reconcile(self, key: Key) -> None:
        namespace, _, name = key[1].partition("/")
        resource = self._registry.resource(key[0])
        obj = self._registry.find(resource, name, namespace)
        if obj is None or not podstates.deleting(obj) or self._in_use(key[0], obj):
            return

        def let_go(copy: Obj) -> None:
            left = [f for f in copy["metadata"].get("finalizers") or [] if f != FINALIZERS[key[0]]]
            copy["metadata"].pop("finalizers", None)
            if left:
                copy["metadata"]["finalizers"] = left

        self._registry.change(resource, name, namespace, let_go, subresource="", by=CONTROLLER)

    def _in_use(self, plural: str, obj: Obj) -> bool:
        if plural == "persistentvolumes":
            return bool((obj.get("status") or {}).get("phase") == "Bound")
        name, namespace = obj["metadata"]["name"], obj["metadata"]["namespace"]
        pods = self._registry.list(self._registry.resource("pods"), namespace)
        there = [pod for pod in pods if pod["spec"].get("nodeName") and not podstates.finished(pod)]
        return any(name in claims.used(pod) for pod in there)


def _key(plural: str, obj: Obj) -> Key | None:
    meta = obj["metadata"]
    return (plural, f"{meta.get('namespace', '')}/{meta['name']}") if meta.get("deletionTimestamp") else None
