"""Strategic merge patch: lists of objects merge by key where the kind's structure says so.

Upstream: staging/src/k8s.io/apimachinery/pkg/util/strategicpatch/patch.go
"""

from __future__ import annotations

from typing import Any

from podlab.apimachinery.gotext import go_text
from podlab.embedded.apiserver.fields import Field, Type
from podlab.embedded.apiserver.resource import Obj
from podlab.embedded.serializer import fresh

DIRECTIVE = "$patch"
RETAIN = "$retainKeys"
DELETE_PRIMITIVES = "$deleteFromPrimitiveList/"
ORDER = "$setElementOrder/"


class StrategicError(Exception):
    """A patch that contradicts the structure; what upstream does not classify is answered with 500 and no reason."""

    def __init__(self, text: str, code: int = 400, reason: str = "BadRequest") -> None:
        super().__init__(text)
        self.code, self.reason = code, reason


def strategic_merge(obj: Obj, patch: Obj, type_: Type | None) -> Obj:
    """The object after a strategic merge patch; both arguments stay as they were. Raises StrategicError."""
    return _merge_object(obj, patch, type_)


def _merge_object(original: Obj, patch: Obj, type_: Type | None) -> Obj:
    directive = patch.get(DIRECTIVE)
    if directive == "replace":
        plain: Obj = _plain({key: value for key, value in patch.items() if key != DIRECTIVE})
        return plain
    if directive == "delete":
        return {}
    if directive is not None:
        raise StrategicError(f"unknown patch type: {directive} in map: {go_text(patch)}", 500, "")
    result = _retained(original, patch)
    for key in patch:
        if key.startswith(DELETE_PRIMITIVES):
            name = key[len(DELETE_PRIMITIVES) :]
            gone = patch[key] or []
            if isinstance(result.get(name), list):
                result[name] = [item for item in result[name] if item not in gone]
    for key, value in patch.items():
        if not key.startswith("$"):
            _merge_field(result, key, value, patch, type_)
    for key in patch:
        if key.startswith(ORDER) and key[len(ORDER) :] not in patch:
            _merge_field(result, key[len(ORDER) :], [], patch, type_)
    return result


def _retained(original: Obj, patch: Obj) -> Obj:
    keep = patch.get(RETAIN)
    if keep is None:
        return dict(original)
    unlisted = [key for key in patch if key not in keep and not key.startswith("$") and patch[key] is not None]
    if unlisted:
        raise StrategicError("invalid patch format of retainKeys")
    return {key: value for key, value in original.items() if key in keep}


def _merge_field(result: Obj, key: str, value: Any, patch: Obj, type_: Type | None) -> None:
    if value is None:
        result.pop(key, None)
        return
    field = _field(type_, key)
    present = result.get(key)
    if isinstance(value, dict) and not isinstance(present, dict):
        result.pop(key, None)
        if DIRECTIVE not in value:  # nothing is there that it could be done to
            result[key] = _plain(value)
    elif isinstance(value, dict):
        replaced = field is not None and "replace" in field.strategies and DIRECTIVE not in value
        inner = field.type if field else (type_.item if type_ and type_.form == "map" else None)
        merged = _merge_object({} if replaced or present is None else present, value, inner)
        result[key] = merged
    elif isinstance(value, list) and field is not None and "merge" in field.strategies and isinstance(present, list):
        result[key] = _merge_list(present, value, field, patch.get(ORDER + key))
    elif isinstance(value, list) and present is not None:
        result[key] = _taken(value)
    else:
        result[key] = _plain(value)


def _field(type_: Type | None, key: str) -> Field | None:
    return type_.fields.get(key) if type_ is not None and type_.form == "struct" else None


