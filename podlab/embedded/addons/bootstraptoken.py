"""The token with which kind's nodes join: its Secret, the signature that it makes in cluster-info, and their end.

Upstream: cmd/kubeadm/app/phases/bootstraptoken, pkg/controller/bootstrap/{bootstrapsigner,tokencleaner}.go
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

from podlab.apimachinery.times import rfc3339, seconds
from podlab.embedded.apiserver.registry import Registry
from podlab.embedded.apiserver.resource import Writer
from podlab.embedded.apiserver.status import StatusError
from podlab.embedded.clock import Timer

Obj = dict[str, Any]

ID, SECRET = "abcdef", "0123456789abcdef"
"""kind gives every cluster the same."""
NAME, SYSTEM = f"bootstrap-token-{ID}", "kube-system"
INFO, PUBLIC, KEY = "cluster-info", "kube-public", f"jws-kubeconfig-{ID}"
GROUPS = "system:bootstrappers:kubeadm:default-node-token"
LIFE = 24 * 3600.0
CONTROLLERS = Writer("kube-controller-manager")
TRACKING = "kube-apiserver-legacy-service-account-token-tracking"


class BootstrapToken:
    """The token of one cluster, until it has expired or somebody deletes it."""

    def __init__(self, registry: Registry) -> None:
        self._registry, self._clock = registry, registry.clock
        self._secrets, self._maps = registry.resource("secrets"), registry.resource("configmaps")
        self._timer: Timer | None = None

    def create(self) -> None:
        """What kubeadm makes of it, once cluster-info is there."""
        expires = rfc3339(self._clock.now() + LIFE)
        told = {"auth-extra-groups": GROUPS, "expiration": expires, "token-id": ID, "token-secret": SECRET}
        told |= {"usage-bootstrap-authentication": "true", "usage-bootstrap-signing": "true"}
        secret: Obj = {"metadata": {"name": NAME}, "type": "bootstrap.kubernetes.io/token"}
        secret["data"] = {key: base64.b64encode(value.encode()).decode() for key, value in told.items()}
        self._registry.create(self._secrets, secret, namespace=SYSTEM, by=Writer("kubeadm"))
        if self._registry.find(self._maps, INFO, PUBLIC):
            self._change(lambda data: data.update({KEY: signature(data.get("kubeconfig", ""))}))

    def start(self) -> None:
        """Wait for its end; and say since when tokens of ServiceAccounts are followed."""
        if not self._registry.find(self._maps, TRACKING, SYSTEM):
            since = rfc3339(self._clock.now())[:10]
            followed = {"metadata": {"name": TRACKING}, "data": {"since": since}}
            self._registry.create(self._maps, followed, namespace=SYSTEM, by=Writer("kube-apiserver"))
        secret = self._registry.find(self._secrets, NAME, SYSTEM)
        expires = base64.b64decode(((secret or {}).get("data") or {}).get("expiration", "")).decode()
        if expires:
            self._timer = self._clock.call_at(seconds(expires), self._expire)

    def stop(self) -> None:
        """Wait no more."""
        if self._timer:
            self._timer.cancel()

    def _expire(self) -> None:
        try:
            self._registry.delete(self._secrets, NAME, SYSTEM, by=CONTROLLERS)
            self._change(lambda data: data.pop(KEY, None))
        except StatusError as error:
            if error.code != 404:
                raise

    def _change(self, change: Any) -> None:
        self._registry.change(
            *(self._maps, INFO, PUBLIC), lambda obj: change(obj["data"]), subresource="", by=CONTROLLERS
        )


def signature(text: str) -> str:
    """A text's detached signature by the token. Upstream: cluster-bootstrap/token/jws/jws.go"""
    head = _packed(json.dumps({"alg": "HS256", "kid": ID}, separators=(",", ":")).encode())
    made = hmac.new(SECRET.encode(), f"{head}.{_packed(text.encode())}".encode(), hashlib.sha256)
    return f"{head}..{_packed(made.digest())}"


def _packed(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
