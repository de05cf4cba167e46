"""Sets of fields: which an object has, which two objects differ in, what is left without some.

A field set is a set of paths, a path a tuple of FieldsV1's keys: `("f:spec", "f:containers", 'k:{"name":"c"}')`.
Upstream: sigs.k8s.io/structured-merge-diff typed/{compare,tofieldset,remove}.go, fieldpath/set.go
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from functools import lru_cache
from typing import Any

from podlab.embedded.apiserver.fields import Field, Type

Obj = dict[str, Any]
Path = tuple[str, ...]
Paths = set[Path]

MISSING: Any = object()
CONTAINERS = ("struct", "map", "list", "any")


class Duplicates(list[Any]):
    """Items that share a key: owned as one."""


def shape_of(type_: Type, *values: Any) -> str:
    """The form of a type; one that holds anything takes the form of the first value that has one."""
    if type_.form != "any":
        return type_.form
    known = next((value for value in values if value is not MISSING and value is not None), None)
    return "map" if isinstance(known, dict) else "list" if isinstance(known, list) else "scalar"


def child(type_: Type, key: str) -> tuple[Type | None, Field | None]:
    """Type and declaration of a member; a map's members have no declaration."""
    field = type_.fields.get(key)
    return (field.type, field) if field else (type_.extra, None)


def atomic(type_: Type, field: Field | None, form: str) -> bool:
    """Whether the value is owned as a whole."""
    if form == "list":
        return field is None or field.atomic
    return field.atomic if field is not None else type_.facts.get("mapType") == "atomic"


def compare(old: Obj, new: Obj, type_: Type) -> tuple[Paths, Paths]:
    """(paths added or modified, paths removed) from old to new."""
    changed: Paths = set()
    removed: Paths = set()
    _compare_members(old, new, type_, (), changed, removed)
    return changed, removed


def _compare(old: Any, new: Any, type_: Type, field: Field | None, path: Path, changed: Paths, removed: Paths) -> None:
    """What differs between two values that are not equal."""
    form = shape_of(type_, new, old)
    if _is_leaf(old, new, type_, field, form):
        (removed if new is MISSING else changed).add(path)
        return
    if form == "list":
        assert field is not None
        before, after = keyed(old, field), keyed(new, field)
        for key in before.keys() | after.keys():
            was, is_ = before.get(key, MISSING), after.get(key, MISSING)
            if was is not is_ and was != is_:
                _compare(was, is_, field.type.item, None, (*path, key), changed, removed)
    else:
        _compare_members(old, new, type_, path, changed, removed)
    if old is MISSING:
        changed.add(path)
    if new is MISSING:
        removed.add(path)


def _is_leaf(old: Any, new: Any, type_: Type, field: Field | None, form: str) -> bool:
    if form not in CONTAINERS or isinstance(old, Duplicates) or isinstance(new, Duplicates):
        return True
    if _nothing(old) and _nothing(new):
        return True
    return atomic(type_, field, form)


def _nothing(value: Any) -> bool:
    return value is MISSING or value is None or (not value and isinstance(value, (dict, list)))


def _compare_members(old: Any, new: Any, type_: Type, path: Path, changed: Paths, removed: Paths) -> None:
    old = old if isinstance(old, dict) else {}
    new = new if isinstance(new, dict) else {}
    declared, extra = type_.fields, type_.extra
    for key in (*new, *[key for key in old if key not in new]):
        before, after = old.get(key, MISSING), new.get(key, MISSING)
        if before is after or before == after:
            continue
        field = declared.get(key)
        inner = field.type if field else extra
        if inner is None:
            continue
        there = (*path, f"f:{key}")
        if inner.form in CONTAINERS:
            _compare(before, after, inner, field, there, changed, removed)
        else:
            (removed if after is MISSING else changed).add(there)


def keyed(value: Any, field: Field) -> dict[str, Any]:
    """The items of a list by their keys, in order."""
    items: dict[str, Any] = {}
    for item in value if isinstance(value, list) else ():
        key = item_key(item, field)
        items[key] = Duplicates([items[key], item]) if key in items else item
    return items


def item_key(item: Any, field: Field) -> str:
    """FieldsV1's key of one item: `k:{"name":"c"}`, `v:"finalizer"`."""
    if field.list_type == "set":
        return "v:" + _json(item)
    names = field.list_map_keys
    if len(names) == 1 and isinstance(item, dict) and isinstance(value := item.get(names[0]), str):
        return _key(names[0], value)
    return "k:" + _json(dict(sorted(key_fields(item, field).items())))


@lru_cache(4096)
def _key(name: str, value: str) -> str:
    """The usual key: conditions and containers are written again and again."""
    return "k:" + _json({name: value})


def key_fields(item: Any, field: Field) -> Obj:
    """The values of the keys that an item has, or has by default."""
    members = field.type.item.fields
    found = {}
    for key in field.list_map_keys:
        default = members[key].more.get("default") if key in members else None
        value = item.get(key, default) if isinstance(item, dict) else None
        if value is not None:
            found[key] = value
    return found


def _json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def owned(value: Any, type_: Type) -> Paths:
    """All fields of an object. Upstream: typed/tofieldset.go"""
    found: Paths = set()
    _own(value, type_, None, (), found)
    return found


