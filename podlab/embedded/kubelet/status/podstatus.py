"""What the kubelet reports of a Pod: pure functions from spec, containers and the previous status to the next status.

Upstream: pkg/kubelet/kubelet_pods.go (generateAPIPodStatus, getPhase, convertToAPIContainerStatuses),
pkg/kubelet/status/generate.go
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from podlab.apimachinery.times import rfc3339
from podlab.embedded.kubelet.status import podresources, podspecs
from podlab.embedded.runtime.instance import Instance
from podlab.embedded.runtime.machine.identity import identity

Obj = dict[str, Any]

KUBELET_CONDITIONS = ("PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled")
"""The conditions that the kubelet owns, in the order in which it reports them."""

UNKNOWN = "ContainerStatusUnknown"


@dataclass(frozen=True, slots=True)
class Observation:
    """What the kubelet knows of a Pod when it computes a status.

    Attributes:
        instances: the runtime's containers, any order.
        reasons: container name → (waiting reason, message) left by the last attempt to start it.
        ready, started, alive: container id → result of its readiness, startup and liveness probe; absent where
            there is no probe, or a liveness probe has not told yet.
        sandbox_ready: whether the Pod's sandbox runs. `ip` is its address, "" before it has one.
        settled: whether the Pod's end has been carried out, so that the phase may become terminal.
        failure: reason and message with which the kubelet ends the Pod: its deadline, or too full a volume.
    """

    now: float
    host_ip: str
    instances: Sequence[Instance] = ()
    reasons: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    ready: Mapping[str, bool] = field(default_factory=dict)
    started: Mapping[str, bool] = field(default_factory=dict)
    alive: Mapping[str, bool] = field(default_factory=dict)
    sandbox_ready: bool = False
    ip: str = ""
    start_time: float = 0.0
    settled: bool = False
    failure: tuple[str, str] | None = None


def pod_status(pod: Obj, seen: Observation) -> Obj:
    """The status to publish for a Pod, computed from what is seen and from the status in `pod`."""
    spec, old = pod["spec"], pod.get("status") or {}
    inits = container_statuses(pod, spec.get("initContainers") or [], "initContainerStatuses", seen)
    mains = container_statuses(pod, spec.get("containers") or [], "containerStatuses", seen)
    guests = container_statuses(pod, spec.get("ephemeralContainers") or [], "ephemeralContainerStatuses", seen)
    computed = phase(pod, inits, mains, settled=seen.settled)
    status: Obj = {key: value for key, value in old.items() if key not in ("reason", "message")}
    if seen.failure:
        computed = "Failed"
        status["reason"], status["message"] = seen.failure
    elif old.get("phase") == "Failed" and old.get("reason"):
        status["reason"], status["message"] = old["reason"], old.get("message", "")
    status["observedGeneration"] = pod["metadata"].get("generation", 0)
    status["conditions"] = conditions(pod, computed, inits, mains, seen)
    status["phase"] = _published(old.get("phase", "Pending"), computed, seen.settled)
    status |= addresses(seen, spec, old)
    status["startTime"] = old.get("startTime") or rfc3339(seen.start_time or seen.now)
    for key, statuses in _statuses(inits, mains, guests):
        status[key] = statuses
    if allocated := podresources.requested(spec):
        status["allocatedResources"] = allocated
    status["resources"] = podresources.reported(spec, measured=old.get("phase") not in (None, "", "Pending"))
    return status


def _statuses(inits: list[Obj], mains: list[Obj], guests: list[Obj]) -> Iterable[tuple[str, list[Obj]]]:
    yield "containerStatuses", sorted(mains, key=lambda status: status["name"])
    if inits:
        yield "initContainerStatuses", inits
    if guests:
        yield "ephemeralContainerStatuses", sorted(guests, key=lambda status: status["name"])


def _published(old: str, computed: str, settled: bool) -> str:
    """A phase becomes terminal only when nothing of the Pod runs any more, and stays so."""
    if old in ("Succeeded", "Failed"):
        return old
    return old if computed in ("Succeeded", "Failed") and not settled else computed


def addresses(seen: Observation, spec: Obj, old: Obj) -> Obj:
    """hostIP, hostIPs, podIP and podIPs."""
    found: Obj = {"hostIP": seen.host_ip, "hostIPs": [{"ip": seen.host_ip}]}
    ip = seen.host_ip if spec.get("hostNetwork") else seen.ip or old.get("podIP", "")
    if ip:
        found |= {"podIP": ip, "podIPs": [{"ip": ip}]}
    return found


# Containers


def latest(instances: Iterable[Instance], name: str) -> list[Instance]:
    """The instances of one container, newest first."""
    return sorted((i for i in instances if i.name == name), key=lambda i: i.attempt, reverse=True)


def should_restart(container: Obj, pod: Obj, instances: Sequence[Instance]) -> bool:
    """Whether a container that does not run is to be started (again).

    Upstream: pkg/kubelet/container/helpers.go (ShouldContainerBeRestarted)
    """
    newest = latest(instances, container["name"])
    if pod["metadata"].get("deletionTimestamp"):
        return False
    if not newest or newest[0].state == "created" or newest[0].removed:
        return True
    if newest[0].state == "running":
        return False
    return podspecs.restarted(container, pod, newest[0].exit_code)


def restarts_all(pod: Obj, instances: Sequence[Instance]) -> bool:
    """Whether a container's rules now ask that all containers of the Pod begin again."""
    if not podspecs.may_restart_all(pod) or pod["metadata"].get("deletionTimestamp"):
        return False
    for container, _ in podspecs.paths(pod):
        newest = next(iter(latest(instances, container["name"])), None)
        over = newest is not None and newest.state == "exited" and not newest.removed
        if newest and over and podspecs.rule(container, newest.exit_code) == "RestartAllContainers":
            return True
    return False


