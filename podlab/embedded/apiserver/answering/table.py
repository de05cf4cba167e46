"""Server-side Tables: what `kubectl get` prints is made here. Upstream: apiserver/pkg/endpoints/handlers/response.go"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from podlab.embedded.apiserver.resource import Obj, Resource
from podlab.embedded.apiserver.resource import metadata as metadata_of

ENDED = {"Succeeded": "The pod has completed successfully.", "Failed": "The pod failed."}


def columns(resource: Resource) -> list[Obj]:
    """Return the column definitions of a kind."""
    order = ("name", "type", "format", "description", "priority")
    return [{key: getattr(column, key) for key in order} for column in resource.columns]


def table(
    resource: Resource,
    objs: Sequence[Obj],
    *,
    metadata: Obj,
    now: float,
    version: str = "v1",
    include: str = "Metadata",
) -> Obj:
    """Return a Table of objects.

    Args:
        metadata: the list's own: resourceVersion, continue, remainingItemCount.
        now: the cluster's moment in epoch seconds, from which ages are counted.
        version: of meta.k8s.io, `v1` or `v1beta1`.
        include: what each row carries of its object: `None`, `Metadata` or `Object`.
    """
    if resource.row_order is not None:
        objs = sorted(objs, key=resource.row_order)
    return {
        "kind": "Table",
        "apiVersion": f"meta.k8s.io/{version}",
        "metadata": metadata,
        "columnDefinitions": columns(resource),
        "rows": [_row(resource, obj, now, version, include) for obj in objs],
    }


def _row(resource: Resource, obj: Obj, now: float, version: str, include: str) -> Obj:
    row: Obj = {"cells": cells(resource, obj, now)}
    phase = (obj.get("status") or {}).get("phase")
    if resource.plural == "pods" and phase in ENDED:
        row["conditions"] = [{"type": "Completed", "status": "True", "reason": phase, "message": ENDED[phase]}]
    row["object"] = _carried(obj, version, include)
    return row


def _carried(obj: Obj, version: str, include: str) -> Any:
    if include == "None":
        return None
    if include == "Object":
        return obj
    return {"kind": "PartialObjectMetadata", "apiVersion": f"meta.k8s.io/{version}", "metadata": metadata_of(obj)}


def cells(resource: Resource, obj: Obj, now: float) -> list[Any]:
    """Return the cells of one object, wide columns included."""
    return resource.row(resource.save(obj) if resource.save else obj, now)
