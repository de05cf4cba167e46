"""An OpenAPI v2 document as a protobuf message, which is the form that kubectl reads.

A value of no certain type is YAML in it; JSON is that, too. What is false, 0 or empty is left out.

Upstream: gnostic-models/openapiv2/OpenAPIv2.proto, OpenAPIv2.go; kube-openapi/pkg/handler/handler.go
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Mapping
from typing import Any

from podlab.embedded.apiserver.answering.protobuf import sized, varint
from podlab.embedded.apiserver.resource import Obj

CONTENT_TYPE = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf"

Field = Callable[[int, Any], bytes]
"""What writes a value as a field of a number."""
Fields = Mapping[str, tuple[int, Field]]
"""A message: by the name in JSON, its number and what writes it."""


def _text(number: int, value: Any) -> bytes:
    return sized(number, str(value).encode("utf-8", "replace")) if value else b""


def _count(number: int, value: Any) -> bytes:
    return varint(number << 3) + varint(int(value)) if value else b""


def _real(number: int, value: Any) -> bytes:
    return varint(number << 3 | 1) + struct.pack("<d", value) if value else b""


def _any(number: int, value: Any) -> bytes:
    return sized(number, _text(2, json.dumps(value, separators=(",", ":"), ensure_ascii=False)))


def _each(field: Field) -> Field:
    return lambda number, values: b"".join(field(number, value) for value in values)


def _named(field: Field) -> Field:
    """A repeated message of a name and its value."""
    return lambda number, values: b"".join(
        sized(number, _text(1, name) + field(2, value)) for name, value in values.items()
    )


def _within(field: Field, inner: int) -> Field:
    """A field that is alone in a message."""
    return lambda number, value: sized(number, field(inner, value))


def _of(fields: Fields, extensions: int = 0) -> Field:
    return lambda number, value: sized(number, _message(value, fields, extensions))


def _message(value: Obj, fields: Fields, extensions: int = 0) -> bytes:
    found = b"".join(write(number, value[name]) for name, (number, write) in fields.items() if name in value)
    named = {name: each for name, each in value.items() if name.startswith("x-") and name not in fields}
    return found + _named(_any)(extensions, named) if extensions else found


def _schema(number: int, value: Any) -> bytes:
    return sized(number, _message(value, SCHEMA, 31))


def _schema_or_bool(number: int, value: Any) -> bytes:
    return sized(number, varint(2 << 3) + varint(int(value)) if isinstance(value, bool) else _schema(1, value))


def _some(field: Field) -> Field:
    """One, or a list of them, in a message of their own."""
    return lambda number, value: sized(number, _each(field)(1, value if isinstance(value, list) else [value]))


def _parameter(number: int, value: Obj) -> bytes:
    if "$ref" in value:
        return sized(number, sized(2, _text(1, value["$ref"])))
    if value["in"] == "body":
        return sized(number, sized(1, sized(1, _message(value, BODY, 6))))
    fields, place, extensions = PLACES[value["in"]]
    return sized(number, sized(1, sized(2, sized(place, _message(value, fields, extensions)))))


SCHEMA: Fields = {
    "$ref": (1, _text),
    "format": (2, _text),
    "title": (3, _text),
    "description": (4, _text),
    "default": (5, _any),
    "multipleOf": (6, _real),
    "maximum": (7, _real),
    "exclusiveMaximum": (8, _count),
    "minimum": (9, _real),
    "exclusiveMinimum": (10, _count),
    "maxLength": (11, _count),
    "minLength": (12, _count),
    "pattern": (13, _text),
    "maxItems": (14, _count),
    "minItems": (15, _count),
    "uniqueItems": (16, _count),
    "maxProperties": (17, _count),
    "minProperties": (18, _count),
    "required": (19, _each(_text)),
    "enum": (20, _each(_any)),
    "additionalProperties": (21, _schema_or_bool),
    "type": (22, _some(_text)),
    "items": (23, _some(_schema)),
    "allOf": (24, _each(_schema)),
    "properties": (25, _within(_named(_schema), 1)),
    "discriminator": (26, _text),
    "readOnly": (27, _count),
    "externalDocs": (29, _of({"description": (1, _text), "url": (2, _text)}, 3)),
    "example": (30, _any),
}
PLACED: Fields = {
    "required": (1, _count),
    "in": (2, _text),
    "description": (3, _text),
    "name": (4, _text),
    "type": (5, _text),
    "format": (6, _text),
}
QUERIED: Fields = {**PLACED, "type": (6, _text), "format": (7, _text), "uniqueItems": (20, _count)}
IN_PATH: Fields = {**PLACED, "uniqueItems": (19, _count)}
PLACES = {"header": (IN_PATH, 1, 22), "query": (QUERIED, 3, 23), "path": (IN_PATH, 4, 22)}
BODY: Fields = {
    "description": (1, _text),
    "name": (2, _text),
    "in": (3, _text),
    "required": (4, _count),
    "schema": (5, _schema),
}
RESPONSE: Fields = {"description": (1, _text), "schema": (2, _within(_schema, 1))}
OPERATION: Fields = {
    "tags": (1, _each(_text)),
    "summary": (2, _text),
    "description": (3, _text),
    "operationId": (5, _text),
    "produces": (6, _each(_text)),
    "consumes": (7, _each(_text)),
    "parameters": (8, _each(_parameter)),
    "responses": (9, _within(_named(_within(_of(RESPONSE, 5), 1)), 1)),
    "schemes": (10, _each(_text)),
    "deprecated": (11, _count),
}
METHODS = ("get", "put", "post", "delete", "options", "head", "patch")
PATH: Fields = {
    **{method: (number, _of(OPERATION, 13)) for number, method in enumerate(METHODS, 2)},
    "parameters": (9, _each(_parameter)),
}
KEY: Fields = {"type": (1, _text), "name": (2, _text), "in": (3, _text), "description": (4, _text)}
DOCUMENT: Fields = {
    "swagger": (1, _text),
    "info": (2, _of({"title": (1, _text), "version": (2, _text), "description": (3, _text)})),
    "paths": (8, _within(_named(_of(PATH, 10)), 2)),
    "definitions": (9, _within(_named(_schema), 1)),
    "security": (12, _each(_within(_named(_some(_text)), 1))),
    "securityDefinitions": (13, _within(_named(_within(_of(KEY), 2)), 1)),
}


def encode(document: Obj) -> bytes:
    """The document's message."""
    return _message(document, DOCUMENT, 16)
