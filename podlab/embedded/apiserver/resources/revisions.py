"""ControllerRevisions: what StatefulSets and DaemonSets were. Upstream: pkg/registry/apps/controllerrevision"""

from __future__ import annotations

from typing import Any

from podlab.embedded.apiserver.columns import AGE, NAME, NONE, Column, age
from podlab.embedded.apiserver.resource import Obj, Resource
from podlab.embedded.apiserver.status import Cause
from podlab.embedded.apiserver.validation import causes, metadata

COLUMNS = (
    NAME,
    Column("Controller", "Controller of the object"),
    Column("Revision", "Revision indicates the revision of the state represented by Data."),
    AGE,
)


def row(obj: Obj, now: float) -> list[Any]:
    """CONTROLLER is kind, group and name of its owner.

    Upstream: pkg/printers/internalversion/printers.go (printControllerRevision)
    """
    name = obj["metadata"].get("name", "")
    owner = next((o for o in obj["metadata"].get("ownerReferences") or [] if o.get("controller")), None)
    group = owner["apiVersion"].rpartition("/")[0] if owner else ""
    kind = f"{owner['kind'].lower()}{'.' + group if group else ''}/{owner['name']}" if owner else NONE
    return [name, kind, obj.get("revision", 0), age(obj, now)]


def validate(obj: Obj, old: Obj | None) -> list[Cause]:
    """Return what is wrong with a revision. Upstream: pkg/apis/apps/validation ValidateControllerRevision"""
    found = metadata.validate(obj, old) + metadata.non_negative("revision", obj.get("revision") or 0)
    if obj.get("data") is None:
        found.append(causes.required("data", "data is mandatory"))
    elif not isinstance(obj["data"], dict):
        found.append(causes.required("data", "data must be a valid JSON object"))
    return found + (metadata.immutable("data", obj.get("data"), old.get("data")) if old else [])


REVISIONS = Resource(
    group="apps",
    version="v1",
    kind="ControllerRevision",
    plural="controllerrevisions",
    singular="controllerrevision",
    validate=validate,
    columns=COLUMNS,
    row=row,
)
