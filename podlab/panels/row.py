"""A Pod → the row that `kubectl get pods` prints for it, and how that row feels: a pure function of one object."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from podlab.apimachinery import podrow

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
    """The row of one Pod."""
    metadata = pod["metadata"]
    counted, total = podrow.summary(dict(pod))
    status = pod.get("status") or {}
    ips = status.get("podIPs") or []
    return Row(
        uid=str(metadata.get("uid", "")),
        name=str(metadata["name"]),
        ready=f"{counted.ready}/{total}",
        status=counted.reason,
        restarts=counted.restarts,
        restarted=counted.last,
        created=str(metadata.get("creationTimestamp", "")),
        ip=str(ips[0].get("ip", "")) if ips else str(status.get("podIP") or ""),
        node=str((pod.get("spec") or {}).get("nodeName", "")),
        tone=tone(counted.reason, ready=counted.ready == total),
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
