"""What outlives the server: the runtime's containers, kept beside the API's objects, and how they come back."""

from __future__ import annotations

import contextlib
from typing import Any

from podlab.embedded.kubelet.dependencies import Dependencies
from podlab.embedded.kubelet.environment import ConfigError
from podlab.embedded.kubelet.kuberuntime.starter import Starter
from podlab.embedded.kubelet.status import podspecs
from podlab.embedded.kubelet.volumes.sources import MountError
from podlab.embedded.runtime.instance import Instance
from podlab.embedded.runtime.log import Line
from podlab.embedded.runtime.runtime import Container, Runtime, record

Obj = dict[str, Any]


def kept(runtime: Runtime, uid: str) -> Obj | None:
    """What is to be remembered of a Pod's containers; None before there is a sandbox."""
    sandbox = runtime.sandboxes.get(uid)
    if sandbox is None:
        return None
    containers = [record(container) for container in runtime.containers.get(uid, [])]
    return {"ip": sandbox.ip, "ready": sandbox.ready, "containers": containers}


def ended(record: Obj) -> Obj:
    """What is remembered after the machine itself went off: nobody knows how the containers ended."""
    containers = []
    for each in record["containers"]:
        instance = each["instance"]
        if instance["state"] == "running":
            instance = {**instance, "state": "exited", "exit_code": 255, "reason": "Unknown", "finished_at": 0.0}
        containers.append({**each, "instance": instance})
    return {**record, "ready": False, "containers": containers}


def pod(using: Dependencies, starter: Starter, pod: Obj) -> None:
    """Bring back the sandbox and the containers of a Pod, if any were kept; what ran goes on running."""
    uid = pod["metadata"]["uid"]
    found = using.checkpoints.pod(uid)
    if found is None:
        return
    sandbox = using.runtime.add_sandbox(uid, pod["metadata"]["name"], found["ip"], ready=found["ready"])
    sandbox.volumes = using.volumes.of_pod(uid)
    with contextlib.suppress(MountError):  # as on a node: what is mounted stays mounted
        using.volumes.mount(pod, sandbox.ip)
    specs = {c["name"]: c for c, _ in podspecs.paths(pod)}
    for each in found["containers"]:
        instance = Instance(**each["instance"])
        if instance.state == "exited" and not instance.finished_at:
            instance.finished_at = using.clock.now()
        if instance.name in specs and instance.state != "created":  # one that never ran is made anew
            _container(using, starter, pod, specs[instance.name], instance, each["log"])


def results(pod: Obj) -> dict[tuple[str, str], bool]:
    """What the probes of running containers last said, by kind and container id: it is in the status."""
    found: dict[tuple[str, str], bool] = {}
    for status in (pod.get("status") or {}).get("containerStatuses") or []:
        id_ = str(status.get("containerID", "")).removeprefix("containerd://")
        if id_ and "running" in status["state"]:
            found["readinessProbe", id_] = bool(status["ready"])
            found["startupProbe", id_] = bool(status.get("started"))
    return found


def _container(using: Dependencies, starter: Starter, pod: Obj, spec: Obj, instance: Instance, log: list[Any]) -> None:
    sandbox = using.runtime.sandboxes[pod["metadata"]["uid"]]
    try:
        made = starter.rebuild(pod, spec, sandbox, instance)
    except ConfigError:
        return
    using.runtime.containers[sandbox.uid].append(made)
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
