"""What the kubelet reports of a Pod's and its containers' resources."""

from __future__ import annotations

from typing import Any

from podlab.apimachinery import quantity
from podlab.embedded.apiserver.podspec import requirements

Obj = dict[str, Any]

MEASURED = ("cpu", "memory")
STORAGE = "ephemeral-storage"
UNLIMITED_MEMORY = "9007199254740988Ki"
"""What a control group without a memory limit reads as."""


def of_container(container: Obj) -> Obj:
    """A container's `resources` as the runtime applied them."""
    resources = container.get("resources") or {}
    return {key: dict(resources[key]) for key in ("limits", "requests") if resources.get(key)}


def requested(spec: Obj) -> Obj:
    """`status.allocatedResources` of a Pod: all that it asks for."""
    return _of_pod(spec, "requests")


def reported(spec: Obj, *, measured: bool) -> Obj:
    """`status.resources` of a Pod: what it asks for, and once it runs what its control group says.

    Upstream: pkg/kubelet/kubelet_pods.go (convertToAPIPodLevelResourcesStatus), pkg/kubelet/cm (ResourceConfigForPod)
    """
    limits, requests = _of_pod(spec, "limits"), _of_pod(spec, "requests")
    if measured:
        own = of_container(spec)
        limits = own.get("limits", {}) | {name: limits[name] for name in MEASURED if _limited(spec, name)}
        limits.setdefault("memory", UNLIMITED_MEMORY)
        requests = own.get("requests", {}) | {name: requests[name] for name in MEASURED if name in requests}
    found = {"limits": limits, "requests": requests}
    return {key: dict(sorted(values.items())) for key, values in found.items() if values}


def _limited(spec: Obj, name: str) -> bool:
    """Whether the Pod's control group has a limit: its own, or one that each container has a part in."""
    if name in of_container(spec).get("limits", {}):
        return True
    beside, parts = False, [name in of_container(c).get("limits", {}) for c in spec.get("containers") or []]
    for container in spec.get("initContainers") or []:
        has = beside or name in of_container(container).get("limits", {})
        beside = has if container.get("restartPolicy") == "Always" else beside
        parts.append(has)
    return all(parts)


def _of_pod(spec: Obj, kind: str) -> Obj:
    totals = requirements.total(spec, kind)
    return {name: requirements.written(spec, name, totals[name], kind) for name in sorted(totals)}


def memory_limit(spec: Obj) -> int | None:
    """The bytes of memory that a Pod's control group lets it have."""
    return quantity.whole(_of_pod(spec, "limits")["memory"]) if _limited(spec, "memory") else None


def storage_limits(spec: Obj) -> dict[str, str]:
    """What each container may write to the node's disk, where it says so."""
    given = {c["name"]: (c.get("resources") or {}).get("limits") or {} for c in spec.get("containers") or []}
    return {name: limits[STORAGE] for name, limits in given.items() if STORAGE in limits}


def storage_limit(spec: Obj) -> str | None:
    """The sum of these; None where no container has one."""
    limits = list(storage_limits(spec).values())
    form = quantity.parse(limits[0]).form if limits else ""
    return quantity.write(sum(map(quantity.nano, limits)), form) if limits else None
