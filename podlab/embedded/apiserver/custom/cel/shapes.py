"""How much there may be of what a schema describes: how long it is, and how short when it is written.

Upstream: staging/src/k8s.io/apiserver/pkg/cel/{types,limits}.go, pkg/cel/common/schemas.go
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

LARGEST = 3 * 2**20
"""Bytes of a request."""
SHORTEST = {"boolean": 4, "number": 1, "integer": 1}
MOMENTS = {"duration": (32, 3), "date": (12, 12), "date-time": (32, 21)}
"""The longest and the shortest texts of these formats."""
ROOTED = ("apiVersion", "kind")


@dataclass(frozen=True, slots=True)
class Shape:
    """`most` is how long a text is, or how many items there are; `least` how many bytes it takes."""

    most: int = 0
    least: int = 2
    item: Shape | None = None
    key: Shape | None = None
    fields: Mapping[str, Shape] = field(default_factory=dict)


TEXT = Shape(LARGEST - 2)


def of_schema(schema: Mapping[str, Any], *, root: bool = False) -> Shape | None:
    """The shape of what a schema describes; None where a rule sees nothing of it."""
    if schema.get("x-kubernetes-int-or-string"):
        return Shape(_longest(schema), 1)
    kind = schema.get("type")
    if kind == "array":
        return _listed(schema)
    if kind == "object" and isinstance(schema.get("additionalProperties"), dict):
        return _mapped(schema)
    if kind == "object":
        return _object(schema, root=root or bool(schema.get("x-kubernetes-embedded-resource")))
    if kind == "string":
        return _text(schema)
    return Shape(0, SHORTEST[str(kind)]) if kind in SHORTEST else None


def _listed(schema: Mapping[str, Any]) -> Shape | None:
    items = schema.get("items")
    item = of_schema(items) if isinstance(items, dict) else None
    if item is None:
        return None
    most = schema.get("maxItems")
    return Shape((LARGEST - 2) // (item.least + 1) if most is None else max(0, most), item=item)


def _mapped(schema: Mapping[str, Any]) -> Shape | None:
    item = of_schema(schema["additionalProperties"])
    if item is None:
        return None
    most = schema.get("maxProperties")
    counted = (LARGEST - 2) // (item.least + 6) if most is None else max(0, most)
    return Shape(counted, item=item, key=Shape())


def _object(schema: Mapping[str, Any], *, root: bool) -> Shape:
    known, least = dict[str, Shape](), 2
    for name, inner in (schema.get("properties") or {}).items():
        shape = of_schema(inner)
        if shape is None:
            continue
        known[name] = shape
        if name in (schema.get("required") or ()) and inner.get("default") is None:
            least += len(name) + shape.least + 4
    if root:
        meta = Shape(fields={"name": TEXT, "generateName": TEXT})
        known |= {**dict.fromkeys(ROOTED, TEXT), "metadata": meta}
    return Shape(least=least, fields=known)


def _text(schema: Mapping[str, Any]) -> Shape:
    kind, given = str(schema.get("format")), schema.get("maxLength")
    if kind in MOMENTS:
        return Shape(*MOMENTS[kind])
    if kind == "byte":
        return Shape(LARGEST - 2 if given is None else max(0, given))
    if given is None and schema.get("enum"):
        return Shape(max(len(str(value).encode()) for value in schema["enum"]))
    return Shape(_longest(schema))


def _longest(schema: Mapping[str, Any]) -> int:
    """Bytes: a letter may have four."""
    given = schema.get("maxLength")
    return LARGEST - 2 if given is None else 4 * max(0, int(given))
