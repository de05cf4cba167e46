"""A claim may grow only where its StorageClass says so.

Upstream: plugin/pkg/admission/storage/persistentvolume/resize/admission.go
"""

from __future__ import annotations

from podlab.embedded.apiserver import status
from podlab.embedded.apiserver.podspec.volumes.persistentvolumes import storage
from podlab.embedded.apiserver.resource import Context, Obj

NOT_BOUND = "only bound persistent volume claims can be expanded"
NOT_ALLOWED = (
    "only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize"
)


def check(claim: Obj, old: Obj, ctx: Context) -> None:
    """Raise StatusError 403 for a claim that asks for more than before and cannot have it."""
    spec, before = claim.get("spec") or {}, old.get("spec") or {}
    if storage(spec.get("resources")) <= storage(before.get("resources")):
        return
    if (old.get("status") or {}).get("phase") != "Bound":
        raise status.forbidden(ctx.resource.qualified, ctx.name, NOT_BOUND)
    name = before.get("storageClassName") or ""
    classes = ctx.registry.resource("storageclasses.storage.k8s.io")
    class_ = ctx.registry.find(classes, name) if name and name == spec.get("storageClassName") else None
    if not (class_ or {}).get("allowVolumeExpansion"):
        raise status.forbidden(ctx.resource.qualified, ctx.name, NOT_ALLOWED)
