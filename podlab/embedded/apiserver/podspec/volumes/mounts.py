"""Validation of where containers see volumes. Upstream: ValidateVolumeMounts, ValidateVolumeDevices"""

from __future__ import annotations

from typing import Any

from podlab.embedded.apiserver.status import Cause
from podlab.embedded.apiserver.validation import causes, names

Obj = dict[str, Any]
PROPAGATIONS = ("Bidirectional", "HostToContainer", "None")
RECURSIVE = ("Disabled", "Enabled", "IfPossible")
BLOCK = "can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode"
PRIVILEGED = "Bidirectional mount propagation is available only to privileged containers"


def mounts(container: Obj, volumes: dict[str, Obj], path: str) -> list[Cause]:
    """Return what is wrong with a container's volumeMounts; `volumes` are the valid ones by name."""
    found: list[Cause] = []
    seen: set[str] = set()
    devices = {device.get("name", ""): device.get("devicePath", "") for device in container.get("volumeDevices") or []}
    for index, mount in enumerate(container.get("volumeMounts") or []):
        here, name, place = f"{path}[{index}]", mount.get("name", ""), mount.get("mountPath", "")
        if not name:
            found.append(causes.required(f"{here}.name"))
        if name not in volumes:
            found.append(causes.not_found(f"{here}.name", name))
        if not place:
            found.append(causes.required(f"{here}.mountPath"))
        if place in seen:
            found.append(causes.invalid(f"{here}.mountPath", place, "must be unique"))
        seen.add(place)
        if name in devices:
            found.append(causes.invalid(f"{here}.name", name, "must not already exist in volumeDevices"))
        if place in devices.values():
            text = "must not already exist as a path in volumeDevices"
            found.append(causes.invalid(f"{here}.mountPath", place, text))
        found += _sub_paths(mount, here, path)
        found += _propagation(mount, container, f"{path}.mountPropagation")
        found += _recursive(mount, f"{path}.recursiveReadOnly")
    return found


def _sub_paths(mount: Obj, here: str, path: str) -> list[Cause]:
    plain, expression = mount.get("subPath", ""), mount.get("subPathExpr", "")
    found = names.descending(f"{path}.subPath", plain) if plain else []
    if expression:
        if plain:
            text = "subPathExpr and subPath are mutually exclusive"
            found.append(causes.invalid(f"{here}.subPathExpr", expression, text))
        found += names.descending(f"{path}.subPathExpr", expression)
    return found


def _propagation(mount: Obj, container: Obj, path: str) -> list[Cause]:
    mode = mount.get("mountPropagation")
    found = names.among(path, mode, PROPAGATIONS)
    if mode == "Bidirectional" and not (container.get("securityContext") or {}).get("privileged"):
        found.append(causes.forbidden(path, PRIVILEGED))
    return found


def _recursive(mount: Obj, path: str) -> list[Cause]:
    wanted, found = mount.get("recursiveReadOnly"), []
    if wanted not in ("Enabled", "IfPossible"):
        return names.among(path, wanted, RECURSIVE)
    if not mount.get("readOnly"):
        found.append(causes.forbidden(path, "may only be specified when readOnly is true"))
    if mount.get("mountPropagation") not in (None, "None"):
        text = "may only be specified when mountPropagation is None or not specified"
        found.append(causes.forbidden(path, text))
    return found


def devices(container: Obj, volumes: dict[str, Obj], path: str) -> list[Cause]:
    """Return what is wrong with a container's volumeDevices."""
    found: list[Cause] = []
    seen: set[str] = set()
    places: set[str] = set()
    mounted = {mount.get("name", ""): mount.get("mountPath", "") for mount in container.get("volumeMounts") or []}
    for index, device in enumerate(container.get("volumeDevices") or []):
        here, name, place = f"{path}[{index}]", device.get("name", ""), device.get("devicePath", "")
        found += _device_name(name, volumes.get(name), seen, f"{here}.name")
        if not place:
            found.append(causes.required(f"{here}.devicePath"))
        if place in places:
            found.append(causes.invalid(f"{here}.devicePath", place, "must be unique"))
        if ".." in place.split("/"):
            found.append(causes.invalid(f"{here}.devicePath", place, "can not contain backsteps ('..')"))
        else:
            places.add(place)
        if name in mounted:
            found.append(causes.invalid(f"{here}.name", name, "must not already exist in volumeMounts"))
        if place in mounted.values():
            text = "must not already exist as a path in volumeMounts"
            found.append(causes.invalid(f"{here}.devicePath", place, text))
        seen.add(name)
    return found


def _device_name(name: str, volume: Obj | None, seen: set[str], path: str) -> list[Cause]:
    found = [] if name else [causes.required(path)]
    if name and name in seen:
        found.append(causes.invalid(path, name, "must be unique"))
    if volume is None:
        return [*found, causes.not_found(path, name)]
    if volume.get("persistentVolumeClaim") is None and volume.get("ephemeral") is None:
        found.append(causes.invalid(path, name, BLOCK))
    return found
