"""JSON patch, JSON merge patch and strategic merge patch, as functions from values to values.

Upstream: staging/src/k8s.io/apiserver/pkg/endpoints/handlers/patch.go
"""

from __future__ import annotations

from typing import Any

from podlab.embedded.apiserver import fields, status
from podlab.embedded.apiserver.patching.strategic import StrategicError, strategic_merge
from podlab.embedded.apiserver.resource import Obj, Resource
from podlab.embedded.serializer import fresh

JSON = "application/json-patch+json"
MERGE = "application/merge-patch+json"
STRATEGIC = "application/strategic-merge-patch+json"
APPLY = "application/apply-patch+yaml"

REJECTED = "the server rejected our request due to an error in our request"
LIMIT = 10_000
"""Operations in one JSON patch."""


class PatchFailed(Exception):
    """An operation of a JSON patch cannot be carried out."""


def apply(resource: Resource, obj: Obj, body: Any, content_type: str) -> Obj:
    """The object after a patch; `obj` stays as it was. Raises StatusError."""
    if content_type == JSON:
        return _apply_json(obj, body)
    if body is None:
        return _apply_null(obj, content_type)
    if not isinstance(body, dict):
        kind = {list: "array", str: "string", bool: "bool"}.get(type(body), "number")
        into = "map[string]interface {}"
        where = "error decoding patch: " if content_type == MERGE else ""
        raise status.bad_request(f"{where}json: cannot unmarshal {kind} into Go value of type {into}")
    if content_type == MERGE:
        merged: Obj = merge(obj, body)
        return merged
    try:
        return strategic_merge(obj, body, fields.kind(resource.group, resource.version, resource.kind))
    except StrategicError as error:
        raise status.StatusError(error.code, error.reason, str(error), None if error.code == 500 else {}) from None


def _apply_null(obj: Obj, content_type: str) -> Obj:
    """`null` changes nothing as a strategic patch, and is none as a merge patch."""
    if content_type == MERGE:
        raise status.bad_request("Invalid JSON Patch")
    return obj


def merge(target: Any, patch: Any) -> Any:
    """RFC 7386: null deletes, objects merge, everything else replaces."""
    if not isinstance(patch, dict):
        return fresh(patch)
    result = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merge(result.get(key), value)
    return result


def _apply_json(obj: Obj, body: Any) -> Obj:
    if not isinstance(body, list):
        kind = {dict: "object", str: "string", bool: "bool"}.get(type(body), "number")
        into = "[]handlers.jsonPatchOp"
        raise status.bad_request(f"error decoding patch: json: cannot unmarshal {kind} into Go value of type {into}")
    if len(body) > LIMIT:
        raise status.too_large(f"The allowed maximum operations in a JSON patch is {LIMIT}, got {len(body)}")
    result: Any = fresh(obj)
    try:
        for operation in body:
            result = operate(result, operation)
    except PatchFailed:
        raise status.StatusError(422, "Invalid", REJECTED, {}) from None
    if not isinstance(result, dict):
        raise status.StatusError(422, "Invalid", REJECTED, {})
    return result


def operate(document: Any, operation: Any) -> Any:
    """Carry out one operation of RFC 6902; changes and returns the document. Raises PatchFailed."""
    if not isinstance(operation, dict):
        raise PatchFailed("an operation is an object")
    kind, path = operation.get("op"), _pointer(operation.get("path"))
    if kind in ("add", "replace", "test") and "value" not in operation:
        raise PatchFailed("no value")
    if kind == "add":
        return _add(document, path, fresh(operation["value"]))
    if kind == "remove":
        return _remove(document, path)
    if kind == "replace":
        return _replace(document, path, fresh(operation["value"]))
    if kind == "test":
        return _test(document, path, operation["value"])
    if kind == "move":
        source = _pointer(operation.get("from"))
        value = _find(document, source)
        return _add(_remove(document, source), path, value)
    if kind == "copy":
        return _add(document, path, fresh(_copied(document, _pointer(operation.get("from")))))
    raise PatchFailed(f"unknown operation {kind}")


def _pointer(text: Any) -> list[str]:
    """The parts of a path; upstream's library does not look at what stands before the first slash."""
    if not isinstance(text, str) or (text and "/" not in text):
        raise PatchFailed("a path begins with /")
    return [part.replace("~1", "/").replace("~0", "~") for part in text.split("/")[1:]]


def _index(part: str, length: int) -> int:
    if not part.isdecimal() or not part.isascii() or int(part) >= length:
        raise PatchFailed(f"no index {part}")
    return int(part)


def _find(document: Any, path: list[str]) -> Any:
    for part in path:
        if isinstance(document, dict) and part in document:
            document = document[part]
        elif isinstance(document, list):
            document = document[_index(part, len(document))]
        else:
            raise PatchFailed(f"no {part}")
    return document


def _copied(document: Any, path: list[str]) -> Any:
    """What a copy takes: null for a key that an object does not have, as upstream's library does."""
    if path and isinstance(parent := _find(document, path[:-1]), dict):
        return parent.get(path[-1])
    return _find(document, path)


def _add(document: Any, path: list[str], value: Any) -> Any:
    if not path:
        raise PatchFailed("upstream's library finds no place for the whole document")
    parent, last = _find(document, path[:-1]), path[-1]
    if isinstance(parent, dict):
        parent[last] = value
    elif isinstance(parent, list):
        parent.insert(len(parent) if last == "-" else _index(last, len(parent) + 1), value)
    else:
        raise PatchFailed(f"nothing holds {last}")
    return document


def _remove(document: Any, path: list[str]) -> Any:
    if not path:
        raise PatchFailed("the whole document")
    _find(document, path)
    parent = _find(document, path[:-1])
    del parent[path[-1] if isinstance(parent, dict) else int(path[-1])]
    return document


def _replace(document: Any, path: list[str], value: Any) -> Any:
    if not path:
        return value
    parent, last = _find(document, path[:-1]), path[-1]
    if isinstance(parent, dict):  # upstream's library does not mind a key that is not there
        parent[last] = value
    else:
        _find(document, path)
        parent[int(last)] = value
    return document


def _test(document: Any, path: list[str], value: Any) -> Any:
    try:
        found = _find(document, path)
    except PatchFailed:
        found = None
        if value is not None:
            raise
    if found != value or isinstance(found, bool) != isinstance(value, bool):
        raise PatchFailed("test failed")
    return document
