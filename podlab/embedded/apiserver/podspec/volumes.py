"""Validation of volumes. Upstream: pkg/apis/core/validation/validation.go ValidateVolumes"""

from __future__ import annotations

from typing import Any

from podlab.apimachinery import quantity
from podlab.embedded.apiserver.podspec.containers import VOLUME_FIELDS, descending, field_reference
from podlab.embedded.apiserver.status import Cause
from podlab.embedded.apiserver.validation import causes, names

Obj = dict[str, Any]
# In the order in which upstream looks at them, which decides what the "more than 1" error names.
SOURCES = (
    "emptyDir", "hostPath", "gitRepo", "gcePersistentDisk", "awsElasticBlockStore", "secret", "nfs", "iscsi",
    "glusterfs", "flocker", "persistentVolumeClaim", "rbd", "cinder", "cephfs", "quobyte", "downwardAPI", "fc",
    "flexVolume", "configMap", "azureFile", "vsphereVolume", "photonPersistentDisk", "portworxVolume", "azureDisk",
    "storageos", "projected", "scaleIO", "csi", "ephemeral", "image",
)  # fmt: skip
SPELT = {"downwardAPI": "downwarAPI", "cephfs": "cephFS"}  # upstream's own spelling in the "more than 1" error
HOST_PATH_TYPES = ("", "DirectoryOrCreate", "Directory", "FileOrCreate", "File", "Socket", "CharDevice", "BlockDevice")
MODE_TEXT = "must be a number between 0 and 0777 (octal), both inclusive"


def volumes(given: list[Obj], path: str) -> tuple[dict[str, Obj], list[Cause]]:
    """Return the valid volumes by name, and what is wrong with the others."""
    valid: dict[str, Obj] = {}
    found: list[Cause] = []
    for index, volume in enumerate(given):
        here, name = f"{path}[{index}]", volume.get("name", "")
        wrong = _source(volume, here)
        wrong += names.causes_of(f"{here}.name", name, names.label(name)) if name else [causes.required(f"{here}.name")]
        if name in valid:
            wrong.append(causes.duplicate(f"{here}.name", name))
        if wrong:
            found += wrong
        else:
            valid[name] = volume
    return valid, found


def _source(volume: Obj, path: str) -> list[Cause]:
    present = [key for key in SOURCES if volume.get(key) is not None]
    if not present:
        return [causes.required(path, "must specify a volume type")]
    found = []
    for number, key in enumerate(present):
        if number:
            found.append(causes.forbidden(f"{path}.{SPELT.get(key, key)}", "may not specify more than 1 volume type"))
        elif key in _CHECKS:
            found += _CHECKS[key](volume[key], f"{path}.{key}")
    return found


def _empty_dir(given: Obj, path: str) -> list[Cause]:
    limit = given.get("sizeLimit")
    if limit is None or quantity.nano(limit) >= 0:
        return []
    return [causes.forbidden(f"{path}.sizeLimit", "SizeLimit field must be a valid resource quantity")]


def _host_path(given: Obj, path: str) -> list[Cause]:
    place, kind = given.get("path", ""), given.get("type") or ""
    if not place:
        return [causes.required(f"{path}.path")]
    found = [causes.invalid(f"{path}.path", place, "must not contain '..'")] if ".." in place.split("/") else []
    if kind not in HOST_PATH_TYPES:
        found.append(causes.unsupported(f"{path}.type", kind, sorted(HOST_PATH_TYPES)))
    return found


def _mode(value: int | None, path: str) -> list[Cause]:
    return [causes.invalid(path, value, MODE_TEXT)] if value is not None and not 0 <= value <= 0o777 else []


def _local(text: str, path: str) -> list[Cause]:
    """A relative path that does not begin with `..`."""
    found = descending(text, path)
    if text.startswith("..") and not text.startswith("../"):
        found.append(causes.invalid(path, text, "must not start with '..'"))
    return found


