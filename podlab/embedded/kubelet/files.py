"""The virtual files of a container: its image's own, with volumes mounted over them. Nothing here touches a disk."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass, field

NO_SUCH = "No such file or directory"
LIMIT = 16 * 2**20
"""Bytes that one volume or container may hold."""


class FileError(Exception):
    """What the kernel would say, such as `No such file or directory`."""


@dataclass(slots=True)
class Volume:
    """A tree of files: absolute path → bytes, or None for a directory."""

    entries: dict[str, bytes | None] = field(default_factory=dict)
    modes: dict[str, int] = field(default_factory=dict)

    def put(self, path: str, data: bytes) -> None:
        """Write a file and the directories above it."""
        self.make_directory(posixpath.dirname(path))
        self.entries[path] = data

    def make_directory(self, path: str) -> None:
        """Make a directory and those above it."""
        while path not in ("/", ""):
            self.entries.setdefault(path, None)
            path = posixpath.dirname(path)

    def replace(self, files: Mapping[str, bytes]) -> None:
        """Hold exactly these files from now on."""
        self.entries.clear()
        for path, data in files.items():
            self.put("/" + path.lstrip("/"), data)

    def size(self) -> int:
        """Bytes held."""
        return sum(len(data) for data in self.entries.values() if data)


@dataclass(frozen=True, slots=True)
class Mount:
    """A volume in a container; `sub` is a path inside the volume, `file` a single file's."""

    path: str
    volume: Volume
    read_only: bool = False
    sub: str = ""


class Files:
    """What a process in a container sees."""

    def __init__(
        self,
        root: Volume,
        mounts: tuple[Mount, ...] = (),
        *,
        user: int = 0,
        read_only: bool = False,
        open_to_all: tuple[str, ...] = (),
    ) -> None:
        self.root, self.user, self.read_only, self.open_to_all = root, user, read_only, open_to_all
        self.mounts = tuple(sorted(mounts, key=lambda mount: len(mount.path), reverse=True))
        for mount in mounts:
            root.make_directory(posixpath.dirname(mount.path))

    def _locate(self, path: str) -> tuple[Volume, str, bool]:
        for mount in self.mounts:
            if path == mount.path or path.startswith(mount.path.rstrip("/") + "/"):
                inner = posixpath.normpath(f"/{mount.sub}/{path[len(mount.path) :]}")
                return mount.volume, "/" + inner.lstrip("/"), mount.read_only
        return self.root, path, False

    def is_directory(self, path: str) -> bool:
        """Whether a directory is there."""
        volume, inner, _ = self._locate(path)
        if inner == "/" or (inner in volume.entries and volume.entries[inner] is None):
            return True
        return any(mount.path == path and inner not in volume.entries for mount in self.mounts)

    def exists(self, path: str) -> bool:
        """Whether anything is there."""
        volume, inner, _ = self._locate(path)
        return path in DEVICES or inner in volume.entries or self.is_directory(path)

    def read(self, path: str) -> bytes:
        """A file's bytes. Raises FileError."""
        if path in DEVICES:
            return b""
        if self.is_directory(path):
            raise FileError("Is a directory")
        volume, inner, _ = self._locate(path)
        data = volume.entries.get(inner)
        if data is None:
            raise FileError(NO_SUCH if not self._below_file(path) else "Not a directory")
        return data

    def _below_file(self, path: str) -> bool:
        parent = posixpath.dirname(path)
        return parent != "/" and self.exists(parent) and not self.is_directory(parent)

    def write(self, path: str, data: bytes, *, append: bool = False) -> None:
        """Write or append to a file. Raises FileError."""
        if path in DEVICES:
            return
        if self.is_directory(path):
            raise FileError("Is a directory")
        volume, inner = self._writable(path)
        before = (volume.entries.get(inner) or b"") if append else b""
        if volume.size() + len(data) > LIMIT:
            raise FileError("No space left on device")
        volume.entries[inner] = before + data

    def _writable(self, path: str) -> tuple[Volume, str]:
        parent = posixpath.dirname(path)
        if not self.is_directory(parent):
            raise FileError("Not a directory" if self.exists(parent) else NO_SUCH)
        volume, inner, read_only = self._locate(path)
        free = any(path == place or path.startswith(place + "/") for place in self.open_to_all)
        if read_only or (volume is self.root and self.read_only and not (free and path.startswith("/dev/"))):
            raise FileError("Read-only file system")
        if volume is self.root and self.user and not free:
            raise FileError("Permission denied")
        return volume, inner

    def make_directory(self, path: str, *, parents: bool = False) -> None:
        """Make a directory. Raises FileError."""
        if self.exists(path):
            if parents and self.is_directory(path):
                return
            raise FileError("File exists")
        if parents:
            self.make_directory(posixpath.dirname(path), parents=True)
        volume, inner = self._writable(path)
        volume.entries[inner] = None

    def remove(self, path: str) -> None:
        """Remove a file, or a directory with all in it. Raises FileError."""
        if not self.exists(path):
            raise FileError(NO_SUCH)
        if any(mount.path == path for mount in self.mounts):
            raise FileError("Device or resource busy")
        volume, inner = self._writable(path)
        for entry in [e for e in volume.entries if e == inner or e.startswith(inner + "/")]:
            del volume.entries[entry]
            volume.modes.pop(entry, None)

    def mode(self, path: str) -> int:
        """Permission bits."""
        volume, inner, _ = self._locate(path)
        usual = 0o1777 if path == "/tmp" else 0o755 if self.is_directory(path) else 0o644
        return volume.modes.get(inner, usual)

    def set_mode(self, path: str, mode: int) -> None:
        """Change permission bits. Raises FileError."""
        volume, inner = self._writable(path)
        volume.modes[inner] = mode

    def list(self, path: str) -> list[str]:
        """The names in a directory, sorted. Raises FileError."""
        if not self.is_directory(path):
            raise FileError("Not a directory" if self.exists(path) else NO_SUCH)
        volume, inner, _ = self._locate(path)
        prefix = inner.rstrip("/") + "/"
        names = {e[len(prefix) :].split("/")[0] for e in volume.entries if e.startswith(prefix)}
        above = path.rstrip("/") + "/"
        names |= {m.path[len(above) :].split("/")[0] for m in self.mounts if m.path.startswith(above)}
        return sorted(name for name in names if name)


DEVICES = ("/dev/null", "/dev/zero", "/dev/stdout", "/dev/stderr", "/dev/tty")
