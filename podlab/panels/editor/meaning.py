"""What a field of a manifest means: its type and description in the words of the server's own schema."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from podlab.kubectl.resources.restmapper import Mapping
from podlab.kubectl.verbs.explain import GVK, Explainer

Schema = dict[str, Any]
DEEPEST = 8  # references that are followed to get from a field to what has fields


@dataclass(frozen=True, slots=True)
class Meaning:
    """A field, or the whole object where `path` is empty; `known` says whether all of the path was found."""

    path: tuple[str, ...]
    type: str
    required: bool
    description: str
    values: tuple[str, ...]
    fields: tuple[str, ...]
    needed: tuple[str, ...]
    known: bool


def meaning(document: Schema, mapping: Mapping, path: Sequence[str]) -> Meaning | None:
    """The field that the path leads to, or the last one on the way; None if the document has no such kind."""
    kind = {"group": mapping.group, "kind": mapping.kind, "version": mapping.version}
    schemas = document["components"]["schemas"]
    schema = next((schemas[name] for name in sorted(schemas) if kind in schemas[name].get(GVK, ())), None)
    if schema is None:
        return None
    reader, taken, required = Explainer(document), 0, False
    for name in path:
        owner = _with_fields(reader, schema)
        if name not in owner.get("properties", {}):
            break
        required = name in owner.get("required", ())
        schema, taken = owner["properties"][name], taken + 1
    inner = _with_fields(reader, schema)
    free = not inner.get("properties")
    return Meaning(
        tuple(path[:taken]),
        reader.type_name(schema) if taken else mapping.kind,
        required,
        " ".join(reader.description(schema).split()),
        tuple(str(value) or '""' for value in schema.get("enum") or ()),
        tuple(sorted(inner.get("properties", {}))),
        tuple(sorted(inner.get("required", ()))),
        taken == len(path) or free,
    )


def _with_fields(reader: Explainer, schema: Schema) -> Schema:
    """The schema that has the fields of a value: of a list its items', behind references."""
    for _ in range(DEEPEST):
        resolved = reader.resolve(schema)
        if resolved.get("properties"):
            return resolved
        inner = [*resolved.get("allOf", ()), resolved.get("items"), resolved.get("additionalProperties")]
        schema = next((each for each in inner if isinstance(each, dict) and each), {})
        if not schema:
            break
    return {}
