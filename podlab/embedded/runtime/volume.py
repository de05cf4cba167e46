"""Trees of files that containers mount, and how the kubelet publishes into them."""

from __future__ import annotations

import posixpath
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from podlab.embedded.runtime.streams import Fifo

LIMIT = 16 * 2**20
"""Bytes that one volume or container may hold, whatever a Pod says."""
NO_SPACE = "No space left on device"
BEYOND = f"{NO_SPACE}: podlab simulates at most {LIMIT >> 20} MiB of files in a volume"
SETGID, STICKY = 0o2000, 0o1000

File = tuple[bytes, int]
"""What is in a file, and its permission bits."""
_NOTHING: Any = MappingProxyType({})
_REMOVED: Any = object()
MANY = 16
"""Files that are not copied to write another."""


def _nothing() -> Any:
    """What a volume has where it has none of its own."""
    return _NOTHING


class Layered(MutableMapping[str, bytes | None]):
    """What is in a volume, and what was written over it since: an image's files are there once for all containers."""

    __slots__ = ("_above", "_below")

    def __init__(self, below: Mapping[str, bytes | None]) -> None:
        self._below = below
        self._above: dict[str, Any] = {}

    def again(self) -> Layered:
        """The same, to be written to."""
        made = Layered(self._below)
        made._above = dict(self._above)
        return made

    def __getitem__(self, key: str) -> bytes | None:
        found = self._above.get(key, _NOTHING)
        if found is _REMOVED:
            raise KeyError(key)
        return self._below[key] if found is _NOTHING else found

    def __contains__(self, key: object) -> bool:
        return self._above[key] is not _REMOVED if key in self._above else key in self._below

    def __setitem__(self, key: str, value: bytes | None) -> None:
        self._above[key] = value

    def __delitem__(self, key: str) -> None:
        if key not in self:
            raise KeyError(key)
        if key in self._below:
            self._above[key] = _REMOVED
        else:
            del self._above[key]

    def __iter__(self) -> Iterator[str]:
        above, below = self._above, self._below
        yield from below if not above else [key for key in below if above.get(key) is not _REMOVED]
        yield from [key for key in above if key not in below]

    def __len__(self) -> int:
        above, below = self._above, self._below
        changed = sum(key in below for key in above)
        removed = sum(value is _REMOVED for value in above.values())
        return len(below) + len(above) - changed - removed

    def contents(self) -> list[bytes | None]:
        """What `values` has, at once."""
        above = self._above
        kept = [value for key, value in self._below.items() if key not in above]
        return [*kept, *(value for value in above.values() if value is not _REMOVED)]


def _own(entries: MutableMapping[str, bytes | None]) -> MutableMapping[str, bytes | None]:
    """What may be written without changing what others have."""
    if isinstance(entries, Layered):
        return entries.again()
    return Layered(entries) if len(entries) >= MANY and isinstance(entries, dict) else dict(entries)


def _within(facts: MutableMapping[str, Any], path: str) -> list[str]:
    """A path and those below it, as far as they are named."""
    return [name for name in facts if name == path or name.startswith(f"{path}/")]


PAGE = 4096
"""Bytes that memory is given out in."""


