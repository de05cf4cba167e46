"""The Pods that have a node, by node: what runs there is summed up once, not for every Pod that comes.

Upstream: pkg/scheduler/backend/cache (snapshot.go, NodeInfo)
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from podlab.embedded.fit import claims, neighbours, nodefit
from podlab.embedded.fit.nodefit import Load

Obj = dict[str, Any]
Key = tuple[str, str]


class Snapshot:
    """Which Pod runs where."""

    def __init__(self) -> None:
        self._node_of: dict[Key, str] = {}
        self._pods: defaultdict[str, dict[Key, Obj]] = defaultdict(dict)
        self._shunning: dict[Key, Obj] = {}
        self._loads: dict[str, Load] = {}

    def put(self, key: Key, pod: Obj) -> None:
        """A Pod has a node, or has changed there."""
        node = pod["spec"]["nodeName"]
        if self._node_of.get(key, node) != node:
            self.drop(key)
        self._node_of[key] = node
        there = self._pods[node]
        before, there[key] = there.get(key), pod
        if load := self._loads.pop(node, None):
            if before is None:
                self._loads[node] = nodefit.joined(load, pod)
            elif nodefit.weighs_the_same(pod, before):
                self._loads[node] = replace(load, pods=tuple(there.values()))
        if neighbours.shuns(pod):
            self._shunning[key] = pod

    def drop(self, key: Key) -> bool:
        """A Pod has gone; whether it had a node."""
        node = self._node_of.pop(key, None)
        if node is None:
            return False
        del self._pods[node][key]
        self._loads.pop(node, None)
        self._shunning.pop(key, None)
        return True

    def on(self, node: str) -> Load:
        """What runs on a node."""
        found = self._loads.get(node)
        if found is None:
            found = self._loads[node] = nodefit.load(self._pods[node].values())
        return found

    def placed(self, pod: Obj, nodes: Sequence[Obj]) -> list[tuple[Obj, Obj]]:
        """The Pods that matter to where `pod` may run, with their nodes' labels."""
        seen = self._everywhere() if neighbours.looks_around(pod) else list(self._shunning.values())
        if not seen:
            return []
        labels = {node["metadata"]["name"]: node["metadata"].get("labels") or {} for node in nodes}
        return [(other, labels.get(other["spec"]["nodeName"], {})) for other in seen]

    def users(self, namespace: str, names: set[str]) -> set[str]:
        """The uids of the Pods that use one of these claims."""
        if not names:
            return set()
        there = (pod for pod in self._everywhere() if pod["metadata"]["namespace"] == namespace)
        return {pod["metadata"]["uid"] for pod in there if not names.isdisjoint(claims.used(pod))}

    def _everywhere(self) -> list[Obj]:
        return [pod for pods in self._pods.values() for pod in pods.values()]
