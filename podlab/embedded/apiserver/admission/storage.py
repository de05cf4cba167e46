"""Claims and volumes get the finalizers that protect what is in use.

Upstream: plugin/pkg/admission/storage/storageobjectinuseprotection
"""

from __future__ import annotations

from podlab.embedded.apiserver.resource import Context, Obj

FINALIZERS = {
    "persistentvolumeclaims": "kubernetes.io/pvc-protection",
    "persistentvolumes": "kubernetes.io/pv-protection",
}


def admit(obj: Obj, ctx: Context) -> None:
    """Protect a new claim or volume."""
    finalizer = FINALIZERS.get(ctx.resource.plural)
    if finalizer is None or ctx.resource.group:
        return
    finalizers = obj["metadata"].setdefault("finalizers", [])
    if finalizer not in finalizers:
        finalizers.append(finalizer)
