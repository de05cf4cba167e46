"""The volumes of a Pod, made of what the API server has: a tree of files each.

Upstream: pkg/volume/{emptydir,configmap,secret,downwardapi,projected}
"""

from __future__ import annotations

import base64
import posixpath
import zlib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import lru_cache, partial
from typing import Any

from podlab.apimachinery import quantity
from podlab.embedded.kubelet.environment import Lookup, field_value, resource_value
from podlab.embedded.kubelet.status import podresources
from podlab.embedded.kubelet.volumes import hostpath
from podlab.embedded.runtime.volume import File, Unread, Volume

Obj = dict[str, Any]
Token = Callable[[Obj, Obj], Callable[[], str]]
"""(Pod, serviceAccountToken projection) → what signs a token."""
Signed = Callable[[], bytes]
"""What gives a signed token, the same each time."""
Held = Callable[[Obj, Obj], Signed]
"""(Pod, serviceAccountToken projection) → the token of a file."""
Files = Mapping[str, tuple[bytes | Signed, int]]
"""What is to be published: data or what gives it, and permission bits."""


class MountError(Exception):
    """A volume that cannot be set up; the message of FailedMount."""


def set_up(
    pod: Obj,
    volumes: dict[str, Volume],
    lookup: Lookup,
    facts: Mapping[str, str],
    token: Held,
    node: Volume,
    now: float,
) -> None:
    """Make or refresh every volume of a Pod; `node` has the node's own files. Raises MountError."""
    for spec in pod["spec"].get("volumes") or []:
        name = spec["name"]
        try:
            if "hostPath" in spec:
                hostpath.prepare(spec["hostPath"], node)
            files = _files(pod, spec, lookup, facts, token)
        except LookupError as error:
            raise MountError(f'MountVolume.SetUp failed for volume "{name}" : {error.args[0]}') from None
        volume = volumes.setdefault(name, node if "hostPath" in spec else _empty(pod, spec))
        group = _group(pod, spec)
        if files is None:
            if group is not None and "emptyDir" in spec and "/" not in volume.owners:
                volume.belong_to(group)
            continue
        given = 0 if group is None else 0o440
        files = {posixpath.normpath(path): (data, mode | given) for path, (data, mode) in files.items()}
        if isinstance(volume, Unread) and volume.awaits(files):
            continue
        if volume.folder and volume.published() == _signed(files):
            continue
        suffix = zlib.crc32(f"{pod['metadata']['uid']} {name} {now}".encode())
        folder = datetime.fromtimestamp(now, UTC).strftime(f"..%Y_%m_%d_%H_%M_%S.{suffix}")
        if not volume.folder and group is None and any(callable(data) for data, _ in files.values()):
            volumes[name] = Unread(volume, files, folder, partial(_publish, spec, _user(pod), None))
        else:
            _publish(spec, _user(pod), group, volume, files, folder)


def _publish(spec: Obj, user: int | None, group: int | None, volume: Volume, files: Files, folder: str) -> None:
    """Publish; who waits to do so keeps no version of the Pod for that."""
    volume.publish(_signed(files), folder)
    _give_tokens(spec, user, volume)
    if group is not None:
        volume.belong_to(group, read_only=True)


def _signed(files: Files) -> dict[str, File]:
    return {path: (data() if callable(data) else data, mode) for path, (data, mode) in files.items()}


def claimed(pod: Obj, spec: Obj, lookup: Lookup) -> str | None:
    """Where on the node the volume is that a Pod has by a claim. Raises MountError."""
    name = (spec.get("persistentVolumeClaim") or {}).get("claimName")
    if "ephemeral" in spec:
        name = f"{pod['metadata']['name']}-{spec['name']}"
    if not name:
        return None
    claim = lookup("persistentvolumeclaims", name)
    volume = lookup("persistentvolumes", (claim or {}).get("spec", {}).get("volumeName") or "")
    if claim is None or volume is None:
        why = f'persistentvolumeclaim "{name}" not found' if claim is None else "claim is not bound"
        raise MountError(f'MountVolume.SetUp failed for volume "{spec["name"]}" : {why}')
    source = volume["spec"].get("hostPath") or volume["spec"].get("local") or {}
    return str(source.get("path") or f"/var/lib/kubelet/plugins/{volume['metadata']['name']}")


def _user(pod: Obj) -> int | None:
    """The user as whom all containers of a Pod run, if it is one. Upstream: pkg/volume/util (FsUserFrom)"""
    of_pod = (pod["spec"].get("securityContext") or {}).get("runAsUser")
    containers = (pod["spec"].get("initContainers") or []) + (pod["spec"].get("containers") or [])
    users = {(c.get("securityContext") or {}).get("runAsUser", of_pod) for c in containers}
    return users.pop() if len(users) == 1 else None


def _give_tokens(spec: Obj, user: int | None, volume: Volume) -> None:
    """A token is its user's own."""
    for source in (spec.get("projected") or {}).get("sources") or []:
        if user and "serviceAccountToken" in source:
            path = posixpath.normpath(f"/{source['serviceAccountToken']['path']}")
            volume.own()
            volume.owners[f"/{volume.folder}{path}"] = volume.owners[f"/{path.split('/')[1]}"] = (user, 0)