def _items(items: list[Obj] | None, path: str) -> list[Cause]:
    found = []
    for index, item in enumerate(items or []):
        here = f"{path}.items[{index}]"
        found += [causes.required(f"{here}.{key}") for key in ("key", "path") if not item.get(key)]
        found += _local(item.get("path", ""), f"{here}.path") + _mode(item.get("mode"), f"{here}.mode")
    return found


def _secret(given: Obj, path: str) -> list[Cause]:
    found = [] if given.get("secretName") else [causes.required(f"{path}.secretName")]
    return found + _mode(given.get("defaultMode"), f"{path}.defaultMode") + _items(given.get("items"), path)


def _config_map(given: Obj, path: str) -> list[Cause]:
    found = [] if given.get("name") else [causes.required(f"{path}.name")]
    return found + _mode(given.get("defaultMode"), f"{path}.defaultMode") + _items(given.get("items"), path)


def _claim(given: Obj, path: str) -> list[Cause]:
    return [] if given.get("claimName") else [causes.required(f"{path}.claimName")]


def _downward_files(items: list[Obj] | None, path: str) -> list[Cause]:
    found = []
    for item in items or []:
        if not item.get("path"):
            found.append(causes.required(f"{path}.path"))
        found += _local(item.get("path", ""), f"{path}.path")
        if item.get("fieldRef") is not None:
            found += field_reference(item["fieldRef"], VOLUME_FIELDS, f"{path}.fieldRef")
        elif item.get("resourceFieldRef") is None:
            found.append(causes.required(path, "one of fieldRef and resourceFieldRef is required"))
        elif not item["resourceFieldRef"].get("containerName"):
            found.append(causes.required(f"{path}.resourceFieldRef.containerName"))
        found += _mode(item.get("mode"), f"{path}.mode")
    return found


def _downward(given: Obj, path: str) -> list[Cause]:
    return _mode(given.get("defaultMode"), f"{path}.defaultMode") + _downward_files(given.get("items"), path)


def _projected(given: Obj, path: str) -> list[Cause]:
    found = _mode(given.get("defaultMode"), f"{path}.defaultMode")
    paths: set[str] = set()
    for index, source in enumerate(given.get("sources") or []):
        here = f"{path}.sources[{index}]"
        for key in ("secret", "configMap"):
            if source.get(key) is not None:
                if not source[key].get("name"):
                    found.append(causes.required(f"{here}.{key}.name"))
                found += _items(source[key].get("items"), f"{here}.{key}")
                found += _conflicts(source[key], paths, path)
        if source.get("downwardAPI") is not None:
            found += _downward_files(source["downwardAPI"].get("items"), f"{here}.downwardAPI")
        if source.get("serviceAccountToken") is not None:
            found += _token(source["serviceAccountToken"], f"{here}.serviceAccountToken", path)
        if len([value for value in source.values() if value is not None]) > 1:
            found.append(causes.forbidden(here, "may not specify more than 1 volume type per source"))
    return found


def _conflicts(source: Obj, paths: set[str], path: str) -> list[Cause]:
    found = []
    for item in source.get("items") or []:
        if item.get("path") in paths:
            found.append(causes.invalid(path, source.get("name", ""), "conflicting duplicate paths"))
        paths.add(item.get("path") or "")
    return found


def _token(given: Obj, path: str, volume: str) -> list[Cause]:
    seconds, found = given.get("expirationSeconds", 0), []
    if seconds < 600:
        text = "may not specify a duration less than 10 minutes"
        found.append(causes.invalid(f"{path}.expirationSeconds", seconds, text))
    if seconds > 1 << 32:
        text = "may not specify a duration larger than 2^32 seconds"
        found.append(causes.invalid(f"{path}.expirationSeconds", seconds, text))
    if not given.get("path"):
        return [*found, causes.required(f"{volume}.path")]
    return found + _local(given["path"], f"{volume}.path")


_CHECKS = {
    "emptyDir": _empty_dir,
    "hostPath": _host_path,
    "secret": _secret,
    "configMap": _config_map,
    "persistentVolumeClaim": _claim,
    "downwardAPI": _downward,
    "projected": _projected,
}
