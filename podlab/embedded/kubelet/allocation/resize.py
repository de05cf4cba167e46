"""Resources that change while a Pod runs: what is asked for, what was allocated, what the containers have.

Upstream: pkg/kubelet/allocation/allocation_manager.go
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from podlab.apimachinery import quantity
from podlab.embedded.fit import nodefit
from podlab.embedded.kubelet.allocation.admission import shortage
from podlab.embedded.kubelet.status import podspecs

Obj = dict[str, Any]

EPHEMERAL = "spec.ephemeralContainers"


@dataclass(slots=True)
class Allocation:
    """One Pod's: resources by container as allocated and as in force, and why what is asked for has to wait.

    Attributes:
        pending: reason, message and the resource that is short, while a resize waits.
        progressing: whether what was allocated is not in force yet.
        settled: the spec that asks for just what was allocated, and that: what was found at the last look.
    """

    allocated: dict[str, Obj]
    actual: dict[str, Obj] = field(default_factory=dict)
    pending: tuple[str, str, str] | None = None
    progressing: bool = False
    settled: tuple[Obj, dict[str, Obj]] | None = None

    @classmethod
    def of(cls, pod: Obj) -> Allocation:
        """What a Pod was given when it came, or had when the server went away."""
        asked = asked_for(pod)
        waits = any(c["type"] == "PodResizePending" for c in (pod.get("status") or {}).get("conditions") or [])
        statuses = (pod.get("status") or {}).get("containerStatuses") or []
        had = {status["name"]: status.get("resources") or {} for status in statuses}
        if podspecs.WHOLE in asked:
            had[podspecs.WHOLE] = (pod.get("status") or {}).get("resources") or {}
        given = asked | had if waits else asked
        return cls(given, given)

    def applied(self, pod: Obj) -> Obj:
        """The Pod with what was allocated to it instead of what it asks for."""
        if self.settled and self.settled[0] is pod["spec"] and self.settled[1] is self.allocated:
            return pod
        if self.allocated == asked_for(pod):
            self.settled = pod["spec"], self.allocated
            return pod
        spec = {**pod["spec"]}
        if podspecs.WHOLE in self.allocated:
            spec["resources"] = self.allocated[podspecs.WHOLE]
        for key in podspecs.KINDS:
            if key in spec:
                spec[key] = [{**c, "resources": self.allocated.get(c["name"], {})} for c in spec[key]]
        return {**pod, "spec": spec}


def asked_for(pod: Obj) -> dict[str, Obj]:
    """The resources in a Pod's spec, by container; ephemeral containers have none."""
    found = [container for container, path in podspecs.paths(pod) if not path.startswith(EPHEMERAL)]
    own = {podspecs.WHOLE: pod["spec"]["resources"]} if pod["spec"].get("resources") else {}
    if not own and not any(container.get("resources") for container in found):
        return _nothing_for(tuple(container["name"] for container in found))
    return own | {container["name"]: container.get("resources") or {} for container in found}


@lru_cache(256)
def _nothing_for(names: tuple[str, ...]) -> dict[str, Obj]:
    """One for all Pods whose containers ask for nothing: never changed, only replaced."""
    return {name: {} for name in names}


def verdict(pod: Obj, node: Obj | None, others: Iterable[Obj]) -> tuple[str, str, str] | None:
    """Why what a Pod asks for now has to wait, for good (Infeasible) or not (Deferred); None if it can be given."""
    if node is None:
        return None
    free, wanted = (node.get("status") or {}).get("allocatable") or {}, nodefit.requests(pod)
    for name in ("cpu", "memory"):
        most = quantity.nano(free.get(name, "0"))
        if wanted[name] > most:
            unit = quantity.NANO // 1000 if name == "cpu" else quantity.NANO
            amounts = f"requested: {wanted[name] // unit}, capacity: {most // unit}"
            return "Infeasible", f"Node didn't have enough capacity: {name}, {amounts}", name
    if short := shortage(pod, node, others):
        return "Deferred", short[1], short[0]
    return None


def restarts(container: Obj, before: Obj, after: Obj) -> bool:
    """Whether a container begins again for its new resources, by its resizePolicy."""
    strict = {
        p["resourceName"] for p in container.get("resizePolicy") or [] if p["restartPolicy"] == "RestartContainer"
    }
    kinds = ("limits", "requests")
    return any((before.get(k) or {}).get(name) != (after.get(k) or {}).get(name) for k in kinds for name in strict)


def described(pod: Obj, error: str = "") -> str:
    """What the Events of a resize carry, as Go writes it."""
    containers = []
    for container in pod["spec"]["containers"]:
        given = container.get("resources") or {}
        containers.append({"name": container["name"], "resources": {k: given[k] for k in sorted(given)}})
    told: Obj = {"containers": containers, "generation": pod["metadata"].get("generation", 1)}
    return json.dumps(told | ({"error": error} if error else {}), separators=(",", ":"))


def conditions(allocation: Allocation, pod: Obj, now: str) -> list[Obj]:
    """PodResizePending and PodResizeInProgress, as far as they hold."""
    old = {c["type"]: c for c in (pod.get("status") or {}).get("conditions") or []}
    found: list[Obj] = []
    told: dict[str, Obj] = {}
    if allocation.pending:
        told["PodResizePending"] = {"reason": allocation.pending[0], "message": allocation.pending[1]}
    if allocation.progressing:
        told["PodResizeInProgress"] = {}
    for type_, words in told.items():
        before = old.get(type_)
        same = before and all(before.get(key) == value for key, value in words.items())
        times = {"lastProbeTime": now, "lastTransitionTime": before["lastTransitionTime"] if before else now}
        if before and same:
            times["lastProbeTime"] = before["lastProbeTime"]
        generation = pod["metadata"].get("generation", 1)
        found.append({"type": type_, "observedGeneration": generation, "status": "True", **times, **words})
    return found
