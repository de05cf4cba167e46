"""Objects whose owners are gone go too. Upstream: pkg/controller/garbagecollector"""

from __future__ import annotations

from typing import Any

from podlab.embedded.apiserver.registry import Event, Registry
from podlab.embedded.apiserver.resource import Resource
from podlab.embedded.apiserver.status import StatusError
from podlab.embedded.controllers.controller import Controller, Key

Obj = dict[str, Any]

MANAGER = "kube-controller-manager"


class GarbageCollector:
    """Follows ownerReferences: deletes an object in the background once none of its owners exists."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._dependents: dict[str, set[tuple[str, str, str]]] = {}
        self._controller = Controller(registry, self._reconcile, delay=0.01)
        self._stops = [
            registry.on(resource, lambda event, resource=resource: self._on(resource, event))  # type: ignore[misc]
            for resource in registry.resources.values()
            if resource.stored_as is None and "list" in resource.verbs and resource.plural != "events"
        ]

    def stop(self) -> None:
        """Stop watching."""
        for stop in self._stops:
            stop()
        self._controller.stop()

    def _on(self, resource: Resource, event: Event) -> None:
        meta = event.object["metadata"]
        where = (resource.qualified, meta.get("namespace", ""), meta["name"])
        if event.type == "DELETED":
            for dependent in self._dependents.pop(meta["uid"], ()):
                self._controller.add((dependent[0], f"{dependent[1]}/{dependent[2]}"))
            return
        for owner in meta.get("ownerReferences") or []:
            self._dependents.setdefault(owner["uid"], set()).add(where)
            if event.type == "ADDED" and not self._exists(owner, where[1]):
                self._controller.add((where[0], f"{where[1]}/{where[2]}"))

    def _exists(self, owner: Obj, namespace: str) -> bool:
        for resource in self._registry.resources.values():
            if resource.kind == owner["kind"] and resource.api_version == owner["apiVersion"]:
                found = self._registry.find(resource, owner["name"], namespace if resource.namespaced else "")
                return found is not None and found["metadata"]["uid"] == owner["uid"]
        return True  # a kind that is not served here: it is not for us to say that it is gone

    def _reconcile(self, key: Key) -> None:
        resource = self._registry.resource(key[0])
        namespace, _, name = key[1].partition("/")
        obj = self._registry.find(resource, name, namespace)
        owners = (obj or {}).get("metadata", {}).get("ownerReferences") or []
        if obj is None or not owners or any(self._exists(owner, namespace) for owner in owners):
            return
        options = {"propagationPolicy": "Background", "preconditions": {"uid": obj["metadata"]["uid"]}}
        try:
            self._registry.delete(resource, name, namespace, options=options, manager=MANAGER)
        except StatusError as error:
            if error.code not in (404, 409):
                raise
