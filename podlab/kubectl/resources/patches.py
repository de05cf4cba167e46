"""Patches applied here, without a server: merge, JSON and strategic merge.

Upstream: RFC 7386, RFC 6902, staging/src/k8s.io/apimachinery/pkg/util/strategicpatch
"""

from __future__ import annotations

import copy
from typing import Any

from podlab.apimachinery.gotext import go_text
from podlab.kubectl.resources.merge import Kind


class PatchError(ValueError):
    """A patch that cannot be applied."""


def merge_patch(value: Any, patch: Any) -> Any:
    """RFC 7386: objects merge, null removes, all else replaces."""
    if not isinstance(patch, dict):
        return patch
    merged = dict(value) if isinstance(value, dict) else {}
    for key, each in patch.items():
        if each is None:
            merged.pop(key, None)
        else:
            merged[key] = merge_patch(merged.get(key), each)
    return merged


def strategic_patch(value: Any, patch: Any, kind: Kind) -> Any:
    """As merge, but lists that the kind says so merge by their key."""
    if not isinstance(patch, dict):
        return patch
    merged = dict(value) if isinstance(value, dict) and patch.get("$patch") != "replace" else {}
    for key, each in patch.items():
        if key.startswith("$"):
            continue
        if each is None:
            merged.pop(key, None)
        elif isinstance(each, list):
            merged[key] = _list(merged.get(key) or [], each, kind.field(key))
            if name := kind.field(key).merge_key:
                order = [one.get(name) for one in patch.get(f"$setElementOrder/{key}") or ()]
                merged[key] = _as_told(merged[key], order, name)
        else:
            merged[key] = strategic_patch(merged.get(key), each, kind.field(key))
    return merged


def _list(there: list[Any], patch: list[Any], kind: Kind) -> list[Any]:
    key = kind.merge_key
    if kind.is_set:
        return [*there, *(each for each in patch if each not in there)]
    if not key:
        return [each for each in patch if not (isinstance(each, dict) and "$patch" in each)]
    merged = list(there)
    for each in patch:
        if not isinstance(each, dict) or key not in each:
            raise PatchError(f"map: {go_text(each)} does not contain declared merge key: {key}")
        at = next((i for i, old in enumerate(merged) if old.get(key) == each[key]), None)
        if each.get("$patch") == "delete":
            merged = [old for old in merged if old.get(key) != each[key]]
        elif at is None:
            merged.append(each)
        else:
            merged[at] = strategic_patch(merged[at], each, kind.items())
    named = [each[key] for each in patch]
    rest, changed = ([each for each in merged if (each[key] in named) == inside] for inside in (False, True))
    return _in_order(rest, sorted(changed, key=lambda each: named.index(each[key])), [each[key] for each in there], key)


def _in_order(rest: list[Any], changed: list[Any], before: list[Any], key: str) -> list[Any]:
    """What the patch names stands before the rest, but for what stood behind it before (mergeSortedSlice)."""
    found: list[Any] = []
    while rest and changed:
        first, other = rest[0][key], changed[0][key]
        earlier = first in before and other in before and before.index(first) < before.index(other)
        found.append((rest if earlier else changed).pop(0))
    return [*found, *rest, *changed]


def _as_told(items: list[Any], order: list[Any], key: str) -> list[Any]:
    """The items in the order that the patch tells of all of them."""
    names = [each.get(key) if isinstance(each, dict) else None for each in items]
    if not order or not set(names) <= set(order):
        return items
    return [item for _, item in sorted(zip(names, items, strict=True), key=lambda pair: order.index(pair[0]))]


def json_patch(value: Any, operations: Any) -> Any:
    """RFC 6902.

    Raises:
        PatchError: it is no list of operations, or one of them leads nowhere.
    """
    from jsonpatch import JsonPatchException, apply_patch
    from jsonpointer import JsonPointerException

    value = copy.deepcopy(value)
    for each in operations if isinstance(operations, list) else [operations]:
        try:
            value = apply_patch(value, [each])
        except (JsonPatchException, JsonPointerException, TypeError, ValueError, AttributeError) as error:
            raise PatchError(_refusal(value, each) or str(error)) from None
    return value


def _refusal(value: Any, operation: Any) -> str:
    """Why an operation does not apply, in the words of Go's library; "" of what it has no words for.

    Upstream: gopkg.in/evanphx/json-patch.v4 (patch.go)
    """
    act, path = (str(operation.get(key) or "") for key in ("op", "path")) if isinstance(operation, dict) else ("", "")
    place = str(operation.get("from") or "") if act in ("copy", "move") else path
    *above, key = [each.replace("~1", "/").replace("~0", "~") for each in place.split("/")[1:]] or [""]
    holder = _below(value, above) if place.startswith("/") else None
    if not isinstance(holder, (dict, list)):
        shown = f'"{path}"' if act in ("add", "remove") else path
        return f"{act} operation does not apply: doc is missing path: {shown}: missing value" if act in WORDED else ""
    at = f"error in {act} for path: '{path}': "
    if isinstance(holder, dict):
        told = {
            "remove": f"{at}unable to remove nonexistent key: {key}: missing value",
            "replace": f"replace operation does not apply: doc is missing key: {path}: missing value",
            "copy": f"error in copy for from: '{place}': unable to get nonexistent key: {key}: missing value",
            "move": f"error in move for path: '{key}': unable to get nonexistent key: {key}: missing value",
            "test": f"testing value {path} failed: test failed",
        }
        return told.get(act, "")
    if not key.removeprefix("-").isdigit():
        return f'{at}strconv.Atoi: parsing "{key}": invalid syntax' if act in ("add", "remove") else ""
    if act == "replace":
        return f"replace operation does not apply: doc is missing key: {path}: missing value"
    no = f"Unable to access invalid index: {key}: invalid index referenced"
    return f"{at}{no}" if act in ("add", "remove") else ""


WORDED = ("add", "remove", "replace", "test")


def _below(value: Any, keys: list[str]) -> Any:
    """What lies where the keys lead; None where they lead nowhere."""
    for key in keys:
        if isinstance(value, list):
            value = value[int(key)] if key.isdigit() and int(key) < len(value) else None
        else:
            value = value.get(key) if isinstance(value, dict) else None
    return value