def container_statuses(pod: Obj, containers: Sequence[Obj], key: str, seen: Observation) -> list[Obj]:
    """ContainerStatus objects in the order of the spec; `key` names the list in the Pod's status."""
    old = {status["name"]: status for status in (pod.get("status") or {}).get(key) or []}
    init = key == "initContainerStatuses"
    found = [_container_status(pod, c, old.get(c["name"]), seen, init=init) for c in containers]
    if key == "ephemeralContainerStatuses":  # guests are never asked whether they have started or are ready
        found = [{k: v for k, v in status.items() if k != "started"} | {"ready": False} for status in found]
    return found


def _container_status(pod: Obj, container: Obj, old: Obj | None, seen: Observation, *, init: bool) -> Obj:
    newest = latest(seen.instances, container["name"])
    if newest and newest[0].removed:
        status = _of_removed(pod, container, newest[0], seen)
    elif newest:
        status = _of_instance(pod, container, newest[0], seen, init=init)
        if len(newest) > 1:
            status["lastState"] = _state(newest[1])
        elif old and newest[0].attempt > 0:
            status["lastState"] = old["lastState"]
    else:
        status = _of_nothing(pod, container, old)
    finished = newest and newest[0].state == "exited" and newest[0].exit_code == 0 and not newest[0].removed
    if init and finished and not _sidecar(container):
        return status
    reason = seen.reasons.get(container["name"])
    if reason and should_restart(container, pod, seen.instances):
        if "terminated" in status["state"]:
            status["lastState"] = status["state"]
        status["state"] = {
            "waiting": {"message": reason[1], "reason": reason[0]} if reason[1] else {"reason": reason[0]}
        }
    return status


