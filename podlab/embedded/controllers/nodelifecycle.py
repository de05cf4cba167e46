"""Nodes that are no longer heard of: NotReady, tainted, their Pods told; and the taints that conditions bring.

Upstream: pkg/controller/nodelifecycle/node_lifecycle_controller.go, scheduler
"""

from __future__ import annotations

import math
from typing import Any

from podlab.apimachinery.times import rfc3339
from podlab.embedded.apiserver.registry import Event, Registry
from podlab.embedded.apiserver.status import StatusError
from podlab.embedded.clock import Timer
from podlab.embedded.controllers.controller import CONTROLLER, MANAGER, Controller, Key
from podlab.embedded.controllers.pods import podstates
from podlab.embedded.events import Recorder

Obj = dict[str, Any]

GRACE, PERIOD = 50.0, 5.0
"""Seconds that a node may be silent, and between two looks at all nodes."""
DELAY = 0.01
"""Seconds until a change of a node shows in its taints; the scheduler has tried what waits once by then."""
PREFIX = "node.kubernetes.io/"
NOT_READY, UNREACHABLE, UNSCHEDULABLE = PREFIX + "not-ready", PREFIX + "unreachable", PREFIX + "unschedulable"
CONDITIONS = {
    ("Ready", "False"): NOT_READY,
    ("Ready", "Unknown"): UNREACHABLE,
    ("MemoryPressure", "True"): PREFIX + "memory-pressure",
    ("DiskPressure", "True"): PREFIX + "disk-pressure",
    ("NetworkUnavailable", "True"): PREFIX + "network-unavailable",
    ("PIDPressure", "True"): PREFIX + "pid-pressure",
}
OURS = frozenset((*CONDITIONS.values(), UNSCHEDULABLE))
KNOWN = ("MemoryPressure", "DiskPressure", "PIDPressure", "Ready")
STOPPED, NEVER = "Kubelet stopped posting node status.", "Kubelet never posted node status."


class NodeLifecycle:
    """Watches the nodes and their leases."""

    def __init__(self, registry: Registry) -> None:
        self._registry, self._clock = registry, registry.clock
        self._nodes, self._pods = registry.resource("nodes"), registry.resource("pods")
        self._leases = registry.resource("leases.coordination.k8s.io")
        self._recorder = Recorder(registry, "node-controller", manager=MANAGER)
        self._origin = self._clock.now()
        self._due: dict[str, Timer] = {}
        self._looks: dict[str, Timer] = {}
        self._renewed: dict[str, str] = {}
        self._controller = Controller(registry, self._reconcile, delay=DELAY)
        self._controller.on("nodes", self._on_node)
        self._controller.on("leases.coordination.k8s.io", self._on_lease)

    def stop(self) -> None:
        """Stop watching and working."""
        self._controller.stop()
        for timer in (*self._due.values(), *self._looks.values()):
            timer.cancel()

    def _on_node(self, event: Event) -> None:
        node, name = event.object, event.object["metadata"]["name"]
        if event.type == "DELETED":
            if timer := self._due.pop(name, None):
                timer.cancel()
            self._renewed.pop(name, None)
            text = f"Node {name} event: Removing Node {name} from Controller"
            self._recorder.normal(about(node), "RemovingNode", text)
            return
        if event.previous is None or _heartbeat(node) != _heartbeat(event.previous):
            self._heard(name)
        if event.previous is None or _facts(node) != _facts(event.previous):
            self._controller.add(("", name))

    def _on_lease(self, event: Event) -> None:
        meta = event.object["metadata"]
        if meta["namespace"] == "kube-node-lease" and event.type != "DELETED" and meta["name"] in self._due:
            self._heard(meta["name"])

    def _heard(self, name: str) -> None:
        """A sign of life: silence is counted from now on, and noticed at one of the looks at all nodes."""
        if timer := self._due.pop(name, None):
            timer.cancel()
        self._renewed[name] = self._lease(name)
        self._due[name] = self._clock.call_at(self._look_after(GRACE), lambda: self._silent(name))

    def _look_after(self, seconds: float) -> float:
        """When all nodes are looked at next, once so many seconds have passed."""
        return self._origin + math.ceil((self._clock.now() + seconds - self._origin) / PERIOD) * PERIOD

    def _lease(self, name: str) -> str:
        """The version of a node's lease, "" if it has none."""
        lease = self._registry.find(self._leases, name, "kube-node-lease")
        return lease["metadata"]["resourceVersion"] if lease else ""

    def _silent(self, name: str) -> None:
        """Nothing was heard for too long: what is known of the node is that nothing is known."""
        node, now = self._registry.find(self._nodes, name), rfc3339(self._clock.now())
        if node is None:
            return
        if self._lease(name) != self._renewed.get(name):  # where time made a leap, the news is still on its way
            self._heard(name)
            return

        def unknown(obj: Obj) -> None:
            obj.setdefault("status", {})["conditions"] = unheard(obj, now)

        if ready(node) != "Unknown":
            self._registry.change(self._nodes, name, "", unknown, by=CONTROLLER)
        if ready(node) == "True":
            self._recorder.normal(about(node), "NodeNotReady", f"Node {name} status is now: NodeNotReady")
            self._tell_pods(name)

    def _tell_pods(self, name: str) -> None:
        """The Pods of a node that is not ready are not ready either. Upstream: MarkPodsNotReady"""
        now = rfc3339(self._clock.now())

        def not_ready(pod: Obj) -> None:
            for condition in pod["status"].get("conditions") or []:
                if condition["type"] == "Ready" and condition["status"] == "True":
                    condition |= {"status": "False", "lastTransitionTime": now}

        for pod in self._registry.list(self._pods):
            if pod["spec"].get("nodeName") == name and podstates.ready(pod):
                meta = pod["metadata"]
                self._registry.change(self._pods, meta["name"], meta["namespace"], not_ready, by=CONTROLLER)
                self._recorder.warning(pod, "NodeNotReady", "Node is not ready")

    def _reconcile(self, key: Key) -> None:
        node = self._registry.find(self._nodes, key[1])
        if node is None:
            return
        self._write(key[1], *scheduling(node))
        effect, keys = evicting(node)
        if UNREACHABLE in keys:  # found at a look
            self._write(key[1], effect, keys)
        elif differ(node, effect, keys) and key[1] not in self._looks:
            self._looks[key[1]] = self._clock.call_at(self._look_after(0.0), lambda: self._look(key[1]))

    def _look(self, name: str) -> None:
        """What drives Pods away comes and goes when all nodes are looked at, later than what keeps new ones away."""
        del self._looks[name]
        if node := self._registry.find(self._nodes, name):
            self._write(name, *evicting(node))

    def _write(self, name: str, effect: str, keys: list[str]) -> None:
        now = rfc3339(self._clock.now())

        def taint(obj: Obj) -> None:
            left = tainted(obj["spec"].get("taints") or [], effect, keys, now)
            obj["spec"].pop("taints", None)
            if left:
                obj["spec"]["taints"] = left

        try:
            self._registry.change(self._nodes, name, "", taint, subresource="", by=CONTROLLER)
        except StatusError as error:
            if error.code != 404:
                raise


