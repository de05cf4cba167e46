"""What the kubelet reports of a Pod: pure functions from spec, containers and the previous status to the next status.

Upstream: pkg/kubelet/kubelet_pods.go (generateAPIPodStatus, getPhase, convertToAPIContainerStatuses),
pkg/kubelet/status/generate.go
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from podlab.apimachinery.times import rfc3339
from podlab.embedded.kubelet.status import podconditions, podresources, podspecs
from podlab.embedded.kubelet.status.observation import Observation, began, exit_code, latest, sidecar, waits_again
from podlab.embedded.runtime import images
from podlab.embedded.runtime.instance import Instance
from podlab.embedded.runtime.machine.identity import identity

Obj = dict[str, Any]

UNKNOWN = "ContainerStatusUnknown"


def pod_status(pod: Obj, seen: Observation) -> Obj:
    """The status to publish for a Pod, computed from what is seen and from the status in `pod`."""
    spec, old = pod["spec"], pod.get("status") or {}
    inits = container_statuses(pod, spec.get("initContainers") or [], "initContainerStatuses", seen)
    mains = container_statuses(pod, spec.get("containers") or [], "containerStatuses", seen)
    guests = container_statuses(pod, spec.get("ephemeralContainers") or [], "ephemeralContainerStatuses", seen)
    computed = phase(pod, inits, mains, settled=seen.settled)
    status: Obj = {key: value for key, value in old.items() if key not in ("reason", "message")}
    status |= _why(old, seen)
    computed = "Failed" if seen.failure else computed
    status["observedGeneration"] = pod["metadata"].get("generation", 0)
    status["conditions"] = podconditions.conditions(pod, computed, inits, mains, seen)
    computed = "Failed" if seen.evicted else computed
    status["phase"] = _published(old.get("phase", "Pending"), computed, seen.settled)
    status |= addresses(seen, spec, old)
    status["startTime"] = old.get("startTime") or rfc3339(seen.start_time or seen.now)
    for key, statuses in _statuses(inits, mains, guests):
        status[key] = statuses
    if allocated := podresources.requested(spec):
        status["allocatedResources"] = allocated
    status["resources"] = podresources.reported(
        _in_force(spec, seen), measured=old.get("phase") not in (None, "", "Pending")
    )
    return status


def _why(old: Obj, seen: Observation) -> Obj:
    """Why a Pod has failed: told once nothing of it runs any more, and kept."""
    told: Obj = {key: old[key] for key in ("reason", "message") if key in old}
    ends = seen.evicted or seen.failure
    if old.get("phase") in ("Succeeded", "Failed") or not (ends and seen.settled):
        return told
    return {"reason": ends[0], "message": ends[1]}


def _in_force(spec: Obj, seen: Observation) -> Obj:
    """A spec whose containers have the resources that are in force."""
    if not seen.actual:
        return spec
    containers = [{**c, "resources": seen.actual.get(c["name"], {})} for c in spec.get("containers") or []]
    own = {"resources": seen.actual[podspecs.WHOLE]} if podspecs.WHOLE in seen.actual else {}
    return {**spec, **own, "containers": containers}


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
    if init and finished and not sidecar(container):
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
    running, given = instance.state == "running", container.get("resources") or {}
    started = running and seen.started.get(instance.id, True)
    ready = started and seen.ready.get(instance.id, True)
    if init and not sidecar(container):
        ready = instance.state == "exited" and instance.exit_code == 0
    status: Obj = {
        "containerID": f"containerd://{instance.id}",
        "image": instance.image,
        "imageID": instance.image_id,
        "lastState": {},
        "name": instance.name,
        "ready": ready,
        "resources": podresources.of_container({"resources": seen.actual.get(container["name"], given)}),
        "restartCount": instance.attempt,
        "started": started,
        "state": _state(instance),
        "user": {"linux": _user(pod, container, instance)},
    }
    if requests := (container.get("resources") or {}).get("requests"):
        status["allocatedResources"] = dict(requests)
    return status | _mounts(container)


def _user(pod: Obj, container: Obj, instance: Instance) -> Obj:
    image = images.find(instance.image)
    who = identity(pod, container, image.owner, image.group) if image else identity(pod, container)
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


# Phase


def phase(pod: Obj, inits: Sequence[Obj], mains: Sequence[Obj], *, settled: bool = False) -> str:
    """Pending, Running, Succeeded or Failed. Upstream: pkg/kubelet/kubelet_pods.go (getPhase)"""
    specs = {container["name"]: container for container, _ in podspecs.paths(pod)}
    sidecars = {name for name, container in specs.items() if sidecar(container)} & {s["name"] for s in inits}
    regular = [status for status in inits if status["name"] not in sidecars]
    if any(_ended_for_good(pod, specs, status) and exit_code(status) != 0 for status in regular):
        return "Failed"
    helpers = [status for status in inits if status["name"] in sidecars]
    initializing = any("running" in status["state"] or not began(status) for status in regular)
    starting = any(("running" in s["state"] and not s["started"]) or not began(s) for s in helpers)
    if not settled and (initializing or (starting and not any(map(_has_run, mains)))):
        return "Pending"
    running = sum("running" in status["state"] for status in mains)
    stopped = [status for status in mains if exit_code(status) is not None or waits_again(status)]
    if len(stopped) + running < len(mains):
        return "Pending"
    helping = not settled and any("running" in status["state"] for status in helpers)
    if running or helping:
        return "Running"
    if not settled and not all(_ended_for_good(pod, specs, status) for status in stopped):
        return "Running"
    return "Succeeded" if all(exit_code(status) == 0 for status in stopped) else "Failed"


def _has_run(status: Obj) -> bool:
    """Whether the runtime has a container that ran: one that was taken away for all to begin again counts no more."""
    taken = waits_again(status) and status["lastState"]["terminated"].get("reason") == REMOVED["reason"]
    return began(status) and not taken


def _ended_for_good(pod: Obj, specs: Mapping[str, Obj], status: Obj) -> bool:
    code = exit_code(status)
    return code is not None and not podspecs.restarted(specs[status["name"]], pod, code)


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
    if all(s["ready"] or exit_code(s) == 0 or "running" in s["state"] for s in inits):
        mains = status.get("containerStatuses") or []
        last["containerStatuses"] = [s if exit_code(s) is not None else _lost(s) for s in mains]
    if inits:
        last["initContainerStatuses"] = [_lost(s) if "running" in s["state"] else s for s in inits]
    if last.get("phase") not in ("Succeeded", "Failed"):
        last["phase"] = "Failed"
    return last


def _lost(status: Obj) -> Obj:
    message = "The container could not be located when the pod was terminated"
    lost = {"exitCode": 137, "finishedAt": None, "message": message, "reason": UNKNOWN, "startedAt": None}
    return status | {"state": {"terminated": lost}, "ready": False, "started": False}
