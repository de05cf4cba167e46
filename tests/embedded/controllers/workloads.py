"""Workloads to try controllers with, and what a simulation's store has of them."""

from __future__ import annotations

from typing import Any

from tests.embedded.simulation import Simulation

Obj = dict[str, Any]
LABELS = {"app": "web"}


def template(image: str = "nginx", **labels: str) -> Obj:
    """A Pod template that ends fast."""
    spec = {"containers": [{"name": "c", "image": image}], "terminationGracePeriodSeconds": 1}
    return {"metadata": {"labels": LABELS | labels}, "spec": spec}


def workload(kind: str, replicas: int = 2, **spec: Any) -> Obj:
    """A workload named web."""
    version = "v1" if kind == "ReplicationController" else "apps/v1"
    selector = LABELS if kind == "ReplicationController" else {"matchLabels": LABELS}
    made = {"replicas": replicas, "selector": selector, "template": template(), **spec}
    return {"apiVersion": version, "kind": kind, "metadata": {"name": "web"}, "spec": made}


RESOURCES = {
    "ReplicaSet": "replicasets.apps",
    "ReplicationController": "replicationcontrollers",
    "Deployment": "deployments.apps",
    "StatefulSet": "statefulsets.apps",
    "DaemonSet": "daemonsets.apps",
}


class Workloads:
    """A simulation's workloads."""

    def __init__(self, sim: Simulation) -> None:
        self.sim, self.registry = sim, sim.registry

    def create(self, obj: Obj) -> Obj:
        resource = self.registry.resource(RESOURCES.get(obj["kind"], obj["kind"].lower() + "s"))
        return self.registry.create(resource, obj, namespace=self.sim.namespace)

    def all(self, kind: str) -> list[Obj]:
        return self.registry.list(self.registry.resource(RESOURCES[kind]), self.sim.namespace)

    def get(self, kind: str, name: str = "web") -> Obj:
        return self.registry.get(self.registry.resource(RESOURCES[kind]), name, self.sim.namespace)

    def status(self, kind: str, name: str = "web") -> Obj:
        found: Obj = self.get(kind, name).get("status") or {}
        return found

    def change(self, kind: str, fn: Any, name: str = "web") -> None:
        resource = self.registry.resource(RESOURCES.get(kind, kind.lower() + "s"))
        self.registry.change(resource, name, self.sim.namespace, fn, subresource="")

    def scale(self, kind: str, replicas: int) -> None:
        self.change(kind, lambda obj: obj["spec"].update(replicas=replicas))

    def pods(self) -> list[Obj]:
        return self.registry.list(self.registry.resource("pods"), self.sim.namespace)

    def told(self, reason: str) -> list[str]:
        """The messages of all Events with a reason, in the order in which they were first told."""
        added = [event["object"] for event in self.sim.seen["events"] if event["type"] == "ADDED"]
        return [event["message"] for event in added if event["reason"] == reason]
