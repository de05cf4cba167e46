"""PersistentVolumes and the claims for them.

Upstream: pkg/apis/core/v1/defaults.go, pkg/registry/core/{persistentvolume,persistentvolumeclaim}/strategy.go
"""

from __future__ import annotations

import posixpath
from typing import Any

from podlab.apimachinery import quantity
from podlab.apimachinery.times import rfc3339
from podlab.embedded.apiserver.columns import AGE, NAME, UNSET, Column, age, head
from podlab.embedded.apiserver.podspec.scheduling.affinity import node_selector
from podlab.embedded.apiserver.podspec.updates import difference
from podlab.embedded.apiserver.podspec.volumes import claims
from podlab.embedded.apiserver.podspec.volumes.sources import host_path
from podlab.embedded.apiserver.resource import Context, Obj
from podlab.embedded.apiserver.resources.stored import stored
from podlab.embedded.apiserver.status import Cause
from podlab.embedded.apiserver.validation import causes, metadata, names

DOCS = "https://kubernetes.io/docs/concepts/storage/persistent-volumes"
MODES = {"ReadWriteOnce": "RWO", "ReadOnlyMany": "ROX", "ReadWriteMany": "RWX", "ReadWriteOncePod": "RWOP"}
BETA_CLASS = "volume.beta.kubernetes.io/storage-class"
CHANGEABLE = ("volumeAttributesClassName", "volumeName", "storageClassName")
POLICIES = ("Delete", "Recycle", "Retain")
SOURCES = (("", "PersistentVolumeClaim"), ("snapshot.storage.k8s.io", "VolumeSnapshot"))
RECYCLED = (
    "spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. Instead, the recommended approach "
    "is to use dynamic provisioning."
)
OLD_CLASS = 'metadata.annotations[{}]: deprecated since v1.8; use "storageClassName" attribute instead'
FIXED = "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims"

CLAIM_COLUMNS = (
    NAME,
    Column("Status", "phase represents the current phase of PersistentVolumeClaim."),
    Column("Volume", "volumeName is the binding reference to the PersistentVolume backing this claim."),
    Column("Capacity", "capacity represents the actual resources of the underlying volume."),
    Column(
        "Access Modes",
        "accessModes contains the actual access modes the volume backing the PVC has. "
        f"More info: {DOCS}#access-modes-1",
    ),
    Column("StorageClass", "StorageClass of the pvc"),
    Column("VolumeAttributesClass", "VolumeAttributesClass of the pvc"),
    AGE,
    Column(
        "VolumeMode",
        "volumeMode defines what type of volume is required by the claim. Value of Filesystem is implied when not "
        "included in claim spec.",
        priority=1,
    ),
)
VOLUME_COLUMNS = (
    NAME,
    Column(
        "Capacity",
        f"capacity is the description of the persistent volume's resources and capacity. More info: {DOCS}#capacity",
    ),
    Column("Access Modes", f"accessModes contains all ways the volume can be mounted. More info: {DOCS}#access-modes"),
    Column(
        "Reclaim Policy",
        "persistentVolumeReclaimPolicy defines what happens to a persistent volume when released from its claim. "
        "Valid options are Retain (default for manually created PersistentVolumes), Delete (default for dynamically "
        "provisioned PersistentVolumes), and Recycle (deprecated). Recycle must be supported by the volume plugin "
        f"underlying this PersistentVolume. More info: {DOCS}#reclaiming",
    ),
    Column(
        "Status",
        f"phase indicates if a volume is available, bound to a claim, or released by a claim. More info: {DOCS}#phase",
    ),
    Column(
        "Claim",
        "claimRef is part of a bi-directional binding between PersistentVolume and PersistentVolumeClaim. Expected to "
        "be non-nil when bound. claim.VolumeName is the authoritative bind between PV and PVC. "
        f"More info: {DOCS}#binding",
    ),
    Column("StorageClass", "StorageClass of the pv"),
    Column("VolumeAttributesClass", "VolumeAttributesClass of the pv"),
    Column(
        "Reason",
        "reason is a brief CamelCase string that describes any failure and is meant for machine parsing and tidy "
        "display in the CLI.",
    ),
    AGE,
    Column(
        "VolumeMode",
        "volumeMode defines if a volume is intended to be used with a formatted filesystem or to remain in raw block "
        "state. Value of Filesystem is implied when not included in spec.",
        priority=1,
    ),
)


def _modes(given: list[str] | None) -> str:
    return ",".join(short for mode, short in MODES.items() if mode in (given or []))


def _class(obj: Obj) -> str:
    annotations = obj["metadata"].get("annotations") or {}
    return str(annotations.get(BETA_CLASS) or (obj.get("spec") or {}).get("storageClassName") or "")


def claim_row(obj: Obj, now: float) -> list[Any]:
    """Capacity and modes are told once a volume is bound.

    Upstream: pkg/printers/internalversion/printers.go (printPersistentVolumeClaim)
    """
    name, spec, status = head(obj)
    phase = "Terminating" if obj["metadata"].get("deletionTimestamp") else status.get("phase", "")
    bound = bool(spec.get("volumeName"))
    capacity = (status.get("capacity") or {}).get("storage", "0") if bound else ""
    modes = _modes(status.get("accessModes")) if bound else ""
    attributes = spec.get("volumeAttributesClassName", UNSET)
    mode = spec.get("volumeMode", UNSET)
    return [name, phase, spec.get("volumeName", ""), capacity, modes, _class(obj), attributes, age(obj, now), mode]


