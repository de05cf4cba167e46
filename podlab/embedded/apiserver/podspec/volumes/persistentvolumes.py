"""What is wrong with PersistentVolumes and claims, and what their clients are told.

Upstream: pkg/apis/core/validation/validation.go, pkg/api/{persistentvolume,persistentvolumeclaim}/util.go
"""

from __future__ import annotations

import posixpath
from typing import Any

from podlab.apimachinery import quantity
from podlab.embedded.apiserver.podspec.scheduling.affinity import node_selector
from podlab.embedded.apiserver.podspec.updates import difference
from podlab.embedded.apiserver.podspec.volumes import claims
from podlab.embedded.apiserver.podspec.volumes.sources import host_path, needs, nfs
from podlab.embedded.apiserver.status import Cause
from podlab.embedded.apiserver.validation import causes, metadata, names

Obj = dict[str, Any]
BETA_CLASS = "volume.beta.kubernetes.io/storage-class"
CHANGEABLE = ("volumeAttributesClassName", "volumeName", "storageClassName")
POLICIES = ("Delete", "Recycle", "Retain")
RECYCLED = (
    "spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. Instead, the recommended approach "
    "is to use dynamic provisioning."
)
OLD_CLASS = 'metadata.annotations[{}]: deprecated since v1.8; use "storageClassName" attribute instead'
FIXED = "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims"


def validate_claim(obj: Obj, old: Obj | None) -> list[Cause]:
    """Return what is wrong with a claim."""
    spec = obj.get("spec") or {}
    found = metadata.validate(obj, old) + claims.spec(spec, "spec")
    if old is not None:
        found += _validate_change(obj, old)
    return found


def _validate_change(obj: Obj, old: Obj) -> list[Cause]:
    """Upstream: pkg/apis/core/validation/validation.go (ValidatePersistentVolumeClaimUpdate)"""
    spec, before = obj.get("spec") or {}, old.get("spec") or {}
    bound = (old.get("status") or {}).get("phase") == "Bound"
    keys = [key for key in {**spec, **before} if key not in CHANGEABLE and (key != "resources" or not bound)]
    keys += [key for key in ("volumeName", "storageClassName") if before.get(key)]
    found: list[Cause] = []
    if any(spec.get(key) != before.get(key) for key in keys):
        shown = {**spec, "resources": before.get("resources")} if bound else spec
        diff = difference(before, shown, "PersistentVolumeClaimSpec")
        found.append(causes.forbidden("spec", f"{FIXED}\n{diff}"))
    wanted, was = (storage(part.get("resources")) for part in (spec, before))
    if wanted < was and wanted <= storage({"requests": (old.get("status") or {}).get("capacity")}):
        text = "field can not be less than status.capacity"
        found.append(causes.forbidden("spec.resources.requests.storage", text))
    return found


def storage(resources: Obj | None) -> int:
    """What is requested of storage, in billionths of a byte."""
    return quantity.nano(((resources or {}).get("requests") or {}).get("storage", "0"))


KNOWN = frozenset(
    ("capacity", "accessModes", "claimRef", "persistentVolumeReclaimPolicy", "storageClassName", "mountOptions")
) | {"volumeMode", "nodeAffinity", "volumeAttributesClassName"}


