"""What a container finds as its root: what is in its image, and what is mounted in it.

Thousands of containers of one image have one tree, each until it writes to it.
"""

from __future__ import annotations

import posixpath
from dataclasses import replace
from functools import cache, lru_cache

from podlab.embedded.runtime.files import Files
from podlab.embedded.runtime.images.image import Image
from podlab.embedded.runtime.machine import executables
from podlab.embedded.runtime.machine.identity import Identity
from podlab.embedded.runtime.volume import Mount, Volume, lacking


def mounted(
    image: Image, mounts: tuple[Mount, ...], own: tuple[Mount, ...], *, user: Identity, read_only: bool = False
) -> Files:
    """A container's files: the image's, those that the kubelet writes, and the volumes, as a user may write them."""
    where = Files(_unpacked(image))
    led = [(mount, where.resolve(mount.path)) for mount in (*own, *mounts)]
    root, above = _prepared(image, tuple([path for _, path in led]))
    at = tuple([mount if mount.path == path else replace(mount, path=path) for mount, path in led])
    made = Files(root.alike(), at, user=user, read_only=read_only, above=above)
    made.mounts = (*made.mounts, *executables.folders(image, read_only=read_only))
    return made


@lru_cache(64)
def _prepared(image: Image, paths: tuple[str, ...]) -> tuple[Volume, frozenset[str]]:
    """What is in an image and the folders that are made in it to mount there, and which these are."""
    unpacked = _unpacked(image)
    above = lacking(paths, unpacked)
    made = unpacked.alike()
    made.make_directories(above)
    return made.rest(), above


@cache
def _unpacked(image: Image) -> Volume:
    """What is in an image."""
    root = Volume()
    for path, data in image.files.items():
        root.put(path, data, 0o755 if data.startswith(b"#!") else None)
    directories, links = image.unpacked()
    for path in directories:
        root.make_directory(f"/{path}")
    for path, target in links.items():
        root.make_directory(posixpath.dirname(path))
        root.links[path] = target
    if not image.busybox:
        root.modes["/root"] = 0o700
    if "/etc/shadow" in image.files:
        root.modes["/etc/shadow"], root.owners["/etc/shadow"] = 0o640, (0, 42)
    return root


@cache
def contents(image: Image) -> Volume:
    """What is in an image, to be mounted by itself: its files, not its programs."""
    return _unpacked(image).alike().rest()


@lru_cache(64)
def one_file(path: str, data: bytes, mode: int = 0o644, *, read_only: bool = False) -> Mount:
    """A file of the kubelet's, as a container sees it: a mount by itself."""
    volume = Volume()
    volume.put("/file", data, mode)
    return Mount(path, volume.rest(), read_only, "file", common=True)
