"""StorageClasses, CSI nodes and drivers. Upstream: pkg/apis/storage/v1/defaults.go"""

from __future__ import annotations

from typing import Any

from podlab.embedded.apiserver.columns import AGE, NAME, UNSET, Column, age, head
from podlab.embedded.apiserver.resource import Context, Obj
from podlab.embedded.apiserver.resources.stored import stored
from podlab.embedded.apiserver.status import Cause
from podlab.embedded.apiserver.validation import metadata, names, storageclasses

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

NODE_COLUMNS = (
    NAME,
    Column("Drivers", "Drivers indicates the number of CSI drivers registered on the node", type="integer"),
    AGE,
)


def row(obj: Obj, now: float) -> list[Any]:
    """The default class is marked behind its name.

    Upstream: pkg/printers/internalversion/printers.go (printStorageClass)
    """
    name = obj["metadata"].get("name", "")
    default = (obj["metadata"].get("annotations") or {}).get("storageclass.kubernetes.io/is-default-class") == "true"
    policy, mode = obj.get("reclaimPolicy", "Delete"), obj.get("volumeBindingMode", UNSET)
    shown = f"{name} (default)" if default else name
    return [shown, obj.get("provisioner", ""), policy, mode, bool(obj.get("allowVolumeExpansion")), age(obj, now)]


DRIVER_COLUMNS = (
    NAME,
    Column(
        "AttachRequired",
        "attachRequired indicates this CSI volume driver requires an attach operation (because it implements the CSI "
        "ControllerPublishVolume() method), and that the Kubernetes attach detach controller should call the attach "
        "volume interface which checks the volumeattachment status and waits until the volume is attached before "
        "proceeding to mounting. The CSI external-attacher coordinates with CSI volume driver and updates the "
        "volumeattachment status when the attach operation is complete. If the value is specified to false, the "
        "attach operation will be skipped. Otherwise the attach operation will be called.\n\nThis field is "
        "immutable.",
        type="boolean",
    ),
    Column(
        "PodInfoOnMount",
        "podInfoOnMount indicates this CSI volume driver requires additional pod information (like podName, podUID, "
        "etc.) during mount operations, if set to true. If set to false, pod information will not be passed on "
        "mount. Default is false.\n\nThe CSI driver specifies podInfoOnMount as part of driver deployment. If true, "
        "Kubelet will pass pod information as VolumeContext in the CSI NodePublishVolume() calls. The CSI driver is "
        "responsible for parsing and validating the information passed in as VolumeContext.\n\nThe following "
        "VolumeContext will be passed if podInfoOnMount is set to true. This list might grow, but the prefix will be "
        'used. "csi.storage.k8s.io/pod.name": pod.Name "csi.storage.k8s.io/pod.namespace": pod.Namespace '
        '"csi.storage.k8s.io/pod.uid": string(pod.UID) "csi.storage.k8s.io/ephemeral": "true" if the volume is '
        "an ephemeral inline volume\n                                defined by a CSIVolumeSource, otherwise "
        '"false"\n\n"csi.storage.k8s.io/ephemeral" is a new feature in Kubernetes 1.16. It is only required for '
        'drivers which support both the "Persistent" and "Ephemeral" VolumeLifecycleMode. Other drivers can '
        "leave pod info disabled and/or ignore this field. As Kubernetes 1.15 doesn't support this field, drivers "
        "can only support one mode when deployed on such a cluster and the deployment determines which mode that is, "
        "for example via a command line parameter of the driver.\n\nThis field was immutable in Kubernetes < 1.29 "
        "and now is mutable.",
        type="boolean",
    ),
    Column(
        "StorageCapacity",
        "storageCapacity indicates that the CSI volume driver wants pod scheduling to consider the storage capacity "
        "that the driver deployment will report by creating CSIStorageCapacity objects with capacity information, if "
        "set to true.\n\nThe check can be enabled immediately when deploying a driver. In that case, provisioning "
        "new volumes with late binding will pause until the driver deployment has published some suitable "
        "CSIStorageCapacity object.\n\nAlternatively, the driver can be deployed with the field unset or false and "
        "it can be flipped later when storage capacity information has been published.\n\nThis field was immutable "
        "in Kubernetes <= 1.22 and now is mutable.",
        type="boolean",
    ),
    Column(
        "TokenRequests",
        "tokenRequests indicates the CSI driver needs pods' service account tokens it is mounting volume for to do "
        "necessary authentication. Kubelet will pass the tokens in VolumeContext in the CSI NodePublishVolume calls. "
        "The CSI driver should parse and validate the following VolumeContext: "
        '"csi.storage.k8s.io/serviceAccount.tokens": {\n  "<audience>": {\n    "token": <token>,\n    '
        '"expirationTimestamp": <expiration timestamp in RFC3339>,\n  },\n  ...\n}\n\nNote: Audience in each '
        "TokenRequest should be different and at most one token is empty string. To receive a new token after "
        "expiry, RequiresRepublish can be used to trigger NodePublishVolume periodically.",
    ),
    Column(
        "RequiresRepublish",
        "requiresRepublish indicates the CSI driver wants `NodePublishVolume` being periodically called to reflect "
        "any possible change in the mounted volume. This field defaults to false.\n\nNote: After a successful "
        "initial NodePublishVolume call, subsequent calls to NodePublishVolume should only update the contents of "
        "the volume. New mount points will not be seen by a running container.",
        type="boolean",
    ),
    Column(
        "Modes",
        "volumeLifecycleModes defines what kind of volumes this CSI volume driver supports. The default if the list "
        'is empty is "Persistent", which is the usage defined by the CSI specification and implemented in '
        'Kubernetes via the usual PV/PVC mechanism.\n\nThe other mode is "Ephemeral". In this mode, volumes are '
        "defined inline inside the pod spec with CSIVolumeSource and their lifecycle is tied to the lifecycle of "
        "that pod. A driver has to be aware of this because it is only going to get a NodePublishVolume call for "
        "such a volume.\n\nFor more information about implementing this mode, see "
        "https://kubernetes-csi.github.io/docs/ephemeral-local-volumes.html A driver can support one or more of "
        "these modes and more modes may be added in the future.\n\nThis field is beta. This field is immutable.",
    ),
    AGE,
)


