"""Which EndpointSlices to create, change and delete, so that they tell of the wanted endpoints with few changes.

Upstream: staging/src/k8s.io/endpointslice/reconciler.go
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from podlab.embedded.controllers.endpoints import ports

Obj = dict[str, Any]
Key = tuple[object, ...]

MOST = 100
"""Endpoints in one slice."""


@dataclass(slots=True)
class Changes:
    """What has to be done. Slices to create have no name yet."""

    create: list[Obj] = field(default_factory=list)
    update: list[Obj] = field(default_factory=list)
    delete: list[Obj] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Group:
    """Endpoints that have the same ports."""

    ports: list[Obj]
    endpoints: list[Obj]


def port_key(given: list[Obj] | None) -> Key:
    """Equal for equal sets of ports."""
    return tuple(tuple(sorted(port.items())) for port in ports.for_slice(given or []))


def changes(existing: list[Obj], groups: list[Group], labels: Obj, new: Callable[[list[Obj]], Obj]) -> Changes:
    """What turns the slices of one Service into what is wanted.

    Args:
        new: makes an empty slice for some ports.
    """
    found, by_ports = Changes(), {port_key(group.ports): group for group in groups}
    mine: dict[Key, list[Obj]] = {}
    for each in existing:
        key = port_key(each.get("ports"))
        if key in by_ports:
            mine.setdefault(key, []).append(each)
        else:
            found.delete.append(each)
    for key, group in by_ports.items():
        _of_group(found, mine.get(key, []), group, labels, new)
    if len(found.delete) == len(existing) and not found.create:
        _placeholder(found, labels, new)
    return _recycled(found)


def _of_group(found: Changes, existing: list[Obj], group: Group, labels: Obj, new: Callable[[list[Obj]], Obj]) -> None:
    wanted = {_who(endpoint): endpoint for endpoint in group.endpoints}
    changed, unchanged = [], []
    for each in existing:
        before = each.get("endpoints") or []
        kept = [wanted.pop(_who(endpoint)) for endpoint in before if _who(endpoint) in wanted]
        if before and not kept:
            found.delete.append(each)
        elif kept != before or (each["metadata"].get("labels") or {}) != labels:
            changed.append(_with(each, kept, labels))
        else:
            unchanged.append(each)
    rest = list(wanted.values())
    for each in sorted(changed, key=_size, reverse=True):
        rest = _fill(each, rest)
    found.update += changed
    while rest:
        fitting = [each for each in unchanged if _size(each) + len(rest) <= MOST] if len(rest) < MOST else []
        if fitting:
            fullest = max(fitting, key=_size)
            unchanged.remove(fullest)
            filled = _with(fullest, list(fullest.get("endpoints") or []), labels)
            found.update.append(filled)
        else:
            filled = new(group.ports)
            found.create.append(filled)
        rest = _fill(filled, rest)


def _fill(slice_: Obj, rest: list[Obj]) -> list[Obj]:
    """Put in what there is room for; returns what there was none for."""
    room = max(0, MOST - _size(slice_))
    slice_["endpoints"] = [*(slice_.get("endpoints") or []), *rest[:room]]
    return rest[room:]


def _placeholder(found: Changes, labels: Obj, new: Callable[[list[Obj]], Obj]) -> None:
    """A Service without endpoints has one empty slice."""
    if len(found.delete) == 1:
        only = found.delete[0]
        if not (only.get("endpoints") or only.get("ports")) and (only["metadata"].get("labels") or {}) == labels:
            found.delete.clear()
            return
    found.create.append(new([]))


def _recycled(found: Changes) -> Changes:
    """Write over slices that would go rather than create others."""
    while found.delete and found.create:
        made, gone = found.create.pop(), found.delete.pop(0)
        meta = made["metadata"] | {"name": gone["metadata"]["name"]}
        found.update.append({**made, "metadata": meta})
    return found


def _with(slice_: Obj, endpoints: list[Obj], labels: Obj) -> Obj:
    return {**slice_, "endpoints": endpoints, "metadata": {**slice_["metadata"], "labels": labels}}


def _size(slice_: Obj) -> int:
    return len(slice_.get("endpoints") or [])


def _who(endpoint: Obj) -> Key:
    """What makes an endpoint the same one, whatever is said of it."""
    ref = endpoint.get("targetRef") or {}
    return (tuple(endpoint["addresses"]), endpoint.get("hostname", ""), ref.get("namespace", ""), ref.get("name", ""))
