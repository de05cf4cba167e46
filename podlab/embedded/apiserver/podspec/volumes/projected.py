"""Validation of files from Secrets, ConfigMaps, the Pod itself and tokens. Upstream: validateProjectionSources"""

from __future__ import annotations

from typing import Any

from podlab.embedded.apiserver.podspec.environment import VOLUME_FIELDS, field_reference, resource_reference
from podlab.embedded.apiserver.status import Cause
from podlab.embedded.apiserver.validation import causes, names

Obj = dict[str, Any]
MODE_TEXT = "must be a number between 0 and 0777 (octal), both inclusive"
CONFLICT = "conflicting duplicate paths"


def mode(value: int | None, path: str) -> list[Cause]:
    """The permission bits of a file."""
    return [causes.invalid(path, value, MODE_TEXT)] if value is not None and not 0 <= value <= 0o777 else []


def files(given: Obj, path: str) -> list[Cause]:
    """The mode and the chosen keys of a Secret or ConfigMap."""
    found = mode(given.get("defaultMode"), f"{path}.defaultMode")
    for index, item in enumerate(given.get("items") or []):
        found += _key_to_path(item, f"{path}.items[{index}]")
    return found


def _key_to_path(item: Obj, path: str) -> list[Cause]:
    found = [causes.required(f"{path}.{key}") for key in ("key", "path") if not item.get(key)]
    return found + names.local(f"{path}.path", item.get("path", "")) + mode(item.get("mode"), f"{path}.mode")


def _downward_file(item: Obj, path: str) -> list[Cause]:
    found = [] if item.get("path") else [causes.required(f"{path}.path")]
    found += names.local(f"{path}.path", item.get("path", ""))
    field, resource = item.get("fieldRef"), item.get("resourceFieldRef")
    if field is not None:
        found += field_reference(field, VOLUME_FIELDS, f"{path}.fieldRef")
        if resource is not None:
            text = "fieldRef and resourceFieldRef can not be specified simultaneously"
            found.append(causes.invalid(path, "resource", text))
    elif resource is not None:
        found += resource_reference(resource, f"{path}.resourceFieldRef", named=True)
    else:
        found.append(causes.required(path, "one of fieldRef and resourceFieldRef is required"))
    return found + mode(item.get("mode"), f"{path}.mode")


def downward(given: Obj, path: str) -> list[Cause]:
    """Files that say something about the Pod."""
    found = mode(given.get("defaultMode"), f"{path}.defaultMode")
    for item in given.get("items") or []:
        found += _downward_file(item, path)
    return found


def projected(given: Obj, path: str) -> list[Cause]:
    """Files of several sources in one folder."""
    found = mode(given.get("defaultMode"), f"{path}.defaultMode")
    paths: set[str] = set()
    for index, source in enumerate(given.get("sources") or []):
        here = f"{path}.sources[{index}]"
        for key in ("secret", "configMap"):
            if source.get(key) is not None:
                found += _chosen(source[key], f"{here}.{key}", paths, path)
        for item in (source.get("downwardAPI") or {}).get("items") or []:
            found += _downward_file(item, f"{here}.downwardAPI")
            found += _conflict(item.get("path", ""), paths, path, item.get("path", ""))
        if source.get("serviceAccountToken") is not None:
            found += _token(source["serviceAccountToken"], f"{here}.serviceAccountToken", path)
        if len([value for value in source.values() if value is not None]) > 1:
            found.append(causes.forbidden(here, "may not specify more than 1 volume type per source"))
    return found


def _chosen(source: Obj, path: str, paths: set[str], volume: str) -> list[Cause]:
    found = [] if source.get("name") else [causes.required(f"{path}.name")]
    for index, item in enumerate(source.get("items") or []):
        found += _key_to_path(item, f"{path}.items[{index}]")
        found += _conflict(item.get("path", ""), paths, volume, source.get("name", ""))
    return found


def _conflict(place: str, paths: set[str], volume: str, shown: str) -> list[Cause]:
    twice = place in paths
    if place:
        paths.add(place)
    return [causes.invalid(volume, shown, CONFLICT)] if twice else []


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
    return found + names.local(f"{volume}.path", given["path"])
