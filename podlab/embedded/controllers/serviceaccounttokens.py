"""Secrets that hold a ServiceAccount's token. Upstream: pkg/controller/serviceaccount/tokens_controller.go"""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

from podlab.embedded.apiserver.registry import Event, Registry
from podlab.embedded.controllers.controller import CONTROLLER, Controller, Key, namespaced

Obj = dict[str, Any]

TYPE = "kubernetes.io/service-account-token"
NAME, UID = "kubernetes.io/service-account.name", "kubernetes.io/service-account.uid"


class ServiceAccountTokens:
    """Fills Secrets that are annotated with an account's name, and deletes them with it.

    Args:
        certificate: the cluster's root certificate; "" fills nothing, as there is no key to sign with.
        issue: makes the token of an account for a Secret.
    """

    def __init__(self, registry: Registry, certificate: str, issue: Callable[[Obj, Obj], str]) -> None:
        self._registry, self._certificate, self._issue = registry, certificate, issue
        self._secrets, self._accounts = registry.resource("secrets"), registry.resource("serviceaccounts")
        self._controller = Controller(registry, self._reconcile)
        self._controller.watch("secrets", lambda secret: namespaced(secret) if secret.get("type") == TYPE else None)
        self._controller.on("serviceaccounts", self._account_changed)

    def stop(self) -> None:
        """Stop watching and working."""
        self._controller.stop()

    def _account_changed(self, event: Event) -> None:
        if event.type != "DELETED":
            return
        namespace, name = namespaced(event.object)
        for secret in self._registry.list(self._secrets, namespace, fields=f"type={TYPE}"):
            if _annotation(secret, NAME) == name:
                self._controller.add(namespaced(secret))

    def _reconcile(self, key: Key) -> None:
        namespace, name = key
        secret = self._registry.find(self._secrets, name, namespace)
        if secret is None or secret.get("type") != TYPE or secret["metadata"].get("deletionTimestamp"):
            return
        account = self._registry.find(self._accounts, _annotation(secret, NAME), namespace)
        if account is None or _annotation(secret, UID) not in ("", account["metadata"]["uid"]):
            self._registry.delete(self._secrets, name, namespace, by=CONTROLLER)
        elif self._certificate and not complete(secret, self._certificate):
            self._fill(secret, account)

    def _fill(self, secret: Obj, account: Obj) -> None:
        meta, data = secret["metadata"], secret.get("data") or {}
        made = {
            "ca.crt": _encoded(self._certificate),
            "namespace": _encoded(meta["namespace"]),
            "token": data.get("token") or _encoded(self._issue(account, secret)),
        }

        def write(obj: Obj) -> None:
            annotations = obj["metadata"].get("annotations") or {}
            obj["metadata"]["annotations"] = {**annotations, UID: account["metadata"]["uid"]}
            obj["data"] = {**data, **made}

        self._registry.change(self._secrets, meta["name"], meta["namespace"], write, subresource="", by=CONTROLLER)


def complete(secret: Obj, certificate: str) -> bool:
    """Whether a token Secret has all that it should."""
    data = secret.get("data") or {}
    filled = data.get("ca.crt") == _encoded(certificate) and bool(data.get("namespace")) and bool(data.get("token"))
    return filled and bool(_annotation(secret, UID))


def _annotation(secret: Obj, key: str) -> str:
    return str((secret["metadata"].get("annotations") or {}).get(key, ""))


def _encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
