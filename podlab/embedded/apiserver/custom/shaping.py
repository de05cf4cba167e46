"""Pruning and defaulting by structural schemas.

Upstream: apiextensions-apiserver/pkg/apiserver/schema/{pruning,defaulting}
"""

from __future__ import annotations

from typing import Any

from podlab.embedded.apiserver.custom.structure import EMBEDDED, PRESERVE
from podlab.embedded.serializer import fresh

Obj = dict[str, Any]
OF_EVERY_OBJECT = ("apiVersion", "kind", "metadata")


def prune(value: Any, schema: Obj, *, root: bool = False) -> tuple[Any, list[str]]:
    """The value without what the schema does not know, and the paths of that, sorted."""
    gone: list[str] = []
    return _prune(value, schema, "", root or bool(schema.get(EMBEDDED)), gone), sorted(gone)


def _prune(value: Any, schema: Obj, path: str, whole: bool, gone: list[str]) -> Any:
    if isinstance(value, list):
        items = schema.get("items")
        if not isinstance(items, dict):
            return value
        embedded = bool(items.get(EMBEDDED))
        return [_prune(item, items, f"{path}[{index}]", embedded, gone) for index, item in enumerate(value)]
    if not isinstance(value, dict):
        return value
    known, extra = schema.get("properties") or {}, schema.get("additionalProperties")
    open_ended = schema.get(PRESERVE) or extra is True
    result = {}
    for key, member in value.items():
        there = f"{path}.{key}" if path else key
        inner = known.get(key, extra if isinstance(extra, dict) else None)
        if whole and key in OF_EVERY_OBJECT:
            result[key] = member
        elif inner is not None and member is None and not inner.get("nullable") and "default" not in inner:
            continue  # a null that may not be one is as if it were not there
        elif inner is not None:
            result[key] = _prune(member, inner, there, bool(inner.get(EMBEDDED)), gone)
        elif open_ended:
            result[key] = member
        else:
            gone.append(there)
    return result


def default(value: Any, schema: Obj) -> None:
    """Put in what the schema has as defaults; a null that may not be one counts as missing."""
    if isinstance(value, list) and isinstance(schema.get("items"), dict):
        for item in value:
            default(item, schema["items"])
    if not isinstance(value, dict):
        return
    known, extra = schema.get("properties") or {}, schema.get("additionalProperties")
    for key, inner in known.items():
        if "default" not in inner:
            continue
        if key not in value or (value[key] is None and not inner.get("nullable")):
            value[key] = fresh(inner["default"])
    for key, member in value.items():
        inner = known.get(key, extra if isinstance(extra, dict) else None)
        if inner is not None:
            default(member, inner)


def has_defaults(schema: Obj) -> bool:
    """Whether there is a default anywhere."""
    inner = [*(schema.get("properties") or {}).values(), schema.get("items"), schema.get("additionalProperties")]
    return "default" in schema or any(has_defaults(one) for one in inner if isinstance(one, dict))