def _empty(pod: Obj, spec: Obj) -> Volume:
    """A volume before anything is in it: what is in memory is sticky, and no fuller than it or its Pod may be.

    Upstream: pkg/volume/emptydir/empty_dir.go (calculateEmptyDirMemorySize)
    """
    source = spec.get("emptyDir") or {}
    memory = source.get("medium") == "Memory" or any(key in spec for key in ("secret", "downwardAPI", "projected"))
    if not memory:
        return Volume(mode=0o777)
    own = quantity.whole(source["sizeLimit"]) if source.get("sizeLimit") else None
    limits = [limit for limit in (own, podresources.memory_limit(pod["spec"])) if limit]
    return Volume(mode=0o1777, limit=min(limits, default=None), memory=True)


def _group(pod: Obj, spec: Obj) -> int | None:
    """The fsGroup that a volume is given to; the node's own directories are not."""
    group = (pod["spec"].get("securityContext") or {}).get("fsGroup")
    return None if "hostPath" in spec or group is None else int(group)


def to_refresh(pod: Obj) -> bool:
    """Whether a volume of the Pod shows what may change, other than its ServiceAccount's token."""
    mine = [v for v in pod["spec"].get("volumes") or [] if not v["name"].startswith("kube-api-access-")]
    return any(key in volume for volume in mine for key in ("configMap", "secret", "downwardAPI", "projected"))


def _files(pod: Obj, spec: Obj, lookup: Lookup, facts: Mapping[str, str], token: Held) -> Files | None:
    if "configMap" in spec:
        source = spec["configMap"]
        return _items(source, "configmaps", source.get("name", ""), lookup, _mode(source))
    if "secret" in spec:
        source = spec["secret"]
        return _items(source, "secrets", source.get("secretName", ""), lookup, _mode(source))
    if "downwardAPI" in spec:
        return _downward(pod, spec["downwardAPI"], facts, _mode(spec["downwardAPI"]))
    if "projected" in spec:
        return _projected(pod, spec["projected"], lookup, facts, token)
    return None


def _mode(source: Obj) -> int:
    return int(source.get("defaultMode", 0o644))


def _items(source: Obj, plural: str, name: str, lookup: Lookup, mode: int) -> dict[str, File]:
    found = lookup(plural, name)
    if found is None:
        if source.get("optional"):
            return {}
        raise LookupError(f'{plural[:-1]} "{name}" not found')
    if plural == "secrets":
        data = {key: base64.b64decode(value) for key, value in (found.get("data") or {}).items()}
    else:
        data = {key: _bytes(value) for key, value in (found.get("data") or {}).items()}
        data |= {key: base64.b64decode(value) for key, value in (found.get("binaryData") or {}).items()}
    items = source.get("items")
    if not items:
        return {f"/{key}": (value, mode) for key, value in data.items()}
    missing = [item["key"] for item in items if item["key"] not in data]
    if missing and not source.get("optional"):
        words = {"configmaps": "configmap references non-existent config", "secrets": "references non-existent secret"}
        raise LookupError(f"{words[plural]} key: {missing[0]}")
    return {f"/{item['path']}": (data[item["key"]], item.get("mode", mode)) for item in items if item["key"] in data}


@lru_cache(64)
def _bytes(text: str) -> bytes:
    """The same bytes for all Pods that mount a ConfigMap, such as the cluster's certificate."""
    return text.encode()


def _downward(pod: Obj, source: Obj, facts: Mapping[str, str], mode: int) -> dict[str, File]:
    files = {}
    for item in source.get("items") or []:
        if "fieldRef" in item:
            value = field_value(pod, item["fieldRef"]["fieldPath"], facts)
        else:
            value = resource_value(pod, {}, item["resourceFieldRef"], facts)
        files[f"/{item['path']}"] = value.encode(), item.get("mode", mode)
    return files


def _projected(pod: Obj, spec: Obj, lookup: Lookup, facts: Mapping[str, str], token: Held) -> Files:
    files: dict[str, tuple[bytes | Signed, int]] = {}
    missing = []
    for source in spec.get("sources") or []:
        try:
            files |= _projection(pod, spec, source, lookup, facts, token)
        except LookupError as error:
            missing.append(str(error.args[0]))
    if missing:
        raise LookupError(missing[0] if len(missing) == 1 else f"[{', '.join(missing)}]")
    return files


def _projection(pod: Obj, spec: Obj, source: Obj, lookup: Lookup, facts: Mapping[str, str], token: Held) -> Files:
    mode = _mode(spec)
    if "configMap" in source:
        return _items(source["configMap"], "configmaps", source["configMap"].get("name", ""), lookup, mode)
    if "secret" in source:
        return _items(source["secret"], "secrets", source["secret"].get("name", ""), lookup, mode)
    if "downwardAPI" in source:
        return _downward(pod, source["downwardAPI"], facts, mode)
    if "serviceAccountToken" in source:
        projection = source["serviceAccountToken"]
        own = _user(pod) is not None or _group(pod, spec) is not None
        return {f"/{projection['path']}": (token(pod, projection), 0o600 if own else mode)}
    return {}
