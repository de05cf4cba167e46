"""What storage drivers keep: attachments, attributes and capacities. Upstream: pkg/registry/storage"""

from __future__ import annotations

from typing import Any

from podlab.embedded.apiserver.columns import AGE, NAME, Column, age, head
from podlab.embedded.apiserver.resource import Obj
from podlab.embedded.apiserver.resources.stored import stored

ATTACHMENT = (
    NAME,
    Column(
        "Attacher",
        "attacher indicates the name of the volume driver that MUST handle this request. This is the name "
        "returned by GetPluginName().",
        format="name",
    ),
    Column(
        "PV",
        "persistentVolumeName represents the name of the persistent volume to attach.",
    ),
    Column(
        "Node",
        "nodeName represents the node that the volume should be attached to.",
    ),
    Column(
        "Attached",
        "attached indicates the volume is successfully attached. This field must only be set by the entity "
        "completing the attach operation, i.e. the external-attacher.",
        type="boolean",
    ),
    AGE,
)
ATTRIBUTES = (
    NAME,
    Column(
        "DriverName",
        "Name of the CSI driver This field is immutable.",
    ),
    AGE,
)


def attachment(obj: Obj, now: float) -> list[Any]:
    """Whether it is attached is a boolean cell.

    Upstream: pkg/printers/internalversion/printers.go (printVolumeAttachment)
    """
    name, spec, status = head(obj)
    volume = (spec.get("source") or {}).get("persistentVolumeName") or ""
    attached = bool(status.get("attached"))
    return [name, spec.get("attacher", ""), volume, spec.get("nodeName", ""), attached, age(obj, now)]


def attributes(obj: Obj, now: float) -> list[Any]:
    """The cells of a VolumeAttributesClass.

    Upstream: pkg/printers/internalversion/printers.go (printVolumeAttributesClass)
    """
    return [obj["metadata"].get("name", ""), obj.get("driverName", ""), age(obj, now)]


def _unattached(obj: Obj, old: Obj | None, ctx: object) -> None:
    if old is None:
        obj["status"] = {"attached": False}


ATTACHMENTS = (
    stored(
        "storage.k8s.io",
        "VolumeAttachment",
        namespaced=False,
        status=True,
        prepare=_unattached,
        columns=ATTACHMENT,
        row=attachment,
        kept_by_status=(("f:metadata",), ("f:spec",)),
    ),
    stored(
        "storage.k8s.io",
        "VolumeAttributesClass",
        "vac",
        plural="volumeattributesclasses",
        namespaced=False,
        columns=ATTRIBUTES,
        row=attributes,
    ),
    stored("storage.k8s.io", "CSIStorageCapacity", plural="csistoragecapacities"),
)
