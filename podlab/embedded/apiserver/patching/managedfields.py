"""Who owns which field: `metadata.managedFields`.

Upstream: staging/src/k8s.io/apimachinery/pkg/util/managedfields/internal
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Set
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Any, NamedTuple

from podlab.embedded.apiserver import fields
from podlab.embedded.apiserver.fields import Type
from podlab.embedded.apiserver.patching.fieldsets import Path, Paths, compare, paths_of, tree_of
from podlab.embedded.serializer import encode as encoded

Obj = dict[str, Any]

SHAPES = 1024
"""So many sets of fields are remembered: thousands of Pods are written by few managers, who own the same of each."""
PARTS = 4096
"""So many parts of FieldsV1 trees are shared."""
WHOLE: Obj = {}
"""What the tree has for a field that is owned as a whole: there is one for all."""
LONGEST = 2048
"""Bytes of a list that is remembered with an outline."""

UNTRACKED = frozenset(
    ("f:metadata", f"f:{name}")
    for name in ("name", "namespace", "creationTimestamp", "selfLink", "uid", "generation", "resourceVersion")
) | {("f:apiVersion",), ("f:kind",), ("f:metadata",), ("f:metadata", "f:managedFields")}
"""Paths that nobody owns."""

MAX_MANAGERS = 10
ANCIENT = "ancient-changes"
APPLY, UPDATE = "Apply", "Update"
MEMBERS = ("manager", "operation", "apiVersion", "time", "fieldsType", "fieldsV1", "subresource")


class Owner(NamedTuple):
    """What makes one entry: managers differ also by operation and subresource, those that update by version."""

    manager: str
    operation: str
    api_version: str = ""
    subresource: str = ""

    def shown(self) -> str:
        """As a conflict names it."""
        text = f'"{self.manager}"'
        if self.subresource:
            text += f' with subresource "{self.subresource}"'
        return f"{text} using {self.api_version}" if self.operation == UPDATE else text


@dataclass(frozen=True, slots=True)
class Owned:
    """What an owner has, in which version of the API, and when it last took something; "" is never."""

    paths: frozenset[Path]
    api_version: str
    time: str = ""


Entries = dict[Owner, Owned]


def owner(manager: str, operation: str, api_version: str, subresource: str = "") -> Owner:
    """Who writes: one who applies is the same in every version of the API."""
    return Owner(manager or "unknown", operation, "" if operation == APPLY else api_version, subresource)


def record(
    obj: Obj,
    old: Obj | None,
    *,
    manager: str,
    now: str,
    subresource: str = "",
    ignored: Iterable[Path] = (),
    type_: Type | None = None,
) -> None:
    """Bring `obj`'s managedFields up to date with what it changes in `old`.

    Args:
        now: the time of the write, RFC 3339.
        ignored: fields that this endpoint does not write, such as status.
        type_: the structure, where it is not that of a built-in kind.
    """
    type_ = type_ or fields.kind_of(obj)
    sent = obj["metadata"].pop("managedFields", None)
    before = entries_of(old)
    if type_ is None or not manager:
        put(obj, before)
        return
    if subresource:
        sent = None
    if sent in ([], [{}]):
        before = {}
    elif sent:
        before = decode(sent) or before
    if old is not None and not before:  # nobody's fields are told again before the next apply
        return
    who = owner(manager, UPDATE, obj["apiVersion"], subresource)
    if old is None and not before and not type_.custom:
        if taken := _first(obj, type_, tuple(ignored)):
            obj["metadata"]["managedFields"] = [_entry(who, Owned(taken, obj["apiVersion"], now))]
        return
    changed, removed = compare(old if old is not None else empty(type_), obj, type_)
    changed, removed = kept(changed, ignored), kept(removed, ignored)
    put(obj, capped(updated(before, who, obj["apiVersion"], changed, removed, now)))


def _first(obj: Obj, type_: Type, ignored: tuple[Path, ...]) -> frozenset[Path]:
    """What the creator of an object owns.

    It follows from the object's outline: thousands of Events have the same, and all Pods of one template.
    """
    outline = (type_, ignored, _outline(obj))
    if (known := _firsts.get(outline)) is not None:
        return known
    taken = frozenset(kept(compare(empty(type_), obj, type_)[0], ignored) - UNTRACKED)
    if outline[-1] is not None:
        if len(_firsts) >= SHAPES:
            _firsts.clear()
        _firsts[outline] = taken
    return taken


_firsts: dict[tuple[Type, tuple[Path, ...], Any], frozenset[Path]] = {}
"""By built-in kind, ignored fields and outline."""


def _outline(obj: Obj) -> tuple[tuple[str, Any], ...] | None:
    """An object without what does not decide which fields are set: True is whatever is no zero.

    Lists are there as they are; None: one of them is long.
    """
    members: list[tuple[str, Any]] = []
    for key, value in obj.items():
        if isinstance(value, dict):
            inner: Any = _outline(value)
        elif isinstance(value, list):
            inner = text if len(text := encoded(value)) <= LONGEST else None
        else:
            inner = True if value else repr(value)
        if inner is None:
            return None
        members.append((key, inner))
    return tuple(members)


@cache
def empty(type_: Type) -> Obj:
    """What Go writes for a value of this kind in which nothing is set."""
    return {} if type_.custom else fields.canonical({}, type_)


def put(obj: Obj, entries: Entries) -> None:
    """Write the entries into the object's metadata."""
    obj["metadata"].pop("managedFields", None)
    if shown := encode(entries):
        obj["metadata"]["managedFields"] = shown


