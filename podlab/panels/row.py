"""A Pod → the row that `kubectl get pods` prints for it, and how that row feels: a pure function of one object."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

Tone = Literal["ready", "waiting", "failing", "done", "leaving"]

WAITING = ("Pending", "ContainerCreating", "PodInitializing", "SchedulingGated", "NotReady", "Running")


@dataclass(frozen=True, slots=True)
class Row:
    """One Pod in a table: what kubectl prints, plus what a panel needs to keep the row alive.

    Times are the API's own RFC 3339 strings (ages tick in the browser); `tone` chooses icon and colour.
    """

    uid: str
    name: str
    ready: str
    status: str
    restarts: int
    restarted: str
    created: str
    ip: str
    node: str
    tone: Tone

    def as_dict(self) -> dict[str, Any]:
        """The row as JSON for a synced trait."""
        return asdict(self)


def row(pod: Mapping[str, Any]) -> Row:
    """The row of one Pod.

    Upstream: pkg/printers/internalversion/printers.go (printPod)
    """
    spec, status, metadata = pod.get("spec", {}), pod.get("status", {}), pod["metadata"]
    initializing, reason, first = _init(spec, status)
    counted = first
    if not initializing or _condition(status, "Initialized") == "True":
        reason, counted = _main(status, reason, _sidecars(spec, first))
    reason = _leaving(pod, reason)
    total = len(spec.get("containers", [])) + len(_sidecar_names(spec))
    return Row(
        uid=str(metadata.get("uid", "")),
        name=str(metadata["name"]),
        ready=f"{_ready(spec, status)}/{total}",
        status=reason,
        restarts=sum(int(c.get("restartCount", 0)) for c in counted),
        restarted=max((_finished(c) for c in counted), default=""),
        created=str(metadata.get("creationTimestamp", "")),
        ip=_ip(status),
        node=str(spec.get("nodeName", "")),
        tone=tone(reason, ready=_ready(spec, status) == total),
    )


def tone(reason: str, *, ready: bool) -> Tone:
    """What a status word means for the Pod: ready to serve, on its way, failing, done, or leaving."""
    if reason == "Terminating":
        return "leaving"
    if reason in ("Completed", "Succeeded"):
        return "done"
    if reason == "Running" and ready:
        return "ready"
    progress = reason.removeprefix("Init:")
    counting = progress != reason and progress.replace("/", "").isdigit()
    return "waiting" if counting or progress in WAITING else "failing"


def _init(spec: Mapping[str, Any], status: Mapping[str, Any]) -> tuple[bool, str, list[Mapping[str, Any]]]:
    """Whether the Pod is still initializing, its reason so far, and the init containers looked at."""
    reason = str(status.get("reason") or status.get("phase") or "")
    if any(c.get("type") == "PodScheduled" and c.get("reason") == "SchedulingGated" for c in _conditions(status)):
        reason = "SchedulingGated"
    names, looked = _sidecar_names(spec), []
    for index, container in enumerate(status.get("initContainerStatuses") or []):
        looked.append(container)
        terminated, waiting = _state(container, "terminated"), _state(container, "waiting")
        if terminated is not None and terminated.get("exitCode") == 0:
            continue
        if container.get("name") in names and container.get("started"):
            continue
        if terminated is not None:
            return True, f"Init:{_ended(terminated)}", looked
        if waiting and waiting.get("reason") not in (None, "", "PodInitializing"):
            return True, f"Init:{waiting['reason']}", looked
        return True, f"Init:{index}/{len(spec.get('initContainers', []))}", looked
    return False, reason, looked


def _main(
    status: Mapping[str, Any], reason: str, sidecars: list[Mapping[str, Any]]
) -> tuple[str, list[Mapping[str, Any]]]:
    """The reason by the main containers (the first one in the list wins), and whose restarts count."""
    running, failed = False, ""
    containers = list(reversed(status.get("containerStatuses") or []))
    for container in containers:
        waiting, terminated = _state(container, "waiting"), _state(container, "terminated")
        if waiting and waiting.get("reason"):
            reason = str(waiting["reason"])
        elif terminated is not None:
            reason = _ended(terminated)
            failed = reason if terminated.get("exitCode") else failed
        elif container.get("ready") and _state(container, "running") is not None:
            running = True
    if reason == "Completed":
        if running and _condition(status, "Ready") == "True":
            reason = "Running"
        elif failed or running:
            reason = failed or "NotReady"
    return reason, [*sidecars, *containers]


def _leaving(pod: Mapping[str, Any], reason: str) -> str:
    status = pod.get("status", {})
    if not pod["metadata"].get("deletionTimestamp"):
        return reason
    if status.get("reason") == "NodeLost":
        return "Unknown"
    return reason if status.get("phase") in ("Succeeded", "Failed") else "Terminating"


def _ready(spec: Mapping[str, Any], status: Mapping[str, Any]) -> int:
    """How many containers count as ready; main containers only once initialization is over."""
    initializing, _, looked = _init(spec, status)
    names = _sidecar_names(spec)
    ready = sum(1 for c in looked if c.get("name") in names and c.get("started") and c.get("ready"))
    if initializing and _condition(status, "Initialized") != "True":
        return ready
    mains = status.get("containerStatuses") or []
    return ready + sum(1 for c in mains if c.get("ready") and _state(c, "running") is not None)


def _sidecar_names(spec: Mapping[str, Any]) -> set[str]:
    return {str(c["name"]) for c in spec.get("initContainers") or [] if c.get("restartPolicy") == "Always"}


def _sidecars(spec: Mapping[str, Any], containers: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    names = _sidecar_names(spec)
    return [c for c in containers if c.get("name") in names]


def _conditions(status: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    return status.get("conditions") or []


def _condition(status: Mapping[str, Any], kind: str) -> str:
    return next((str(c.get("status")) for c in _conditions(status) if c.get("type") == kind), "")


def _state(container: Mapping[str, Any], which: str) -> Mapping[str, Any] | None:
    state: Mapping[str, Any] | None = (container.get("state") or {}).get(which)
    return state


def _ended(terminated: Mapping[str, Any]) -> str:
    if terminated.get("reason"):
        return str(terminated["reason"])
    signal = terminated.get("signal")
    return f"Signal:{signal}" if signal else f"ExitCode:{terminated.get('exitCode', 0)}"


def _finished(container: Mapping[str, Any]) -> str:
    return str(((container.get("lastState") or {}).get("terminated") or {}).get("finishedAt") or "")


def _ip(status: Mapping[str, Any]) -> str:
    ips = status.get("podIPs") or []
    return str(ips[0].get("ip", "")) if ips else str(status.get("podIP") or "")
