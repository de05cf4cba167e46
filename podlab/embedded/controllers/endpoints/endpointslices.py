"""Keeps the EndpointSlices of every Service that selects Pods.

Upstream: pkg/controller/endpointslice, staging/src/k8s.io/endpointslice/reconciler.go
"""

from __future__ import annotations

from functools import partial
from typing import Any

from podlab.embedded.apiserver.registry import Event, Registry
from podlab.embedded.apiserver.status import StatusError
from podlab.embedded.controllers.controller import CONTROLLER
from podlab.embedded.controllers.endpoints import addresses, ports
from podlab.embedded.controllers.endpoints.addresses import SERVICE, SLICE_MANAGER
from podlab.embedded.controllers.endpoints.services import Services
from podlab.embedded.controllers.endpoints.slices import Changes, Group, changes, port_key
from podlab.embedded.controllers.endpoints.triggers import annotated
from podlab.embedded.controllers.pods.podcontrol import reference_to

Obj = dict[str, Any]

MANAGED_BY = "endpointslice-controller.k8s.io"
RETRY = 1.0
"""Seconds before a slice that somebody else deleted is made again."""


class EndpointSlices:
    """One controller for all Services."""

    def __init__(self, registry: Registry) -> None:
        self._registry, self._slices = registry, registry.resource("endpointslices.discovery.k8s.io")
        self._nodes = registry.resource("nodes")
        self._written: set[str] = set()
        self._services = Services(registry, self._sync, lambda key: None)
        self._services.controller.on("endpointslices.discovery.k8s.io", self._on_slice)
        self.stop = self._services.controller.stop

    def _on_slice(self, event: Event) -> None:
        """What somebody else did to a slice is put right."""
        meta = event.object["metadata"]
        labels = meta.get("labels") or {}
        before = ((event.previous or {}).get("metadata") or {}).get("labels") or {}
        mark = meta["uid"] if event.type == "DELETED" else meta["resourceVersion"]
        if mark in self._written:
            self._written.discard(mark)
        elif event.type != "ADDED" or labels.get(SLICE_MANAGER) == MANAGED_BY:
            for each in (labels, before):
                if each.get(SLICE_MANAGER) == MANAGED_BY and each.get(SERVICE):
                    self._services.controller.add((meta["namespace"], each[SERVICE]), RETRY)

    def _sync(self, service: Obj, pods: list[Obj], triggered: str) -> None:
        if service["spec"].get("type") == "ExternalName":
            return
        meta = service["metadata"]
        selector = f"{SERVICE}={meta['name']},{SLICE_MANAGER}={MANAGED_BY}"
        existing = [
            each
            for each in self._registry.list(self._slices, meta["namespace"], labels=selector)
            if not each["metadata"].get("deletionTimestamp")
        ]
        labels = addresses.slice_labels(service, MANAGED_BY)
        found = changes(existing, self._groups(service, pods), labels, partial(empty, service))
        self._apply(found, triggered)

    def _groups(self, service: Obj, pods: list[Obj]) -> list[Group]:
        groups: dict[object, Group] = {}
        for pod in pods:
            node = self._registry.find(self._nodes, pod["spec"].get("nodeName") or "")
            lost = node is None and not service["spec"].get("publishNotReadyAddresses")
            if lost or not addresses.belongs(pod, terminating=True):
                continue
            given = ports.for_slice(ports.of_pod(service, pod))
            group = groups.setdefault(port_key(given), Group(given, []))
            group.endpoints.append(addresses.endpoint(service, pod, node))
        return list(groups.values())

    def _apply(self, found: Changes, triggered: str) -> None:
        """Write; what the watch will tell of that is known by the revisions, or the uids of those deleted."""
        for each in found.create:
            made = self._registry.create(self._slices, _told(each, triggered), by=CONTROLLER)
            self._written.add(made["metadata"]["resourceVersion"])
        for each in found.update:
            made = self._registry.update(self._slices, _told(each, triggered), by=CONTROLLER)
            self._written.add(made["metadata"]["resourceVersion"])
        for each in found.delete:
            meta = each["metadata"]
            try:
                self._registry.delete(self._slices, meta["name"], meta["namespace"], by=CONTROLLER)
            except StatusError as error:
                if error.code != 404:
                    raise
            else:
                self._written.add(meta["uid"])


def empty(service: Obj, given: list[Obj]) -> Obj:
    """A slice of a Service with some ports and no endpoints yet."""
    meta = service["metadata"]
    families = service["spec"].get("ipFamilies") or ["IPv4"]
    return {
        "metadata": {
            "generateName": f"{meta['name']}-",
            "namespace": meta["namespace"],
            "labels": addresses.slice_labels(service, MANAGED_BY),
            "ownerReferences": [reference_to(service)],
        },
        "addressType": families[0],
        "endpoints": [],
        "ports": given,
    }


def _told(slice_: Obj, triggered: str) -> Obj:
    """As it is written: what is empty is null, as in a store that keeps protobuf."""
    meta = dict(slice_["metadata"])
    meta["annotations"] = annotated(meta.get("annotations"), triggered)
    if not meta["annotations"]:
        del meta["annotations"]
    filled = {key: slice_.get(key) or None for key in ("endpoints", "ports")}
    return {**slice_, **filled, "metadata": meta}