def _validate_driver(obj: Obj, old: Obj | None) -> list[Cause]:
    """Upstream: pkg/apis/storage/validation/validation.go (validateCSIDriverSpec, ValidateCSIDriverUpdate)"""
    found, spec = metadata.validate(obj, old), obj.get("spec") or {}
    policies = ("File", "None", "ReadWriteOnceWithFSType")
    found += names.among("spec.fsGroupPolicy", spec.get("fsGroupPolicy"), policies)
    for mode in spec.get("volumeLifecycleModes") or []:
        found += names.among("spec.volumeLifecycleModes", mode, ("Persistent", "Ephemeral"))
    if old is not None:
        for key, shown in (("attachRequired", "attachedRequired"), ("volumeLifecycleModes", "volumeLifecycleModes")):
            found += metadata.immutable(f"spec.{shown}", spec.get(key), old["spec"].get(key))
    return found


def driver_row(obj: Obj, now: float) -> list[Any]:
    """Three booleans, then whose tokens it asks for, `<unset>` where none.

    Upstream: pkg/printers/internalversion/printers.go (printCSIDriver)
    """
    name, spec, _ = head(obj)
    flags = [bool(spec.get(key)) for key in ("attachRequired", "podInfoOnMount", "storageCapacity")]
    audiences = ",".join(token.get("audience", "") for token in spec.get("tokenRequests") or ()) or UNSET
    modes = ",".join(spec.get("volumeLifecycleModes") or ())
    return [name, *flags, audiences, bool(spec.get("requiresRepublish")), modes, age(obj, now)]


def node_row(obj: Obj, now: float) -> list[Any]:
    """DRIVERS counts them. Upstream: pkg/printers/internalversion/printers.go (printCSINode)"""
    return [obj["metadata"].get("name", ""), len((obj.get("spec") or {}).get("drivers") or []), age(obj, now)]


def _storage_class(obj: Obj) -> None:
    obj.setdefault("reclaimPolicy", "Delete")
    obj.setdefault("volumeBindingMode", "Immediate")


def _csi_driver(obj: Obj) -> None:
    spec = obj.setdefault("spec", {})
    for key in ("attachRequired", "podInfoOnMount", "storageCapacity", "requiresRepublish", "seLinuxMount"):
        spec.setdefault(key, key in ("attachRequired",))
    spec.setdefault("fsGroupPolicy", "ReadWriteOnceWithFSType")
    spec.setdefault("volumeLifecycleModes", ["Persistent"])


def _uncounted(obj: Obj, old: Obj | None, ctx: Context) -> None:
    """Only changes are counted. Upstream: pkg/registry/storage/csidriver/strategy.go"""
    if old is None:
        obj["metadata"].pop("generation", None)


STORAGE_CLASSES = stored(
    "storage.k8s.io",
    "StorageClass",
    "sc",
    plural="storageclasses",
    namespaced=False,
    default=_storage_class,
    validate=storageclasses.validate,
    columns=COLUMNS,
    row=row,
)
CSI_NODES = stored("storage.k8s.io", "CSINode", namespaced=False, columns=NODE_COLUMNS, row=node_row)
CSI_DRIVERS = stored(
    "storage.k8s.io",
    "CSIDriver",
    namespaced=False,
    validate=_validate_driver,
    prepare=_uncounted,
    default=_csi_driver,
    generation=True,
    columns=DRIVER_COLUMNS,
    row=driver_row,
)
