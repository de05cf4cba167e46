"""A Pod's row: what STATUS says. Upstream: pkg/printers/internalversion/printers.go printPod"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from podlab.apimachinery import times

Obj = dict[str, Any]
NONE = "<none>"


@dataclass(slots=True)
class Summary:
    """What is counted along the way; restarts of sidecars are kept apart."""

    reason: str
    ready: int = 0
    restarts: int = 0
    last: str = ""
    sidecar_restarts: int = 0
    sidecar_last: str = ""


def pod(obj: Obj, now: float) -> list[Any]:
    """Return all cells of a Pod's row."""
    spec, status = obj.get("spec") or {}, obj.get("status") or {}
    counted, total = summary(obj)
    restarts = str(counted.restarts)
    if counted.restarts and counted.last:
        restarts = f"{counted.restarts} ({times.since(counted.last, now)} ago)"
    addresses = [entry.get("ip") for entry in status.get("podIPs") or []] or [status.get("podIP")]
    return [
        obj["metadata"].get("name", ""),
        f"{counted.ready}/{total}",
        counted.reason,
        restarts,
        times.since(obj["metadata"].get("creationTimestamp"), now),
        addresses[0] or NONE,
        spec.get("nodeName") or NONE,
        status.get("nominatedNodeName") or NONE,
        _gates(spec, status),
    ]


def summary(obj: Obj) -> tuple[Summary, int]:
    """What the row tells of a Pod's containers, and how many of them count for READY."""
    spec, status = obj.get("spec") or {}, obj.get("status") or {}
    sidecars = {c.get("name") for c in spec.get("initContainers") or [] if c.get("restartPolicy") == "Always"}
    counted = Summary(status.get("reason") or status.get("phase", ""))
    if _condition(status, "PodScheduled").get("reason") == "SchedulingGated":
        counted.reason = "SchedulingGated"
    initializing = _init(spec, status, sidecars, counted)
    if not initializing or _condition(status, "Initialized").get("status") == "True":
        _main(status, counted)
    if obj["metadata"].get("deletionTimestamp"):
        if status.get("reason") == "NodeLost":
            counted.reason = "Unknown"
        elif status.get("phase") not in ("Succeeded", "Failed"):
            counted.reason = "Terminating"
    return counted, len(spec.get("containers") or []) + len(sidecars)


def _condition(status: Obj, kind: str) -> Obj:
    return next((c for c in status.get("conditions") or [] if c.get("type") == kind), {})


def _finished(container: Obj) -> str:
    return str(((container.get("lastState") or {}).get("terminated") or {}).get("finishedAt") or "")


def _ended(terminated: Obj) -> str:
    """Name the end of a container that gave no reason."""
    if terminated.get("reason"):
        return str(terminated["reason"])
    if terminated.get("signal"):
        return f"Signal:{terminated['signal']}"
    return f"ExitCode:{terminated.get('exitCode', 0)}"


def _init(spec: Obj, status: Obj, sidecars: set[Any], counted: Summary) -> bool:
    """Go through the init containers; the first unfinished one decides. Returns whether there is one."""
    for index, container in enumerate(status.get("initContainerStatuses") or []):
        state, sidecar = container.get("state") or {}, container.get("name") in sidecars
        counted.restarts += container.get("restartCount", 0)
        counted.last = max(counted.last, _finished(container))
        if sidecar:
            counted.sidecar_restarts += container.get("restartCount", 0)
            counted.sidecar_last = max(counted.sidecar_last, _finished(container))
        terminated, waiting = state.get("terminated"), state.get("waiting") or {}
        if terminated is not None and not terminated.get("exitCode", 0):
            continue
        if sidecar and container.get("started"):
            counted.ready += bool(container.get("ready"))
            continue
        if terminated is not None:
            counted.reason = f"Init:{_ended(terminated)}"
        elif waiting.get("reason") and waiting["reason"] != "PodInitializing":
            counted.reason = f"Init:{waiting['reason']}"
        else:
            counted.reason = f"Init:{index}/{len(spec.get('initContainers') or [])}"
        return True
    return False


def _main(status: Obj, counted: Summary) -> None:
    """Go through the main containers, last to first, so that the first one's reason wins."""
    counted.restarts, counted.last = counted.sidecar_restarts, counted.sidecar_last
    running, failed = False, ""
    for container in reversed(status.get("containerStatuses") or []):
        state = container.get("state") or {}
        counted.restarts += container.get("restartCount", 0)
        counted.last = max(counted.last, _finished(container))
        terminated, waiting = state.get("terminated"), state.get("waiting") or {}
        if waiting.get("reason"):
            counted.reason = waiting["reason"]
        elif terminated is not None:
            counted.reason = _ended(terminated)
            failed = counted.reason if terminated.get("exitCode", 0) else failed
        elif container.get("ready") and state.get("running") is not None:
            running = True
            counted.ready += 1
    if counted.reason == "Completed":
        counted.reason = _completed(status, running, failed)


def _completed(status: Obj, running: bool, failed: str) -> str:
    """A container has completed; say what that means for the Pod."""
    if running and _condition(status, "Ready").get("status") == "True":
        return "Running"
    return failed or ("NotReady" if running else "Completed")


def _gates(spec: Obj, status: Obj) -> str:
    gates = spec.get("readinessGates") or []
    if not gates:
        return NONE
    passed = [gate for gate in gates if _condition(status, gate.get("conditionType", "")).get("status") == "True"]
    return f"{len(passed)}/{len(gates)}"
