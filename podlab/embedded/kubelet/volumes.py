"""The volumes of a Pod, made of what the API server has: a tree of files each.

Upstream: pkg/volume/{emptydir,configmap,secret,downwardapi,projected}
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from typing import Any

from podlab.embedded.kubelet.environment import Lookup, field_value, resource_value
from podlab.embedded.kubelet.files import Mount, Volume

Obj = dict[str, Any]
Token = Callable[[Obj, Obj], str]
"""(Pod, serviceAccountToken projection) → a token."""


class MountError(Exception):
    """A volume that cannot be set up; the message of FailedMount."""


def set_up(pod: Obj, volumes: dict[str, Volume], lookup: Lookup, facts: Mapping[str, str], token: Token) -> None:
    """Make or refresh every volume of a Pod. Raises MountError."""
    for spec in pod["spec"].get("volumes") or []:
        name = spec["name"]
        try:
            files = _files(pod, spec, lookup, facts, token)
        except LookupError as error:
            raise MountError(f'MountVolume.SetUp failed for volume "{name}" : {error.args[0]}') from None
        volume = volumes.setdefault(name, Volume())
        if files is not None and {k: v for k, v in volume.entries.items() if v is not None} != files:
            volume.replace(files)


def _files(pod: Obj, spec: Obj, lookup: Lookup, facts: Mapping[str, str], token: Token) -> dict[str, bytes] | None:
    if "configMap" in spec:
        return _items(spec["configMap"], "configmaps", spec["configMap"].get("name", ""), lookup)
    if "secret" in spec:
        return _items(spec["secret"], "secrets", spec["secret"].get("secretName", ""), lookup)
    if "downwardAPI" in spec:
        return _downward(pod, spec["downwardAPI"], facts)
    if "projected" in spec:
        return _projected(pod, spec["projected"], lookup, facts, token)
    return None


def _items(source: Obj, plural: str, name: str, lookup: Lookup) -> dict[str, bytes]:
    found = lookup(plural, name)
    if found is None:
        if source.get("optional"):
            return {}
        raise LookupError(f'{plural[:-1]} "{name}" not found')
    if plural == "secrets":
        data = {key: base64.b64decode(value) for key, value in (found.get("data") or {}).items()}
    else:
        data = {key: value.encode() for key, value in (found.get("data") or {}).items()}
        data |= {key: base64.b64decode(value) for key, value in (found.get("binaryData") or {}).items()}
    items = source.get("items")
    if not items:
        return {f"/{key}": value for key, value in data.items()}
    missing = [item["key"] for item in items if item["key"] not in data]
    if missing and not source.get("optional"):
        raise LookupError(f"references non-existent {plural[:-1].replace('map', '')} key: {missing[0]}")
    return {f"/{item['path']}": data[item["key"]] for item in items if item["key"] in data}


def _downward(pod: Obj, source: Obj, facts: Mapping[str, str]) -> dict[str, bytes]:
    files = {}
    for item in source.get("items") or []:
        if "fieldRef" in item:
            value = field_value(pod, item["fieldRef"]["fieldPath"], facts)
        else:
            value = resource_value(pod, {}, item["resourceFieldRef"], facts)
        files[f"/{item['path']}"] = value.encode()
    return files


def _projected(pod: Obj, spec: Obj, lookup: Lookup, facts: Mapping[str, str], token: Token) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    for source in spec.get("sources") or []:
        if "configMap" in source:
            files |= _items(source["configMap"], "configmaps", source["configMap"].get("name", ""), lookup)
        elif "secret" in source:
            files |= _items(source["secret"], "secrets", source["secret"].get("name", ""), lookup)
        elif "downwardAPI" in source:
            files |= _downward(pod, source["downwardAPI"], facts)
        elif "serviceAccountToken" in source:
            projection = source["serviceAccountToken"]
            files[f"/{projection['path']}"] = token(pod, projection).encode()
    return files


def mounts(container: Obj, volumes: Mapping[str, Volume]) -> tuple[Mount, ...]:
    """Where a container sees the volumes."""
    return tuple(
        Mount(
            mount["mountPath"].rstrip("/") or "/",
            volumes[mount["name"]],
            bool(mount.get("readOnly")),
            mount.get("subPath", ""),
        )
        for mount in container.get("volumeMounts") or []
        if mount["name"] in volumes
    )
