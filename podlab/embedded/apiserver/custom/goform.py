"""A schema as Go prints the API server's own struct of it, in the words of a refusal.

Upstream: apiextensions-apiserver/pkg/apis/apiextensions/types_jsonschema.go
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

Obj = dict[str, Any]
FIELDS: tuple[tuple[str, Any], ...] = (
    ("id", ""), ("schema", ""), ("ref", None), ("description", ""), ("type", ""), ("nullable", False), ("format", ""),
    ("title", ""), ("default", None), ("maximum", None), ("exclusiveMaximum", False), ("minimum", None),
    ("exclusiveMinimum", False), ("maxLength", None), ("minLength", None), ("pattern", ""), ("maxItems", None),
    ("minItems", None), ("uniqueItems", False), ("multipleOf", None), ("enum", None), ("maxProperties", None),
    ("minProperties", None), ("required", None), ("items", None), ("allOf", None), ("oneOf", None), ("anyOf", None),
    ("not", None), ("properties", None), ("additionalProperties", None), ("patternProperties", None),
    ("dependencies", None), ("additionalItems", None), ("definitions", None), ("externalDocs", None),
    ("example", None), ("x-kubernetes-preserve-unknown-fields", None), ("x-kubernetes-embedded-resource", False),
    ("x-kubernetes-int-or-string", False), ("x-kubernetes-list-map-keys", None), ("x-kubernetes-list-type", None),
    ("x-kubernetes-map-type", None), ("x-kubernetes-validations", None),
)  # fmt: skip
"""Names in JSON, in Go's order, and what stands there when nothing is said."""


def printed(schema: Obj) -> Obj:
    """The struct: every field, with Go's names."""
    return {name_of(key): _value(key, schema.get(key, empty)) for key, empty in FIELDS}


def name_of(key: str) -> str:
    """How Go calls a field."""
    if key == "id":
        return "ID"
    parts = key.replace("x-kubernetes-", "x-").split("-")
    return "".join(part[:1].upper() + part[1:] for part in parts)


def _value(key: str, value: Any) -> Any:
    if key in ("properties", "patternProperties", "definitions") and value:
        return {name: printed(inner) for name, inner in sorted(value.items())}
    if key in ("allOf", "oneOf", "anyOf") and value:
        return [printed(inner) for inner in value]
    if key == "not" and value:
        return printed(value)
    if key == "items" and isinstance(value, dict):
        return {"Schema": printed(value), "JSONSchemas": None}
    if key in ("additionalProperties", "additionalItems") and value is not None:
        return {"Allows": bool(value), "Schema": printed(value) if isinstance(value, dict) else None}
    return value


def _subresources(version: Obj) -> Obj | None:
    given = version.get("subresources")
    if given is None:
        return None
    scale = given.get("scale")
    paths = ("specReplicasPath", "statusReplicasPath")
    shown = {name_of(path): scale.get(path, "") for path in paths} if scale is not None else None
    if shown is not None:
        shown["LabelSelectorPath"] = scale.get("labelSelectorPath")
    return {"Status": {} if given.get("status") is not None else None, "Scale": shown}


def _columns(version: Obj) -> list[Obj] | None:
    given = version.get("additionalPrinterColumns")
    texts = ("name", "type", "format", "description")
    return given and [
        {name_of(key): column.get(key, "") for key in texts}
        | {"Priority": column.get("priority", 0), "JSONPath": column.get("jsonPath", "")}
        for column in given
    ]


def _selectable(version: Obj) -> list[Obj] | None:
    given = version.get("selectableFields")
    return given and [{"JSONPath": field.get("jsonPath", "")} for field in given]


PARTS: Mapping[str, Callable[[Obj], Any]] = MappingProxyType(
    {"subresources": _subresources, "additionalPrinterColumns": _columns, "selectableFields": _selectable}
)
"""What else a version has, in Go's order. Upstream: apiextensions-apiserver/pkg/apis/apiextensions/types.go"""