def _merge_list(original: list[Any], patch: list[Any], field: Field, order: Any) -> list[Any]:
    if isinstance(order, list):
        _check_order([item for item in patch if not _is_directive(item)], order, field.merge_key)
    if not field.merge_key:
        merged = [*original, *(item for item in patch if item not in original)]
        return _ordered(merged, original, patch if order is None else order, lambda item: item)
    key = field.merge_key
    items = [item for item in patch if not (isinstance(item, dict) and set(item) == {DIRECTIVE})]
    if len(items) != len(patch) and any(item[DIRECTIVE] == "replace" for item in patch if DIRECTIVE in item):
        return [_plain(item) for item in items]
    result = list(original)
    for item in sorted(items, key=_deletes, reverse=True):  # what is deleted goes first, whatever is added with its key
        result = _merge_item(result, item, key, field)
    named = items if order is None else order
    order = [entry.get(key) if isinstance(entry, dict) else entry for entry in named]
    return _ordered(result, original, order, lambda item: item.get(key) if isinstance(item, dict) else None)


def _check_order(patch: list[Any], order: list[Any], key: str) -> None:
    """What is patched stands in the order that the patch asks for. Raises StrategicError."""

    def named(item: Any) -> Any:
        return item.get(key) if key and isinstance(item, dict) else item

    rest = iter([named(entry) for entry in order])
    if not all(any(entry == named(item) for entry in rest) for item in patch):
        text = f"The order in patch list:\n{go_text(patch)}\n doesn't match {ORDER[:-1]} list:\n{go_text(order)}\n"
        raise StrategicError(text, 500, "")


def _deletes(item: Any) -> bool:
    return isinstance(item, dict) and item.get(DIRECTIVE) == "delete"


def _merge_item(items: list[Any], patch: Any, key: str, field: Field) -> list[Any]:
    if not isinstance(patch, dict) or key not in patch:
        raise StrategicError(f"map: {go_text(patch)} does not contain declared merge key: {key}", 500, "")
    same = [index for index, item in enumerate(items) if isinstance(item, dict) and item.get(key) == patch[key]]
    if _deletes(patch):
        return [item for index, item in enumerate(items) if index not in same]
    if not same:
        return [*items, _merge_object({}, patch, field.type.item)]
    merged = _merge_object(items[same[0]], patch, field.type.item)
    return [*items[: same[0]], merged, *items[same[0] + 1 :]]


def _ordered(merged: list[Any], original: list[Any], order: Any, identity: Any) -> list[Any]:
    """In the order that the client wishes; what it does not name keeps its place relative to its neighbours."""
    if not isinstance(order, list):
        return merged
    ranks = {_hashable(entry): rank for rank, entry in enumerate(order)}
    named = sorted(
        (item for item in merged if _hashable(identity(item)) in ranks),
        key=lambda item: ranks[_hashable(identity(item))],
    )
    places = {_hashable(identity(item)): place for place, item in enumerate(original)}
    others = [item for item in merged if _hashable(identity(item)) not in ranks]
    result: list[Any] = []
    for item in named:  # what only the server has stands before the first named item that stood behind it
        place = places.get(_hashable(identity(item)), -1)
        while others and places.get(_hashable(identity(others[0])), len(original)) < place:
            result.append(others.pop(0))
        result.append(item)
    return [*result, *others]


def _hashable(value: Any) -> Any:
    return str(value) if isinstance(value, (dict, list)) else value


def _plain(value: Any) -> Any:
    """Without directives and nulls, as a patch becomes part of an object that had nothing there."""
    if isinstance(value, dict):
        kept = {key: item for key, item in value.items() if item is not None and not key.startswith("$")}
        return {key: _plain(item) for key, item in kept.items() if not _directs(item)}
    if isinstance(value, list):
        return [_plain(item) for item in value if not _directs(item)]
    return fresh(value)


def _directs(value: Any) -> bool:
    """Whether it says what is to be done with something that is not there. Upstream: removeDirectives"""
    return isinstance(value, dict) and DIRECTIVE in value


def _taken(value: Any) -> Any:
    """A list that replaces another one: its directives are no directives, and decoding drops them."""
    if isinstance(value, dict):
        return {key: _taken(item) for key, item in value.items() if item is not None and not key.startswith("$")}
    if isinstance(value, list):
        return [_taken(item) for item in value]
    return fresh(value)


def _is_directive(item: Any) -> bool:
    """Whether an item of a list only says what is to be done with others."""
    return _deletes(item) or (isinstance(item, dict) and set(item) == {DIRECTIVE})
