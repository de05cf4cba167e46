"""What a sync has to do: the containers to start (again), and why one that runs is killed first.

Upstream: pkg/kubelet/kuberuntime/kuberuntime_manager.go (computePodActions)
"""

from __future__ import annotations

from typing import Any

from podlab.embedded.kubelet.status import observation, podspecs, podstatus
from podlab.embedded.kubelet.status.observation import Observation
from podlab.embedded.runtime.instance import Instance

Obj = dict[str, Any]


def due(pod: Obj, seen: Observation) -> list[tuple[Obj, str]]:
    """The containers to start now, with their field paths: one init container, or all that do not run."""
    begun = any(_newest(seen, c) for c in pod["spec"]["containers"])
    found = []
    for container, path in podspecs.paths(pod):
        init = path.startswith("spec.initContainers")
        sidecar = init and container.get("restartPolicy") == "Always"
        if init and begun and not sidecar:
            continue
        there = _newest(seen, container)
        done = there is not None and there.state == "exited" and there.exit_code == 0
        if init and not begun and not sidecar and done:
            continue
        if _needed(pod, container, there, seen):
            found.append((container, path))
        if init and not begun and not (sidecar and _has_started(there, seen)):
            return found
    return found


def work_is_done(pod: Obj, seen: Observation) -> bool:
    """Whether all containers but sidecars have ended for good: then sidecars are stopped, and not started again."""
    mains = [_newest(seen, c) for c in pod["spec"]["containers"]]
    over = all(found is not None and found.state == "exited" for found in mains)
    return over and not any(c for c, path in due(pod, seen) if not path.startswith("spec.init"))


def _newest(seen: Observation, container: Obj) -> Instance | None:
    """The latest instance of a container, unless it was taken away for the Pod to begin again."""
    found = next(iter(observation.latest(seen.instances, container["name"])), None)
    return None if found is None or found.removed else found


def _has_started(found: Instance | None, seen: Observation) -> bool:
    return found is not None and found.state == "running" and bool(seen.started.get(found.id, True))


def _needed(pod: Obj, container: Obj, found: Instance | None, seen: Observation) -> bool:
    if found is None:
        return True
    if found.state == "running":
        return seen.alive.get(found.id) is False or found.spec_image != container["image"]
    return podstatus.should_restart(container, pod, seen.instances)


def grace(container: Obj, found: Instance, seen: Observation) -> float | None:
    """The grace period that a failed probe has of its own; None for the Pod's."""
    key = "startupProbe" if seen.started.get(found.id) is False else "livenessProbe"
    own = (container.get(key) or {}).get("terminationGracePeriodSeconds")
    return None if own is None or found.spec_image != container["image"] else float(own)


def is_last(pod: Obj, container: Obj, seen: Observation) -> bool:
    """Whether no other container of the Pod runs."""
    others = [_newest(seen, one) for one in pod["spec"]["containers"] if one["name"] != container["name"]]
    return not any(found and found.state == "running" for found in others)


def why_stopped(container: Obj, *, last: bool) -> str:
    """What the Killing event says where a failed probe ends a container that is not started again."""
    name = container["name"]
    return f"Stopping container {name}" if last else f"Container {name} failed liveness probe"


def why_restarted(container: Obj, found: Instance, seen: Observation) -> str:
    """What the Killing event says of a container that runs and is started again."""
    name = container["name"]
    if found.spec_image != container["image"]:
        return f"Container {name} definition changed, will be restarted"
    if "startupProbe" in container and seen.started.get(found.id) is False:
        return f"Container {name} failed startup probe, will be restarted"
    return f"Container {name} failed liveness probe, will be restarted"
