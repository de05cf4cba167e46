"""Every address of a Service is an IPAddress, and every range of addresses tells that it can be used.

Upstream: pkg/registry/core/service/ipallocator/ipallocator.go, pkg/controller/servicecidrs
"""

from __future__ import annotations

from podlab.apimachinery.times import rfc3339
from podlab.embedded.apiserver.registry import Event, Registry
from podlab.embedded.apiserver.resource import Writer
from podlab.embedded.controllers.controller import CONTROLLER, Controller, Key, Obj

APISERVER, RANGES = Writer("kube-apiserver"), Writer("service-cidr-controller")
FINALIZER = "networking.k8s.io/service-cidr-finalizer"
LABELS = {
    "ipaddress.kubernetes.io/ip-family": "IPv4",
    "ipaddress.kubernetes.io/managed-by": "ipallocator.k8s.io",
}
READY = {"type": "Ready", "status": "True", "reason": "", "message": "Kubernetes Service CIDR is ready"}


def address_of(service: Obj) -> str:
    """The address that a Service has; "" for one without."""
    address = (service.get("spec") or {}).get("clusterIP") or ""
    return "" if address == "None" else address


class ServiceAddresses:
    """Keeps the IPAddresses in step with the Services, and the ServiceCIDRs ready."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._services = registry.resource("services")
        self._addresses = registry.resource("ipaddresses.networking.k8s.io")
        self._ranges = registry.resource("servicecidrs.networking.k8s.io")
        self._owners: dict[str, Key] = {}
        self._controller = Controller(registry, self._reconcile)
        self._controller.on("services", self._on_service)
        self._controller.watch("servicecidrs.networking.k8s.io", lambda obj: ("range", obj["metadata"]["name"]))

    def stop(self) -> None:
        """Stop watching."""
        self._controller.stop()

    def _on_service(self, event: Event) -> None:
        meta = event.object["metadata"]
        before, now = address_of(event.previous or {}), address_of(event.object)
        if now and event.type != "DELETED":
            self._owners[now] = meta["namespace"], meta["name"]
        for address in {before, now} - {""}:
            self._controller.add(("address", address))

    def _reconcile(self, key: Key) -> None:
        if key[0] == "range":
            self._reconcile_range(key[1])
            return
        namespace, name = self._owners.get(key[1], ("", ""))
        service = self._registry.find(self._services, name, namespace) if name else None
        wanted = service is not None and address_of(service) == key[1]
        known = self._registry.find(self._addresses, key[1])
        if wanted and known is None:
            parent = {"resource": "services", "namespace": namespace, "name": name}
            made = {"metadata": {"name": key[1], "labels": dict(LABELS)}, "spec": {"parentRef": parent}}
            self._registry.create(self._addresses, made, by=APISERVER)
        elif not wanted:
            self._owners.pop(key[1], None)
            if known is not None:
                self._registry.delete(self._addresses, key[1], by=APISERVER)

    def _reconcile_range(self, name: str) -> None:
        found = self._registry.find(self._ranges, name)
        if found is None:
            return
        finalizers = found["metadata"].get("finalizers") or []
        if found["metadata"].get("deletionTimestamp"):
            if FINALIZER in finalizers and name != "kubernetes":
                self._hold(name, [one for one in finalizers if one != FINALIZER])
            return
        if FINALIZER not in finalizers:
            self._hold(name, [*finalizers, FINALIZER])
        if not (found.get("status") or {}).get("conditions"):
            condition = {**READY, "lastTransitionTime": rfc3339(self._registry.clock.now())}
            body = {"apiVersion": "networking.k8s.io/v1", "kind": "ServiceCIDR", "metadata": {"name": name}}
            body["status"] = {"conditions": [condition]}
            self._registry.apply(
                self._ranges, name, "", body, decode=lambda obj: obj, force=True, subresource="status", by=RANGES
            )

    def _hold(self, name: str, finalizers: list[str]) -> None:
        def hold(obj: Obj) -> None:
            obj["metadata"]["finalizers"] = finalizers

        self._registry.change(self._ranges, name, "", hold, subresource="", by=CONTROLLER)
