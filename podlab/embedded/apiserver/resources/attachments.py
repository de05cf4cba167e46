"""What storage drivers keep: attachments, attributes and capacities. Upstream: pkg/registry/storage"""

from __future__ import annotations

from typing import Any

from podlab.apimachinery import quantity
from podlab.embedded.apiserver.columns import AGE, NAME, Column, age, head
from podlab.embedded.apiserver.resource import Obj
from podlab.embedded.apiserver.resources.stored import stored
from podlab.embedded.apiserver.status import Cause
from podlab.embedded.apiserver.validation import causes, metadata, names, storageclasses

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
ONE_SOURCE = "must specify exactly one of inlineVolumeSpec and persistentVolumeName"
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


def _validate_attachment(obj: Obj, old: Obj | None) -> list[Cause]:
    """Upstream: pkg/apis/storage/validation/validation.go (ValidateVolumeAttachment, ValidateVolumeAttachmentUpdate)"""
    found, spec = metadata.validate(obj, old), obj.get("spec") or {}
    source, node = spec.get("source") or {}, spec.get("nodeName") or ""
    found += _driver("spec.attacher", spec.get("attacher") or "")
    if not source:
        found.append(causes.required("spec.source", ONE_SOURCE))
    elif len(source) > 1:
        found.append(causes.forbidden("spec.source", ONE_SOURCE))
    found += names.causes_of("spec.nodeName", node, names.subdomain(node))
    return found + (metadata.immutable("spec", spec, old.get("spec") or {}) if old is not None else [])


def _driver(path: str, name: str) -> list[Cause]:
    """Upstream: pkg/apis/core/validation/validation.go (ValidateCSIDriverName)"""
    if not name:
        return [causes.required(path)]
    found = [causes.too_long(path, 63)] if len(name) > 63 else []
    return found + names.causes_of(path, name, names.subdomain(name.lower()))


def _validate_attributes(obj: Obj, old: Obj | None) -> list[Cause]:
    """Upstream: pkg/apis/storage/validation/validation.go (ValidateVolumeAttributesClass{,Update})"""
    found, parameters = metadata.validate(obj, old), obj.get("parameters") or {}
    for key in ("driverName", "parameters") if old is not None else ():
        if (obj.get(key) or None) != (old or {}).get(key):
            found.append(causes.forbidden(key, f"updates to {key} are forbidden."))
    found += storageclasses.provisioner("driverName", obj.get("driverName") or "")
    found += storageclasses.unnamed(parameters)
    return found + ([] if parameters else [causes.required("parameters", "must contain at least one key/value pair")])


def _validate_capacity(obj: Obj, old: Obj | None) -> list[Cause]:
    """Upstream: pkg/apis/storage/validation/validation.go (ValidateCSIStorageCapacity{,Update})"""
    found, kind = metadata.validate(obj, old), obj.get("storageClassName") or ""
    found += metadata.selector(obj.get("nodeTopology"), "nodeTopology")
    found += names.causes_of("storageClassName", kind, names.subdomain(kind))
    held = obj.get("capacity")
    if held is not None and quantity.nano(str(held)) < 0:
        found.append(causes.invalid("capacity", str(held), "must be greater than or equal to 0"))
    if old is not None:
        for key in ("nodeTopology", "storageClassName"):
            found += metadata.immutable(key, obj.get(key), old.get(key))
    return found


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
        validate=_validate_attachment,
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
        validate=_validate_attributes,
        columns=ATTRIBUTES,
        row=attributes,
    ),
    stored("storage.k8s.io", "CSIStorageCapacity", plural="csistoragecapacities", validate=_validate_capacity),
)
