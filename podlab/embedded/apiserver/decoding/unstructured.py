"""What is wrong with an object that a strategic patch has made, in the words of the converter that reads it.

Upstream: staging/src/k8s.io/apimachinery/pkg/runtime/converter.go
"""

from __future__ import annotations

from typing import Any

from podlab.apimachinery.gobase64 import CorruptBase64, decoded
from podlab.embedded.apiserver.fields import Type

SCALARS: dict[str, Any] = {
    "string": str,
    "bool": bool,
    "int32": int,
    "int64": int,
    "uint8": int,
    "float64": (int, float),
}


def complaint(value: Any, type_: Type | None) -> str:
    """The first value of a wrong type, in the order of Go's fields; empty if there is none."""
    if type_ is None or value is None:
        return ""
    form = type_.form
    if form == "struct":
        return _struct(value, type_)
    if form in ("list", "map"):
        return _container(value, type_)
    if form == "bytes":
        return _bytes(value)
    return _scalar(value, type_) if form in SCALARS else ""


def _kind(value: Any) -> str:
    """The Go kind of a JSON value."""
    kinds = ((bool, "bool"), (int, "int64"), (float, "float64"), (str, "string"), (dict, "map"))
    return next((name for type_, name in kinds if isinstance(value, type_)), "slice")


def _struct(value: Any, type_: Type) -> str:
    if not isinstance(value, dict):
        return f"cannot restore struct from: {_kind(value)}"
    found = (complaint(value.get(name), field.type) for name, field in type_.fields.items())
    return next((text for text in found if text), "")


def _container(value: Any, type_: Type) -> str:
    word, wanted = ("slice", list) if type_.form == "list" else ("map", dict)
    if not isinstance(value, wanted):
        return f"cannot restore {word} from {_kind(value)}"
    items = value.values() if isinstance(value, dict) else value
    return next((text for item in items if (text := complaint(item, type_.item))), "")


def _bytes(value: Any) -> str:
    if not isinstance(value, str):
        return "" if isinstance(value, list) else f"cannot restore slice from {_kind(value)}"
    try:
        decoded(value)
    except CorruptBase64 as error:
        return f"error decoding from json: {error}"
    return ""


def _scalar(value: Any, type_: Type) -> str:
    form, kind = type_.form, _kind(value)
    if kind == "float64" and form in ("int32", "int64", "uint8"):
        return "" if value == int(value) else f"cannot convert float64 to {type_.text}"
    if isinstance(value, SCALARS[form]) and (kind == "bool") == (form == "bool"):
        return ""
    if kind == "int64" and form == "string":  # Go converts a number to a letter; the converter does not let it
        return f"cannot convert int64 to {type_.text}"
    return f"unrecognized type: {form}"
