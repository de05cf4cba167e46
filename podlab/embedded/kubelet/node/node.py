"""The Node object and its lease: what the kubelet tells of the machine it runs on.

Upstream: pkg/kubelet/kubelet_node_status.go, pkg/kubelet/util/nodelease.go
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from typing import Any

from podlab.apimachinery.times import rfc3339, rfc3339micro
from podlab.embedded.apiserver.registry import Registry
from podlab.embedded.apiserver.resource import Writer
from podlab.embedded.apiserver.status import StatusError
from podlab.embedded.clock import Timer
from podlab.embedded.events import Recorder
from podlab.embedded.kubelet.node.machine import Machine
from podlab.embedded.renewal import renew
from podlab.embedded.runtime import images
from podlab.embedded.runtime.images.system import KUBERNETES
from podlab.embedded.runtime.machine import kernel

Obj = dict[str, Any]

LEASE_SECONDS, RENEW, REPORT = 40, 10.0, 300.0
CAPACITY = {
    "cpu": "2",
    "ephemeral-storage": "264212084Ki",
    "hugepages-1Gi": "0",
    "hugepages-2Mi": "0",
    "memory": "24684084Ki",
    "pods": "110",
}
PRESSURES = (
    ("MemoryPressure", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
    ("DiskPressure", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
    ("PIDPressure", "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
)
FEATURES = (
    "ExtendWebSocketsToKubelet",
    "InPlacePodLevelResourcesVerticalScaling",
    "InPlacePodVerticalScalingInitContainers",
    "RestartAllContainersOnContainerExits",
)

LEASES = "kube-node-lease"
CONTROLLER = "kube-controller-manager"
NOT_READY = "node.kubernetes.io/not-ready"
MIGRATED = "storage.alpha.kubernetes.io/migrated-plugins"
_PLUGINS = ("aws-ebs", "azure-disk", "azure-file", "cinder", "gce-pd", "portworx-volume", "vsphere-volume")
MIGRATED_PLUGINS = ",".join(f"kubernetes.io/{name}" for name in _PLUGINS)


class NodeReporter:
    """Creates the Node, reports its status every five minutes, and renews its lease every ten seconds."""

    def __init__(
        self, registry: Registry, machine: Machine, present: Callable[[], Sequence[str]], recorder: Recorder
    ) -> None:
        self._registry, self._clock = registry, registry.clock
        self._machine, self.name = machine, machine.name
        self._present, self._recorder = present, recorder
        self._nodes, self._leases = registry.resource("nodes"), registry.resource("leases.coordination.k8s.io")
        self.capacity = dict(CAPACITY)
        self._timers: list[Timer] = []

    def start(self, *, booted: bool = False) -> None:
        """Register, and keep reporting."""
        new = self._registry.find(self._nodes, self.name) is None
        if new:
            self._registry.create(self._nodes, self._node(), by=Writer("kubelet"))
        self.report()
        self._registry.change(self._nodes, self.name, "", _untaint, subresource="", by=Writer(CONTROLLER))
        if new or booted:
            self._tell(registered=new)
        self._renew()
        self._tell_drivers()
        self._every(REPORT, self.report)

    def stop(self) -> None:
        """Report no more."""
        for timer in self._timers:
            timer.cancel()

    def _every(self, seconds: float, act: Callable[[], None]) -> None:
        def again() -> None:
            act()
            self._every(seconds, act)

        self._timers = [timer for timer in self._timers if not timer.cancelled]
        self._timers.append(self._clock.call_later(seconds, again))

    def _node(self) -> Obj:
        labels = {
            "beta.kubernetes.io/arch": "amd64",
            "beta.kubernetes.io/os": "linux",
            "kubernetes.io/arch": "amd64",
            "kubernetes.io/hostname": self.name,
            "kubernetes.io/os": "linux",
        }
        if not self._machine.worker:
            labels["node-role.kubernetes.io/control-plane"] = ""
        if self._machine.tainted:
            labels["node.kubernetes.io/exclude-from-external-load-balancers"] = ""
        annotations = {
            "node.alpha.kubernetes.io/ttl": "0",
            "volumes.kubernetes.io/controller-managed-attach-detach": "true",
        }
        spec: Obj = {
            "podCIDR": self._machine.cidr,
            "podCIDRs": [self._machine.cidr],
            "providerID": f"kind://docker/{self._machine.cluster}/{self.name}",
        }
        if self._machine.tainted:
            spec["taints"] = [{"effect": "NoSchedule", "key": "node-role.kubernetes.io/control-plane"}]
        return {"metadata": {"name": self.name, "labels": labels, "annotations": annotations}, "spec": spec}

    def report(self) -> None:
        """Write the node's status."""

        def fill(node: Obj) -> None:
            node["status"] = {**(node.get("status") or {}), **self._status(node)}

        try:
            self._registry.change(self._nodes, self.name, "", fill, by=Writer("kubelet"))
        except StatusError as error:
            if error.code != 404:  # somebody deleted the Node: it registers again when it starts again
                raise

    def _status(self, node: Obj) -> Obj:
        now = rfc3339(self._clock.now())
        old = {c["type"]: c for c in (node.get("status") or {}).get("conditions") or []}

        def condition(type_: str, status: str, reason: str, message: str) -> Obj:
            same = type_ in old and old[type_]["status"] == status
            since = old[type_]["lastTransitionTime"] if same else now
            found = {"type": type_, "status": status, "lastHeartbeatTime": now, "lastTransitionTime": since}
            return found | {"reason": reason, "message": message}

        pressures = [condition(type_, "False", reason, message) for type_, reason, message in PRESSURES]
        ready = condition("Ready", "True", "KubeletReady", "kubelet is posting ready status")
        found = [images.find(reference) for reference in self._present()]
        listed = [{"names": [i.id, i.reference], "sizeBytes": i.size} for i in found if i]
        features = {"recursiveReadOnlyMounts": True, "userNamespaces": False}
        given = (node.get("status") or {}).get("capacity") or {}  # extended resources are whoever's who wrote them
        return {
            "addresses": [
                {"address": self._machine.ip, "type": "InternalIP"},
                {"address": self.name, "type": "Hostname"},
            ],
            "allocatable": {**given, **CAPACITY},
            "capacity": {**given, **CAPACITY},
            "conditions": [*pressures, ready],
            "daemonEndpoints": {"kubeletEndpoint": {"Port": 10250}},
            "declaredFeatures": list(FEATURES),
            "features": {"supplementalGroupsPolicy": True},
            "images": sorted(listed, key=lambda image: -int(str(image["sizeBytes"]))),
            "nodeInfo": self._info(node),
            "runtimeHandlers": [{"features": features, "name": name} for name in ("", "runc")],
        }

    def _info(self, node: Obj) -> Obj:
        machine = uuid.uuid5(uuid.NAMESPACE_DNS, self.name)
        return {
            "architecture": "amd64",
            "bootID": str(uuid.uuid5(machine, "boot")),
            "containerRuntimeVersion": "containerd://2.2.1",
            "kernelVersion": kernel.VERSION,
            "kubeProxyVersion": "",
            "kubeletVersion": KUBERNETES,
            "machineID": machine.hex,
            "operatingSystem": "linux",
            "osImage": "Debian GNU/Linux 12 (bookworm)",
            "systemUUID": machine.hex,
        }

    def _tell(self, *, registered: bool) -> None:
        """The events of a node that starts, and of one that joins."""
        node = {"kind": "Node", "apiVersion": "v1", "metadata": {"name": self.name}}
        self._recorder.normal(node, "Starting", "Starting kubelet.")
        for reason in ("NodeHasSufficientMemory", "NodeHasNoDiskPressure", "NodeHasSufficientPID"):
            self._recorder.normal(node, reason, f"Node {self.name} status is now: {reason}")
        self._recorder.normal(node, "NodeAllocatableEnforced", "Updated Node Allocatable limit across pods")
        if registered:
            controller = Recorder(self._registry, "node-controller", manager=CONTROLLER)
            there = self._registry.get(self._nodes, self.name)
            node["metadata"] = {"name": self.name, "uid": there["metadata"]["uid"]}
            text = f"Node {self.name} event: Registered Node {self.name} in Controller"
            controller.normal(node, "RegisteredNode", text)
        self._recorder.normal(
            {"kind": "Node", "apiVersion": "v1", "metadata": {"name": self.name}},
            "NodeReady",
            f"Node {self.name} status is now: NodeReady",
        )

    def _correct(self) -> None:
        """Allot what somebody else's hand has written of the machine, such as a resource that is no kubelet's own."""
        node = self._registry.find(self._nodes, self.name)
        said = (node or {}).get("status") or {}
        given = said.get("capacity") or {}
        if node and not given == said.get("allocatable") == {**given, **CAPACITY}:
            self.report()

    def _renew(self) -> None:
        try:
            if not renew(self._registry, self.name, LEASES, Writer("kubelet")):
                lease = self._lease(rfc3339micro(self._clock.now()))
                self._registry.create(self._leases, lease, namespace=LEASES, by=Writer("kubelet"))
        except StatusError as error:
            if error.code not in (403, 404, 409):
                raise
        self._correct()
        self._timers.append(self._clock.call_later(RENEW, self._renew))
        self._timers = [timer for timer in self._timers if not timer.cancelled]

    def _tell_drivers(self) -> None:
        """A node's CSINode lists drivers, of which there are none. Upstream: pkg/volume/csi/nodeinfomanager"""
        kind = self._registry.resource("csinodes.storage.k8s.io")
        if self._registry.find(kind, self.name) is None:
            meta = {"name": self.name, "annotations": {MIGRATED: MIGRATED_PLUGINS}, "ownerReferences": [self._owner()]}
            self._registry.create(kind, {"metadata": meta, "spec": {"drivers": None}}, by=Writer("kubelet"))

    def _lease(self, now: str) -> Obj:
        spec = {"holderIdentity": self.name, "leaseDurationSeconds": LEASE_SECONDS, "renewTime": now}
        return {"metadata": {"name": self.name, "ownerReferences": [self._owner()]}, "spec": spec}

    def _owner(self) -> Obj:
        node = self._registry.get(self._nodes, self.name)
        return {"apiVersion": "v1", "kind": "Node", "name": self.name, "uid": node["metadata"]["uid"]}


def _untaint(node: Obj) -> None:
    """A ready node loses the taint with which it was born. Upstream: pkg/controller/nodelifecycle"""
    spec = node.setdefault("spec", {})
    taints = [taint for taint in spec.get("taints") or [] if taint.get("key") != NOT_READY]
    spec.pop("taints", None)
    if taints:
        spec["taints"] = taints
