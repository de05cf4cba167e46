"""What an object's metadata have to be made of before it is an object at all.

Upstream: staging/src/k8s.io/cli-runtime/pkg/resource/metadata_decoder.go
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from podlab.apimachinery.times import not_rfc3339, parse

Object = dict[str, Any]
TIME = "time"
OWNER = {"apiVersion": "string", "kind": "string", "name": "string", "uid": "types.UID", "controller": "bool"}
STRUCTS: dict[str, dict[str, str]] = {
    "ObjectMeta": {
        "name": "string", "generateName": "string", "namespace": "string", "selfLink": "string", "uid": "types.UID",
        "resourceVersion": "string", "generation": "int64", "creationTimestamp": TIME, "deletionTimestamp": TIME,
        "deletionGracePeriodSeconds": "int64", "labels": "map[string]string", "annotations": "map[string]string",
        "finalizers": "[]string", "ownerReferences": "[]v1.OwnerReference", "managedFields": "[]v1.ManagedFieldsEntry",
    },
    "OwnerReference": {**OWNER, "blockOwnerDeletion": "bool"},
    "ManagedFieldsEntry": {
        "manager": "string", "operation": "v1.ManagedFieldsOperationType", "apiVersion": "string", "time": TIME,
        "fieldsType": "string", "subresource": "string",
    },
}  # fmt: skip
"""Of each of Go's structs the fields. Upstream: staging/src/k8s.io/apimachinery/pkg/apis/meta/v1/types.go"""
KINDS = {"int64": (int,), "bool": (bool,), "[]": (list,), "map": (dict,), "v1.": (dict,)}
AMISS = "json: cannot unmarshal"


def wrong_metadata(metadata: Any) -> str:
    """What Go says of metadata that are none, or of a field of theirs that is of another type; "" for nothing.

    A time that is none ends the reading; of all else the first is told when the rest is read.
    """
    if metadata is None:
        return ""
    if not isinstance(metadata, dict):
        return f"{AMISS} {_go_type(metadata)} into Go struct field metadataOnlyObject.metadata of type v1.ObjectMeta"
    found = list(_amiss(metadata, "ObjectMeta", "metadata"))
    return next((said for said, ends in found if ends), found[0][0] if found else "")


Amiss = Iterator[tuple[str, bool]]
"""What is said, and whether the reading ends there."""


def _amiss(given: Object, struct: str, path: str) -> Amiss:
    for key in sorted(given):
        if wanted := STRUCTS[struct].get(key):
            yield from _value(given[key], wanted, f"{struct}.{path}.{key}", f"{path}.{key}")


def _value(value: Any, wanted: str, place: str, path: str) -> Amiss:
    """What is amiss with a value, and with those in it."""
    struct = wanted.removeprefix("v1.")
    if value is None:
        return
    if wanted == TIME and isinstance(value, str):
        if said := _no_time(value):
            yield said, True
    elif not _fits(value, wanted):
        more = f" {value}" if isinstance(value, float) and wanted == "int64" else ""
        shown = "string" if wanted == TIME else wanted
        yield f"{AMISS} {_go_type(value)}{more} into Go struct field {place} of type {shown}", wanted == TIME
    elif wanted.startswith("[]"):
        for each in value:
            yield from _value(each, wanted[2:], place, path)
    elif wanted.startswith("map"):
        for key in sorted(value):
            yield from _value(value[key], "string", place, path)
    elif struct in STRUCTS:
        yield from _amiss(value, struct, path)


def _fits(value: Any, wanted: str) -> bool:
    kinds = next((kinds for start, kinds in KINDS.items() if wanted.startswith(start)), (str,))
    kinds = (str,) if wanted == "v1.ManagedFieldsOperationType" else kinds
    return isinstance(value, kinds) and (wanted != "int64" or not isinstance(value, bool))


def _no_time(text: str) -> str:
    """What Go says of a text that is no time; "" of one that is."""
    try:
        parse(text)
    except ValueError as error:
        return not_rfc3339(text) or str(error)
    return ""


def _go_type(value: object) -> str:
    names = ((bool, "bool"), ((int, float), "number"), (str, "string"), (list, "array"), (dict, "object"))
    return next((name for kind, name in names if isinstance(value, kind)), "null")
