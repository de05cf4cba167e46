"""Whether a value is what a schema describes, in upstream's words.

Upstream: kube-openapi/pkg/validation/validate, apiextensions-apiserver/pkg/apiserver/validation
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

from podlab.apimachinery.gotext import quote
from podlab.embedded.apiserver.custom import formats
from podlab.embedded.apiserver.custom.structure import EMBEDDED, INT_OR_STRING
from podlab.embedded.apiserver.status import Cause
from podlab.embedded.apiserver.validation import causes
from podlab.embedded.runtime.expressions import engine

Obj = dict[str, Any]
Found = Iterator[Cause]
PROBLEMS = {"missing )": "missing closing )", "missing ]": "missing closing ]"}
"""What Go says about a pattern where RE2 says it shorter."""
NOWHERE = "<nil>"


def check(value: Any, schema: Obj, path: str = "") -> list[Cause]:
    """What is wrong with a value."""
    return list(_check(value, schema, path))


def kind_of(value: Any) -> str:
    """The name that JSON schemas have for a value's type."""
    kinds = ((bool, "boolean"), (int, "integer"), (float, "number"), (str, "string"), (dict, "object"), (list, "array"))
    return next((name for type_, name in kinds if isinstance(value, type_)), "null")


def _invalid(path: str, shown: str, text: str) -> Cause:
    return Cause(path, "FieldValueInvalid", f"Invalid value: {shown}: {path} in body {text}")


def _type_invalid(path: str, shown: str, text: str) -> Cause:
    return Cause(path, "FieldValueTypeInvalid", f"Invalid value: {shown}: {path} in body {text}")


def _check(value: Any, schema: Obj, path: str) -> Found:
    if value is None and schema.get("nullable"):
        return
    wanted = "integer,string" if schema.get(INT_OR_STRING) else schema.get("type", "")
    kind = kind_of(value)
    fits = not wanted or kind in wanted.split(",") or (wanted == "number" and kind == "integer")
    if kind == "number" and wanted == "integer" and value == int(value):
        fits = True
    if not fits:
        sized = schema.get("format") if kind == "number" and wanted == "integer" else None
        shown, named = ("float64", sized) if sized in ("int32", "int64") else (kind, wanted)
        yield _type_invalid(path, quote(shown), f"must be of type {named}: {quote(shown)}")
        if kind == "number" and wanted == "integer":
            how = f"with format {sized}" if sized in ("int32", "int64") else "(default format)"
            text = f"Checked value must be of type integer {how} in {path}"
            yield Cause(NOWHERE, "FieldValueInvalid", f'Invalid value: "": {text}')
    if "enum" in schema and value not in schema["enum"] and value is not None:
        supported = ", ".join(causes.shown(item) for item in schema["enum"])
        text = f"Unsupported value: {causes.shown(value)}: supported values: {supported}"
        yield Cause(path, "FieldValueNotSupported", text)
    if not fits:
        return
    if kind in CHECKS:
        yield from CHECKS[kind](value, schema, path)
    yield from _alternatives(value, schema, path)


def _string(value: str, schema: Obj, path: str) -> Found:
    """Length and pattern: the first that is wrong, as kube-openapi's string validator tells it."""
    if "maxLength" in schema and len(value) > schema["maxLength"]:
        yield causes.too_long(path, schema["maxLength"])
    elif "minLength" in schema and len(value) < schema["minLength"]:
        yield _invalid(path, quote(value), f"should be at least {schema['minLength']} chars long")
    elif "pattern" in schema and not _matches(schema["pattern"], value):
        yield _invalid(path, quote(value), f"should match '{schema['pattern']}'")
    if not formats.fits(value, schema.get("format") or ""):
        yield _type_invalid(path, quote(value), f"must be of type {schema['format']}: {quote(value)}")


@lru_cache(maxsize=512)
def pattern(text: str) -> Any:
    """A pattern of Go's syntax. Raises ValueError with the reason."""
    try:
        return engine.compiled(text)
    except engine.Error as error:
        problem, _, part = str(error).partition(": ")
        raise ValueError(f"{PROBLEMS.get(problem, problem)}: `{part}`") from None


def _matches(text: str, value: str) -> bool:
    return bool(pattern(text).search(value))


def _number(value: float, schema: Obj, path: str) -> Found:
    factor = schema.get("multipleOf")
    if factor is not None:
        factor = int(factor) if isinstance(value, int) else factor
        if factor <= 0:
            text = f"factor MultipleOf declared for {path} must be positive: {factor}"
            yield Cause(path, "FieldValueInvalid", f"Invalid value: {value}: {text}")
        elif abs(value / factor - round(value / factor)) > 1e-9:
            yield _invalid(path, causes.shown(value), f"should be a multiple of {factor}")
    if "maximum" in schema:
        limit, strict = schema["maximum"], schema.get("exclusiveMaximum")
        if value > limit or (strict and value == limit):
            yield _invalid(path, causes.shown(value), f"should be less than {'' if strict else 'or equal to '}{limit}")
    if "minimum" in schema:
        limit, strict = schema["minimum"], schema.get("exclusiveMinimum")
        if value < limit or (strict and value == limit):
            words = f"should be greater than {'' if strict else 'or equal to '}{limit}"
            yield _invalid(path, causes.shown(value), words)


def _too_many(path: str, count: int, most: int) -> Cause:
    return Cause(path, "FieldValueTooMany", f"Too many: {count}: must have at most {most} items")


