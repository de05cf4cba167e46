"""What a sync has to do: the containers to start (again), and why one that runs is killed first.

Upstream: pkg/kubelet/kuberuntime/kuberuntime_manager.go (computePodActions)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from podlab.embedded.kubelet.status import podspecs, podstatus
from podlab.embedded.runtime.runtime import Container

if TYPE_CHECKING:
    from podlab.embedded.kubelet.worker import PodWorker

Obj = dict[str, Any]


def due(worker: PodWorker) -> list[tuple[Obj, str]]:
    """The containers to start now, with their field paths: one init container, or all that do not run."""
    begun = any(worker.container(c["name"]) for c in worker.pod["spec"]["containers"])
    found = []
    for container, path in podspecs.paths(worker.pod):
        init = path.startswith("spec.initContainers")
        sidecar = init and container.get("restartPolicy") == "Always"
        if init and begun and not sidecar:
            continue
        there = worker.container(container["name"])
        done = there is not None and there.instance.state == "exited" and there.instance.exit_code == 0
        if init and not begun and not sidecar and done:
            continue
        if _needed(worker, container, there):
            found.append((container, path))
        if init and not begun and not (sidecar and _has_started(worker, there)):
            return found
    return found


def work_is_done(worker: PodWorker) -> bool:
    """Whether all containers but sidecars have ended for good: then sidecars are stopped, and not started again."""
    mains = [worker.container(c["name"]) for c in worker.pod["spec"]["containers"]]
    over = all(found is not None and found.instance.state == "exited" for found in mains)
    return over and not any(c for c, path in due(worker) if not path.startswith("spec.init"))


def _has_started(worker: PodWorker, found: Container | None) -> bool:
    if found is None or found.instance.state != "running":
        return False
    return bool(worker.observe(settled=False).started.get(found.instance.id, True))


def _needed(worker: PodWorker, container: Obj, found: Container | None) -> bool:
    if found is None:
        return True
    if found.instance.state == "running":
        failed = worker.results["livenessProbe"].get(found.instance.id) is False
        return failed or found.instance.spec_image != container["image"]
    return podstatus.should_restart(container, worker.pod, worker.instances())


def why_restarted(worker: PodWorker, container: Obj, found: Container) -> str:
    """What the Killing event says of a container that runs and is started again."""
    name = container["name"]
    if found.instance.spec_image != container["image"]:
        return f"Container {name} definition changed, will be restarted"
    if worker.results["startupProbe"].get(found.instance.id) is False:
        return f"Container {name} failed startup probe, will be restarted"
    return f"Container {name} failed liveness probe, will be restarted"
