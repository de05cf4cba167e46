"""PersistentVolumes and the claims for them.

Upstream: pkg/apis/core/v1/defaults.go, pkg/registry/core/{persistentvolume,persistentvolumeclaim}/strategy.go
"""

from __future__ import annotations

from typing import Any

from podlab.apimachinery.times import rfc3339
from podlab.embedded.apiserver.columns import AGE, NAME, UNSET, Column, age, head
from podlab.embedded.apiserver.podspec.volumes import persistentvolumes as rules
from podlab.embedded.apiserver.resource import Context, Obj
from podlab.embedded.apiserver.resources.stored import stored
from podlab.embedded.apiserver.validation.statuses import corestatuses

DOCS = "https://kubernetes.io/docs/concepts/storage/persistent-volumes"
MODES = {"ReadWriteOnce": "RWO", "ReadOnlyMany": "ROX", "ReadWriteMany": "RWX", "ReadWriteOncePod": "RWOP"}
SOURCES = (("", "PersistentVolumeClaim"), ("snapshot.storage.k8s.io", "VolumeSnapshot"))

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
    return str(annotations.get(rules.BETA_CLASS) or (obj.get("spec") or {}).get("storageClassName") or "")


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


CLAIMS = stored(
    "",
    "PersistentVolumeClaim",
    "pvc",
    status=True,
    columns=CLAIM_COLUMNS,
    row=claim_row,
    default=_default_claim,
    prepare=_prepare_claim,
    validate=rules.validate_claim,
    validate_status=corestatuses.claim,
    warnings=rules.claim_warnings,
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
    validate=rules.validate_volume,
    warnings=rules.volume_warnings,
)