def volume_row(obj: Obj, now: float) -> list[Any]:
    """CLAIM is namespace and name of who has it.

    Upstream: pkg/printers/internalversion/printers.go (printPersistentVolume)
    """
    name, spec, status = head(obj)
    phase = "Terminating" if obj["metadata"].get("deletionTimestamp") else status.get("phase", "")
    claim = spec.get("claimRef")
    shown = f"{claim.get('namespace', '')}/{claim.get('name', '')}" if claim else ""
    capacity, policy = (spec.get("capacity") or {}).get("storage", "0"), spec.get("persistentVolumeReclaimPolicy", "")
    attributes, mode = spec.get("volumeAttributesClassName", UNSET), spec.get("volumeMode", UNSET)
    rest = [shown, _class(obj), attributes, status.get("reason", ""), age(obj, now), mode]
    return [name, capacity, _modes(spec.get("accessModes")), policy, phase, *rest]


def _default_claim(obj: Obj) -> None:
    obj.setdefault("spec", {}).setdefault("volumeMode", "Filesystem")
    obj.setdefault("status", {}).setdefault("phase", "Pending")


def _default_volume(obj: Obj) -> None:
    spec = obj.setdefault("spec", {})
    spec.setdefault("persistentVolumeReclaimPolicy", "Retain")
    spec.setdefault("volumeMode", "Filesystem")
    if host := spec.get("hostPath"):
        host.setdefault("type", "")
    obj.setdefault("status", {}).setdefault("phase", "Pending")


def _of(source: Obj) -> tuple[str, str]:
    return source.get("apiGroup") or "", source.get("kind", "")


def _prepare_claim(obj: Obj, old: Obj | None, ctx: Context) -> None:
    """What a claim is filled from is told in two fields of the same meaning.

    Upstream: pkg/api/persistentvolumeclaim/util.go (DropDisabledFields, NormalizeDataSources)
    """
    spec = obj.get("spec") or {}
    source, known = spec.get("dataSource"), ((old or {}).get("spec") or {}).get("dataSource")
    strange = source and known is None and _of(source) not in SOURCES
    if source == {} or strange:
        del spec["dataSource"]
    if (spec.get("dataSourceRef") or {}).get("namespace"):
        del spec["dataSourceRef"]
    for key, other in (("dataSource", "dataSourceRef"), ("dataSourceRef", "dataSource")):
        if spec.get(key) is not None and spec.get(other) is None:
            spec[other] = {name: spec[key].get(name) for name in ("apiGroup", "kind", "name")}
    if old is None:
        obj["status"] = {"phase": "Pending"}


def _prepare_volume(obj: Obj, old: Obj | None, ctx: Context) -> None:
    """A volume remembers when its phase changed last."""
    if old is None:
        obj["status"] = {"phase": "Pending", "lastPhaseTransitionTime": rfc3339(ctx.now())}
    elif obj["status"].get("phase") != (old.get("status") or {}).get("phase"):
        obj["status"]["lastPhaseTransitionTime"] = rfc3339(ctx.now())


def _validate_claim(obj: Obj, old: Obj | None) -> list[Cause]:
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


def _validate_volume(obj: Obj, old: Obj | None) -> list[Cause]:
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
    return found + _volume_sources(spec) + _volume_names(spec)


def _volume_sources(spec: Obj) -> list[Cause]:
    """Where it is, and on which nodes. Upstream: ValidatePersistentVolumeSpec"""
    affinity, host, local, found = spec.get("nodeAffinity"), spec.get("hostPath"), spec.get("local"), []
    if affinity is not None:
        path, wanted = "spec.nodeAffinity.required", affinity.get("required")
        text = "must specify required node constraints"
        found += [causes.required(path, text)] if wanted is None else node_selector(wanted, path)
    if host is not None:
        found += host_path(host, "spec.hostPath")
    if local is not None:
        path = "spec.local.path"
        found += names.no_backsteps(path, local["path"]) if local.get("path") else [causes.required(path)]
        if affinity is None:
            found.append(causes.required("spec.nodeAffinity", "Local volume requires node affinity"))
    if not set(spec) - KNOWN:
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


def _claim_warnings(obj: Obj, old: Obj | None) -> list[str]:
    """Return what a client is told of a claim. Upstream: pkg/api/persistentvolumeclaim/util.go"""
    resources = (obj.get("spec") or {}).get("resources") or {}
    found = _old_class(obj)
    for key in ("requests", "limits"):
        found += _fractions(resources.get(key), f"spec.resources.{key}")
    return found


def _volume_warnings(obj: Obj, old: Obj | None) -> list[str]:
    """Return what a client is told of a volume. Upstream: pkg/api/persistentvolume/util.go"""
    spec = obj.get("spec") or {}
    found = _old_class(obj)
    found += [RECYCLED] if spec.get("persistentVolumeReclaimPolicy") == "Recycle" else []
    return found + _fractions(spec.get("capacity"), "spec.capacity")


CLAIMS = stored(
    "",
    "PersistentVolumeClaim",
    "pvc",
    status=True,
    columns=CLAIM_COLUMNS,
    row=claim_row,
    default=_default_claim,
    prepare=_prepare_claim,
    validate=_validate_claim,
    warnings=_claim_warnings,
)
VOLUMES = stored(
    "",
    "PersistentVolume",
    "pv",
    namespaced=False,
    status=True,
    columns=VOLUME_COLUMNS,
    row=volume_row,
    default=_default_volume,
    prepare=_prepare_volume,
    validate=_validate_volume,
    warnings=_volume_warnings,
)
