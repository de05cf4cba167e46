"""Keeps the Endpoints object of every Service that selects Pods.

Upstream: pkg/controller/endpoint/endpoints_controller.go
"""

from __future__ import annotations

from typing import Any

from podlab.embedded.apiserver.registry import Event, Registry
from podlab.embedded.apiserver.status import StatusError
from podlab.embedded.controllers.controller import CONTROLLER, Key, namespaced
from podlab.embedded.controllers.endpoints import addresses, subsets
from podlab.embedded.controllers.endpoints.addresses import HEADLESS
from podlab.embedded.controllers.endpoints.services import Services
from podlab.embedded.controllers.endpoints.triggers import annotated

Obj = dict[str, Any]

MANAGED_BY, CONTROLLED = "endpoints.kubernetes.io/managed-by", "endpoint-controller"


class Endpoints:
    """One controller for all Services."""

    def __init__(self, registry: Registry) -> None:
        self._registry, self._endpoints = registry, registry.resource("endpoints")
        self._services = Services(registry, self._sync, self._gone)
        self._services.controller.on("endpoints", self._on_endpoints)
        self.stop = self._services.controller.stop

    def _on_endpoints(self, event: Event) -> None:
        if event.type == "DELETED" or event.previous is None:
            self._services.controller.add(namespaced(event.object))

    def _gone(self, key: Key) -> None:
        """Without its Service an Endpoints object that this controller made goes too."""
        found = self._registry.find(self._endpoints, key[1], key[0])
        if found is None or (found["metadata"].get("labels") or {}).get(MANAGED_BY) != CONTROLLED:
            return
        try:
            self._registry.delete(self._endpoints, key[1], key[0], by=CONTROLLER)
        except StatusError as error:
            if error.code != 404:
                raise

    def _sync(self, service: Obj, pods: list[Obj], triggered: str) -> None:
        meta = service["metadata"]
        found, over = subsets.truncated(subsets.of_service(service, pods))
        current = self._registry.find(self._endpoints, meta["name"], meta["namespace"])
        if current and not changed(service, current, found, over=over):
            return
        wanted = written(service, current, found, triggered, over=over)
        if current is None:
            self._registry.create(self._endpoints, wanted, namespace=meta["namespace"], by=CONTROLLER)
        else:
            self._registry.update(self._endpoints, wanted, by=CONTROLLER)


def labels_of(service: Obj) -> Obj:
    """The labels of a Service's Endpoints."""
    headless = {HEADLESS: ""} if addresses.is_headless(service) else {}
    given = {key: value for key, value in (service["metadata"].get("labels") or {}).items() if key != HEADLESS}
    return given | headless | {MANAGED_BY: CONTROLLED}


def changed(service: Obj, current: Obj, found: list[Obj], *, over: bool) -> bool:
    """Whether the Endpoints object differs from what it should be, besides its annotations."""
    marked = (current["metadata"].get("annotations") or {}).get(subsets.OVER_CAPACITY)
    same = (current.get("subsets") or []) == found and marked == ("truncated" if over else None)
    return not same or (current["metadata"].get("labels") or {}) != labels_of(service)


def written(service: Obj, current: Obj | None, found: list[Obj], triggered: str, *, over: bool) -> Obj:
    """The Endpoints object as it is to be."""
    meta = dict((current or {}).get("metadata") or {"name": service["metadata"]["name"]})
    annotations = annotated(meta.get("annotations"), triggered)
    annotations.pop(subsets.OVER_CAPACITY, None)
    if over:
        annotations[subsets.OVER_CAPACITY] = "truncated"
    meta |= {"labels": labels_of(service), "annotations": annotations, "namespace": service["metadata"]["namespace"]}
    if not annotations:
        del meta["annotations"]
    return {"metadata": meta} | ({"subsets": found} if found else {})
