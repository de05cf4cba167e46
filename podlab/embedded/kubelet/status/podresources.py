"""What the kubelet reports of a Pod's and its containers' resources."""

from __future__ import annotations

from typing import Any

from podlab.apimachinery import quantity

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
    """`status.allocatedResources` of a Pod: what it or else its containers ask for."""
    return _of(spec, "requests", (*MEASURED, STORAGE))


def reported(spec: Obj, *, measured: bool) -> Obj:
    """`status.resources` of a Pod; `measured` once its control group has been read."""
    containers = spec.get("containers") or []
    found: Obj = {}
    for kind in ("limits", "requests"):
        total = _of(spec, kind)
        if total:
            found[kind] = total
    limited = "memory" in ((spec.get("resources") or {}).get("limits") or {})
    limited = limited or all("memory" in ((c.get("resources") or {}).get("limits") or {}) for c in containers)
    if measured and not limited:
        found["limits"] = {**found.get("limits", {}), "memory": UNLIMITED_MEMORY}
    return {key: found[key] for key in ("limits", "requests") if key in found}


def storage_limits(spec: Obj) -> dict[str, str]:
    """What each container may write to the node's disk, where it says so."""
    given = {c["name"]: (c.get("resources") or {}).get("limits") or {} for c in spec.get("containers") or []}
    return {name: limits[STORAGE] for name, limits in given.items() if STORAGE in limits}


def storage_limit(spec: Obj) -> str | None:
    """The sum of these; None where no container has one."""
    found: str | None = _total(spec.get("containers") or [], "limits", (STORAGE,)).get(STORAGE)
    return found


def _of(spec: Obj, kind: str, names: tuple[str, ...] = MEASURED) -> Obj:
    """What the Pod's own resources say goes before what its containers' do."""
    own = {k: v for k, v in ((spec.get("resources") or {}).get(kind) or {}).items() if k in ("cpu", "memory")}
    return dict(sorted((_total(spec.get("containers") or [], kind, names) | own).items()))


def _total(containers: list[Obj], kind: str, wanted: tuple[str, ...]) -> Obj:
    """Sums by resource, over the containers that name it."""
    lists = [(c.get("resources") or {}).get(kind) or {} for c in containers]
    names = sorted({name for values in lists for name in values if name in wanted})
    totals = {}
    for name in names:
        given = [values[name] for values in lists if name in values]
        form = quantity.parse(given[0]).form
        totals[name] = given[0] if len(given) == 1 else quantity.write(sum(map(quantity.nano, given)), form)
    return totals
