"""What outlives the server: the runtime's containers, kept beside the API's objects, and how they come back."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from podlab.embedded.apiserver.registry import Registry
from podlab.embedded.kubelet import volumes
from podlab.embedded.kubelet.environment import ConfigError
from podlab.embedded.kubelet.status import podspecs
from podlab.embedded.runtime.instance import Instance
from podlab.embedded.runtime.runtime import Container, Line, record

if TYPE_CHECKING:
    from podlab.embedded.kubelet.kubelet import Kubelet

Obj = dict[str, Any]

PREFIX = "kubelet/pods/"
IMAGES = "kubelet/images"


def images(registry: Registry) -> list[str]:
    """The images that had been pulled."""
    found = registry.store.kept(IMAGES)
    return list(found["present"]) if found else []


def keep_images(registry: Registry, present: list[str]) -> None:
    """Remember which images the node has."""
    registry.store.keep(IMAGES, {"present": list(present)})


def keep(kubelet: Kubelet, uid: str) -> None:
    """Remember what the runtime has of a Pod."""
    sandbox = kubelet.runtime.sandboxes.get(uid)
    if sandbox is None:
        return
    containers = [record(container) for container in kubelet.runtime.containers.get(uid, [])]
    kept = {"ip": sandbox.ip, "ready": sandbox.ready, "containers": containers}
    kubelet.registry.store.keep(PREFIX + uid, kept)


def forget(registry: Registry, uid: str) -> None:
    """A Pod is gone."""
    registry.store.keep(PREFIX + uid, None)


def pod(kubelet: Kubelet, pod: Obj) -> None:
    """Bring back the sandbox and the containers of a Pod, if any were kept; what ran goes on running."""
    uid = pod["metadata"]["uid"]
    found = kubelet.registry.store.kept(PREFIX + uid)
    if found is None:
        return
    sandbox = kubelet.runtime.add_sandbox(uid, pod["metadata"]["name"], found["ip"])
    with contextlib.suppress(volumes.MountError):  # as on a node: what is mounted stays mounted
        kubelet.mount(pod, sandbox.volumes, sandbox.ip)
    specs = {c["name"]: c for c, _ in podspecs.paths(pod)}
    for kept in found["containers"]:
        instance = Instance(**kept["instance"])
        if instance.name in specs and instance.state != "created":  # one that never ran is made anew
            _container(kubelet, pod, specs[instance.name], instance, kept["log"])
    if not found["ready"]:
        kubelet.runtime.stop_sandbox(uid)


def results(pod: Obj) -> dict[str, dict[str, bool]]:
    """What the probes of running containers last said, by kind and container id: it is in the status."""
    found: dict[str, dict[str, bool]] = {"readinessProbe": {}, "startupProbe": {}}
    for status in (pod.get("status") or {}).get("containerStatuses") or []:
        id_ = str(status.get("containerID", "")).removeprefix("containerd://")
        if id_ and "running" in status["state"]:
            found["readinessProbe"][id_] = bool(status["ready"])
            found["startupProbe"][id_] = bool(status.get("started"))
    return found


def _container(kubelet: Kubelet, pod: Obj, spec: Obj, instance: Instance, log: list[Any]) -> None:
    sandbox = kubelet.runtime.sandboxes[pod["metadata"]["uid"]]
    try:
        made = kubelet.starter.rebuild(pod, spec, sandbox, instance)
    except ConfigError:
        return
    kubelet.runtime.containers[sandbox.uid].append(made)
    if instance.state == "running":
        made.begin()
        _later(made, log)
    else:
        made.log.lines = [Line(time, stream, data.encode("latin-1")) for time, stream, data in log]
        made.log.close()


def _later(made: Container, log: list[Any]) -> None:
    """Once process 1 has said again what it says at its start, add what came from outside."""

    def add() -> None:
        for time, stream, data in log:
            made.log.add(Line(time, stream, data.encode("latin-1"), external=True))

    made.clock.call_later(0.0, add)