def _own(value: Any, type_: Type, field: Field | None, path: Path, found: Paths) -> None:
    form = shape_of(type_, value)
    if form not in CONTAINERS or isinstance(value, Duplicates) or atomic(type_, field, form):
        found.add(path)
    elif form == "list" and field is not None:
        for key, item in keyed(value, field).items():
            _own(item, field.type.item, None, (*path, key), found)
            found.add((*path, key))
    elif form != "list" and isinstance(value, dict):
        for key, member in value.items():
            inner, declared = child(type_, key)
            if inner is None:
                continue
            _own(member, inner, declared, (*path, f"f:{key}"), found)
            if member is None or member == {} or declared is None:
                found.add((*path, f"f:{key}"))


def with_parents(paths: Collection[Path], type_: Type) -> Paths:
    """With the declared fields on the way to each path. Upstream: Set.EnsureNamedFieldsAreMembers"""
    found = set(paths)
    known: dict[Path, tuple[Type, Field | None]] = {(): (type_, None)}
    for path in paths:
        here: tuple[Type, Field | None] | None = (type_, None)
        for depth in range(1, len(path)):
            prefix = path[:depth]
            here = known.get(prefix) or (_step(here, path[depth - 1]) if here else None)
            if here is None:
                break
            known[prefix] = here
            if here[1] is not None and prefix[-1].startswith("f:"):
                found.add(prefix)
    return found


def _step(here: tuple[Type, Field | None], element: str) -> tuple[Type, Field | None] | None:
    type_, field = here
    if element.startswith("f:"):
        inner, declared = child(type_, element[2:])
        return (inner, declared) if inner is not None else None
    return (field.type.item, None) if field is not None and field.type.form == "list" else None


def without(value: Any, gone: Paths, type_: Type) -> Any:
    """The value without some fields and items. Upstream: typed/remove.go"""
    prefixes = {path[:depth] for path in gone for depth in range(1, len(path))}
    return _without(value, type_, None, (), gone, prefixes)


def _without(value: Any, type_: Type, field: Field | None, path: Path, gone: Paths, prefixes: Paths) -> Any:
    form = shape_of(type_, value)
    if form == "list" and isinstance(value, list) and field is not None and not field.atomic:
        kept = []
        for item in value:
            there = (*path, item_key(item, field))
            if there not in gone:
                deeper = there in prefixes
                kept.append(_without(item, field.type.item, None, there, gone, prefixes) if deeper else item)
        return kept
    if form in ("struct", "map") and isinstance(value, dict):
        left = {}
        for key, member in value.items():
            there = (*path, f"f:{key}")
            if there in gone:
                continue
            inner, declared = child(type_, key)
            deeper = there in prefixes and inner is not None
            left[key] = _without(member, inner, declared, there, gone, prefixes) if deeper and inner else member
        return left
    return value


def paths_of(tree: Obj, path: Path = ()) -> Iterable[Path]:
    """The paths of a FieldsV1 tree. Raises ValueError where it is none."""
    for key, inner in tree.items():
        if inner is not None and not isinstance(inner, dict):
            raise ValueError(f"{key} has no object")
        if key == ".":
            yield path
        elif not _known(key):
            continue
        elif inner:
            yield from paths_of(inner, (*path, key))
        else:
            yield (*path, key)


def _known(key: str) -> bool:
    """Whether a key is of a sort that is known; a later version may write others. Raises ValueError.

    Upstream: fieldpath/serialize-pe.go DeserializePathElement
    """
    if key[1:2] != ":":
        raise ValueError(f"{key} is no path element")
    if key[0] == "v":
        json.loads(key[2:])
    elif key[0] == "k" and not isinstance(json.loads(key[2:]), dict):
        raise ValueError(f"{key} is no key")
    elif key[0] == "i":
        int(key[2:])
    return key[0] in "fvki"


def tree_of(paths: Iterable[Path]) -> Obj:
    """The FieldsV1 tree of paths."""
    tree: Obj = {}
    ends: list[Obj] = []
    for path in paths:
        node = tree
        for key in path:
            node = node.setdefault(key, {})
        ends.append(node)
    for node in ends:
        if node and node is not tree:
            node["."] = {}
    return _in_order(tree)


def _in_order(tree: Obj) -> Obj:
    return {key: _in_order(tree[key]) if tree[key] else {} for key in sorted(tree, key=rank)}


def ordered(paths: Iterable[Path]) -> list[Path]:
    """In the order of Go's sets: names first, then keys, then values; numbers by size."""
    return sorted(paths, key=lambda path: [rank(element) for element in path])


@lru_cache(maxsize=4096)
def rank(element: str) -> tuple[Any, ...]:
    """What an element of a path is sorted by. Upstream: fieldpath/element.go, value/value.go Compare"""
    kind, text = element[:2], element[2:]
    if kind == "k:":
        return (kind, *((name, _order(value)) for name, value in json.loads(text).items()))
    return (kind, _order(json.loads(text))) if kind == "v:" else (kind, text)


def _order(value: Any) -> tuple[int, Any]:
    kinds = ((bool, 3), (int, 0), (float, 0), (str, 2))
    return next(((place, value) for kind, place in kinds if isinstance(value, kind)), (4, str(value)))


def shown(path: Path) -> str:
    """A path as errors write it: `.spec.containers[name="c"].image`. Upstream: fieldpath/path.go"""
    return "".join(_shown(element) for element in path)


def _shown(element: str) -> str:
    kind, text = element[:2], element[2:]
    if kind == "f:":
        return f".{text}"
    if kind == "v:":
        return f"[={text}]"
    return "[" + ",".join(f"{name}={_json(value)}" for name, value in json.loads(text).items()) + "]"