def _of_nothing(pod: Obj, container: Obj, old: Obj | None) -> Obj:
    """The status of a container that the runtime does not know."""
    if old and "terminated" in old["state"]:
        return dict(old)
    waiting = "PodInitializing" if pod["spec"].get("initContainers") else "ContainerCreating"
    status: Obj = {
        "image": container["image"],
        "imageID": "",
        "lastState": old["lastState"] if old else {},
        "name": container["name"],
        "ready": False,
        "restartCount": old["restartCount"] if old else 0,
        "started": False,
        "state": {"waiting": {"reason": waiting}},
    }
    return status | _mounts(container)


REMOVED = {
    "message": "The container is removed because RestartAllContainers in place",
    "reason": "RestartingAllContainers",
}


def _of_removed(pod: Obj, container: Obj, instance: Instance, seen: Observation) -> Obj:
    """The status of a container that was taken away for the whole Pod to begin again."""
    status = _of_nothing(pod, container, None)
    if not any(each.state == "running" for each in seen.instances):
        status["state"] = {"waiting": dict(REMOVED)}
    return status | {"lastState": _state(instance), "restartCount": instance.attempt + 1}


def _of_instance(pod: Obj, container: Obj, instance: Instance, seen: Observation, *, init: bool) -> Obj:
    running = instance.state == "running"
    started = running and seen.started.get(instance.id, True)
    ready = started and seen.ready.get(instance.id, True)
    if init and not _sidecar(container):
        ready = instance.state == "exited" and instance.exit_code == 0
    status: Obj = {
        "containerID": f"containerd://{instance.id}",
        "image": instance.image,
        "imageID": instance.image_id,
        "lastState": {},
        "name": instance.name,
        "ready": ready,
        "resources": podresources.of_container(container),
        "restartCount": instance.attempt,
        "started": started,
        "state": _state(instance),
        "user": {"linux": _user(pod, container)},
    }
    if requests := (container.get("resources") or {}).get("requests"):
        status["allocatedResources"] = dict(requests)
    return status | _mounts(container)


def _user(pod: Obj, container: Obj) -> Obj:
    who = identity(pod, container)
    return {"gid": who.gid, "supplementalGroups": list(who.groups), "uid": who.uid}


def _state(instance: Instance) -> Obj:
    if instance.state == "running":
        return {"running": {"startedAt": rfc3339(instance.started_at)}}
    if instance.state == "created":
        return {"waiting": {"reason": "ContainerCreating"}}
    if instance.removed:
        return {"terminated": {"exitCode": 137, "finishedAt": None, **REMOVED, "startedAt": None}}
    state: Obj = {
        "containerID": f"containerd://{instance.id}",
        "exitCode": instance.exit_code,
        "finishedAt": rfc3339(instance.finished_at),
        "reason": instance.reason or ("Error" if instance.exit_code else "Completed"),
        "startedAt": rfc3339(instance.started_at),
    }
    if instance.message:
        state["message"] = instance.message
    return {"terminated": state}


def _mounts(container: Obj) -> Obj:
    mounts = []
    for mount in container.get("volumeMounts") or []:
        seen: Obj = {"mountPath": mount["mountPath"], "name": mount["name"]}
        if mount.get("readOnly"):
            seen |= {"readOnly": True, "recursiveReadOnly": mount.get("recursiveReadOnly", "Disabled")}
        mounts.append(seen)
    return {"volumeMounts": mounts} if mounts else {}


def _sidecar(container: Obj) -> bool:
    return container.get("restartPolicy") == "Always"


# Phase