def _array(value: list[Any], schema: Obj, path: str) -> Found:
    items = schema.get("items")
    if isinstance(items, dict):
        for index, item in enumerate(value):
            yield from _check(item, items, f"{path}[{index}]")
    if "minItems" in schema and len(value) < schema["minItems"]:
        yield _invalid(path, str(len(value)), f"should have at least {schema['minItems']} items")
    if "maxItems" in schema and len(value) > schema["maxItems"]:
        yield _too_many(path, len(value), schema["maxItems"])


def _object(value: Obj, schema: Obj, path: str) -> Found:
    known, extra = schema.get("properties") or {}, schema.get("additionalProperties")
    required = [key for key in schema.get("required") or () if value.get(key) is None and not _null(value, known, key)]
    for key in required:
        yield Cause(_below(path, key), "FieldValueRequired", "Required value")
    for key, member in value.items():
        inner = known.get(key, extra if isinstance(extra, dict) else None)
        if inner is not None and key not in required:
            yield from _check(member, inner, _below(path, key))
    if "maxProperties" in schema and len(value) > schema["maxProperties"]:
        yield _too_many(path, len(value), schema["maxProperties"])
    if "minProperties" in schema and len(value) < schema["minProperties"]:
        yield _invalid(path, str(len(value)), f"should have at least {schema['minProperties']} properties")


CHECKS: dict[str, Callable[[Any, Obj, str], Found]] = {
    "string": _string,
    "integer": _number,
    "number": _number,
    "array": _array,
    "object": _object,
}


def _null(value: Obj, known: Obj, key: str) -> bool:
    return key in value and bool((known.get(key) or {}).get("nullable"))


def _below(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _alternatives(value: Any, schema: Obj, path: str) -> Found:
    said = {"anyOf": "must validate at least one schema (anyOf)", "allOf": "must validate all the schemas (allOf)"}
    for key in ("allOf", "anyOf", "oneOf"):
        if not schema.get(key):
            continue
        results = [check(value, {k: v for k, v in one.items() if k != "type"}, path) for one in schema[key]]
        valid = sum(1 for result in results if not result)
        if (key == "allOf" and valid < len(results)) or (key == "anyOf" and not valid):
            yield _nowhere(path, said[key])
        elif key == "oneOf" and valid != 1:
            how = "Found none valid" if not valid else f"Found {valid} valid alternatives"
            yield _nowhere(path, f"must validate one and only one schema (oneOf). {how}")
        if not valid:
            yield from min(results, key=len)
    if schema.get("not") and not check(value, schema["not"], path):
        yield _nowhere(path, "must not validate the schema (not)")


def _nowhere(path: str, text: str) -> Cause:
    return Cause(NOWHERE, "FieldValueInvalid", f'Invalid value: "": "{path}" {text}')


def nameless(value: Any, schema: Obj, path: str = "") -> list[Cause]:
    """Objects within objects that do not say what they are.

    Upstream: apiextensions-apiserver/pkg/apiserver/schema/objectmeta
    """
    found: list[Cause] = []
    if isinstance(value, dict):
        if schema.get(EMBEDDED):
            found += [causes.required(_below(path, key)) for key in ("apiVersion", "kind") if not value.get(key)]
        known, extra = schema.get("properties") or {}, schema.get("additionalProperties")
        for key, member in value.items():
            inner = known.get(key, extra if isinstance(extra, dict) else None)
            found += nameless(member, inner, _below(path, key)) if inner is not None else []
    if isinstance(value, list) and isinstance(schema.get("items"), dict):
        for index, item in enumerate(value):
            found += nameless(item, schema["items"], f"{path}[{index}]")
    return found


def duplicates(value: Any, schema: Obj, path: str = "") -> list[Cause]:
    """Items that a set or a map list has twice. Upstream: apiextensions-apiserver/pkg/apiserver/schema/listtype"""
    found: list[Cause] = []
    if isinstance(value, dict):
        known, extra = schema.get("properties") or {}, schema.get("additionalProperties")
        for key, member in value.items():
            inner = known.get(key, extra if isinstance(extra, dict) else None)
            if inner is not None:
                found += duplicates(member, inner, _below(path, key))
    if isinstance(value, list):
        found += _repeated(value, schema, path)
        items = schema.get("items")
        for index, item in enumerate(value):
            found += duplicates(item, items, f"{path}[{index}]") if isinstance(items, dict) else []
    return found


def _repeated(value: list[Any], schema: Obj, path: str) -> list[Cause]:
    """What is twice in a set or map, once. Upstream: pkg/apiserver/schema/listtype/validation.go (validateListSet)"""
    kind, keys = schema.get("x-kubernetes-list-type"), sorted(schema.get("x-kubernetes-list-map-keys") or ())
    if kind not in ("set", "map"):
        return []
    if kind == "map":
        for index, item in enumerate(value):
            if item is not None and not isinstance(item, dict):
                text = f"Invalid value: {causes.shown(item)}: must be an object for an array of list-type map"
                return [Cause(f"{path}[{index}]", "FieldValueInvalid", text)]
        value = [{key: item[key] for key in keys if key in item} if item else {} for item in value]
    found, seen = [], Counter[str]()
    for index, item in enumerate(value):
        text = json.dumps(item, sort_keys=True)
        seen[text] += 1
        if seen[text] == 2:
            said = f"Duplicate value: {causes.shown(json.loads(text))}"
            found.append(Cause(f"{path}[{index}]", "FieldValueDuplicate", said))
    return found
