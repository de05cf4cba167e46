"""Who leads: the leases of API server, controller manager and scheduler, which nobody contests here.

Upstream: client-go/tools/leaderelection/leaderelection.go, pkg/controlplane/apiserver/server.go
"""

from __future__ import annotations

import base64
import hashlib
import uuid

from podlab.apimachinery.times import rfc3339micro
from podlab.embedded.apiserver.registry import Registry
from podlab.embedded.apiserver.resource import Obj, Writer
from podlab.embedded.apiserver.status import StatusError
from podlab.embedded.clock import Timer
from podlab.embedded.renewal import renew

NAMESPACE = "kube-system"
RENEW = 10.0
"""Seconds between renewals: seldom enough for an idle machine, in time for leases of 15 seconds."""
LEADERS = ("kube-controller-manager", "kube-scheduler")


def identity(node: str) -> str:
    """The name of a node's API server, a digest of where it runs. Upstream: apiserver/pkg/server/config.go"""
    parts = (node.encode(), b"kube-apiserver")
    digest = hashlib.sha256(b"".join(len(part).to_bytes(2, "big") + part for part in parts)).digest()[:16]
    return "apiserver-" + base64.b32encode(digest).decode().rstrip("=").lower()


def leases(node: str, address: str, now: str) -> list[Obj]:
    """The leases of a new control plane."""
    here = uuid.uuid5(uuid.NAMESPACE_DNS, node)
    name = identity(node)
    spec: Obj = {"holderIdentity": f"{name}_{uuid.uuid5(here, name)}", "leaseDurationSeconds": 3600, "renewTime": now}
    labels = {"apiserver.kubernetes.io/identity": "kube-apiserver", "kubernetes.io/hostname": node}
    annotations = {"kubernetes.io/peer-advertise-address": f"{address}:6443"}
    found: list[Obj] = [{"metadata": {"name": name, "labels": labels, "annotations": annotations}, "spec": spec}]
    for leader in LEADERS:
        spec = {"holderIdentity": f"{node}_{uuid.uuid5(here, leader)}", "leaseDurationSeconds": 15}
        spec |= {"acquireTime": now, "renewTime": now, "leaseTransitions": 0}
        found.append({"metadata": {"name": leader}, "spec": spec})
    return found


class Leases:
    """Creates the leases, and renews them."""

    def __init__(self, registry: Registry, node: str, address: str) -> None:
        self._registry, self._node, self._address = registry, node, address
        self._resource = registry.resource("leases.coordination.k8s.io")
        self._timer: Timer | None = None

    def start(self) -> None:
        """Renew from now on."""
        self._renew()

    def stop(self) -> None:
        """Renew no more."""
        if self._timer:
            self._timer.cancel()

    def _renew(self) -> None:
        now = rfc3339micro(self._registry.clock.now())
        for lease in leases(self._node, self._address, now):
            self._keep(lease)
        self._timer = self._registry.clock.call_later(RENEW, self._renew)

    def _keep(self, lease: Obj) -> None:
        name = lease["metadata"]["name"]
        by = Writer(name if name in LEADERS else "kube-apiserver")

        try:
            if not renew(self._registry, name, NAMESPACE, by):
                self._registry.create(self._resource, lease, namespace=NAMESPACE, by=by)
        except StatusError as error:
            if error.code not in (403, 404, 409):
                raise
