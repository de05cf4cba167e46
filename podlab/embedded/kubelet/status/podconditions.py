"""A Pod's conditions as the kubelet reports them. Upstream: pkg/kubelet/status/generate.go"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from podlab.apimachinery.times import rfc3339
from podlab.embedded.kubelet.status import podspecs
from podlab.embedded.kubelet.status.observation import Observation, began, restarts_all, sidecar

Obj = dict[str, Any]

RESIZES = ("PodResizePending", "PodResizeInProgress")


def conditions(pod: Obj, phase: str, inits: Sequence[Obj], mains: Sequence[Obj], seen: Observation) -> list[Obj]:
    """The Pod's conditions: those of others as they are, then the kubelet's five.

    Upstream: pkg/kubelet/status/status_manager.go (mergePodStatus)
    """
    old = {c["type"]: c for c in (pod.get("status") or {}).get("conditions") or []}
    containers = _containers_ready(pod, phase, inits, mains)
    computed = {
        "PodReadyToStartContainers": (seen.sandbox_ready, "", ""),
        "Initialized": _initialized(pod, phase, inits, mains),
        "Ready": _gated(pod, containers, old),
        "ContainersReady": containers,
        "PodScheduled": (True, "", ""),
    }
    if podspecs.may_restart_all(pod):
        restarting = restarts_all(pod, seen.instances)
        why = ("RestartAllContainersStarted", "container exited with restart policy rule") if restarting else ("", "")
        computed["AllContainersRestarting"] = (restarting, *why)
    generation = pod["metadata"].get("generation", 0)
    ours = [_condition(type_, *value, old.get(type_), generation, seen.now) for type_, value in computed.items()]
    others = [c for type_, c in old.items() if type_ not in computed and type_ not in RESIZES]
    return [*others, *seen.resizing, *ours]


def _condition(type_: str, holds: bool, reason: str, message: str, old: Obj | None, generation: int, now: float) -> Obj:
    status = "True" if holds else "False"
    since = old["lastTransitionTime"] if old and old["status"] == status else rfc3339(now)
    found: Obj = {"type": type_, "observedGeneration": generation, "status": status}
    found |= {"lastProbeTime": None, "lastTransitionTime": since}
    if reason:
        found["reason"] = reason
    if message:
        found["message"] = message
    return found


def _initialized(pod: Obj, phase: str, inits: Sequence[Obj], mains: Sequence[Obj]) -> tuple[bool, str, str]:
    if phase == "Succeeded":
        return True, "PodCompleted", ""
    sidecars = {c["name"] for c in pod["spec"].get("initContainers") or [] if sidecar(c)}
    waiting = [s["name"] for s in inits if not (s["started"] if s["name"] in sidecars else s["ready"])]
    if not waiting or any(began(status) for status in mains):
        return True, "", ""
    return False, "ContainersNotInitialized", f"containers with incomplete status: [{' '.join(waiting)}]"


def _containers_ready(pod: Obj, phase: str, inits: Sequence[Obj], mains: Sequence[Obj]) -> tuple[bool, str, str]:
    if phase == "Succeeded":
        return False, "PodCompleted", ""
    if phase == "Failed":
        return False, "PodFailed", ""
    sidecars = {c["name"] for c in pod["spec"].get("initContainers") or [] if sidecar(c)}
    unready = [s["name"] for s in (*inits, *mains) if not s["ready"] and (s in mains or s["name"] in sidecars)]
    if not unready:
        return True, "", ""
    return False, "ContainersNotReady", f"containers with unready status: [{' '.join(unready)}]"


def _gated(pod: Obj, ready: tuple[bool, str, str], old: Mapping[str, Obj]) -> tuple[bool, str, str]:
    if not ready[0]:
        return ready
    for gate in pod["spec"].get("readinessGates") or []:
        type_ = gate["conditionType"]
        if type_ not in old:
            why = f'corresponding condition of pod readiness gate "{type_}" does not exist.'
            return False, "ReadinessGatesNotReady", why
        if old[type_]["status"] != "True":
            why = f'the status of pod readiness gate "{type_}" is not "True", but {old[type_]["status"]}'
            return False, "ReadinessGatesNotReady", why
    return ready
