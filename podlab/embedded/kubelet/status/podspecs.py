"""What the kubelet reads of a Pod: its containers in order, and whether a new version concerns it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

Obj = dict[str, Any]
WHOLE = ""
"""Where the resources of the Pod itself stand among those of its containers."""
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


def over(pod: Obj) -> bool:
    """Whether a Pod's phase is one that nothing follows."""
    return (pod.get("status") or {}).get("phase") in ("Succeeded", "Failed")


def rule(container: Obj, code: int) -> str:
    """What a container's restartPolicyRules say of an exit code: Restart, RestartAllContainers, or nothing.

    Upstream: pkg/kubelet/container/helpers.go (ContainerShouldRestart)
    """
    for each in container.get("restartPolicyRules") or []:
        codes = each.get("exitCodes") or {}
        if (code in (codes.get("values") or [])) == (codes.get("operator") == "In"):
            return str(each["action"])
    return ""


def restarted(container: Obj, pod: Obj, code: int) -> bool:
    """Whether a container that ended with this exit code is to be started again.

    It has rules, a policy of its own, or its Pod's; a guest is never started again.
    """
    if any(guest["name"] == container["name"] for guest in pod["spec"].get("ephemeralContainers") or []):
        return False
    if rule(container, code):
        return True
    policy = container.get("restartPolicy") or pod["spec"].get("restartPolicy", "Always")
    return bool(policy == "Always" or (policy == "OnFailure" and code != 0))


def may_restart_all(pod: Obj) -> bool:
    """Whether a container's end can make the whole Pod begin again."""
    rules = [r for c, _ in paths(pod) for r in c.get("restartPolicyRules") or []]
    return any(each["action"] == "RestartAllContainers" for each in rules)


KUBELETS = ("PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady")
"""The conditions that nobody but the kubelet sets."""


def gated_otherwise(mine: Obj, news: Obj) -> bool:
    """Whether somebody else changed a readiness gate, or Ready of a Pod that has gates: the kubelet acts at once.

    Upstream: pkg/kubelet/status/status_manager.go (NeedToReconcilePodReadiness)
    """
    gates = {gate["conditionType"] for gate in news["spec"].get("readinessGates") or []}
    watched = (*gates, "Ready") if gates else ()
    return _conditions(mine, watched) != _conditions(news, watched)


def told_otherwise(mine: Obj, news: Obj) -> bool:
    """Whether somebody else changed what the kubelet tells of a Pod, which it tells again at its next turn.

    Upstream: pkg/kubelet/status/status_manager.go (needsReconcile), pkg/kubelet/status/generate.go
    """

    def facts(pod: Obj) -> Obj:
        status = pod.get("status") or {}
        told = {key: status.get(key) for key in ("phase", "podIP", "containerStatuses")}
        return {"conditions": _conditions(pod, KUBELETS)} | told

    return facts(mine) != facts(news)


def _conditions(pod: Obj, types: Iterable[str]) -> dict[str, str]:
    conditions = (pod.get("status") or {}).get("conditions") or []
    return {condition["type"]: condition["status"] for condition in conditions if condition["type"] in types}


def duration(seconds: float) -> str:
    """As Go writes it: 10s, 1m20s, 5m0s."""
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}m{rest}s" if minutes else f"{rest}s"
