"""DefaultStorageClass and DefaultIngressClass.

Upstream: plugin/pkg/admission/storage/storageclass/setdefault, plugin/pkg/admission/network/defaultingressclass
"""

from __future__ import annotations

from podlab.embedded.apiserver.resource import Context, Obj

STORAGE = "storageclass.kubernetes.io/is-default-class"
BETA_STORAGE = "storageclass.beta.kubernetes.io/is-default-class"
BETA_CLAIM = "volume.beta.kubernetes.io/storage-class"
INGRESS = "ingressclass.kubernetes.io/is-default-class"
OLD_INGRESS = "kubernetes.io/ingress.class"


def admit_claim(claim: Obj, ctx: Context) -> None:
    """A new claim without a class gets the default one."""
    annotations = claim["metadata"].get("annotations") or {}
    spec = claim.setdefault("spec", {})
    if spec.get("storageClassName") is not None or BETA_CLAIM in annotations:
        return
    if name := _default(ctx, "storageclasses.storage.k8s.io", STORAGE, BETA_STORAGE):
        spec["storageClassName"] = name


def admit_ingress(ingress: Obj, ctx: Context) -> None:
    """A new ingress without a class gets the default one."""
    annotations = ingress["metadata"].get("annotations") or {}
    spec = ingress.setdefault("spec", {})
    if spec.get("ingressClassName") is not None or OLD_INGRESS in annotations:
        return
    if name := _default(ctx, "ingressclasses.networking.k8s.io", INGRESS):
        spec["ingressClassName"] = name


def _default(ctx: Context, plural: str, *annotations: str) -> str:
    """The default class, of several the newest, of several as new the first by name."""

    def marked(obj: Obj) -> bool:
        given = obj["metadata"].get("annotations") or {}
        return any(given.get(key) == "true" for key in annotations)

    classes = [obj for obj in ctx.registry.list(ctx.registry.resource(plural)) if marked(obj)]
    newest = max((obj["metadata"]["creationTimestamp"] for obj in classes), default="")
    return next((obj["metadata"]["name"] for obj in classes if obj["metadata"]["creationTimestamp"] == newest), "")
