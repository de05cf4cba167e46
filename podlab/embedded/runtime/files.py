"""The virtual files of a container: its image's own, with volumes mounted over them. Nothing here touches a disk."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass, field

NO_SUCH = "No such file or directory"
LIMIT = 16 * 2**20
"""Bytes that one volume or container may hold."""
MOST_LINKS = 40
"""Symbolic links followed in one path; what is behind more of them is not there."""


File = tuple[bytes, int]
"""What is in a file, and its permission bits."""


class FileError(Exception):
    """What the kernel would say, such as `No such file or directory`."""


@dataclass(slots=True)
class Volume:
    """A tree of files: absolute path → bytes, or None for a directory; symbolic links: path → target.

    What the kubelet publishes into is read-only; `folder` is where it did so last.
    """

    entries: dict[str, bytes | None] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)
    modes: dict[str, int] = field(default_factory=dict)
    folder: str = ""

    def put(self, path: str, data: bytes) -> None:
        """Write a file and the directories above it."""
        self.make_directory(posixpath.dirname(path))
        self.entries[path] = data

    def make_directory(self, path: str) -> None:
        """Make a directory and those above it."""
        while path not in ("/", ""):
            self.entries.setdefault(path, None)
            path = posixpath.dirname(path)

    def publish(self, files: Mapping[str, File], folder: str) -> None:
        """Hold exactly these files from now on, in `folder` and linked as the kubelet does it.

        Upstream: pkg/volume/util/atomic_writer.go
        """
        self.entries.clear()
        self.modes.clear()
        self.folder = folder
        self.make_directory(f"/{folder}")
        for path, (data, mode) in files.items():
            inner = posixpath.normpath(f"/{folder}/{path}")
            self.put(inner, data)
            self.modes[inner] = mode
        first = {path.lstrip("/").partition("/")[0] for path in files}
        self.links = {"/..data": folder, **{f"/{name}": f"..data/{name}" for name in first}}

    def published(self) -> dict[str, File]:
        """The files of the last `publish`."""
        prefix = f"/{self.folder}"
        found = {path: data for path, data in self.entries.items() if data is not None}
        return {path[len(prefix) :]: (data, self.modes[path]) for path, data in found.items()}

    def frozen(self, path: str) -> Volume:
        """What is published at a path now, as a volume of its own that no later change reaches."""
        prefix = f"/{self.folder}"
        held = [p for p in self.entries if f"{p[len(prefix) :]}/".startswith(f"/{path}/")]
        entries = {p[len(prefix) :]: self.entries[p] for p in held}
        return Volume(entries, modes={p[len(prefix) :]: self.modes[p] for p in held if p in self.modes})

    def size(self) -> int:
        """Bytes held."""
        return sum(len(data) for data in self.entries.values() if data)


@dataclass(frozen=True, slots=True)
class Mount:
    """A volume in a container; `sub` is a path inside the volume."""

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

    def resolve(self, path: str, *, last: bool = True) -> str:
        """A path without symbolic links in it, or with none but the last part."""
        if not self.root.links and not any(mount.volume.links for mount in self.mounts):
            return path
        done, parts, hops = "/", path.strip("/").split("/"), 0
        while parts:
            here = posixpath.join(done, parts.pop(0))
            target = self.link(here) if parts or last else None
            if target is None or hops == MOST_LINKS:
                done = here
            else:
                hops += 1
                parts = posixpath.normpath(posixpath.join(done, target)).strip("/").split("/") + parts
                done = "/"
        return done

    def link(self, path: str) -> str | None:
        """The target of a symbolic link; None for what is none."""
        volume, inner, _ = self._locate(path)
        return volume.links.get(inner)

    def is_directory(self, path: str) -> bool:
        """Whether a directory is there."""
        path = self.resolve(path)
        volume, inner, _ = self._locate(path)
        if inner == "/" or (inner in volume.entries and volume.entries[inner] is None):
            return True
        return any(mount.path == path and inner not in volume.entries for mount in self.mounts)

    def exists(self, path: str) -> bool:
        """Whether anything is there."""
        path = self.resolve(path)
        volume, inner, _ = self._locate(path)
        return path in DEVICES or inner in volume.entries or self.is_directory(path)

    def named(self, path: str) -> bool:
        """Whether a directory has this name, be it of a link to nothing."""
        return self.link(self.resolve(path, last=False)) is not None or self.exists(path)

    def read(self, path: str) -> bytes:
        """A file's bytes. Raises FileError."""
        path = self.resolve(path)
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
        path = self.resolve(path)
        if path in DEVICES:
            return
        if self.is_directory(path):
            raise FileError("Is a directory")
        if self.link(path) is not None:
            raise FileError("Too many levels of symbolic links")
        volume, inner = self._writable(path)
        before = (volume.entries.get(inner) or b"") if append else b""
        if volume.size() + len(data) > LIMIT:
            raise FileError("No space left on device")
        volume.entries[inner] = before + data

    def _writable(self, path: str) -> tuple[Volume, str]:
        parent = posixpath.dirname(path)
        path = posixpath.join(self.resolve(parent), posixpath.basename(path))
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
        if self.named(path):
            if parents and self.is_directory(path):
                return
            raise FileError("File exists")
        if parents:
            self.make_directory(posixpath.dirname(path), parents=True)
        volume, inner = self._writable(path)
        volume.entries[inner] = None

    def remove(self, path: str) -> None:
        """Remove a file, a link, or a directory with all in it. Raises FileError."""
        path = self.resolve(path, last=False)
        if not self.named(path):
            raise FileError(NO_SUCH)
        if any(mount.path == path for mount in self.mounts):
            raise FileError("Device or resource busy")
        volume, inner = self._writable(path)
        for entry in [e for e in volume.entries if e == inner or e.startswith(inner + "/")]:
            del volume.entries[entry]
            volume.modes.pop(entry, None)
        for entry in [e for e in volume.links if e == inner or e.startswith(inner + "/")]:
            del volume.links[entry]

    def make_link(self, path: str, target: str) -> None:
        """Make a symbolic link. Raises FileError."""
        if self.named(path):
            raise FileError("File exists")
        volume, inner = self._writable(path)
        volume.links[inner] = target

    def mode(self, path: str) -> int:
        """Permission bits."""
        path = self.resolve(path)
        volume, inner, _ = self._locate(path)
        mounted = any(mount.path == path for mount in self.mounts) and self.is_directory(path)
        usual = 0o1777 if path == "/tmp" else 0o777 if mounted else 0o755 if self.is_directory(path) else 0o644
        return volume.modes.get(inner, usual)

    def set_mode(self, path: str, mode: int) -> None:
        """Change permission bits. Raises FileError."""
        volume, inner = self._writable(self.resolve(path))
        volume.modes[inner] = mode

    def list(self, path: str) -> list[str]:
        """The names in a directory, sorted. Raises FileError."""
        if not self.is_directory(path):
            raise FileError("Not a directory" if self.exists(path) else NO_SUCH)
        path = self.resolve(path)
        volume, inner, _ = self._locate(path)
        prefix = inner.rstrip("/") + "/"
        names = {e[len(prefix) :].split("/")[0] for e in (*volume.entries, *volume.links) if e.startswith(prefix)}
        above = path.rstrip("/") + "/"
        names |= {m.path[len(above) :].split("/")[0] for m in self.mounts if m.path.startswith(above)}
        return sorted(name for name in names if name)


DEVICES = ("/dev/null", "/dev/zero", "/dev/stdout", "/dev/stderr", "/dev/tty")
