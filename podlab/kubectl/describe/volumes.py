"""The Volumes section: one table of what each kind of volume shows."""

from __future__ import annotations

from typing import Any

from podlab.kubectl.describe.sections import Object, small

# kind of volume → what it is, and its lines: (title, field, how to print it)
TEXT, BOOL, NUMBER, REF = "text", "bool", "number", "ref"
_READ_ONLY = ("ReadOnly", "readOnly", BOOL)
_FS_TYPE = ("FSType", "fsType", TEXT)
VOLUMES: dict[str, tuple[str, tuple[tuple[str, str, str], ...]]] = {
    "gcePersistentDisk": (
        "GCEPersistentDisk (a Persistent Disk resource in Google Compute Engine)",
        (("PDName", "pdName", TEXT), _FS_TYPE, ("Partition", "partition", NUMBER), _READ_ONLY),
    ),
    "awsElasticBlockStore": (
        "AWSElasticBlockStore (a Persistent Disk resource in AWS)",
        (("VolumeID", "volumeID", TEXT), _FS_TYPE, ("Partition", "partition", NUMBER), _READ_ONLY),
    ),
    "gitRepo": (
        "GitRepo (a volume that is pulled from git when the pod is created)",
        (("Repository", "repository", TEXT), ("Revision", "revision", TEXT)),
    ),
    "secret": (
        "Secret (a volume populated by a Secret)",
        (("SecretName", "secretName", TEXT), ("Optional", "optional", BOOL)),
    ),
    "configMap": (
        "ConfigMap (a volume populated by a ConfigMap)",
        (("Name", "name", TEXT), ("Optional", "optional", BOOL)),
    ),
    "nfs": (
        "NFS (an NFS mount that lasts the lifetime of a pod)",
        (("Server", "server", TEXT), ("Path", "path", TEXT), _READ_ONLY),
    ),
    "persistentVolumeClaim": (
        "PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)",
        (("ClaimName", "claimName", TEXT), _READ_ONLY),
    ),
    "image": (
        "Image (a container image or OCI artifact)",
        (("Reference", "reference", TEXT), ("PullPolicy", "pullPolicy", TEXT)),
    ),
    "local": ("LocalVolume (a persistent volume backed by local storage on a node)", (("Path", "path", TEXT),)),
    "portworxVolume": ("PortworxVolume (a Portworx Volume resource)", (("VolumeID", "volumeID", TEXT),)),
    "glusterfs": (
        "Glusterfs (a Glusterfs mount on the host that shares a pod's lifetime)",
        (("EndpointsName", "endpoints", TEXT), ("Path", "path", TEXT), _READ_ONLY),
    ),
}


def volumes(values: list[Object] | None, space: str = "") -> list[str]:
    """The volumes of a Pod, or (with `space`) of a Pod template."""
    if not values:
        return [f"{space}Volumes:\t<none>"]
    lines = [f"{space}Volumes:"]
    for volume in values:
        lines.append(f"  {' ' if space else ''}{volume['name']}:")
        lines += [f"    {line}" for line in source_lines(volume)]
    return lines


def source_lines(volume: Object) -> list[str]:
    """What a volume, or a PersistentVolume's spec, is made of."""
    kind = next((key for key in volume if key in VOLUMES or key in _SPECIAL), "")
    source: dict[str, Any] = volume.get(kind) or {}
    special = _SPECIAL.get(kind)
    if special:
        return special(source)
    if not kind:
        return ["<unknown>"]
    title, fields = VOLUMES[kind]
    return [f"Type:\t{title}", *(f"{name}:\t{_value(source.get(key), how)}" for name, key, how in fields)]


def _value(value: object, how: str) -> str:
    if how == BOOL:
        return small(value)
    return str(value if value is not None else 0 if how == NUMBER else "")


def _host_path(source: Object) -> list[str]:
    return [
        "Type:\tHostPath (bare host directory volume)",
        f"Path:\t{source.get('path', '')}",
        f"HostPathType:\t{source.get('type', '<none>')}",
    ]


def _empty_dir(source: Object) -> list[str]:
    limit = source.get("sizeLimit")
    return [
        "Type:\tEmptyDir (a temporary directory that shares a pod's lifetime)",
        f"Medium:\t{source.get('medium', '')}",
        f"SizeLimit:\t{limit if limit not in (None, '0') else '<unset>'}",
    ]


def _projected(projected: Object) -> list[str]:
    lines = ["Type:\tProjected (a volume that contains injected data from multiple sources)"]
    for source in projected.get("sources") or []:
        if "secret" in source:
            secret = source["secret"]
            lines += [f"SecretName:\t{secret.get('name', '')}", f"Optional:\t{small(secret.get('optional'))}"]
        elif "downwardAPI" in source:
            lines.append("DownwardAPI:\ttrue")
        elif "configMap" in source:
            config_map = source["configMap"]
            lines += [
                f"ConfigMapName:\t{config_map.get('name', '')}",
                f"Optional:\t{small(config_map.get('optional'))}",
            ]
        elif "serviceAccountToken" in source:
            lines.append(f"TokenExpirationSeconds:\t{source['serviceAccountToken'].get('expirationSeconds', 3600)}")
    return lines


def _downward_api(source: Object) -> list[str]:
    lines = ["Type:\tDownwardAPI (a volume populated by information about the pod)", "Items:"]
    for item in source.get("items") or []:
        if item.get("fieldRef"):
            lines.append(f"  {item['fieldRef']['fieldPath']} -> {item['path']}")
        if item.get("resourceFieldRef"):
            lines.append(f"  {item['resourceFieldRef']['resource']} -> {item['path']}")
    return lines


def _csi(source: Object) -> list[str]:
    lines = [
        "Type:\tCSI (a Container Storage Interface (CSI) volume source)",
        f"Driver:\t{source.get('driver', '')}",
        f"FSType:\t{source.get('fsType', '')}",
        f"ReadOnly:\t{small(source.get('readOnly'))}",
    ]
    attributes = source.get("volumeAttributes") or {}
    texts = [f"{key}={attributes[key]}" for key in sorted(attributes)] or ["<none>"]
    return [*lines, f"VolumeAttributes:\t{texts[0]}", *(f"    \t{text}" for text in texts[1:])]


def _ephemeral(source: Object) -> list[str]:
    lines = ["Type:\tEphemeralVolume (an inline specification for a volume that gets created and deleted with the pod)"]
    spec = (source.get("volumeClaimTemplate") or {}).get("spec") or {}
    modes = {"ReadWriteOnce": "RWO", "ReadOnlyMany": "ROX", "ReadWriteMany": "RWX", "ReadWriteOncePod": "RWOP"}
    storage = ((spec.get("resources") or {}).get("requests") or {}).get("storage", "")
    access = ",".join(modes[mode] for mode in spec.get("accessModes") or [])
    return [
        *lines,
        f"StorageClass:\t{spec.get('storageClassName', '')}",
        "Volume:\t",
        f"Capacity:\t{storage}",
        f"Access Modes:\t{access}",
    ]


_SPECIAL = {
    "hostPath": _host_path,
    "emptyDir": _empty_dir,
    "projected": _projected,
    "downwardAPI": _downward_api,
    "csi": _csi,
    "ephemeral": _ephemeral,
}
