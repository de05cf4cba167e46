"""Whether a configuration has the structure of its kind, in the words of the library that merges it.

Upstream: sigs.k8s.io/structured-merge-diff typed/validate.go, typed/helpers.go
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from podlab.apimachinery.gotext import go_text, quote
from podlab.embedded.apiserver.fields import Field, Type
from podlab.embedded.apiserver.patching.fieldsets import child, item_key, key_fields, shape_of
from podlab.embedded.apiserver.patching.fieldsets import shown as path_text

NUMBERS = ("int32", "int64", "uint8", "float64")
GO_TYPES = ((bool, "bool"), (int, "int64"), (float, "float64"), (str, "string"), (list, "[]interface {}"))


def problems(value: Any, type_: Type) -> list[str]:
    """What is wrong, as lines of `path: text`; the path is left out at the root."""
    return [f"{path}: {text}" if path else text for path, text in _walk(value, type_, None, "")]


Found = Iterator[tuple[str, str]]


def _walk(value: Any, type_: Type, field: Field | None, path: str) -> Found:
    form = shape_of(type_, value)
    if value is None:
        return
    if form == "list":
        yield from _list(value, type_, field, path)
    elif form in ("struct", "map"):
        yield from _members(value, type_, path)
    elif text := _scalar(value, form):
        yield path, text


def _members(value: Any, type_: Type, path: str) -> Found:
    if not isinstance(value, dict):
        yield path, f"expected map, got &{{{go_text(value)}}}"
        return
    for key in sorted(value):
        inner, declared = child(type_, key)
        if inner is None:
            yield f"{path}.{key}", "field not declared in schema"
            return
        yield from _walk(value[key], inner, declared, f"{path}.{key}")


def _list(value: Any, type_: Type, field: Field | None, path: str) -> Found:
    if not isinstance(value, list):
        yield path, f"expected list, got &{{{go_text(value)}}}"
        return
    item_type = type_ if type_.form == "any" else type_.item
    if field is None or field.atomic:
        for index, item in enumerate(value):
            yield from _walk(item, item_type, None, f"{path}[{index}]")
        return
    seen: set[str] = set()
    for index, item in enumerate(value):
        if why := _keyless(item, field):
            yield path, f"element {index}: {why}"
            return
        key = item_key(item, field)
        if key in seen:
            yield path, f"duplicate entries for key {path_text((key,))}"
        seen.add(key)
        yield from _walk(item, item_type, None, path + path_text((key,)))


def _keyless(item: Any, field: Field) -> str:
    """Why an item has no key."""
    if field.list_type == "set":
        words = ((dict, "an element that's a map type"), (type(None), "an element that's an explicit null"))
        if isinstance(item, list):
            return "not supported: associative list with lists as elements"
        return next((f"associative list without keys has {text}" for kind, text in words if isinstance(item, kind)), "")
    if not isinstance(item, dict):
        what = "a null element" if item is None else "non-map elements"
        return f"associative list with keys may not have {what}"
    if key_fields(item, field):
        return ""
    keys = "[" + " ".join(quote(key) for key in field.list_map_keys) + "]"
    default = "(and doesn't have default values for any key fields)"
    return f"associative list with keys has an element that omits all key fields {keys} {default}"


def _scalar(value: Any, form: str) -> str:
    if form in ("raw", "map", "list", "schema"):
        return ""
    if form in NUMBERS:
        fits = isinstance(value, (int, float)) and not isinstance(value, bool)
        return "" if fits else f"expected numeric (int or float), got {_go_type(value)}"
    if form in ("string", "bytes", "duration"):
        return (
            "" if isinstance(value, str) else f"expected string, got &value.valueUnstructured{{Value:{_syntax(value)}}}"
        )
    if form == "bool":
        return "" if isinstance(value, bool) else f"expected boolean, got &{{{go_text(value)}}}"
    return "" if not isinstance(value, (dict, list)) else f"expected any scalar, got &{{{go_text(value)}}}"


def _go_type(value: Any) -> str:
    return next((name for kind, name in GO_TYPES if isinstance(value, kind)), "map[string]interface {}")


def _syntax(value: Any) -> str:
    """A value as Go's `%#v` writes it."""
    if isinstance(value, dict):
        inside = ", ".join(f"{quote(key)}:{_syntax(value[key])}" for key in sorted(value))
        return f"map[string]interface {{}}{{{inside}}}"
    if isinstance(value, list):
        return f"[]interface {{}}{{{', '.join(_syntax(item) for item in value)}}}"
    if isinstance(value, str):
        return quote(value)
    return "interface {}(nil)" if value is None else go_text(value)
