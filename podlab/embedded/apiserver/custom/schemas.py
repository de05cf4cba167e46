"""Whether a schema is allowed, structural, and whether its defaults are good.

Upstream: apiextensions-apiserver/pkg/apis/apiextensions/validation/validation.go (specStandardValidatorV3),
pkg/apiserver/schema/convert.go
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from podlab.embedded.apiserver.custom import rules, shaping, structural, values
from podlab.embedded.apiserver.custom.structure import PRESERVE
from podlab.embedded.apiserver.resource import Cause
from podlab.embedded.apiserver.validation import causes

Obj = dict[str, Any]
TYPES = ("array", "boolean", "integer", "number", "object", "string")
KEYS, LIST, MAP = "x-kubernetes-list-map-keys", "x-kubernetes-list-type", "x-kubernetes-map-type"
LIST_TYPES, MAP_TYPES = ("atomic", "set", "map"), ("atomic", "granular")
UNSUPPORTED = ("id", "additionalItems", "patternProperties", "definitions", "dependencies", "$ref")
"""What no schema may have; where one does, nobody asks whether it is structural."""
NO_NULL = "type cannot be set to null, use nullable as an alternative"
NO_DEFAULT = "this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property"
MIXED = "additionalProperties and properties are mutual exclusive"


def check_schema(schema: Obj, path: str) -> list[Cause]:
    """What is wrong with the schema of one version."""
    found = []
    if schema.get("nullable"):
        found.append(causes.forbidden(f"{path}.nullable", "nullable cannot be true at the root"))
    whole = not any(_everywhere(_unsupported, schema, path))
    shaped = (structural.check(schema, path) or _everywhere(_default, schema, path)) if whole else []
    said = _everywhere(_allowed, schema, path)
    found += shaped + said
    return found + rules.compiled(schema, path, [cause.field for cause in said]) if whole and not shaped else found


def _everywhere(check: Callable[[Obj, str], list[Cause]], schema: Obj, path: str) -> list[Cause]:
    """What a check finds in a schema and in those inside it."""
    found = check(schema, path)
    for part, inner in structural.inside(schema):
        found += _everywhere(check, inner, f"{path}.{part}")
    return found


def _unsupported(schema: Obj, path: str) -> list[Cause]:
    found = [causes.forbidden(f"{path}.{key}", f"{key} is not supported") for key in UNSUPPORTED if schema.get(key)]
    if isinstance(schema.get("items"), list):
        found.append(causes.forbidden(f"{path}.items", "items must be a schema object and not an array"))
    return found


def _allowed(schema: Obj, path: str) -> list[Cause]:
    """What is wrong whether or not the schema is structural."""
    kind = schema.get("type") or ""
    found = [causes.unsupported(f"{path}.type", kind, TYPES)] if kind and kind not in TYPES else []
    found += _unsupported(schema, path)
    if kind == "null":
        found.append(causes.forbidden(f"{path}.type", NO_NULL))
    if schema.get("uniqueItems"):
        text = "uniqueItems cannot be set to true since the runtime complexity becomes quadratic"
        found.append(causes.forbidden(f"{path}.uniqueItems", text))
    if schema.get("properties") and schema.get("additionalProperties") not in (None, True):
        found.append(causes.forbidden(f"{path}.additionalProperties", MIXED))
    if schema.get(PRESERVE) is False:
        found.append(causes.invalid(f"{path}.{PRESERVE}", False, "must be true or undefined"))
    found += _typed(schema, path, MAP, "object", MAP_TYPES) + _typed(schema, path, LIST, "array", LIST_TYPES)
    found += _set_of_whole(schema, path) + _keyed(schema, path)
    return found + rules.stated(schema, path)


def _typed(schema: Obj, path: str, key: str, kind: str, allowed: tuple[str, ...]) -> list[Cause]:
    """What is said of how a list or a map merges."""
    given, text = schema.get(key), f"must be {kind} if {key} is specified"
    if given is None:
        return []
    found = []
    if not schema.get("type"):
        found.append(causes.required(f"{path}.type", text))
    elif schema["type"] != kind:
        found.append(causes.invalid(f"{path}.type", schema["type"], text))
    return found + ([] if given in allowed else [causes.unsupported(f"{path}.{key}", given, allowed)])


def _set_of_whole(schema: Obj, path: str) -> list[Cause]:
    """What is an item of a set has no parts that merge."""
    items = schema.get("items")
    if schema.get(LIST) != "set" or not isinstance(items, dict):
        return []
    key = {"object": MAP, "array": LIST}.get(items.get("type") or "")
    if key is None or items.get(key) == "atomic" or (key == LIST and items.get(key) is None):
        return []
    text = f"must be atomic as item of a list with {LIST}=set"
    return [causes.invalid(f"{path}.items.{key}", items.get(key), text)]


def _keyed(schema: Obj, path: str) -> list[Cause]:
    """Keys belong to lists of objects that have them."""
    keys, kind, items = schema.get(KEYS) or [], schema.get(LIST), schema.get("items")
    if kind != "map":
        text = f"must be map if {KEYS} is non-empty"
        wrong = (
            causes.required(f"{path}.{LIST}", text) if kind is None else causes.invalid(f"{path}.{LIST}", kind, text)
        )
        return [wrong] if keys else []
    found = [] if keys else [causes.required(f"{path}.{KEYS}", f"must not be empty if {LIST} is map")]
    if not isinstance(items, dict):
        return found if items else [*found, causes.required(f"{path}.items", f"must have a schema if {LIST} is map")]
    if items.get("type") != "object":
        text = f"must be object if parent array's {LIST} is map"
        return [*found, causes.invalid(f"{path}.items.type", items.get("type") or "", text)]
    known = items.get("properties") or {}
    for index, key in enumerate(keys):
        if key not in known:
            text = "entries must all be names of item properties"
            found.append(causes.invalid(f"{path}.{KEYS}[{index}]", key, text))
        elif known[key].get("default") is None and key not in (items.get("required") or ()):
            found.append(causes.required(f"{path}.items.properties[{key}].default", NO_DEFAULT))
    return found


def _default(schema: Obj, path: str) -> list[Cause]:
    """A default is what the schema describes, and knows no more."""
    given = schema.get("default")
    if given is None:
        return []
    plain = {key: value for key, value in schema.items() if key != "default"}
    found = []
    if shaping.prune(given, plain)[1]:
        found.append(causes.invalid(f"{path}.default", given, "must not have unknown fields"))
    wrong = values.check(given, plain)
    return found + [Cause(f"{path}.default{_tail(cause.field)}", cause.reason, cause.message) for cause in wrong]


def _tail(field: str) -> str:
    return f".{field}" if field and field != values.NOWHERE else ""
