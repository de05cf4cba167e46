"""What the kubelet reads and writes at the API server for its Pods.

Upstream: pkg/kubelet/status/status_manager.go, pkg/kubelet/kubelet_pods.go
"""

from __future__ import annotations

from typing import Any

from podlab.embedded.apiserver.registry import Registry
from podlab.embedded.apiserver.resource import Writer
from podlab.embedded.apiserver.status import StatusError
from podlab.embedded.kubelet.environment import Lookup

Obj = dict[str, Any]

MANAGER = "kubelet"
BY = Writer(MANAGER)


class PodClient:
    """A kubelet's side of the registry."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self.resource = registry.resource("pods")

    def write_status(self, pod: Obj, status: Obj) -> Obj:
        """Publish a status, if it differs; returns the Pod as stored. Raises StatusError."""
        meta = pod["metadata"]

        def changed(obj: Obj) -> None:
            if obj["metadata"]["uid"] == meta["uid"]:
                obj["status"] = {**(obj.get("status") or {}), **status}
                for key in ("reason", "message"):
                    if key not in status:
                        obj["status"].pop(key, None)

        return self._registry.change(self.resource, meta["name"], meta["namespace"], changed, by=BY)

    def reject(self, pod: Obj, status: Obj) -> Obj:
        """Tell that the node does not admit a Pod: nothing else is told of it any more. Raises StatusError."""
        meta = pod["metadata"]

        def changed(obj: Obj) -> None:
            if obj["metadata"]["uid"] == meta["uid"]:
                kept = {key: obj["status"][key] for key in ("qosClass",) if key in (obj.get("status") or {})}
                obj["status"] = {**kept, **status}

        return self._registry.change(self.resource, meta["name"], meta["namespace"], changed, by=BY)

    def delete(self, pod: Obj) -> None:
        """Tell the API server that a deleted Pod has ended."""
        meta = pod["metadata"]
        options = {"gracePeriodSeconds": 0, "preconditions": {"uid": meta["uid"]}}
        try:
            self._registry.delete(self.resource, meta["name"], meta["namespace"], options=options, by=BY)
        except StatusError as error:
            if error.code not in (404, 409):
                raise

    def node(self, name: str) -> Obj | None:
        """The node's own object."""
        return self._registry.find(self._registry.resource("nodes"), name)

    def missing_pull_secrets(self, pod: Obj) -> list[str]:
        """The `imagePullSecrets` that are not there. Upstream: pkg/kubelet/kubelet_pods.go getPullSecretsForPod"""
        resource, namespace = self._registry.resource("secrets"), pod["metadata"]["namespace"]
        wanted = [secret.get("name") or "" for secret in pod["spec"].get("imagePullSecrets") or ()]
        return [name for name in wanted if name and not self._registry.find(resource, name, namespace)]

    def lookup(self, pod: Obj) -> Lookup:
        """ConfigMaps, Secrets and claims in a Pod's namespace, and volumes."""
        namespace = pod["metadata"]["namespace"]

        def find(plural: str, name: str) -> Obj | None:
            resource = self._registry.resource(plural)
            return self._registry.find(resource, name, namespace if resource.namespaced else "")

        return find

    def services(self, pod: Obj) -> list[Obj]:
        """The Services that a Pod's environment tells of."""
        resource = self._registry.resource("services")
        own = pod["metadata"]["namespace"]
        master = self._registry.find(resource, "kubernetes", "default")
        if pod["spec"].get("enableServiceLinks", True):
            others = [s for s in self._registry.list(resource, own) if s["metadata"]["name"] != "kubernetes"]
        else:
            others = []
        return ([master] if master else []) + others
