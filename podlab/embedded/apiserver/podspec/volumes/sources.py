"""Validation of the sources of volumes, as a table. Upstream: pkg/apis/core/validation/validation.go"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from podlab.apimachinery import quantity
from podlab.embedded.apiserver.podspec.volumes import claims, projected
from podlab.embedded.apiserver.status import Cause
from podlab.embedded.apiserver.validation import causes, names

Obj = dict[str, Any]
Check = Callable[[Obj, str], list[Cause]]
HOST_PATH_TYPES = ("", "DirectoryOrCreate", "Directory", "FileOrCreate", "File", "Socket", "CharDevice", "BlockDevice")
PAIRS = "must be a host:port pair or multiple pairs separated by commas"
IQN = {
    "iqn": re.compile(r"iqn\.\d{4}-\d{2}\.([A-Za-z0-9-.]+)(:[^,;*&$|\s]+)$"),
    "eui": re.compile(r"^eui.[A-Za-z0-9]{16}$"),
    "naa": re.compile(r"^naa.[A-Za-z0-9]{32}$"),
}
MANAGED = "/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}"
BLOB = "https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd"


def needs(*keys: str) -> Check:
    """A source of which only some fields have to be there; `a.b` is asked for where `a` is given."""

    def check(given: Obj, path: str) -> list[Cause]:
        found = []
        for key in keys:
            outer, _, inner = key.rpartition(".")
            holder = given.get(outer) if outer else given
            if holder is not None and not holder.get(inner):
                found.append(causes.required(f"{path}.{key}"))
        return found

    return check


def _empty_dir(given: Obj, path: str) -> list[Cause]:
    limit = given.get("sizeLimit")
    if limit is None or quantity.nano(limit) >= 0:
        return []
    return [causes.forbidden(f"{path}.sizeLimit", "SizeLimit field must be a valid resource quantity")]


def host_path(given: Obj, path: str) -> list[Cause]:
    """A path of the node."""
    if not given.get("path"):
        return [causes.required(f"{path}.path")]
    found = names.no_backsteps(f"{path}.path", given["path"])
    return found + names.among(f"{path}.type", given.get("type"), tuple(sorted(HOST_PATH_TYPES)))


def _git(given: Obj, path: str) -> list[Cause]:
    return needs("repository")(given, path) + names.descending(f"{path}.directory", given.get("directory", ""))


def _disk(key: str) -> Check:
    def check(given: Obj, path: str) -> list[Cause]:
        partition = given.get("partition", 0)
        wrong = [] if 0 <= partition <= 255 else [names.between(1, 255)]
        return needs(key)(given, path) + names.causes_of(f"{path}.partition", partition, wrong)

    return check


def secret(given: Obj, path: str) -> list[Cause]:
    """Files of a Secret."""
    return needs("secretName")(given, path) + projected.files(given, path)


def config_map(given: Obj, path: str) -> list[Cause]:
    """Files of a ConfigMap."""
    return needs("name")(given, path) + projected.files(given, path)


def nfs(given: Obj, path: str) -> list[Cause]:
    """A share of an NFS server."""
    place = given.get("path", "")
    wrong = [] if place.startswith("/") else ["must be an absolute path"]
    return needs("server", "path")(given, path) + names.causes_of(f"{path}.path", place, wrong)


def _iqn(text: str, path: str) -> list[Cause]:
    known = next((kind for kind in IQN if text.startswith(kind)), "")
    if not known:
        return [causes.invalid(path, text, "must be valid format starting with iqn, eui, or naa")]
    return [] if IQN[known].search(text) else [causes.invalid(path, text, "must be valid format")]


def iscsi(given: Obj, path: str) -> list[Cause]:
    """A disk over iSCSI."""
    found = needs("targetPortal", "iqn")(given, path)
    if given.get("iqn"):
        found += _iqn(given["iqn"], f"{path}.iqn")
    lun = given.get("lun", 0)
    found += names.causes_of(f"{path}.lun", lun, [] if 0 <= lun <= 255 else [names.between(0, 255)])
    if (given.get("chapAuthDiscovery") or given.get("chapAuthSession")) and given.get("secretRef") is None:
        found.append(causes.required(f"{path}.secretRef"))
    if given.get("initiatorName") is not None:
        found += _iqn(given["initiatorName"], f"{path}.initiatorname")
    return found


def _flocker(given: Obj, path: str) -> list[Cause]:
    name, uuid = given.get("datasetName", ""), given.get("datasetUUID", "")
    found = []
    if not name and not uuid:
        found.append(causes.required(path, "one of datasetName and datasetUUID is required"))
    if name and uuid:
        text = "datasetName and datasetUUID can not be specified simultaneously"
        found.append(causes.invalid(path, "resource", text))
    if "/" in name:
        found.append(causes.invalid(f"{path}.datasetName", name, "must not contain '/'"))
    return found


def _quobyte(given: Obj, path: str) -> list[Cause]:
    registry, found = given.get("registry", ""), []
    if not registry:
        found.append(causes.required(f"{path}.registry", PAIRS))
    elif len(given.get("tenant", "")) >= 65:
        text = "must be a UUID and may not exceed a length of 64 characters"
        found.append(causes.required(f"{path}.tenant", text))
    else:
        odd = [pair for pair in registry.split(",") if pair.count(":") != 1]
        found += [causes.invalid(f"{path}.registry", registry, PAIRS) for _ in odd]
    return found + needs("volume")(given, path)


def _fibre(given: Obj, path: str) -> list[Cause]:
    targets, ids, found = given.get("targetWWNs") or [], given.get("wwids") or [], []
    if not targets and not ids:
        found.append(causes.required(f"{path}.targetWWNs", "must specify either targetWWNs or wwids, but not both"))
    if targets and ids:
        text = "targetWWNs and wwids can not be specified simultaneously"
        found.append(causes.invalid(f"{path}.targetWWNs", targets, text))
    lun = given.get("lun")
    if targets and lun is None:
        found.append(causes.required(f"{path}.lun", "lun is required if targetWWNs is specified"))
    elif targets and lun is not None and not 0 <= lun <= 255:
        found.append(causes.invalid(f"{path}.lun", lun, names.between(0, 255)))
    return found


def _flex(given: Obj, path: str) -> list[Cause]:
    reserved = "kubernetes.io and k8s.io namespaces are reserved"
    found = needs("driver")(given, path)
    for key in given.get("options") or {}:
        domain = "." + key.partition("/")[0].lower() if "/" in key else "." + key.lower()
        if domain.endswith((".kubernetes.io", ".k8s.io")):
            found.append(causes.invalid(f"{path}.options[{key}]", key, reserved))
    return found


def _azure_disk(given: Obj, path: str) -> list[Cause]:
    kind, place = given.get("kind"), given.get("diskURI", "")
    found = needs("diskName", "diskURI")(given, path)
    found += names.among(f"{path}.cachingMode", given.get("cachingMode"), ("None", "ReadOnly", "ReadWrite"))
    found += names.among(f"{path}.kind", kind, ("Dedicated", "Managed", "Shared"))
    if kind is not None:
        start, right = ("/subscriptions/", MANAGED) if kind == "Managed" else ("https://", BLOB)
        if not place.startswith(start):
            found.append(causes.unsupported(f"{path}.diskURI", place, (right,)))
    return found


def _storage_os(given: Obj, path: str) -> list[Cause]:
    found = needs("volumeName")(given, path)
    for key in ("volumeName", "volumeNamespace"):
        if given.get(key):
            found += names.causes_of(f"{path}.{key}", given[key], names.label(given[key]))
    return found + needs("secretRef.name")(given, path)


def driver(name: str, path: str) -> list[Cause]:
    """The name of a CSI driver."""
    found = [] if name else [causes.required(path)]
    if len(name) > 63:
        found.append(causes.too_long(path, 63))
    return found + names.causes_of(path, name, names.subdomain(name.lower()) if name else [])


def _csi(given: Obj, path: str) -> list[Cause]:
    found = driver(given.get("driver", ""), f"{path}.driver") + needs("nodePublishSecretRef.name")(given, path)
    name = (given.get("nodePublishSecretRef") or {}).get("name")
    return found + (names.causes_of(f"{path}.name", name, names.subdomain(name)) if name else [])


def _ephemeral(given: Obj, path: str) -> list[Cause]:
    claim = given.get("volumeClaimTemplate")
    if claim is None:
        return [causes.required(f"{path}.volumeClaimTemplate")]
    return claims.template(claim, f"{path}.volumeClaimTemplate")


def _image(given: Obj, path: str) -> list[Cause]:
    allowed = ("Always", "IfNotPresent", "Never")
    return needs("reference")(given, path) + names.one_of(f"{path}.pullPolicy", given.get("pullPolicy"), allowed)


# In the order in which upstream looks at them, which decides what the "more than 1" error names.
CHECKS: dict[str, Check] = {
    "emptyDir": _empty_dir,
    "hostPath": host_path,
    "gitRepo": _git,
    "gcePersistentDisk": _disk("pdName"),
    "awsElasticBlockStore": _disk("volumeID"),
    "secret": secret,
    "nfs": nfs,
    "iscsi": iscsi,
    "glusterfs": needs("endpoints", "path"),
    "flocker": _flocker,
    "persistentVolumeClaim": needs("claimName"),
    "rbd": needs("monitors", "image"),
    "cinder": needs("volumeID", "secretRef.name"),
    "cephfs": needs("monitors"),
    "quobyte": _quobyte,
    "downwardAPI": projected.downward,
    "fc": _fibre,
    "flexVolume": _flex,
    "configMap": config_map,
    "azureFile": needs("secretName", "shareName"),
    "vsphereVolume": needs("volumePath"),
    "photonPersistentDisk": needs("pdID"),
    "portworxVolume": needs("volumeID"),
    "azureDisk": _azure_disk,
    "storageos": _storage_os,
    "projected": projected.projected,
    "scaleIO": needs("gateway", "system", "volumeName"),
    "csi": _csi,
    "ephemeral": _ephemeral,
    "image": _image,
}
SPELT = {"downwardAPI": "downwarAPI", "cephfs": "cephFS"}  # upstream's own spelling in the "more than 1" error
INSIDE = {"gcePersistentDisk": "persistentDisk"}  # and in the errors about what is in it


def source(volume: Obj, path: str) -> list[Cause]:
    """Return what is wrong with the one source of a volume."""
    present = [key for key in CHECKS if volume.get(key) is not None]
    if not present:
        return [causes.required(path, "must specify a volume type")]
    found = []
    for number, key in enumerate(present):
        if number:
            found.append(causes.forbidden(f"{path}.{SPELT.get(key, key)}", "may not specify more than 1 volume type"))
        else:
            found += CHECKS[key](volume[key], f"{path}.{INSIDE.get(key, key)}")
    return found
