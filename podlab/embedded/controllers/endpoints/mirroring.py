"""Mirrors Endpoints that somebody wrote by hand for a Service without selector into EndpointSlices.

Upstream: pkg/controller/endpointslicemirroring
"""

from __future__ import annotations

from functools import partial
from typing import Any

from podlab.embedded.apiserver.registry import Event, Registry
from podlab.embedded.apiserver.status import StatusError
from podlab.embedded.controllers.controller import CONTROLLER, Controller, Key, namespaced
from podlab.embedded.controllers.endpoints import ports
from podlab.embedded.controllers.endpoints.addresses import SERVICE, SLICE_MANAGER, TRIGGERED
from podlab.embedded.controllers.endpoints.slices import Group, changes, port_key
from podlab.embedded.controllers.pods.podcontrol import reference_to

Obj = dict[str, Any]

MANAGED_BY = "endpointslicemirroring-controller.k8s.io"
SKIP, LEADER = "endpointslice.kubernetes.io/skip-mirror", "control-plane.alpha.kubernetes.io/leader"
UNTOLD = ("kubectl.kubernetes.io/last-applied-configuration", TRIGGERED)
"""Annotations that are not mirrored."""
MOST = 1000
"""Addresses of a subset that are mirrored."""


class EndpointSliceMirroring:
    """One controller for all Endpoints."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._services, self._endpoints = registry.resource("services"), registry.resource("endpoints")
        self._slices = registry.resource("endpointslices.discovery.k8s.io")
        self._controller = Controller(registry, self._reconcile)
        self._controller.watch("endpoints", namespaced)
        self._controller.watch("services", namespaced)
        self._controller.on("endpointslices.discovery.k8s.io", self._on_slice)
        self.stop = self._controller.stop

    def _on_slice(self, event: Event) -> None:
        meta = event.object["metadata"]
        labels = meta.get("labels") or {}
        if labels.get(SLICE_MANAGER) == MANAGED_BY and labels.get(SERVICE) and event.type != "ADDED":
            self._controller.add((meta["namespace"], labels[SERVICE]))

    def _reconcile(self, key: Key) -> None:
        endpoints = self._registry.find(self._endpoints, key[1], key[0])
        service = self._registry.find(self._services, key[1], key[0])
        selector = f"{SERVICE}={key[1]},{SLICE_MANAGER}={MANAGED_BY}"
        existing = self._registry.list(self._slices, key[0], labels=selector)
        if endpoints is None or service is None or service["spec"].get("selector") or not mirrored(endpoints):
            self._delete(existing)
            return
        found = changes(existing, groups(endpoints), labels_of(endpoints), partial(empty, endpoints))
        for each in found.create:
            if each.get("endpoints"):  # nothing is mirrored by no slice
                self._registry.create(self._slices, each, by=CONTROLLER)
        for each in found.update:
            meta = {key: value for key, value in each["metadata"].items() if key != "generateName"}
            meta["annotations"] = annotations_of(endpoints)
            self._registry.update(self._slices, {**each, "metadata": meta}, by=CONTROLLER)
        self._delete(found.delete)

    def _delete(self, slices: list[Obj]) -> None:
        for each in slices:
            try:
                self._registry.delete(
                    self._slices, each["metadata"]["name"], each["metadata"]["namespace"], by=CONTROLLER
                )
            except StatusError as error:
                if error.code != 404:
                    raise


def mirrored(endpoints: Obj) -> bool:
    """Whether an Endpoints object wants to be mirrored."""
    meta = endpoints["metadata"]
    return (meta.get("labels") or {}).get(SKIP) != "true" and LEADER not in (meta.get("annotations") or {})


def groups(endpoints: Obj) -> list[Group]:
    """The endpoints of each subset, by their ports."""
    found: dict[object, Group] = {}
    for subset in endpoints.get("subsets") or []:
        given = [{"name": "", **port} for port in subset.get("ports") or []]
        group = found.setdefault(port_key(given), Group(ports.for_slice(given), []))
        told = [_endpoint(each, ready=True) for each in subset.get("addresses") or []]
        told += [_endpoint(each, ready=False) for each in subset.get("notReadyAddresses") or []]
        group.endpoints.extend(told[:MOST])
    return list(found.values())


def _endpoint(address: Obj, *, ready: bool) -> Obj:
    found: Obj = {"addresses": [address["ip"]], "conditions": {"ready": ready}}
    return found | {key: address[key] for key in ("hostname", "nodeName", "targetRef") if address.get(key)}


def labels_of(endpoints: Obj) -> Obj:
    """The labels of mirrored slices."""
    meta = endpoints["metadata"]
    return (meta.get("labels") or {}) | {SERVICE: meta["name"], SLICE_MANAGER: MANAGED_BY}


def annotations_of(endpoints: Obj) -> Obj:
    """The annotations of mirrored slices."""
    return {key: value for key, value in (endpoints["metadata"].get("annotations") or {}).items() if key not in UNTOLD}


def empty(endpoints: Obj, given: list[Obj]) -> Obj:
    """A slice that mirrors some ports, without endpoints yet."""
    meta = endpoints["metadata"]
    return {
        "metadata": {
            "generateName": f"{meta['name']}-",
            "namespace": meta["namespace"],
            "labels": labels_of(endpoints),
            "annotations": annotations_of(endpoints),
            "ownerReferences": [reference_to(endpoints)],
        },
        "addressType": "IPv4",
        "endpoints": [],
        "ports": given,
    }
