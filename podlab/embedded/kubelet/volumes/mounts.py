"""Where a container sees volumes: subPath and its expressions, and mounts that the kernel refuses.

Upstream: pkg/kubelet/kubelet_pods.go (makeMounts), pkg/kubelet/container/helpers.go (ExpandContainerVolumeMounts)
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from typing import Any

from podlab.embedded.kubelet.environment import ConfigError, expand
from podlab.embedded.kubelet.imagemanager import known
from podlab.embedded.runtime import images, rootfs
from podlab.embedded.runtime.files import Files
from podlab.embedded.runtime.volume import Mount, Volume

Obj = dict[str, Any]

READ_ONLY = {"configMap": "configmap", "secret": "secret", "projected": "projected", "downwardAPI": "downward-api"}
PLUGINS = {**READ_ONLY, "emptyDir": "empty-dir"}
"""The volume plugins by field, as their folders on the node are named."""


def of_container(pod: Obj, container: Obj, volumes: Mapping[str, Volume], env: Mapping[str, str]) -> tuple[Mount, ...]:
    """A container's mounts of its Pod's volumes. Raises ConfigError."""
    paths = {v["name"]: v["hostPath"]["path"] for v in pod["spec"].get("volumes") or [] if "hostPath" in v}
    given = {v["name"]: v["image"].get("reference", "") for v in pod["spec"].get("volumes") or [] if "image" in v}
    wanted = [each for each in container.get("volumeMounts") or [] if each["name"] in volumes]
    return tuple(
        _of_image(each, given[each["name"]], env)
        if each["name"] in given
        else _mount(each, volumes[each["name"]], env, paths.get(each["name"], ""))
        for each in wanted
    )


def _of_image(mount: Obj, name: str, env: Mapping[str, str]) -> Mount:
    """What is in an image, which nobody writes to."""
    volume = rootfs.contents(known(images.normalize(name)))
    return Mount(mount["mountPath"].rstrip("/") or "/", volume, True, sub_path(mount, env))


def _mount(mount: Obj, volume: Volume, env: Mapping[str, str], host: str) -> Mount:
    """What is published cannot be written, and a part of it mounted by itself stays as it was.

    Args:
        host: where on the node a hostPath volume begins.
    """
    path, sub = mount["mountPath"].rstrip("/") or "/", sub_path(mount, env)
    sub = posixpath.normpath(f"/{host}/{sub}").strip("/")
    if volume.folder:
        return Mount(path, volume.frozen(sub) if sub else volume, True, sub)
    if sub and f"/{sub}" not in volume.entries and f"/{sub}" not in volume.links:
        made = [f"/{part}" for part in _parts(sub) if f"/{part}" not in volume.entries]
        volume.make_directory(f"/{sub}")
        for part in made:
            volume.modes[part] = volume.mode
            volume.owners[part] = volume.owners.get("/", (0, 0))
    return Mount(path, volume, bool(mount.get("readOnly")), sub)


def _parts(path: str) -> list[str]:
    words = path.split("/")
    return ["/".join(words[: n + 1]) for n in range(len(words))]


def sub_path(mount: Obj, env: Mapping[str, str]) -> str:
    """The path inside the volume, its variables replaced. Raises ConfigError."""
    given = mount.get("subPath", "")
    if expression := mount.get("subPathExpr"):
        missing = sorted({name for name in re.findall(r"(?<!\$)\$\(([\w.-]+)\)", expression) if name not in env})
        if missing:
            raise ConfigError(f"missing value for {', '.join(missing)}")
        given = expand(expression, env)
    if given.startswith("/"):
        raise ConfigError(f"error SubPath `{given}` must not be an absolute path")
    if ".." in given.split("/"):
        raise ConfigError(f"unable to provision SubPath `{given}`: must not contain '..'")
    return posixpath.normpath(f"/{given}").strip("/")


def misfit(pod: Obj, container: Obj, image: Files, mounts: tuple[Mount, ...]) -> str:
    """The kernel's complaint about a directory that is mounted onto a file, or a file onto a directory; "" if none is.

    Args:
        image: what the container has without its mounts.
    """
    by_path = {mount.path: mount for mount in mounts}
    for index, wanted in enumerate(container.get("volumeMounts") or []):
        mount = by_path.get(wanted["mountPath"].rstrip("/") or "/")
        if mount is None or not image.exists(mount.path):
            continue
        inner = f"/{mount.sub}" if mount.sub else "/"
        directory = inner == "/" or mount.volume.entries.get(inner) is None
        if directory != image.is_directory(mount.path):
            source = _source(pod, container, wanted, index)
            flags = "0x5001" if mount.read_only else "0x5000"
            return (
                f'error during container init: error mounting "{source}" to rootfs at "{mount.path}": '
                f"mount {source}:{mount.path} (via /proc/self/fd/6), flags: {flags}: not a directory"
            )
    return ""


def _source(pod: Obj, container: Obj, wanted: Obj, index: int) -> str:
    """Where on the node a mount comes from."""
    volume: Obj = next((v for v in pod["spec"].get("volumes") or [] if v["name"] == wanted["name"]), {})
    folder = f"/var/lib/kubelet/pods/{pod['metadata']['uid']}"
    if wanted.get("subPath") or wanted.get("subPathExpr"):
        return f"{folder}/volume-subpaths/{wanted['name']}/{container['name']}/{index}"
    if host := (volume.get("hostPath") or {}).get("path"):
        return str(host)
    plugin = next((name for key, name in PLUGINS.items() if key in volume), "empty-dir")
    return f"{folder}/volumes/kubernetes.io~{plugin}/{wanted['name']}"
