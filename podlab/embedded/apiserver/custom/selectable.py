"""Fields of custom objects that field selectors may name.

Upstream: apiextensions-apiserver/pkg/apis/apiextensions/validation ValidateCustomResourceSelectableFields
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from podlab.embedded.apiserver.custom.served import schema_of
from podlab.embedded.apiserver.status import Cause
from podlab.embedded.apiserver.validation import causes

Obj = dict[str, Any]
TYPES = ("string", "boolean", "integer")
WRONG_TYPE = (
    "must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed."
)


def check(version: Obj, path: str) -> list[Cause]:
    """Return what is wrong with the selectable fields of a version."""
    return list(_causes(version, path))


def _causes(version: Obj, path: str) -> Iterator[Cause]:
    schema, seen = schema_of(version) or {}, set()
    for index, field in enumerate(version.get("selectableFields") or ()):
        here, given = f"{path}.selectableFields[{index}].jsonPath", field.get("jsonPath") or ""
        found = _pointed(schema, given) if given else None
        if not given:
            yield causes.required(here)
        elif isinstance(found, str):
            yield causes.invalid(here, given, f"is an invalid path: {found}")
        elif found is None or found.get("type") not in TYPES:
            yield causes.invalid(here, given, WRONG_TYPE)
        elif given in seen:
            yield causes.duplicate(here, given)
        else:
            seen.add(given)


def _pointed(schema: Obj, path: str) -> Obj | str:
    """Return the schema of the field at a path, or why there is none."""
    if not path.startswith((".", "[")):
        return "expected [ or . but got: " + re.split(r"[.\[]", path)[0]
    if "[" in path:
        return "array notation is not allowed"
    steps: list[str] = path.split(".")[1:]
    if steps[0] in ("apiVersion", "kind", "metadata"):
        return "does not refer to a valid field"
    for step in steps:
        inner = (schema.get("properties") or {}).get(step, schema.get("additionalProperties"))
        if not isinstance(inner, dict):
            return "does not refer to a valid field"
        schema = inner
    return schema
