"""Protobuf request bodies, decoded by the structure table. Upstream: apimachinery/pkg/runtime/serializer/protobuf

`kubectl create deployment`, `auth can-i` and others send protobuf since 1.32 and know no other way. Who takes nothing
else is answered in it too: `answering/protobuf.py`.
"""

from __future__ import annotations

import base64
import struct
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from podlab.embedded.apiserver.decoding.jsontext import parse
from podlab.embedded.apiserver.fields import SCHEMA, Field, Type, type_named

MAGIC = b"k8s\0"
BROKEN = "unexpected EOF"
MOST_DEPTH = 60
ZERO_TIME = -62135596800


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        if at >= len(data) or shift > 63:
            raise ValueError(BROKEN)
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at


def parts(data: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Yield field numbers and raw values, integers for varints and fixed sizes, else bytes. Raises ValueError."""
    at = 0
    while at < len(data):
        tag, at = _varint(data, at)
        number, wire = tag >> 3, tag & 7
        if wire == 0:
            value, at = _varint(data, at)
            yield number, value
        elif wire == 2:
            size, at = _varint(data, at)
            if at + size > len(data):
                raise ValueError(BROKEN)
            yield number, data[at : at + size]
            at += size
        elif wire in (1, 5):
            size = 8 if wire == 1 else 4
            if at + size > len(data):
                raise ValueError(BROKEN)
            yield number, int.from_bytes(data[at : at + size], "little")
            at += size
        else:
            raise ValueError(f"proto: illegal wireType {wire}")


def _text(value: int | bytes) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else ""


def _bytes(value: int | bytes) -> bytes:
    if not isinstance(value, bytes):
        raise ValueError("proto: wrong wireType")
    return value


def _signed(value: int | bytes) -> int:
    number = value if isinstance(value, int) else 0
    return number - (1 << 64) if number >= 1 << 63 else number


def envelope(body: bytes) -> tuple[str, str, bytes]:
    """Return apiVersion, kind and the message of `runtime.Unknown`. Raises ValueError."""
    if not body.startswith(MAGIC):
        raise ValueError("provided data does not appear to be a protobuf message, expected prefix 6b 38 73 00")
    api_version = kind = ""
    raw = b""
    for number, value in parts(body[4:]):
        if number == 1:
            found = {n: _text(v) for n, v in parts(_bytes(value))}
            api_version, kind = found.get(1, ""), found.get(2, "")
        elif number == 2:
            raw = _bytes(value)
    return api_version, kind, raw


@cache
def _numbers(type_: Type) -> dict[tuple[int, ...], Field]:
    return {f.number: f for f in type_.fields.values() if f.number}


@cache
def _inlined(type_: Type) -> frozenset[tuple[int, ...]]:
    return frozenset(number[:size] for number in _numbers(type_) for size in range(1, len(number)))


def message(data: bytes, type_: Type, depth: int = 0) -> dict[str, Any]:
    """Decode the message of a struct to a dict of JSON values. Raises ValueError."""
    result: dict[str, Any] = {}
    _read(data, type_, (), result, depth)
    return result


def _read(data: bytes, type_: Type, prefix: tuple[int, ...], result: dict[str, Any], depth: int) -> None:
    if depth > MOST_DEPTH:
        raise ValueError("proto: exceeded max depth")
    known = _numbers(type_)
    for number, value in parts(data):
        path = (*prefix, number)
        f = known.get(path)
        if f is not None:
            _store(value, f, result, depth + 1)
        elif path in _inlined(type_):
            _read(_bytes(value), type_, path, result, depth + 1)


def _store(value: int | bytes, f: Field, result: dict[str, Any], depth: int) -> None:
    form = f.type.form
    if form == "list":
        result.setdefault(f.name, []).append(_value(value, f.type.item, depth))
    elif form == "map":
        entry = dict(parts(_bytes(value)))
        item = f.type.item
        result.setdefault(f.name, {})[_text(entry.get(1, b""))] = _value(entry.get(2, _nothing(item)), item, depth)
    else:
        result[f.name] = _value(value, f.type, depth)


def _nothing(type_: Type) -> int | bytes:
    return 0 if type_.form in ("bool", "int32", "int64", "uint8", "float64") else b""


def _value(value: int | bytes, type_: Type, depth: int) -> Any:
    form = type_.form
    if form == "struct":
        return message(_bytes(value), type_, depth)
    if form == "list":  # a named list such as ExtraValue is a message with one repeated field
        return [_value(item, type_.item, depth) for _, item in parts(_bytes(value))]
    if form == "string":
        return _text(value)
    if form == "bool":
        return bool(value)
    if form == "bytes":
        return base64.b64encode(_bytes(value)).decode()
    if form == "float64":
        number = struct.unpack("<d", int(value).to_bytes(8, "little"))[0] if isinstance(value, int) else 0.0
        return int(number) if abs(number) < 1e15 and number == int(number) else number
    if form in ("int32", "int64", "uint8"):
        return _signed(value)
    if form == "schema":
        return _schema(_bytes(value), type_, depth)
    return _opaque(_bytes(value), form)


def _schema(data: bytes, type_: Type, depth: int) -> Any:
    """A schema, or what may stand in its place: whether anything is allowed, or names of properties."""
    of_bool = type_.target.endswith("OrBool")
    found = dict(parts(data))
    schema = found.get(2 if of_bool else 1)
    if isinstance(schema, bytes):
        return message(schema, type_named(SCHEMA), depth)
    return bool(found.get(1)) if of_bool else [_text(value) for number, value in parts(data) if number == 2]


def _opaque(data: bytes, form: str) -> Any:
    found = dict(parts(data))
    if form == "quantity":
        return _text(found.get(1, b"")) or "0"
    if form == "intorstring":
        return _text(found.get(3, b"")) if found.get(1) == 1 else _signed(found.get(2, 0))
    if form == "raw":
        text = _text(found.get(1, b""))
        return parse(text) if text else None
    seconds, nanos = _signed(found.get(1, 0)), _signed(found.get(2, 0))
    if form == "duration" or seconds == ZERO_TIME or (not seconds and not nanos):
        return None  # the zero time is an empty message
    try:
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds, microseconds=nanos // 1000)
    except OverflowError:
        raise ValueError("proto: time out of range") from None
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ" if form == "microtime" else "%Y-%m-%dT%H:%M:%SZ")
