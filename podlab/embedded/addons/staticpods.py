"""The control plane's Pods: a kubelet reads them from files, and shows each in the API as a mirror that always returns.

Upstream: pkg/kubelet/config/file.go, pkg/kubelet/pod/mirror_client.go
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from podlab.embedded.apiserver.registry import Event, Registry
from podlab.embedded.apiserver.resource import Writer
from podlab.embedded.apiserver.status import StatusError

Obj = dict[str, Any]

MANAGER = "kubelet"
SYNC = 1.0
"""Seconds between the kubelet's looks at its own Pods."""


class StaticPods:
    """Mirrors a node's static Pods from when it has registered."""

    def __init__(self, registry: Registry, node: str, pods: list[Obj]) -> None:
        self._registry, self._node = registry, node
        self._pods = {pod["metadata"]["name"]: pod for pod in pods}
        self._stops: list[Callable[[], None]] = []

    def start(self) -> None:
        """Watch the node, and the mirrors."""
        registry = self._registry
        self._stops = [
            registry.on(registry.resource("nodes"), self._on_node),
            registry.on(registry.resource("pods"), self._on_pod),
        ]

    def stop(self) -> None:
        """Watch no more."""
        for stop in self._stops:
            stop()

    def _on_node(self, event: Event) -> None:
        if event.type == "ADDED" and event.object["metadata"]["name"] == self._node:
            for name in self._pods:
                self._registry.clock.call_later(0.0, partial(self._mirror, name))

    def _on_pod(self, event: Event) -> None:
        meta = event.object["metadata"]
        pod = self._pods.get(meta["name"])
        if event.type == "DELETED" and pod and pod["metadata"]["namespace"] == meta["namespace"]:
            self._registry.clock.call_later(SYNC, partial(self._mirror, meta["name"]))

    def _mirror(self, name: str) -> None:
        """Create a mirror that is missing."""
        registry, pod = self._registry, self._pods[name]
        node = registry.find(registry.resource("nodes"), self._node)
        namespace = pod["metadata"]["namespace"]
        if not node or not self._stops or registry.find(registry.resource("pods"), name, namespace):
            return
        owner = {"apiVersion": "v1", "controller": True, "kind": "Node"}
        owner |= {"name": self._node, "uid": node["metadata"]["uid"]}
        meta = {**pod["metadata"], "ownerReferences": [owner]}
        obj = {"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": pod["spec"]}
        try:
            registry.create(registry.resource("pods"), obj, namespace=namespace, by=Writer(MANAGER))
        except StatusError:  # as when its namespace goes: the next look tries again
            registry.clock.call_later(SYNC, partial(self._mirror, name))
