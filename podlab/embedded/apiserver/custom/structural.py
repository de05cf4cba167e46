"""Whether a schema is structural: every field has a type, and what is nested only narrows.

Upstream: apiextensions-apiserver/pkg/apiserver/schema/validation.go (ValidateStructural), complete.go
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from podlab.embedded.apiserver.custom import values
from podlab.embedded.apiserver.custom.structure import EMBEDDED, INT_OR_STRING, PRESERVE
from podlab.embedded.apiserver.resource import Cause
from podlab.embedded.apiserver.validation import causes

Obj = dict[str, Any]
NESTED = ("anyOf", "allOf", "oneOf")
EITHER = [{"type": "integer"}, {"type": "string"}]
ROOT, ITEMS, FIELDS = "at the root", "for specified array items", "for specified object fields"
FORBIDDEN = {
    "type": "empty", "additionalProperties": "undefined", "default": "undefined", "title": "empty",
    "description": "empty", "nullable": "false", "externalDocs": "undefined", PRESERVE: "false", EMBEDDED: "false",
    INT_OR_STRING: "false", "x-kubernetes-list-map-keys": "empty", "x-kubernetes-list-type": "undefined",
    "x-kubernetes-map-type": "undefined", "x-kubernetes-validations": "empty",
}  # fmt: skip
"""What a nested schema may not have, and what it has to be."""
NO_METADATA = "must not specify anything other than name and generateName, but metadata is implicitly specified"


def inside(schema: Obj) -> Iterator[tuple[str, Obj]]:
    """The schemas of a schema's members, and where they stand in it."""
    for name, inner in sorted((schema.get("properties") or {}).items()):
        yield f"properties[{name}]", inner
    for key in ("items", "additionalProperties"):
        if isinstance(schema.get(key), dict):
            yield key, schema[key]


def check(schema: Obj, path: str) -> list[Cause]:
    """What is not structural about the schema of one version, in upstream's order, which is that of the words."""
    found = _invariants(schema, path, ROOT) + _completeness(schema, path)
    return sorted(found, key=lambda cause: f"{cause.field}: {cause.message}")


def _invariants(schema: Obj, path: str, where: str) -> list[Cause]:
    kind, found = schema.get("type") or "", []
    if kind == "array" and schema.get("items") is None:
        found.append(causes.required(f"{path}.items", "must be specified"))
    for part, inner in inside(schema):
        if (where, part) != (ROOT, "properties[metadata]"):
            found += _invariants(inner, f"{path}.{part}", ITEMS if part == "items" else FIELDS)
    if where == ROOT:
        found += _root(schema, path)
    if schema.get(INT_OR_STRING):
        for key in (PRESERVE, EMBEDDED):
            if schema.get(key):
                found.append(causes.invalid(f"{path}.{key}", True, f"must be false if {INT_OR_STRING} is true"))
    found += _nested(schema, path)
    if schema.get(EMBEDDED):
        found += _embedded(schema, path)
    elif not kind and not schema.get(INT_OR_STRING) and not schema.get(PRESERVE):
        found.append(causes.required(f"{path}.type", f"must not be empty {where}"))
    return found


def _root(schema: Obj, path: str) -> list[Cause]:
    found = _about_objects(schema, path)
    if schema.get("additionalProperties") is not None:
        found.append(causes.forbidden(f"{path}.additionalProperties", "must not be used at the root"))
    if schema.get("type") not in (None, "", "object"):
        found.append(causes.invalid(f"{path}.type", schema["type"], "must be object at the root"))
    meta = (schema.get("properties") or {}).get("metadata") or {}
    more = set(meta.get("properties") or {}) - {"name", "generateName"}
    if more or set(meta) - {"type", "properties", "description", "default"}:
        found.append(causes.forbidden(f"{path}.properties[metadata]", NO_METADATA))
    return found


def _about_objects(schema: Obj, path: str) -> list[Cause]:
    """The three fields that every object has are what they are."""
    found = []
    for key, kind in (("kind", "string"), ("apiVersion", "string"), ("metadata", "object")):
        given = (schema.get("properties") or {}).get(key)
        if given is not None and given.get("type") != kind:
            found.append(causes.invalid(f"{path}.properties[{key}].type", given.get("type") or "", f"must be {kind}"))
    return found


def _embedded(schema: Obj, path: str) -> list[Cause]:
    kind, found = schema.get("type"), _about_objects(schema, path)
    text = f"must be object if {EMBEDDED} is true"
    if not kind:
        found.append(causes.required(f"{path}.type", text))
    elif kind != "object":
        found.append(causes.invalid(f"{path}.type", kind, text))
    if schema.get("additionalProperties") is not None:
        text = f"must not be used if {EMBEDDED} is set"
        found.append(causes.forbidden(f"{path}.additionalProperties", text))
    if not schema.get(PRESERVE) and not schema.get("properties"):
        text = f"must not be empty if {EMBEDDED} is true without {PRESERVE}"
        found.append(causes.required(f"{path}.properties", text))
    return found


def _nested(schema: Obj, path: str) -> list[Cause]:
    """What stands below `anyOf` and its like, and the pattern; an integer or a text may be told by types."""
    found = []
    for part, inner in _junctors(schema):
        if part.startswith("anyOf") and schema["anyOf"] == EITHER:
            continue
        if part == "allOf[0]" and inner.get("anyOf") == EITHER:
            inner = {key: value for key, value in inner.items() if key != "anyOf"}
        found += _narrowing(inner, f"{path}.{part}")
    if schema.get("pattern"):
        try:
            values.pattern(schema["pattern"])
        except ValueError as error:
            text = f"must be a valid regular expression, but isn't: error parsing regexp: {error}"
            found.append(causes.invalid(f"{path}.pattern", schema["pattern"], text))
    return found


def _junctors(schema: Obj) -> Iterator[tuple[str, Obj]]:
    for key in NESTED:
        for index, inner in enumerate(schema.get(key) or ()):
            yield f"{key}[{index}]", inner
    if isinstance(schema.get("not"), dict):
        yield "not", schema["not"]


def _narrowing(schema: Obj, path: str) -> list[Cause]:
    """Values may be narrowed, nothing be declared."""
    found = _nested(schema, path)
    for part, inner in inside(schema):
        if part != "additionalProperties":
            found += _narrowing(inner, f"{path}.{part}")
    for key, word in FORBIDDEN.items():
        if schema.get(key) or (key == "additionalProperties" and schema.get(key) is not None):
            found.append(causes.forbidden(f"{path}.{key}", f"must be {word} to be structural"))
    if "metadata" in (schema.get("properties") or {}):
        found.append(causes.forbidden(f"{path}.properties[metadata]", "must not be specified in a nested context"))
    return found


def _completeness(schema: Obj, path: str) -> list[Cause]:
    """What is nested has been declared outside. Upstream: pkg/apiserver/schema/complete.go"""
    found = [cause for part, inner in _junctors(schema) for cause in _declared(inner, f"{path}.{part}", schema, path)]
    for part, inner in inside(schema):
        found += _completeness(inner, f"{path}.{part}")
    return found


def _declared(nested: Obj, where: str, schema: Obj, path: str) -> list[Cause]:
    found = []
    for part, inner in _junctors(nested):
        found += _declared(inner, f"{where}.{part}", schema, path)
    outside = dict(inside(schema))
    for part, inner in inside(nested):
        if part == "additionalProperties":
            continue
        if part in outside:
            found += _declared(inner, f"{where}.{part}", outside[part], f"{path}.{part}")
        else:
            found.append(causes.required(f"{path}.{part}", f"because it is defined in {where}.{part}"))
    return found
