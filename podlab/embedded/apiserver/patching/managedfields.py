"""Who owns which field: `metadata.managedFields` of Update operations.

A field set is a set of paths, a path a tuple of FieldsV1's keys: `("f:spec", "f:containers", 'k:{"name":"c"}')`.
Upstream: sigs.k8s.io/structured-merge-diff, staging/src/k8s.io/apimachinery/pkg/util/managedfields
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from podlab.embedded.apiserver import fields
from podlab.embedded.apiserver.fields import Field, Type

Obj = dict[str, Any]
Path = tuple[str, ...]

MISSING: Any = object()

UNTRACKED = frozenset(
    ("f:metadata", f"f:{name}")
    for name in ("name", "namespace", "creationTimestamp", "selfLink", "uid", "generation", "resourceVersion")
) | {("f:apiVersion",), ("f:kind",), ("f:metadata",), ("f:metadata", "f:managedFields")}
"""Paths that nobody owns."""

MAX_MANAGERS = 10
ANCIENT = "ancient-changes"


@dataclass(frozen=True, slots=True)
class _Owner:
    """What makes one entry: managers differ also by operation, version and subresource."""

    manager: str
    operation: str
    api_version: str
    subresource: str = ""


def record(obj: Obj, old: Obj | None, *, manager: str, now: str, subresource: str = "", status: bool = False) -> None:
    """Bring `obj`'s managedFields up to date with what it changes in `old`.

    Args:
        now: the time of the write, RFC 3339.
        status: whether the kind has a status subresource, so that plain writes cannot own status.
    """
    type_ = fields.kind_of(obj)
    if type_ is None:
        return
    meta = obj["metadata"]
    sent = meta.get("managedFields")
    if sent in ([], [{}]) and old is not None:
        meta.pop("managedFields", None)
        return
    entries = _decode(sent or ((old or {}).get("metadata") or {}).get("managedFields") or [])
    if old is not None and not entries:  # nobody's fields are told again before the next apply
        meta.pop("managedFields", None)
        return
    changed, removed = compare(old if old is not None else _empty(type_), obj, type_)
    if old is None and status:
        changed = {path for path in changed if path[0] != "f:status"}
    owner = _Owner(manager, "Update", obj["apiVersion"], subresource)
    encoded = _encode(_updated(entries, owner, changed, removed, now))
    meta.pop("managedFields", None)
    if encoded:
        meta["managedFields"] = encoded


@cache
def _empty(type_: Type) -> Obj:
    """What Go writes for a value of this kind in which nothing is set."""
    return fields.canonical({}, type_)  # type: ignore[no-any-return]


Entries = dict[_Owner, tuple[set[Path], str]]


def _updated(entries: Entries, owner: _Owner, changed: set[Path], removed: set[Path], now: str) -> Entries:
    if not changed and not removed:
        return entries
    result: Entries = {}
    for other, (paths, time) in entries.items():
        left = paths - removed if other == owner else paths - removed - changed
        if left:
            result[other] = (left, time)
    before, time = entries.get(owner, (set(), now))
    owned = (before | changed) - removed
    result.pop(owner, None)
    if owned:
        result[owner] = (owned, time if owned == before else now)
    return _capped(result)


def _capped(entries: Entries) -> Entries:
    updates = sorted((o for o in entries if o.operation == "Update"), key=lambda o: entries[o][1])
    surplus = updates[: max(0, len(updates) - MAX_MANAGERS + 1)] if len(updates) > MAX_MANAGERS else []
    for owner in surplus:
        paths, time = entries.pop(owner)
        bucket = _Owner(ANCIENT, "Update", owner.api_version)
        known, latest = entries.get(bucket, (set(), time))
        entries[bucket] = (known | paths, max(time, latest))
    return entries


def compare(old: Obj, new: Obj, type_: Type) -> tuple[set[Path], set[Path]]:
    """(paths added or modified, paths removed) from old to new."""
    changed: set[Path] = set()
    removed: set[Path] = set()
    _walk_struct(old, new, type_, (), changed, removed)
    return changed - UNTRACKED, removed - UNTRACKED


def _walk(
    old: Any, new: Any, type_: Type, field: Field | None, path: Path, changed: set[Path], removed: set[Path]
) -> None:
    if old is not MISSING and old == new:
        return
    if _is_leaf(old, new, type_, field):
        if new is MISSING:
            removed.add(path)
        else:
            changed.add(path)
        return
    if type_.form == "list":
        assert field is not None
        _walk_list(old, new, field, path, changed, removed)
    else:
        _walk_struct(old, new, type_, path, changed, removed)
    if old is MISSING:
        changed.add(path)
    if new is MISSING:
        removed.add(path)


def _is_leaf(old: Any, new: Any, type_: Type, field: Field | None) -> bool:
    form = type_.form
    if form not in ("struct", "map", "list") or isinstance(old, _Duplicates) or isinstance(new, _Duplicates):
        return True
    if old in (MISSING, None, {}, []) and new in (MISSING, None, {}, []):
        return True
    if form == "list":
        return field is None or field.atomic
    return field.atomic if field is not None else "atomic" in (type_.facts.get("mapType"),)


def _walk_struct(old: Any, new: Any, type_: Type, path: Path, changed: set[Path], removed: set[Path]) -> None:
    old = old if isinstance(old, dict) else {}
    new = new if isinstance(new, dict) else {}
    for key in old.keys() | new.keys():
        field = type_.fields.get(key) if type_.form == "struct" else None
        inner = field.type if field else type_.item if type_.form == "map" else None
        if inner is not None:
            _walk(old.get(key, MISSING), new.get(key, MISSING), inner, field, (*path, f"f:{key}"), changed, removed)


def _walk_list(old: Any, new: Any, field: Field, path: Path, changed: set[Path], removed: set[Path]) -> None:
    before, after = _items(old, field), _items(new, field)
    for key in before.keys() | after.keys():
        inner = field.type.item
        _walk(before.get(key, MISSING), after.get(key, MISSING), inner, None, (*path, key), changed, removed)


class _Duplicates(list[Any]):
    """Items that share a key: owned as one."""


def _items(value: Any, field: Field) -> dict[str, Any]:
    items: dict[str, Any] = {}
    for item in value if isinstance(value, list) else ():
        key = _item_key(item, field)
        items[key] = _Duplicates([items[key], item]) if key in items else item
    return items


def _item_key(item: Any, field: Field) -> str:
    if field.list_type == "set":
        return "v:" + _json(item)
    members = field.type.item.fields
    keys = {}
    for key in sorted(field.list_map_keys):
        value = item.get(key, members[key].more.get("default")) if isinstance(item, dict) else None
        if value is not None:
            keys[key] = value
    return "k:" + _json(keys)


def _json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def _decode(entries: list[Obj]) -> Entries:
    decoded: Entries = {}
    for entry in entries:
        owner = _Owner(
            entry.get("manager", ""),
            entry.get("operation", ""),
            entry.get("apiVersion", ""),
            entry.get("subresource", ""),
        )
        decoded[owner] = (set(paths_of(entry.get("fieldsV1") or {})), entry.get("time", ""))
    return decoded


def paths_of(tree: Obj, path: Path = ()) -> Iterable[Path]:
    """The paths of a FieldsV1 tree."""
    for key, inner in tree.items():
        if key == ".":
            yield path
        elif inner:
            yield from paths_of(inner, (*path, key))
        else:
            yield (*path, key)


def tree_of(paths: set[Path]) -> Obj:
    """The FieldsV1 tree of paths."""
    tree: Obj = {}
    for path in sorted(paths):
        node = tree
        for depth, key in enumerate(path):
            if key not in node:
                if depth and not node and path[:depth] in paths:
                    node["."] = {}
                node[key] = {}
            node = node[key]
    return tree


def _encode(entries: Entries) -> list[Obj]:
    def rank(owner: _Owner) -> tuple[str, str, str, str, str]:
        return (owner.operation, entries[owner][1], owner.manager, owner.api_version, owner.subresource)

    return [_entry(owner, *entries[owner]) for owner in sorted(entries, key=rank)]


def _entry(owner: _Owner, paths: set[Path], time: str) -> Obj:
    entry: Obj = {"manager": owner.manager, "operation": owner.operation, "apiVersion": owner.api_version}
    entry.update({"time": time, "fieldsType": "FieldsV1", "fieldsV1": tree_of(paths)})
    if owner.subresource:
        entry["subresource"] = owner.subresource
    return entry