def about(node: Obj) -> Obj:
    """A node as its controller's events name it: without a resourceVersion."""
    meta = {key: node["metadata"][key] for key in ("name", "uid")}
    return {"kind": "Node", "apiVersion": "v1", "metadata": meta}


def ready(node: Obj) -> str:
    """The status of the condition Ready; Unknown where there is none."""
    conditions = (node.get("status") or {}).get("conditions") or []
    return next((str(c["status"]) for c in conditions if c["type"] == "Ready"), "Unknown")


def _heartbeat(node: Obj) -> object:
    conditions = (node.get("status") or {}).get("conditions") or []
    return [c.get("lastHeartbeatTime") for c in conditions if c["type"] == "Ready" and c["status"] != "Unknown"]


def _facts(node: Obj) -> object:
    conditions = (node.get("status") or {}).get("conditions") or []
    return node["spec"].get("taints"), node["spec"].get("unschedulable"), [(c["type"], c["status"]) for c in conditions]


def unheard(node: Obj, now: str) -> list[Obj]:
    """The conditions of a node of which nothing is heard."""
    given = {c["type"]: c for c in (node.get("status") or {}).get("conditions") or []}
    found = []
    for type_ in [*given, *(type_ for type_ in KNOWN if type_ not in given)]:
        old = given.get(type_)
        if (type_ not in KNOWN and old) or (old and old["status"] == "Unknown"):
            found.append(old)
        else:
            reason, message = ("NodeStatusUnknown", STOPPED) if old else ("NodeStatusNeverUpdated", NEVER)
            told = {"type": type_, "status": "Unknown", "reason": reason, "message": message}
            heartbeat = old["lastHeartbeatTime"] if old else node["metadata"]["creationTimestamp"]
            found.append({**told, "lastHeartbeatTime": heartbeat, "lastTransitionTime": now})
    return found


def scheduling(node: Obj) -> tuple[str, list[str]]:
    """The taints that keep new Pods away."""
    conditions = [(c["type"], c["status"]) for c in (node.get("status") or {}).get("conditions") or []]
    keys = [CONDITIONS[each] for each in conditions if each in CONDITIONS]
    return "NoSchedule", keys + ([UNSCHEDULABLE] if node["spec"].get("unschedulable") else [])


def evicting(node: Obj) -> tuple[str, list[str]]:
    """The taint that drives Pods away."""
    conditions = [(c["type"], c["status"]) for c in (node.get("status") or {}).get("conditions") or []]
    keys = (NOT_READY, UNREACHABLE)
    return "NoExecute", [CONDITIONS[each] for each in conditions if CONDITIONS.get(each) in keys]


def differ(node: Obj, effect: str, keys: list[str]) -> bool:
    """Whether a node has other taints of this controller's with an effect than those."""
    given = node["spec"].get("taints") or []
    return {taint["key"] for taint in given if taint["effect"] == effect and taint["key"] in OURS} != set(keys)


def tainted(taints: list[Obj], effect: str, keys: list[str], now: str) -> list[Obj]:
    """Taints with the wanted ones of this controller's, and none of its others with that effect."""
    kept = [t for t in taints if t["effect"] != effect or t["key"] not in OURS or t["key"] in keys]
    there = {t["key"] for t in kept if t["effect"] == effect}
    return kept + [{"key": key, "effect": effect, "timeAdded": now} for key in keys if key not in there]
