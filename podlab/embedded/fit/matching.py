"""Which volume fits a claim, and how the two are tied. Upstream: pkg/controller/volume/persistentvolume/index.go"""

from __future__ import annotations

from typing import Any

from podlab.apimachinery import quantity
from podlab.apimachinery.labels import selects

Obj = dict[str, Any]

COMPLETED, BY_CONTROLLER = "pv.kubernetes.io/bind-completed", "pv.kubernetes.io/bound-by-controller"
SELECTED_NODE = "volume.kubernetes.io/selected-node"
PROVISIONER = ("volume.beta.kubernetes.io/storage-provisioner", "volume.kubernetes.io/storage-provisioner")
PROVISIONED_BY = "pv.kubernetes.io/provisioned-by"


def storage_class(obj: Obj) -> str:
    """The name of a claim's or a volume's class."""
    annotations = obj["metadata"].get("annotations") or {}
    return str(annotations.get("volume.beta.kubernetes.io/storage-class") or obj["spec"].get("storageClassName") or "")


def annotation(obj: Obj, key: str) -> str:
    """An annotation, "" if it is not there."""
    return str((obj["metadata"].get("annotations") or {}).get(key, ""))


def claims(volume: Obj, claim: Obj) -> bool:
    """Whether a volume is tied to a claim, or kept for it."""
    reference, meta = volume["spec"].get("claimRef"), claim["metadata"]
    if not reference or (reference.get("namespace"), reference.get("name")) != (meta["namespace"], meta["name"]):
        return False
    return reference.get("uid") in (None, "", meta["uid"])


def _size(given: Obj | None) -> int:
    return quantity.nano((given or {}).get("storage", "0"))


def fits(volume: Obj, claim: Obj) -> bool:
    """Whether a volume could serve a claim."""
    spec, wanted = volume["spec"], claim["spec"]
    if volume["metadata"].get("deletionTimestamp") or not _size(
        (wanted.get("resources") or {}).get("requests")
    ) <= _size(spec.get("capacity")):
        return False
    if spec.get("volumeMode") != wanted.get("volumeMode") or storage_class(volume) != storage_class(claim):
        return False
    if wanted.get("selector") is not None and not selects(wanted["selector"], volume["metadata"].get("labels")):
        return False
    return set(wanted.get("accessModes") or []) <= set(spec.get("accessModes") or [])


def best(volumes: list[Obj], claim: Obj) -> Obj | None:
    """The volume kept for a claim, else the smallest free one that fits."""
    for volume in volumes:
        if claims(volume, claim):
            return volume
    free = [v for v in volumes if not v["spec"].get("claimRef") and fits(v, claim)]
    free = [v for v in free if (v.get("status") or {}).get("phase") == "Available"]
    return min(free, key=lambda v: (_size(v["spec"].get("capacity")), v["metadata"]["name"]), default=None)


def reference(claim: Obj) -> Obj:
    """What a volume says of the claim that it is tied to."""
    meta = claim["metadata"]
    found = {"kind": "PersistentVolumeClaim", "apiVersion": "v1", "namespace": meta["namespace"], "name": meta["name"]}
    return found | {"uid": meta["uid"], "resourceVersion": meta["resourceVersion"]}
