"""What the kubelet knows of a Pod when it computes a status, and what that says of its containers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from podlab.embedded.kubelet.status import podspecs
from podlab.embedded.runtime.instance import Instance

Obj = dict[str, Any]


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
        actual: container name → the resources in force, where they are not those of the spec.
        resizing: the conditions of a resize that waits or goes on.
        failure: reason and message with which the kubelet ends the Pod since its deadline has passed.
        evicted: the same, since the Pod has outgrown a limit; what is seen of its containers stays true beside it.
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
    evicted: tuple[str, str] | None = None
    actual: Mapping[str, Obj] = field(default_factory=dict)
    resizing: Sequence[Obj] = ()


def latest(instances: Iterable[Instance], name: str) -> list[Instance]:
    """The instances of one container, newest first."""
    return sorted((i for i in instances if i.name == name), key=lambda i: i.attempt, reverse=True)


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


def sidecar(container: Obj) -> bool:
    """Whether an init container goes on running beside the others."""
    return container.get("restartPolicy") == "Always"


def exit_code(status: Obj) -> int | None:
    """The exit code of a container that has ended."""
    terminated = status["state"].get("terminated")
    return terminated["exitCode"] if terminated else None


def waits_again(status: Obj) -> bool:
    """Whether a container has ended and is to start again."""
    return "waiting" in status["state"] and "terminated" in status["lastState"]


def began(status: Obj) -> bool:
    """Whether a container has run."""
    return "running" in status["state"] or exit_code(status) is not None or waits_again(status)
