"""Which volume fits a claim, and how the two are tied.

Upstream: staging/src/k8s.io/component-helpers/storage/volume, pkg/controller/volume/persistentvolume/index.go
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from podlab.apimachinery import quantity
from podlab.apimachinery.gotext import quote
from podlab.apimachinery.labels import selects
from podlab.embedded.fit.nodefit import term_matches

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


def unfit(volume: Obj, claim: Obj) -> str:
    """Why a volume that a claim names cannot serve it, "" if it can. Upstream: checkVolumeSatisfyClaim"""
    if volume["metadata"].get("deletionTimestamp"):
        return f"the volume is marked for deletion {quote(volume['metadata']['name'])}"
    if _size(volume["spec"].get("capacity")) < _wanted(claim):
        return "requested PV is too small"
    if storage_class(volume) != storage_class(claim):
        return "storageClassName does not match"
    if _attributes(volume) != _attributes(claim):
        return "volumeAttributesClassName does not match"
    if _mode(volume) != _mode(claim):
        return "incompatible volumeMode"
    return "" if _reads(volume, claim) else "incompatible accessMode"


def best(volumes: Iterable[Obj], claim: Obj, *, delayed: bool = False, node: Obj | None = None) -> Obj | None:
    """The volume kept for a claim, else the smallest free one that fits, of those with the fewest access modes.

    Args:
        delayed: its class leaves it to the scheduler to take a free one.
        node: what the scheduler looks for has to be there. It does not mind the number of access modes.

    Upstream: volume/persistentvolume/index.go (findByClaim), component-helpers/storage/volume (FindMatchingVolume)
    """
    possible = [volume for volume in volumes if _possible(volume, claim)]
    if node is None:
        possible.sort(key=_modes)
    for volume in possible:
        if claims(volume, claim):
            return volume if node is None or reaches(volume, node) else None
    if delayed and node is None:
        return None
    free = [volume for volume in possible if _free(volume, claim) and (node is None or reaches(volume, node))]
    return min(free, key=lambda volume: (_modes(volume) * (node is None), *_order(volume)), default=None)


def _possible(volume: Obj, claim: Obj) -> bool:
    if volume["spec"].get("claimRef") and not claims(volume, claim):
        return False
    same = _mode(volume) == _mode(claim) and _attributes(volume) == _attributes(claim) and _reads(volume, claim)
    large = _size(volume["spec"].get("capacity")) >= _wanted(claim)
    return same and large and not volume["metadata"].get("deletionTimestamp")


def _free(volume: Obj, claim: Obj) -> bool:
    selector = claim["spec"].get("selector")
    if (volume.get("status") or {}).get("phase") != "Available" or storage_class(volume) != storage_class(claim):
        return False
    return selector is None or selects(selector, volume["metadata"].get("labels"))


def reaches(volume: Obj, node: Obj) -> bool:
    """Whether a volume's node affinity lets a node use it."""
    terms = ((volume["spec"].get("nodeAffinity") or {}).get("required") or {}).get("nodeSelectorTerms")
    labels = node["metadata"].get("labels") or {}
    return not terms or any(term_matches(term, labels, node) for term in terms)


def by_size(given: Iterable[Obj]) -> list[Obj]:
    """Claims, the smallest first."""
    return sorted(given, key=_wanted)


def _wanted(claim: Obj) -> int:
    return _size((claim["spec"].get("resources") or {}).get("requests"))


def _order(volume: Obj) -> tuple[int, str]:
    return _size(volume["spec"].get("capacity")), volume["metadata"]["name"]


def _modes(volume: Obj) -> int:
    return len(volume["spec"].get("accessModes") or ())


def _mode(obj: Obj) -> str:
    return str(obj["spec"].get("volumeMode") or "Filesystem")


def _attributes(obj: Obj) -> str:
    return str(obj["spec"].get("volumeAttributesClassName") or "")


def _reads(volume: Obj, claim: Obj) -> bool:
    return set(claim["spec"].get("accessModes") or ()) <= set(volume["spec"].get("accessModes") or ())


def reference(claim: Obj) -> Obj:
    """What a volume says of the claim that it is tied to."""
    meta = claim["metadata"]
    found = {"kind": "PersistentVolumeClaim", "apiVersion": "v1", "namespace": meta["namespace"], "name": meta["name"]}
    return found | {"uid": meta["uid"], "resourceVersion": meta["resourceVersion"]}


def tie(volume: Obj, claim: Obj) -> None:
    """Say on a volume that it is a claim's. Upstream: component-helpers/storage/volume (GetBindVolumeToClaim)"""
    there = volume["spec"].get("claimRef")
    if not there:
        volume["metadata"].setdefault("annotations", {})[BY_CONTROLLER] = "yes"
    if not there or there.get("uid") != claim["metadata"]["uid"]:
        volume["spec"]["claimRef"] = reference(claim)