def kept(paths: Paths, ignored: Iterable[Path]) -> Paths:
    """Without what is ignored and all below it."""
    for prefix in ignored if paths else ():
        paths = {path for path in paths if path[: len(prefix)] != prefix}
    return paths


def updated(
    entries: Entries, who: Owner, api_version: str, changed: Set[Path], removed: Set[Path], now: str
) -> Entries:
    """The entries after `who` changed and removed fields."""
    taken, touched = changed - UNTRACKED, changed | removed
    result: Entries = {}
    for other, has in entries.items():
        lost = touched - taken if other == who else touched
        if has.paths.isdisjoint(lost):
            result[other] = has
        elif left := has.paths - lost:
            result[other] = replace(has, paths=left)
    if taken:
        before = result[who].paths if who in result else frozenset()
        result[who] = Owned(before if taken <= before else before | taken, api_version, now)
    return result


def capped(entries: Entries) -> Entries:
    """With the oldest of too many who update put together."""
    if len(entries) <= MAX_MANAGERS:
        return entries
    updates = sorted((o for o in entries if o.operation == UPDATE), key=lambda o: (entries[o].time, o))
    surplus = updates[: max(0, len(updates) - MAX_MANAGERS + 1)] if len(updates) > MAX_MANAGERS else []
    for who in surplus:
        has = entries.pop(who)
        bucket = Owner(ANCIENT, UPDATE, who.api_version)
        known = entries.get(bucket)
        paths = has.paths | known.paths if known else has.paths
        entries[bucket] = Owned(paths, has.api_version, max(has.time, known.time) if known else has.time)
    return entries


def entries_of(obj: Obj | None) -> Entries:
    """What an object's managedFields say."""
    return decode(((obj or {}).get("metadata") or {}).get("managedFields") or [])


def decode(given: list[Obj]) -> Entries:
    """Read managedFields; what cannot be read says nothing."""
    found: Entries = {}
    for entry in given:
        operation, version = entry.get("operation"), entry.get("apiVersion")
        if operation not in (APPLY, UPDATE) or not version or entry.get("fieldsType") != "FieldsV1":
            return {}
        tree = entry.get("fieldsV1") or {}
        if not isinstance(tree, dict):
            return {}
        who = owner(entry.get("manager") or "", operation, version, entry.get("subresource") or "")
        try:
            found[who] = Owned(_paths_in(tree), version, entry.get("time") or "")
        except ValueError:
            return {}
    return found


def _paths_in(tree: Obj) -> frozenset[Path]:
    made, paths = _made.get(id(tree), (None, frozenset()))
    return paths if made is tree else _paths(json.dumps(tree))


_made: dict[int, tuple[Obj, frozenset[Path]]] = {}
"""What `_tree` has made, by identity: most of what is read was written here, and need not be read again."""


@lru_cache(SHAPES)
def _paths(tree: str) -> frozenset[Path]:
    return frozenset(paths_of(json.loads(tree)))


@lru_cache(SHAPES)
def _tree(paths: frozenset[Path]) -> Obj:
    """One for all objects in which the same is owned: never changed, as everything that is stored."""
    if len(_parts) >= PARTS:
        _parts.clear()
    tree = _shared(tree_of(paths))
    if len(_made) >= SHAPES:
        del _made[next(iter(_made))]
    _made[id(tree)] = tree, paths
    return tree


def _shared(tree: Obj) -> Obj:
    """The tree, of parts that others have too: of two Pods the kubelet owns the same but for their addresses."""
    members = {key: _shared(inner) if inner else WHOLE for key, inner in tree.items()}
    return _parts.setdefault(tuple((key, id(inner)) for key, inner in members.items()), members)


_parts: dict[tuple[tuple[str, int], ...], Obj] = {}
"""Trees by their members, each of which is one of these: equal trees are one."""


def encode(entries: Entries) -> list[Obj]:
    """Write managedFields. Upstream: managedfields.go sortEncodedManagedFields"""

    def rank(who: Owner) -> tuple[str, str, str, str, str]:
        return (who.operation, entries[who].time, who.manager, entries[who].api_version, who.subresource)

    return [_entry(who, entries[who]) for who in sorted(entries, key=rank)]


def _entry(who: Owner, has: Owned) -> Obj:
    values = (who.manager, who.operation, has.api_version, has.time, "FieldsV1", _tree(has.paths), who.subresource)
    return {key: value for key, value in zip(MEMBERS, values, strict=True) if value or key == "fieldsV1"}


def timeless(obj: Obj) -> Any:
    """managedFields without the times, to tell whether anything else changed."""
    entries = obj["metadata"].get("managedFields") or []
    return [{key: value for key, value in entry.items() if key != "time"} for entry in entries]
