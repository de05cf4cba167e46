"""What the kubelet reads of a Pod: its containers in order, and whether a new version concerns it."""

from __future__ import annotations

from typing import Any

Obj = dict[str, Any]
KINDS = ("ephemeralContainers", "initContainers", "containers")
"""Where a Pod's spec has containers, in the order of starting."""


def inits(pod: Obj) -> list[Obj]:
    """The init containers."""
    return list(pod["spec"].get("initContainers") or [])


def names(pod: Obj) -> list[str]:
    """The names of all containers, in the order of starting."""
    return [container["name"] for container, _ in paths(pod)]


def paths(pod: Obj) -> list[tuple[Obj, str]]:
    """Every container with its fieldPath, in the order of starting."""
    return [(c, f"spec.{kind}{{{c['name']}}}") for kind in KINDS for c in pod["spec"].get(kind) or []]


def concerns(before: Obj, after: Obj) -> bool:
    """Whether a new version is more than the status that the kubelet wrote itself."""
    keys = ("labels", "annotations", "deletionTimestamp", "deletionGracePeriodSeconds", "generation", "finalizers")
    return before["spec"] != after["spec"] or any(before["metadata"].get(k) != after["metadata"].get(k) for k in keys)


KUBELETS = ("PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady")
"""The conditions that nobody but the kubelet sets."""


def told_otherwise(mine: Obj, news: Obj) -> bool:
    """Whether somebody else changed what the kubelet tells of a Pod, or a readiness gate.

    Upstream: pkg/kubelet/status/status_manager.go (needsReconcile), pkg/kubelet/status/generate.go
    """
    gates = {gate["conditionType"] for gate in news["spec"].get("readinessGates") or []}

    def facts(pod: Obj) -> Obj:
        status = pod.get("status") or {}
        watched = [c for c in status.get("conditions") or [] if c["type"] in gates or c["type"] in KUBELETS]
        conditions = {condition["type"]: condition["status"] for condition in watched}
        return {"conditions": conditions} | {key: status.get(key) for key in ("phase", "podIP", "containerStatuses")}

    return facts(mine) != facts(news)


def duration(seconds: float) -> str:
    """As Go writes it: 10s, 1m20s, 5m0s."""
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}m{rest}s" if minutes else f"{rest}s"
