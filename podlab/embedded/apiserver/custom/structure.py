"""Structural schemas as types: patches, managedFields and apply treat custom objects as they treat built-in ones.

Upstream: apiextensions-apiserver/pkg/apiserver/schema, kube-openapi/pkg/schemaconv
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

from podlab.embedded.apiserver.fields import Field, Type, canonical, type_named

Obj = dict[str, Any]
SCALARS = {"string": "string", "integer": "int64", "number": "float64", "boolean": "bool"}
META = "meta/v1.ObjectMeta"
PRESERVE, INT_OR_STRING = "x-kubernetes-preserve-unknown-fields", "x-kubernetes-int-or-string"
EMBEDDED = "x-kubernetes-embedded-resource"
FACTS = {"x-kubernetes-list-type": "listType", "x-kubernetes-list-map-keys": "listMapKeys", "default": "default"}


class CustomType(Type):
    """The type that a schema describes; `root` has apiVersion, kind and metadata besides."""

    custom = True

    def __init__(self, schema: Obj, *, root: bool = False) -> None:
        super().__init__(str(schema.get("type", "")))
        self.schema, self.root = schema, root

    @cached_property
    def target(self) -> str:
        """Its own name: schemas have no chains of names."""
        return self.name

    @cached_property
    def form(self) -> str:
        """struct, list, map, a scalar's name, intorstring, or any."""
        schema = self.schema
        if schema.get(INT_OR_STRING):
            return "intorstring"
        kind = schema.get("type")
        if kind in SCALARS:
            return SCALARS[kind]
        if kind == "array":
            return "list"
        if kind == "object" and (self.root or schema.get("properties")):
            return "struct"
        return "map" if kind == "object" else "any"

    @cached_property
    def item(self) -> Type:
        """The schema of the elements or values; anything where none is given."""
        inner = self.schema.get("items" if self.form == "list" else "additionalProperties")
        return CustomType(inner) if isinstance(inner, dict) else ANYTHING

    @cached_property
    def extra(self) -> Type | None:
        """The schema of members that are not declared; None where they are pruned."""
        if self.form == "any" or self.schema.get(PRESERVE):
            return ANYTHING
        return self.item if self.schema.get("additionalProperties") else None

    @cached_property
    def facts(self) -> Obj:
        """`mapType`, where the schema says whether the map is owned as a whole."""
        return {"mapType": self.schema["x-kubernetes-map-type"]} if "x-kubernetes-map-type" in self.schema else {}

    @cached_property
    def fields(self) -> dict[str, Field]:
        """What `properties` declares, and what every object of the API has besides."""
        given = self.schema.get("properties") or {}
        found = {
            name: _field(name, index, CustomType(inner), inner) for index, (name, inner) in enumerate(given.items())
        }
        if self.root or self.schema.get(EMBEDDED):
            for name in ("apiVersion", "kind"):
                found[name] = _field(name, len(found), type_named("string"), {})
            found["metadata"] = _field("metadata", len(found), type_named(META), {})
        return found

    @cached_property
    def always(self) -> tuple[Field, ...]:
        """None: no field of a custom object is written when it is empty."""
        return ()

    def written(self, value: Any) -> Any:
        """Everything in order of keys, as Go writes a map; metadata in its canonical form first."""
        if self.root and isinstance(value, dict):
            meta = canonical(value.get("metadata") or {}, type_named(META))
            value = {**value, "metadata": {key: item for key, item in meta.items() if item is not None}}
        return in_order(value)


def _field(name: str, index: int, type_: Type, schema: Obj) -> Field:
    more = {FACTS[key]: fact for key, fact in schema.items() if key in FACTS}
    if "x-kubernetes-map-type" in schema:
        more["mapType"] = schema["x-kubernetes-map-type"]
    return Field(name, type_, False, "empty", False, (), index, more)


def in_order(value: Any) -> Any:
    """A copy with the keys sorted on every level."""
    if isinstance(value, dict):
        return {key: in_order(value[key]) for key in sorted(value)}
    return [in_order(item) for item in value] if isinstance(value, list) else value


ANYTHING = CustomType({})
"""What nothing is known about."""
