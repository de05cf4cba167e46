"""StorageClasses, CSI nodes and drivers. Upstream: pkg/apis/storage/v1/defaults.go"""

from __future__ import annotations

from typing import Any

from podlab.embedded.apiserver.columns import AGE, NAME, UNSET, Column, age
from podlab.embedded.apiserver.resource import Obj
from podlab.embedded.apiserver.resources.stored import stored

COLUMNS = (
    NAME,
    Column("Provisioner", "provisioner indicates the type of the provisioner."),
    Column(
        "ReclaimPolicy",
        "reclaimPolicy controls the reclaimPolicy for dynamically provisioned PersistentVolumes of this storage "
        "class. Defaults to Delete.",
    ),
    Column(
        "VolumeBindingMode",
        "volumeBindingMode indicates how PersistentVolumeClaims should be provisioned and bound.  When unset, "
        "VolumeBindingImmediate is used. This field is only honored by servers that enable the VolumeScheduling "
        "feature.",
    ),
    Column("AllowVolumeExpansion", "allowVolumeExpansion shows whether the storage class allow volume expand."),
    AGE,
)


def row(obj: Obj, now: float) -> list[Any]:
    name = obj["metadata"].get("name", "")
    default = (obj["metadata"].get("annotations") or {}).get("storageclass.kubernetes.io/is-default-class") == "true"
    policy, mode = obj.get("reclaimPolicy", "Delete"), obj.get("volumeBindingMode", UNSET)
    shown = f"{name} (default)" if default else name
    return [shown, obj.get("provisioner", ""), policy, mode, bool(obj.get("allowVolumeExpansion")), age(obj, now)]


def _storage_class(obj: Obj) -> None:
    obj.setdefault("reclaimPolicy", "Delete")
    obj.setdefault("volumeBindingMode", "Immediate")


def _csi_driver(obj: Obj) -> None:
    spec = obj.setdefault("spec", {})
    for key in ("attachRequired", "podInfoOnMount", "storageCapacity", "requiresRepublish", "seLinuxMount"):
        spec.setdefault(key, key in ("attachRequired",))
    spec.setdefault("fsGroupPolicy", "ReadWriteOnceWithFSType")
    spec.setdefault("volumeLifecycleModes", ["Persistent"])


STORAGE_CLASSES = stored(
    "storage.k8s.io",
    "StorageClass",
    "sc",
    plural="storageclasses",
    namespaced=False,
    default=_storage_class,
    columns=COLUMNS,
    row=row,
)
CSI_NODES = stored("storage.k8s.io", "CSINode", namespaced=False)
CSI_DRIVERS = stored("storage.k8s.io", "CSIDriver", namespaced=False, default=_csi_driver, generation=True)
