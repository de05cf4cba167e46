"""What controllers ask of a Pod: is it active, ready, available for long enough.

Upstream: pkg/api/v1/pod/util.go, pkg/controller/controller_utils.go
"""

from __future__ import annotations

import math
from functools import cmp_to_key

from podlab.apimachinery.times import seconds
from podlab.embedded.controllers.controller import Obj


def active(pod: Obj) -> bool:
    """Whether it counts as one that runs or will run."""
    return not finished(pod) and not deleting(pod)


def finished(pod: Obj) -> bool:
    """Whether its containers have ended for good."""
    return (pod.get("status") or {}).get("phase") in ("Succeeded", "Failed")


def deleting(obj: Obj) -> bool:
    """Whether its deletion has begun."""
    return bool(obj["metadata"].get("deletionTimestamp"))


def terminating(pod: Obj) -> bool:
    """Whether it is on its way out, and its containers may still run."""
    return deleting(pod) and not finished(pod)


def ready_since(pod: Obj) -> float | None:
    """When the Pod became ready; None if it is not."""
    for condition in (pod.get("status") or {}).get("conditions") or ():
        if condition["type"] == "Ready":
            return seconds(condition["lastTransitionTime"]) if condition["status"] == "True" else None
    return None


def ready(pod: Obj) -> bool:
    """Whether its condition Ready is true."""
    return ready_since(pod) is not None


def available(pod: Obj, seconds: int, now: float) -> bool:
    """Whether it has been ready for at least so many seconds."""
    since = ready_since(pod)
    return since is not None and (not seconds or since + seconds <= now)


def next_available(pods: list[Obj], seconds: int, now: float) -> float | None:
    """Seconds until the next of the ready Pods becomes available; None if none waits for it."""
    if not seconds:
        return None
    ready = (ready_since(pod) for pod in pods)
    left = [since + seconds - now for since in ready if since is not None and since + seconds > now]
    return min(left, default=None)


PHASES = {"Pending": 0, "Unknown": 1, "Running": 2}
COST = "controller.kubernetes.io/pod-deletion-cost"


def deletion_order(pods: list[Obj], ranks: dict[str, int], now: float) -> list[Obj]:
    """The Pods in the order in which they go: who does the least, and the youngest, first.

    Args:
        ranks: how many Pods of the family are on a node, by the node's name.
    """

    def compare(one: Obj, other: Obj) -> int:
        return _who_goes(one, other, ranks, now)

    return sorted(pods, key=cmp_to_key(compare))


def _who_goes(one: Obj, other: Obj, ranks: dict[str, int], now: float) -> int:
    """Below zero if `one` goes before the other. Upstream: ActivePodsWithRanks.Less"""
    mine, theirs = (_usefulness(pod, ranks) for pod in (one, other))
    if mine != theirs:
        return -1 if mine < theirs else 1
    moments = [(ready_since(one), ready_since(other))]
    if _restarts(one) != _restarts(other):
        restarts = -1 if _restarts(one) > _restarts(other) else 1
    else:
        moments.append((_created(one), _created(other)))
        restarts = 0
    for first, second in moments:
        if first is not None and second is not None and first != second:
            earlier = one["metadata"]["uid"] < other["metadata"]["uid"]
            return _age_rank(first, now) - _age_rank(second, now) or (-1 if earlier else 1)
    return restarts


def _usefulness(pod: Obj, ranks: dict[str, int]) -> tuple[bool, int, bool, int, int]:
    node, phase = pod["spec"].get("nodeName") or "", (pod.get("status") or {}).get("phase", "")
    return bool(node), PHASES.get(phase, 0), ready(pod), cost(pod), -ranks.get(node, 0)


def _created(pod: Obj) -> float:
    return seconds(pod["metadata"]["creationTimestamp"])


def cost(pod: Obj) -> int:
    """What its annotation says its deletion costs; 0 for no number."""
    text = (pod["metadata"].get("annotations") or {}).get(COST, "0")
    unsigned = text.removeprefix("-")
    plain = unsigned.isascii() and unsigned.isdigit() and (unsigned == "0" or not unsigned.startswith("0"))
    return int(text) if plain and text != "-0" and abs(int(text)) < 2**31 else 0


def _age_rank(moment: float, now: float) -> int:
    """Ages that have the same logarithm in nanoseconds count as equal (LogarithmicScaleDown)."""
    age = int((now - moment) * 1e9)
    return int(math.log2(age)) if age > 0 else -1


def _restarts(pod: Obj) -> tuple[int, int]:
    """The most restarts of a container, and of a sidecar."""
    status, init = pod.get("status") or {}, pod["spec"].get("initContainers") or ()
    sidecars = {container["name"] for container in init if container.get("restartPolicy") == "Always"}
    regular = max((c["restartCount"] for c in status.get("containerStatuses") or ()), default=0)
    counts = (c["restartCount"] for c in status.get("initContainerStatuses") or () if c["name"] in sidecars)
    return regular, max(counts, default=0)
