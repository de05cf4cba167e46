"""Namespaces: what each of them has from the start, and how it ends.

Upstream: pkg/controller/serviceaccount, pkg/controller/certificates/rootcacertpublisher, pkg/controller/namespace
"""

from __future__ import annotations

from typing import Any

from podlab.apimachinery.times import rfc3339
from podlab.embedded.apiserver.registry import Event, Registry
from podlab.embedded.apiserver.resource import Resource, Writer
from podlab.embedded.apiserver.status import StatusError
from podlab.embedded.controllers.controller import Controller, Key

Obj = dict[str, Any]

MANAGER = "kube-controller-manager"
ROOT_CA = "kube-root-ca.crt"
DESCRIPTION = (
    "Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the "
    "internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes "
    "clusters."
)
GRACE = 5.0
"""Seconds between a change of a dying namespace and the look at it, so that all API servers know that it dies."""
FINALIZER_ESTIMATE = 15
"""Seconds that finalizers are thought to take."""


class ServiceAccounts:
    """Keeps a ServiceAccount `default` and a ConfigMap with the root certificate in every namespace."""

    def __init__(self, registry: Registry, certificate: str) -> None:
        self._registry, self._certificate = registry, certificate
        self._controller = Controller(registry, self._reconcile)
        self._controller.watch("namespaces", lambda obj: ("", obj["metadata"]["name"]))
        self._controller.watch("serviceaccounts", lambda obj: _if_named(obj, "default"))
        self._controller.watch("configmaps", lambda obj: _if_named(obj, ROOT_CA))
        self.stop = self._controller.stop

    def _reconcile(self, key: Key) -> None:
        namespace = self._registry.find(self._registry.resource("namespaces"), key[1])
        if namespace is None or namespace["metadata"].get("deletionTimestamp"):
            return
        accounts, maps = self._registry.resource("serviceaccounts"), self._registry.resource("configmaps")
        if not self._registry.find(accounts, "default", key[1]):
            account: Obj = {"metadata": {"name": "default"}}
            self._registry.create(accounts, account, namespace=key[1], by=Writer(MANAGER))
        data, found = {"ca.crt": self._certificate}, self._registry.find(maps, ROOT_CA, key[1])
        if not found:
            meta = {"name": ROOT_CA, "annotations": {"kubernetes.io/description": DESCRIPTION}}
            self._registry.create(maps, {"metadata": meta, "data": data}, namespace=key[1], by=Writer(MANAGER))
        elif found.get("data") != data:
            self._registry.update(maps, {**found, "data": data}, by=Writer(MANAGER))


def _if_named(obj: Obj, name: str) -> Key | None:
    return ("", obj["metadata"]["namespace"]) if obj["metadata"]["name"] == name else None