def validate_volume(obj: Obj, old: Obj | None) -> list[Cause]:
    """Return what is wrong with a volume, in upstream's order."""
    spec, found = obj.get("spec") or {}, metadata.validate(obj, old)
    modes, capacity = spec.get("accessModes") or [], spec.get("capacity") or {}
    found += [] if modes else [causes.required("spec.accessModes")]
    found += claims.access_modes(modes, "spec.accessModes")
    found += [] if capacity else [causes.required("spec.capacity")]
    if list(capacity) != ["storage"]:
        found.append(causes.unsupported("spec.capacity", spec.get("capacity"), ("storage",)))
    for name, amount in capacity.items():
        if (size := quantity.nano(amount)) < 0:
            text = "must be a valid resource quantity"
            found.append(causes.invalid(f"spec.capacity[{name}]", -(-size // quantity.NANO), text))
        found += claims.positive(amount, f"spec.capacity[{name}]")
    if (policy := spec.get("persistentVolumeReclaimPolicy")) not in POLICIES:
        found.append(causes.unsupported("spec.persistentVolumeReclaimPolicy", policy, POLICIES))
    found += _volume_sources(spec) + _volume_names(spec)
    return found + (_volume_change(spec, old.get("spec") or {}) if old is not None else [])


def _volume_change(spec: Obj, before: Obj) -> list[Cause]:
    """Upstream: ValidatePersistentVolumeUpdate"""
    found, (now, was) = [], (_source(part) for part in (spec, before))
    if was.get("csi") and "controllerExpandSecretRef" not in was["csi"] and "csi" in now:
        now["csi"] = {key: value for key, value in now["csi"].items() if key != "controllerExpandSecretRef"}
    if now != was:
        text = (
            f"spec.persistentvolumesource is immutable after creation\n{difference(was, now, 'PersistentVolumeSource')}"
        )
        found.append(causes.forbidden("spec.persistentvolumesource", text))
    found += metadata.immutable("volumeMode", spec.get("volumeMode"), before.get("volumeMode"))
    if before.get("volumeAttributesClassName") and not spec.get("volumeAttributesClassName"):
        text = "update from non-nil value to nil is forbidden"
        found.append(causes.forbidden("spec.volumeAttributesClassName", text))
    return found


def _source(spec: Obj) -> Obj:
    return {key: value for key, value in spec.items() if key not in KNOWN}


def _local(given: Obj, path: str) -> list[Cause]:
    here = f"{path}.path"
    return names.no_backsteps(here, given["path"]) if given.get("path") else [causes.required(here)]


TYPED = {"hostPath": host_path, "nfs": nfs, "local": _local, "csi": needs("driver", "volumeHandle")}
TYPES = ("hostPath", "nfs", "rbd", "iscsi", "fc", "local", "csi", "flexVolume")
"""The order in which they are looked at, where it matters."""


def _volume_sources(spec: Obj) -> list[Cause]:
    """Where it is, and on which nodes. Upstream: ValidatePersistentVolumeSpec"""
    affinity, host, found = spec.get("nodeAffinity"), spec.get("hostPath"), []
    if affinity is not None:
        path, wanted = "spec.nodeAffinity.required", affinity.get("required")
        text = "must specify required node constraints"
        found += [causes.required(path, text)] if wanted is None else node_selector(wanted, path)
    given = sorted((key for key in spec if key not in KNOWN), key=lambda key: TYPES.index(key) if key in TYPES else -1)
    for key in given[:1]:
        found += TYPED[key](spec[key], f"spec.{key}") if key in TYPED else []
    found += [causes.forbidden(f"spec.{key}", "may not specify more than 1 volume type") for key in given[1:]]
    if given[:1] == ["local"] and affinity is None:
        found.append(causes.required("spec.nodeAffinity", "Local volume requires node affinity"))
    if not given:
        found.append(causes.required("spec", "must specify a volume type"))
    recycled = spec.get("persistentVolumeReclaimPolicy") == "Recycle"
    if recycled and posixpath.normpath((host or {}).get("path") or ".") == "/":
        text = "may not be 'recycle' for a hostPath mount of '/'"
        found.append(causes.forbidden("spec.persistentVolumeReclaimPolicy", text))
    return found


def _volume_names(spec: Obj) -> list[Cause]:
    name, found = spec.get("storageClassName"), []
    if name:
        found += names.causes_of("spec.storageClassName", name, names.subdomain(name))
    return found + names.among("spec.volumeMode", spec.get("volumeMode"), claims.VOLUME_MODES)


def _old_class(obj: Obj) -> list[str]:
    return [OLD_CLASS.format(BETA_CLASS)] if BETA_CLASS in (obj["metadata"].get("annotations") or {}) else []


def _fractions(given: Obj | None, path: str) -> list[str]:
    """Amounts that are no whole number of bytes."""
    return [
        f'{path}[{name}]: fractional byte value "{amount}" is invalid, must be an integer'
        for name, amount in (given or {}).items()
        if name == "storage" and quantity.nano(amount) % quantity.NANO
    ]


def claim_warnings(obj: Obj, old: Obj | None) -> list[str]:
    """Return what a client is told of a claim. Upstream: pkg/api/persistentvolumeclaim/util.go"""
    return _old_class(obj) + claim_spec_warnings(obj.get("spec") or {}, "spec")


def claim_spec_warnings(spec: Obj, path: str) -> list[str]:
    """Return what a client is told of what a claim asks for, alone or in a StatefulSet."""
    resources, found = spec.get("resources") or {}, []
    for key in ("requests", "limits"):
        found += _fractions(resources.get(key), f"{path}.resources.{key}")
    return found


def volume_warnings(obj: Obj, old: Obj | None) -> list[str]:
    """Return what a client is told of a volume. Upstream: pkg/api/persistentvolume/util.go"""
    spec = obj.get("spec") or {}
    found = _old_class(obj)
    found += [RECYCLED] if spec.get("persistentVolumeReclaimPolicy") == "Recycle" else []
    return found + _fractions(spec.get("capacity"), "spec.capacity")