@dataclass(slots=True)
class Volume:
    """A tree of files: absolute path → bytes, or None for a directory; symbolic links: path → target.

    What the kubelet publishes into is read-only; `folder` is where it did so last. `owners` are (user, group) where
    they are not root; `mode` is the root's, and `limit` what a Pod lets it hold, in bytes. `fifos` are named pipes,
    empty files among the entries; `times` say when what a container wrote was changed, and under a
    folder's name with a slash when one of its names was; `memory` that it is on no disk.
    Names of one file (hard links) have one number in `inodes`, and each has all of the file's facts.
    Thousands of containers hold what their image has: until it is written to, a volume shares what is in it.
    """

    entries: MutableMapping[str, bytes | None] = field(default_factory=_nothing)
    links: dict[str, str] = field(default_factory=_nothing)
    modes: dict[str, int] = field(default_factory=_nothing)
    folder: str = ""
    owners: dict[str, tuple[int, int]] = field(default_factory=_nothing)
    mode: int = 0o777
    limit: int | None = None
    fifos: dict[str, Fifo] = field(default_factory=_nothing)
    times: dict[str, float] = field(default_factory=_nothing)
    memory: bool = False
    shares: bool = True
    inodes: dict[str, int] = field(default_factory=_nothing)

    def alike(self) -> Volume:
        """Another that holds the same, until one of them is written to."""
        self.shares = True
        return replace(self)

    @property
    def most(self) -> int:
        """Bytes that it can hold."""
        return min(LIMIT if self.limit is None else self.limit, LIMIT)

    @property
    def full(self) -> str:
        """What is said where no more can be written: the kernel's words, or that the simulation holds no more."""
        return NO_SPACE if self.most < LIMIT or self.limit == LIMIT else BEYOND

    def own(self) -> None:
        """Share with no other volume from now on: to be called before anything in it is changed."""
        if self.shares:
            self.entries, self.links, self.modes = _own(self.entries), dict(self.links), dict(self.modes)
            self.owners, self.fifos, self.times = dict(self.owners), dict(self.fifos), dict(self.times)
            self.inodes = dict(self.inodes)
            self.shares = False

    def rest(self) -> Volume:
        """The same, written for now: what it has nothing in takes no room."""
        for name in ("links", "modes", "owners", "fifos", "times", "inodes"):
            if not getattr(self, name):
                setattr(self, name, _NOTHING)
        self.shares = True
        return self

    def inode(self, path: str) -> int:
        """A file's number: of one that never had another name one that its path always has."""
        if path in self.inodes:
            return self.inodes[path]
        number = 100_000 + zlib.crc32(path.encode(errors="replace")) % 10**7
        while number in self.inodes.values():
            number += 1
        return number

    def names(self, path: str) -> list[str]:
        """All names of a file."""
        number = self.inodes.get(path)
        return [path] if number is None else [name for name, other in self.inodes.items() if other == number]

    def _facts(self) -> tuple[MutableMapping[str, Any], ...]:
        return self.entries, self.links, self.modes, self.owners, self.fifos, self.times, self.inodes

    def join(self, path: str, name: str) -> None:
        """Give a file another name."""
        self.inodes[path] = self.inode(path)
        for facts in self._facts():
            if path in facts:
                facts[name] = facts[path]

    def move(self, path: str, to: str) -> None:
        """Name a file or a directory with all in it otherwise."""
        for facts in self._facts():
            for name in _within(facts, path):
                facts[to + name[len(path) :]] = facts.pop(name)

    def forget(self, path: str) -> None:
        """Hold a file or a directory with all in it no more."""
        for facts in self._facts():
            for name in _within(facts, path):
                del facts[name]

    def write(self, path: str, data: bytes, now: float) -> None:
        """Let a file hold this from now on, if now is a moment that counts."""
        for name in self.names(path):
            self.entries[name] = data
            if now:
                self.times[name] = now

    def listed(self, folder: str, now: float) -> None:
        """A folder has a name more or less: that changes the folder, which is no newer than an image's for it."""
        if now:
            self.times[sys.intern(f"{folder}/")] = now

    def changed(self, path: str) -> float | None:
        """When a file was written last, or a folder's names changed; None for what was so from the beginning."""
        return self.times.get(f"{path}/", self.times.get(path))

    def touch(self, path: str, moment: float) -> None:
        """Say when something was changed last."""
        self.times.pop(f"{path}/", None)
        self.times.update(dict.fromkeys(self.names(path), moment))

    def put(self, path: str, data: bytes, mode: int | None = None) -> None:
        """Write a file and the directories above it."""
        self.own()
        self.make_directory(posixpath.dirname(path))
        self.entries[path] = data
        if mode is not None:
            self.modes[path] = mode

    def belong_to(self, group: int, *, read_only: bool = False) -> None:
        """Give everything to a group, which may read it, and write it unless that is for the kubelet alone.

        Upstream: pkg/volume/volume_linux.go (VolumeOwnership)
        """
        self.own()
        files, folders = (0o440, 0o550) if read_only else (0o660, 0o770)
        self.mode |= SETGID | folders
        self.owners["/"] = (self.owners.get("/", (0, 0))[0], group)
        for path, data in self.entries.items():
            self.owners[path] = (self.owners.get(path, (0, 0))[0], group)
            usual = 0o755 if data is None else 0o644
            self.modes[path] = self.modes.get(path, usual) | (files if data is not None else folders | SETGID)
        for path in self.links:
            self.owners[path] = (self.owners.get(path, (0, 0))[0], group)

    def make_directory(self, path: str) -> None:
        """Make a directory and those above it."""
        while path not in ("/", "") and path not in self.entries:
            self.own()
            self.entries[path] = None
            path = posixpath.dirname(path)

    def make_directories(self, paths: Iterable[str]) -> None:
        """Make all of them."""
        for path in paths:
            self.make_directory(path)

    def publish(self, files: Mapping[str, File], folder: str) -> None:
        """Hold exactly these files from now on, in `folder` and linked as the kubelet does it.

        Upstream: pkg/volume/util/atomic_writer.go
        """
        self.own()
        self.entries.clear()
        self.modes.clear()
        self.owners = {path: who for path, who in self.owners.items() if path == "/"}
        self.folder = folder
        self.make_directory(f"/{folder}")
        for path, (data, mode) in files.items():
            inner = posixpath.normpath(f"/{folder}/{path}")
            self.put(inner, data)
            self.modes[inner] = mode
        first = {path.lstrip("/").partition("/")[0] for path in files}
        self.links = {"/..data": folder, **{f"/{name}": f"..data/{name}" for name in first}}
        self.rest()

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
        modes = {p[len(prefix) :]: self.modes[p] for p in held if p in self.modes}
        owners = {p[len(prefix) :]: self.owners.get(p, (0, 0)) for p in held}
        if not entries:  # what is not there is mounted as a new directory
            entries, modes = {f"/{path}": None}, {f"/{path}": self.mode}
        return Volume(entries, modes=modes, owners=owners)

    def size(self) -> int:
        """Bytes held: in memory whole pages."""
        page, entries = PAGE if self.memory else 1, self.entries
        held = entries.contents() if isinstance(entries, Layered) else entries.values()
        sizes = [-(-len(data) // page) * page for data in held if data]
        first = {number: name for name, number in self.inodes.items()}
        again = [self.entries[name] or b"" for name in self.inodes.keys() - first.values() if name in self.entries]
        return sum(sizes) - sum(-(-len(data) // page) * page for data in again)


class Unread(Volume):
    """A volume that is published when somebody first looks into it: of thousands of Pods few ask for their token."""

    __slots__ = ("_files", "_publish")
    _LATE = frozenset(["entries", "links", "modes", "owners"])

    def __init__(self, like: Volume, files: Any, folder: str, publish: Callable[[Volume, Any, str], None]) -> None:
        super().__init__(folder=folder, mode=like.mode, limit=like.limit, memory=like.memory)
        self._files, self._publish = files, publish
        del self.entries, self.links, self.modes, self.owners

    def __getattr__(self, name: str) -> Any:
        """Called for what is not set."""
        if name not in self._LATE:
            raise AttributeError(name)
        self.entries = self.links = self.modes = self.owners = _nothing()
        self._publish(self, self._files, self.folder)
        self._files = None
        return getattr(self, name)

    def awaits(self, files: Any) -> bool:
        """Whether these are the files that wait for somebody who looks."""
        return bool(self._files == files)


@dataclass(frozen=True, slots=True)
class Mount:
    """A volume in a container; `sub` is a path inside the volume.

    What is `common` many containers have, each until it writes to it: then it has one of its own that is alike.
    """

    path: str
    volume: Volume
    read_only: bool = False
    sub: str = ""
    common: bool = False


KERNELS_OWN = ("/proc/sys", "/proc/bus/", "/proc/fs/", "/proc/irq/")
"""What a runtime mounts read-only in /proc."""


def unwritable(path: str, *, there: bool) -> str:
    """Why nothing is written where nothing can be: /proc itself is no read-only file system, parts of it are."""
    if not path.startswith("/proc/") or path.startswith(KERNELS_OWN):
        return "Read-only file system"
    return "Operation not permitted" if there else "No such file or directory"


def names_in(folder: str, paths: Iterable[str]) -> set[str]:
    """What of a folder's the paths name."""
    above = folder.rstrip("/") + "/"
    return {path[len(above) :].split("/")[0] for path in paths if path.startswith(above)}


def lacking(paths: Iterable[str], root: Volume) -> frozenset[str]:
    """The folders in which something is mounted that a root does not have."""
    return frozenset(map(posixpath.dirname, paths)) - {"/", *root.entries}


def merged(root: Volume, mounted: tuple[str, ...], inner: str) -> bool:
    """Whether a directory of an image was written to since, if only to mount there: an overlay counts no links then."""
    above = inner.rstrip("/") + "/"
    made = (*root.times, *(path for path in mounted if path not in root.entries))
    return inner == "/" or (inner not in root.times and any(path.startswith(above) for path in made))
