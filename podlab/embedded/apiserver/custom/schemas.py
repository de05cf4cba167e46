"""Whether a schema is structural, and whether its defaults and patterns are good.

Upstream: apiextensions-apiserver/pkg/apiserver/schema/{validation,convert}.go
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from podlab.embedded.apiserver.custom import values
from podlab.embedded.apiserver.custom.structure import INT_OR_STRING, PRESERVE
from podlab.embedded.apiserver.resource import Cause
from podlab.embedded.apiserver.validation import causes

Obj = dict[str, Any]
Check = Callable[[Obj, str, str], list[Cause]]
TYPES = ("array", "boolean", "integer", "number", "object", "string")
KEYS = "x-kubernetes-list-map-keys"
LIST_TYPES, MAP_TYPES = ("atomic", "set", "map"), ("atomic", "granular")
RULES = "x-kubernetes-validations"
NO_CEL = "the embedded cluster does not evaluate rules in CEL; remove them, or use a cluster that does"


def check_schema(schema: Obj, path: str) -> list[Cause]:
    """What is wrong with the schema of one version."""
    if not schema.get("type"):
        return [causes.required(f"{path}.type", "must not be empty at the root")]
    if schema["type"] != "object":
        return [causes.invalid(f"{path}.type", schema["type"], "must be object at the root")]
    meta = (schema.get("properties") or {}).get("metadata") or {}
    if set(meta.get("properties") or {}) - {"name", "generateName"}:
        text = "must not specify anything other than name and generateName, but metadata is implicitly specified"
        return [causes.forbidden(f"{path}.properties[metadata]", text)]
    found = _everywhere(_told, schema, path) + _everywhere(_type, schema, path)
    return found or _everywhere(_default, schema, path)


def _everywhere(check: Check, schema: Obj, path: str, where: str = "at the root") -> list[Cause]:
    """What a check finds in a schema and in those inside it."""
    found = check(schema, path, where)
    for name, inner in sorted((schema.get("properties") or {}).items()):
        found += _everywhere(check, inner, f"{path}.properties[{name}]", "for specified object fields")
    if isinstance(schema.get("items"), dict):
        found += _everywhere(check, schema["items"], f"{path}.items", "for specified array items")
    if isinstance(schema.get("additionalProperties"), dict):
        inner = schema["additionalProperties"]
        found += _everywhere(check, inner, f"{path}.additionalProperties", "for specified object fields")
    return found


def _told(schema: Obj, path: str, _: str) -> list[Cause]:
    """What is wrong whether or not the schema is structural."""
    found = []
    if schema.get("type") == "array" and not schema.get("items"):
        found.append(causes.required(f"{path}.items", "must be specified"))
    if schema.get("properties") and schema.get("additionalProperties"):
        text = "properties and additionalProperties are mutual exclusive"
        found.append(causes.forbidden(f"{path}.additionalProperties", text))
    return found + _lists(schema, path) + _texts(schema, path)


def _type(schema: Obj, path: str, where: str) -> list[Cause]:
    kind = schema.get("type") or ""
    if kind and kind not in TYPES:
        return [causes.unsupported(f"{path}.type", kind, TYPES)]
    if not kind and not schema.get(INT_OR_STRING) and not schema.get(PRESERVE):
        return [causes.required(f"{path}.type", f"must not be empty {where}")]
    return []


def _lists(schema: Obj, path: str) -> list[Cause]:
    found = []
    kind, keys = schema.get("x-kubernetes-list-type"), schema.get(KEYS) or []
    if kind is not None and kind not in LIST_TYPES:
        found.append(causes.unsupported(f"{path}.x-kubernetes-list-type", kind, LIST_TYPES))
    if kind == "map" and not keys:
        found.append(causes.required(f"{path}.{KEYS}", "must not be empty if x-kubernetes-list-type is map"))
    known = (schema.get("items") or {}).get("properties") or {} if isinstance(schema.get("items"), dict) else {}
    if kind == "map":
        for index, key in enumerate(keys):
            if key not in known:
                text = "entries must all be names of item properties"
                found.append(causes.invalid(f"{path}.{KEYS}[{index}]", key, text))
    if schema.get("x-kubernetes-map-type") not in (None, *MAP_TYPES):
        given = schema["x-kubernetes-map-type"]
        found.append(causes.unsupported(f"{path}.x-kubernetes-map-type", given, MAP_TYPES))
    if schema.get("uniqueItems"):
        text = "uniqueItems cannot be set to true since the runtime complexity becomes quadratic"
        found.append(causes.forbidden(f"{path}.uniqueItems", text))
    return found


def _texts(schema: Obj, path: str) -> list[Cause]:
    found = []
    if "pattern" in schema:
        try:
            values.pattern(schema["pattern"])
        except ValueError as error:
            text = f"must be a valid regular expression, but isn't: error parsing regexp: {error}"
            found.append(causes.invalid(f"{path}.pattern", schema["pattern"], text))
    if schema.get(RULES):
        found.append(causes.forbidden(f"{path}.{RULES}", NO_CEL))
    return found


def _default(schema: Obj, path: str, _: str) -> list[Cause]:
    if schema.get("default") is None:
        return []
    wrong = values.check(schema["default"], {key: value for key, value in schema.items() if key != "default"})
    return [Cause(f"{path}.default{_tail(cause.field)}", cause.reason, cause.message) for cause in wrong]


def _tail(field: str) -> str:
    return f".{field}" if field and field != values.NOWHERE else ""