class NamespaceLifecycle:
    """Empties a namespace that is being deleted, tells what is left, and lets it go."""

    def __init__(self, registry: Registry) -> None:
        self._registry, self._clock = registry, registry.clock
        self._namespaces = registry.resource("namespaces")
        self._controller = Controller(registry, self._reconcile)
        self._controller.on("namespaces", self._on)
        self.stop = self._controller.stop

    def _on(self, event: Event) -> None:
        meta = event.object["metadata"]
        if event.type != "DELETED" and meta.get("deletionTimestamp"):
            self._controller.add(("", meta["name"]), GRACE)

    def _reconcile(self, key: Key) -> None:
        name = key[1]
        namespace = self._registry.find(self._namespaces, name)
        if namespace is None or not namespace["metadata"].get("deletionTimestamp"):
            return
        pods = self._registry.resource("pods")
        left = self._empty(name, [pods]) or self._empty(name, [kind for kind in self._kinds() if kind is not pods])
        self._registry.change(
            self._namespaces, name, "", lambda obj: self._set_conditions(obj, left), by=Writer(MANAGER)
        )
        if left:
            self._controller.add(key, patience(left))
        else:
            self._registry.change(self._namespaces, name, "", _finalize, subresource="finalize", by=Writer(MANAGER))

    def _kinds(self) -> list[Resource]:
        kinds = self._registry.resources.values()
        return [k for k in kinds if k.namespaced and {"list", "delete"} <= set(k.verbs) and k.stored_as is None]

    def _empty(self, name: str, kinds: list[Resource]) -> dict[Resource, list[Obj]]:
        """Delete what is there of some kinds; returns what is left."""
        for resource in kinds:
            for obj in self._registry.list(resource, name):
                if obj["metadata"].get("deletionTimestamp"):
                    continue
                try:
                    self._registry.delete(resource, obj["metadata"]["name"], name, by=Writer(MANAGER))
                except StatusError as error:
                    if error.code not in (404, 409):
                        raise
        return {resource: objs for resource in kinds if (objs := self._registry.list(resource, name))}

    def _set_conditions(self, namespace: Obj, left: dict[Resource, list[Obj]]) -> None:
        status = namespace.setdefault("status", {})
        old = {c["type"]: c for c in status.get("conditions") or []}
        now = rfc3339(self._clock.now())
        conditions = []
        for type_, holds, reason, message in conditions_of(left):
            state = "True" if holds else "False"
            same = type_ in old and old[type_]["status"] == state
            since = old[type_]["lastTransitionTime"] if same else now
            found = {"type": type_, "status": state, "lastTransitionTime": since, "reason": reason, "message": message}
            conditions.append(found)
        status["phase"], status["conditions"] = "Terminating", conditions


def patience(left: dict[Resource, list[Obj]]) -> float:
    """Seconds until what is left is looked at again: half of what it is thought to take, and one.

    Upstream: pkg/controller/namespace/namespace_controller.go, deletion/namespaced_resources_deleter.go
    """
    estimates = [0.0]
    for resource, objs in left.items():
        for obj in objs:
            done = (obj.get("status") or {}).get("phase") in ("Succeeded", "Failed")
            if resource.kind == "Pod" and not done:
                estimates.append((obj.get("spec") or {}).get("terminationGracePeriodSeconds") or 0)
            elif obj["metadata"].get("finalizers"):
                estimates.append(FINALIZER_ESTIMATE)
    return max(estimates) // 2 + 1


def conditions_of(left: dict[Resource, list[Obj]]) -> list[tuple[str, bool, str, str]]:
    """(type, status, reason, message) of a dying namespace's conditions.

    Upstream: pkg/controller/namespace/deletion/status_condition_utils.go
    """
    remaining = ", ".join(f"{r.qualified}. has {len(objs)} resource instances" for r, objs in left.items())
    counts: dict[str, int] = {}
    for objs in left.values():
        for finalizer in (f for obj in objs for f in obj["metadata"].get("finalizers") or []):
            counts[finalizer] = counts.get(finalizer, 0) + 1
    held = ", ".join(f"{name} in {number} resource instances" for name, number in sorted(counts.items()))
    content = ("SomeResourcesRemain", f"Some resources are remaining: {remaining}")
    finalizers = ("SomeFinalizersRemain", f"Some content in the namespace has finalizers remaining: {held}")
    deleted = "All content successfully deleted, may be waiting on finalization"
    return [
        ("NamespaceDeletionDiscoveryFailure", False, "ResourcesDiscovered", "All resources successfully discovered"),
        (
            "NamespaceDeletionGroupVersionParsingFailure",
            False,
            "ParsedGroupVersions",
            "All legacy kube types successfully parsed",
        ),
        ("NamespaceDeletionContentFailure", False, "ContentDeleted", deleted),
        (
            "NamespaceContentRemaining",
            bool(left),
            *(content if left else ("ContentRemoved", "All content successfully removed")),
        ),
        (
            "NamespaceFinalizersRemaining",
            bool(counts),
            *(finalizers if counts else ("ContentHasNoFinalizers", "All content-preserving finalizers finished")),
        ),
    ]


def _finalize(namespace: Obj) -> None:
    spec = namespace.setdefault("spec", {})
    spec["finalizers"] = [f for f in spec.get("finalizers") or [] if f != "kubernetes"]
