"""Approved CertificateSigningRequests get their certificate. Upstream: pkg/controller/certificates/signer/signer.go"""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence

from podlab.apimachinery.times import rfc3339
from podlab.embedded.apiserver.registry import Registry
from podlab.embedded.controllers.controller import CONTROLLER, Controller, Key, Obj

Issue = Callable[[str, bytes, Sequence[str], int | None, float], bytes]
"""Signer's name, request (PEM), usages, wanted seconds and time to a certificate (PEM). Raises ValueError."""

CLIENT = "kubernetes.io/kube-apiserver-client"
SIGNERS = (CLIENT, f"{CLIENT}-kubelet", "kubernetes.io/kubelet-serving", "kubernetes.io/legacy-unknown")
OF_CLIENTS = ("digital signature", "key encipherment", "client auth")


class SigningRequests:
    """Signs what was approved for one of Kubernetes' own signers; without an authority's key nothing is signed."""

    def __init__(self, registry: Registry, issue: Issue | None) -> None:
        self._registry, self._issue = registry, issue
        self._requests = registry.resource("certificatesigningrequests.certificates.k8s.io")
        self._controller = Controller(registry, self._reconcile)
        if issue:
            self._controller.watch(self._requests.qualified, lambda obj: ("", obj["metadata"]["name"]))

    def stop(self) -> None:
        """Stop watching."""
        self._controller.stop()

    def _reconcile(self, key: Key) -> None:
        request = self._registry.find(self._requests, key[1])
        if request is None or not self._issue or not _waits(request):
            return
        name, spec, now = key[1], request["spec"], self._registry.clock.now()
        try:
            _check_usages(spec)
            pem, seconds = base64.b64decode(spec["request"]), spec.get("expirationSeconds")
            issued = self._issue(spec["signerName"], pem, spec.get("usages") or (), seconds, now)
            told: Obj = {"certificate": base64.b64encode(issued).decode()}
        except ValueError as error:
            told = {"conditions": [*request["status"]["conditions"], _failed(str(error), rfc3339(now))]}
        self._registry.change(self._requests, name, "", lambda obj: obj["status"].update(told), by=CONTROLLER)


def _waits(request: Obj) -> bool:
    status = request.get("status") or {}
    types = {c["type"] for c in status.get("conditions") or () if c.get("status", "True") == "True"}
    mine = request["spec"].get("signerName") in SIGNERS
    return mine and not status.get("certificate") and "Approved" in types and not types & {"Denied", "Failed"}


def _check_usages(spec: Obj) -> None:
    """Upstream: validAPIServerClientUsages"""
    usages = spec.get("usages") or ()
    if spec["signerName"] != CLIENT:
        return
    for usage in usages:
        if usage not in OF_CLIENTS:
            raise ValueError(f"invalid usage for client certificate: {usage}")
    if "client auth" not in usages:
        raise ValueError("missing required usage for client certificate: client auth")


def _failed(why: str, now: str) -> Obj:
    failed = {"type": "Failed", "status": "True", "reason": "SignerValidationFailure", "message": why}
    return {**failed, "lastUpdateTime": now}
