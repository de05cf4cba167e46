"""Objects as protobuf messages, written by the structure table, as `decoding/protobuf.py` reads them.

Upstream: apimachinery/pkg/runtime/serializer/protobuf, the generated Marshal methods of k8s.io/api
"""

from __future__ import annotations

import base64
import json
import struct
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from typing import Any

from podlab.embedded.apiserver.decoding.protobuf import MAGIC, ZERO_TIME
from podlab.embedded.apiserver.fields import SCHEMA, Field, Type, kind_of, type_named

INTEGERS = ("int32", "int64", "uint8", "bool")
Fields = tuple[tuple[int, "Field | Fields"], ...]
"""The fields of a struct by number; below one that inlines a struct, that struct's."""


def envelope(obj: Mapping[str, Any]) -> bytes:
    """An object in the `runtime.Unknown` that carries it. Raises KeyError for a kind without messages."""
    type_ = kind_of(dict(obj))
    if type_ is None:
        raise KeyError(f"{obj.get('apiVersion')}, {obj.get('kind')}")
    head = sized(1, str(obj["apiVersion"]).encode()) + sized(2, str(obj["kind"]).encode())
    return MAGIC + sized(1, head) + sized(2, message(obj, type_)) + sized(3, b"") + sized(4, b"")


def framed(type_: str, obj: Mapping[str, Any]) -> bytes:
    """One event of a watch, behind its length. Upstream: apimachinery/pkg/util/framer/framer.go"""
    event = MAGIC + sized(1, sized(1, b"v1") + sized(2, b"WatchEvent"))
    event += sized(2, sized(1, type_.encode()) + sized(2, sized(1, envelope(obj)))) + sized(3, b"") + sized(4, b"")
    return len(event).to_bytes(4, "big") + event


def message(obj: Mapping[str, Any], type_: Type) -> bytes:
    """The message of a struct; Go writes what is no pointer even when it is empty."""
    return _fields(obj, _plan(type_))


def _fields(obj: Mapping[str, Any], plan: Fields) -> bytes:
    done = []
    for number, each in plan:
        if isinstance(each, tuple):
            done.append(sized(number, _fields(obj, each)))
        else:
            done += _field(number, each, obj.get(each.name))
    return b"".join(done)


@cache
def _plan(type_: Type) -> Fields:
    return _nested([(f.number, f) for f in type_.fields.values() if f.number])


def _nested(numbered: Iterable[tuple[tuple[int, ...], Field]]) -> Fields:
    plain: dict[int, Field] = {}
    inlined: dict[int, list[tuple[tuple[int, ...], Field]]] = {}
    for (first, *rest), f in numbered:
        if rest:
            inlined.setdefault(first, []).append((tuple(rest), f))
        else:
            plain[first] = f
    return tuple(
        sorted([*plain.items(), *((n, _nested(each)) for n, each in inlined.items())], key=lambda item: item[0])
    )


def _field(number: int, f: Field, value: Any) -> list[bytes]:
    form = f.type.form
    if form == "list":
        return [_tagged(number, each, f.type.item) for each in value or ()]
    if form == "map":
        entries = sorted((value or {}).items())
        return [sized(number, sized(1, key.encode()) + _tagged(2, each, f.type.item)) for key, each in entries]
    if value is None and (f.pointer or form in ("bytes", "raw", "schema")):
        return []
    return [_tagged(number, value, f.type)]


def _tagged(number: int, value: Any, type_: Type) -> bytes:
    form = type_.form
    if form in INTEGERS:
        return varint(number << 3) + varint(int(value or 0))
    if form == "float64":
        return varint(number << 3 | 1) + struct.pack("<d", value or 0)
    return sized(number, _bytes(value, type_))


def _bytes(value: Any, type_: Type) -> bytes:
    form = type_.form
    if form == "struct":
        return message(value or {}, type_)
    if form == "list":
        return b"".join(_tagged(1, each, type_.item) for each in value or ())
    if form == "string":
        return str(value or "").encode("utf-8", "replace")
    if form == "bytes":
        return base64.b64decode(value or "")
    if form == "quantity":
        return sized(1, str(value or "0").encode())
    if form == "raw":
        return sized(1, json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "replace"))
    return _opaque(value, type_, form)


def _opaque(value: Any, type_: Type, form: str) -> bytes:
    if form == "intorstring":
        text = isinstance(value, str)
        number = 0 if text else int(value or 0)
        return varint(8) + varint(int(text)) + varint(16) + varint(number) + sized(3, (value if text else "").encode())
    if form == "schema":
        return _schema(value, of_bool=type_.target.endswith("OrBool"))
    return _moment(value)


def _schema(value: Any, *, of_bool: bool) -> bytes:
    """A schema, or what stands in its place: whether anything is allowed, or a list."""
    whole = message(value, type_named(SCHEMA)) if isinstance(value, dict) else b""
    if of_bool:
        allowed = varint(8) + varint(int(bool(value)))
        return allowed + (sized(2, whole) if isinstance(value, dict) else b"")
    if isinstance(value, dict):
        return sized(1, whole)
    return b"".join(sized(2, each.encode()) for each in value if isinstance(each, str))


def _moment(value: Any) -> bytes:
    """A time; what was never set is an empty message."""
    if not value or not isinstance(value, str):
        return b""
    moment = datetime.fromisoformat(value.replace("Z", "+00:00"))
    seconds = int(moment.replace(microsecond=0).timestamp())
    if seconds == ZERO_TIME:
        return b""
    return varint(8) + varint(seconds) + varint(16) + varint(moment.microsecond * 1000)


def sized(number: int, data: bytes) -> bytes:
    """A field whose value is a text or a message."""
    return varint(number << 3 | 2) + varint(len(data)) + data


def varint(value: int) -> bytes:
    """A number, seven bits a byte."""
    value &= (1 << 64) - 1
    done = bytearray()
    while value >= 0x80:
        done.append(value & 0x7F | 0x80)
        value >>= 7
    done.append(value)
    return bytes(done)
