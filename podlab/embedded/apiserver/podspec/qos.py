"""A Pod's quality of service. Upstream: pkg/apis/core/v1/helper/qos/qos.go"""

from __future__ import annotations

from typing import Any

from podlab.apimachinery import quantity

Obj = dict[str, Any]
COMPUTE = ("cpu", "memory")


def qos(pod: Obj) -> str:
    """Return `Guaranteed`, `Burstable` or `BestEffort`."""
    spec = pod.get("spec") or {}
    if any(_amounts(spec.get("resources") or {}, kind) for kind in ("requests", "limits")):
        every: list[Obj] = [spec["resources"]]
    else:
        containers = [*(spec.get("containers") or []), *(spec.get("initContainers") or [])]
        every = [container.get("resources") or {} for container in containers]
    requests = [_amounts(given, "requests") for given in every]
    limits = [_amounts(given, "limits") for given in every]
    if not any(requests) and not any(limits):
        return "BestEffort"
    if requests == limits and all(set(limit) == set(COMPUTE) for limit in limits):
        return "Guaranteed"
    return "Burstable"


def _amounts(resources: Obj, kind: str) -> dict[str, int]:
    given = resources.get(kind) or {}
    amounts = {name: quantity.nano(given[name]) for name in COMPUTE if name in given}
    return {name: amount for name, amount in amounts.items() if amount}