def phase(pod: Obj, inits: Sequence[Obj], mains: Sequence[Obj], *, settled: bool = False) -> str:
    """Pending, Running, Succeeded or Failed. Upstream: pkg/kubelet/kubelet_pods.go (getPhase)"""
    specs = {container["name"]: container for container, _ in podspecs.paths(pod)}
    sidecars = {name for name, container in specs.items() if _sidecar(container)} & {s["name"] for s in inits}
    regular = [status for status in inits if status["name"] not in sidecars]
    if any(_ended_for_good(pod, specs, status) and _exit_code(status) != 0 for status in regular):
        return "Failed"
    if not settled and any(_exit_code(status) != 0 for status in regular) and not any(_began(s) for s in mains):
        return "Pending"
    if not settled and any(not s["started"] for s in inits if s["name"] in sidecars) and not any(map(_began, mains)):
        return "Pending"
    running = sum("running" in status["state"] for status in mains)
    stopped = [status for status in mains if _exit_code(status) is not None or _waits_again(status)]
    if len(stopped) + running < len(mains):
        return "Pending"
    helping = not settled and any("running" in status["state"] for status in inits if status["name"] in sidecars)
    if running or helping:
        return "Running"
    if not settled and not all(_ended_for_good(pod, specs, status) for status in stopped):
        return "Running"
    return "Succeeded" if all(_exit_code(status) == 0 for status in stopped) else "Failed"


def _ended_for_good(pod: Obj, specs: Mapping[str, Obj], status: Obj) -> bool:
    code = _exit_code(status)
    return code is not None and not podspecs.restarted(specs[status["name"]], pod, code)


def _exit_code(status: Obj) -> int | None:
    terminated = status["state"].get("terminated")
    return terminated["exitCode"] if terminated else None


def _waits_again(status: Obj) -> bool:
    return "waiting" in status["state"] and "terminated" in status["lastState"]


def _began(status: Obj) -> bool:
    return "running" in status["state"] or _exit_code(status) is not None or _waits_again(status)


# Conditions


def conditions(pod: Obj, phase: str, inits: Sequence[Obj], mains: Sequence[Obj], seen: Observation) -> list[Obj]:
    """The Pod's conditions: the kubelet's five, then those of others as they are."""
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
    return ours + [c for type_, c in old.items() if type_ not in computed]


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
    sidecars = {c["name"] for c in pod["spec"].get("initContainers") or [] if _sidecar(c)}
    waiting = [s["name"] for s in inits if not (s["started"] if s["name"] in sidecars else s["ready"])]
    if not waiting or any(_began(status) for status in mains):
        return True, "", ""
    return False, "ContainersNotInitialized", f"containers with incomplete status: [{' '.join(waiting)}]"


def _containers_ready(pod: Obj, phase: str, inits: Sequence[Obj], mains: Sequence[Obj]) -> tuple[bool, str, str]:
    if phase == "Succeeded":
        return False, "PodCompleted", ""
    if phase == "Failed":
        return False, "PodFailed", ""
    sidecars = {c["name"] for c in pod["spec"].get("initContainers") or [] if _sidecar(c)}
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


def rejected(pod: Obj, reason: str, message: str, now: float) -> Obj:
    """The only status of a Pod that the node does not admit."""
    return {
        "phase": "Failed",
        "reason": reason,
        "message": f"Pod was rejected: {message}",
        "startTime": rfc3339(now),
        "observedGeneration": pod["metadata"].get("generation", 0),
    }


def terminated(status: Obj) -> Obj:
    """The last status of a Pod whose end has been carried out: every container is terminated, the phase terminal.

    Upstream: pkg/kubelet/status/status_manager.go (TerminatePod)
    """
    last = dict(status)
    inits = status.get("initContainerStatuses") or []
    if all(s["ready"] or _exit_code(s) == 0 or "running" in s["state"] for s in inits):
        mains = status.get("containerStatuses") or []
        last["containerStatuses"] = [s if _exit_code(s) is not None else _lost(s) for s in mains]
    if inits:
        last["initContainerStatuses"] = [_lost(s) if "running" in s["state"] else s for s in inits]
    if last.get("phase") not in ("Succeeded", "Failed"):
        last["phase"] = "Failed"
    return last


def _lost(status: Obj) -> Obj:
    message = "The container could not be located when the pod was terminated"
    lost = {"exitCode": 137, "finishedAt": None, "message": message, "reason": UNKNOWN, "startedAt": None}
    return status | {"state": {"terminated": lost}, "ready": False, "started": False}
