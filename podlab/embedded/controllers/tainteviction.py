"""NoExecute taints: Pods that do not tolerate them have to go, at once or when their tolerationSeconds are over.

Upstream: pkg/controller/tainteviction/taint_eviction.go
"""

from __future__ import annotations

import math
from typing import Any

from podlab.embedded.apiserver.registry import Event, Registry
from podlab.embedded.clock import Timer
from podlab.embedded.disruption import disrupt
from podlab.embedded.events import Recorder
from podlab.embedded.fit import nodefit

Obj = dict[str, Any]

NAME = "taint-eviction-controller"
MANAGER = "kube-controller-manager"
DELAY = 0.003
"""Seconds until a Pod that may not stay is seen to; the DaemonSet controller is sooner."""
REASON, MESSAGE = "DeletionByTaintManager", "Taint manager: deleting due to NoExecute taint"


class TaintEviction:
    """Deletes the Pods of a node that do not tolerate its NoExecute taints (for ever)."""

    def __init__(self, registry: Registry) -> None:
        self._registry, self._clock = registry, registry.clock
        self._recorder = Recorder(registry, NAME, manager=MANAGER)
        self._taints: dict[str, list[Obj]] = {}
        self._pods: dict[str, Obj] = {}
        self._due: dict[str, tuple[float, Timer]] = {}
        self._going: dict[str, Timer] = {}
        self._stops = [
            registry.on(registry.resource("nodes"), self._on_node),
            registry.on(registry.resource("pods"), self._on_pod),
        ]

    def stop(self) -> None:
        """Stop watching; nothing is deleted any more."""
        for stop in self._stops:
            stop()
        for timer in (*self._going.values(), *(timer for _, timer in self._due.values())):
            timer.cancel()

    def _on_node(self, event: Event) -> None:
        name = event.object["metadata"]["name"]
        taints = [t for t in event.object["spec"].get("taints") or [] if t["effect"] == "NoExecute"]
        if event.type == "DELETED" or not taints:
            found = self._taints.pop(name, [])
        else:
            found, self._taints[name] = self._taints.get(name, []), taints
        if found != taints:
            for pod in [each for each in self._pods.values() if each["spec"]["nodeName"] == name]:
                self._judge(pod)

    def _on_pod(self, event: Event) -> None:
        pod, uid = event.object, event.object["metadata"]["uid"]
        if event.type == "DELETED" or pod["metadata"].get("deletionTimestamp"):
            self._pods.pop(uid, None)
            self._cancel(uid)
        elif pod["spec"].get("nodeName"):
            before, self._pods[uid] = self._pods.get(uid), pod
            if before is None or before["spec"].get("tolerations") != pod["spec"].get("tolerations"):
                self._judge(pod)

    def _judge(self, pod: Obj) -> None:
        """Delete the Pod now, later or never."""
        uid, taints = pod["metadata"]["uid"], self._taints.get(pod["spec"]["nodeName"], [])
        seconds = patience(pod, taints)
        if seconds == math.inf:
            if self._cancel(uid):
                self._tell(pod, "Cancelling deletion of")
        elif seconds <= 0:
            self._cancel(uid)
            self._going[uid] = self._clock.call_later(DELAY, lambda: self._delete(pod))
        else:
            began = self._due[uid][0] if uid in self._due else self._clock.now()
            self._cancel(uid)
            self._due[uid] = began, self._clock.call_at(began + seconds, lambda: self._fall_due(uid))

    def _cancel(self, uid: str) -> bool:
        waiting = self._due.pop(uid, None)
        if waiting:
            waiting[1].cancel()
        return waiting is not None

    def _fall_due(self, uid: str) -> None:
        self._due.pop(uid, None)
        if pod := self._pods.get(uid):
            self._delete(pod)

    def _delete(self, pod: Obj) -> None:
        """Delete a Pod, even one that somebody else is deleting since it was judged."""
        self._going.pop(pod["metadata"]["uid"], None)
        self._tell(pod, "Marking for deletion")
        disrupt(self._registry, pod, REASON, MESSAGE, MANAGER)

    def _tell(self, pod: Obj, what: str) -> None:
        """Tell it of a Pod by its name alone: `kubectl describe`, which asks by uid, does not show it."""
        namespace, name = pod["metadata"]["namespace"], pod["metadata"]["name"]
        named = {"apiVersion": "v1", "kind": "Pod", "metadata": {"namespace": namespace, "name": name}}
        self._recorder.normal(named, "TaintManagerEviction", f"{what} Pod {namespace}/{name}")


def patience(pod: Obj, taints: list[Obj]) -> float:
    """The seconds that a Pod may stay on a node with these NoExecute taints; infinite if it tolerates them for ever."""
    least = math.inf
    for taint in taints:
        fitting = [t for t in pod["spec"].get("tolerations") or [] if nodefit.tolerates(t, taint)]
        if not fitting:
            return 0.0
        given = fitting[0].get("tolerationSeconds")
        if given is not None:
            least = min(least, max(0.0, float(given)))
    return least
