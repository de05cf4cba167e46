"""The virtual files of a container: its image's own, with volumes mounted over them. Nothing here touches a disk."""

from __future__ import annotations

import copy
import posixpath
from collections.abc import Callable
from dataclasses import replace

from podlab.embedded.runtime.devices import DEVICES, LINKS
from podlab.embedded.runtime.permissions import DENIED, NOT_PERMITTED, OPEN, READ, ROOT, SEARCH, WRITE, User, permitted
from podlab.embedded.runtime.streams import Fifo
from podlab.embedded.runtime.volume import PAGE, SETGID, STICKY, Mount, Volume, lacking, merged, names_in, unwritable

NO_SUCH = "No such file or directory"
CROSS_DEVICE = "Invalid cross-device link"
MOST_LINKS = 40
"""Symbolic links followed in one path; what is behind more of them is not there."""


class FileError(Exception):
    """What the kernel would say, such as `No such file or directory`."""


class Files:
    """What a process in a container sees."""

    def __init__(
        self,
        root: Volume,
        mounts: tuple[Mount, ...] = (),
        *,
        user: User = ROOT,
        read_only: bool = False,
        above: frozenset[str] | None = None,
    ) -> None:
        """`above` are the folders that the root has for its mounts, where they are in it already."""
        self.root, self.user, self.read_only = root, user, read_only
        self._free = user.holds("DAC_OVERRIDE")
        self.now: Callable[[], float] = float
        self.elsewhere: Callable[[str], tuple[Files, str] | None] | None = None
        self.listed, self.mask = mounts, 0o022
        self.mounts = tuple(sorted(mounts, key=lambda mount: len(mount.path), reverse=True))
        self._above = lacking([mount.path for mount in mounts], root) if above is None else above
        root.make_directories(self._above)

    def seen_by(self, user: User) -> Files:
        """The same files, as another user may read and write them."""
        other = copy.copy(self)
        other.user, other._free = user, user.holds("DAC_OVERRIDE")
        return other

    @property
    def mounts(self) -> tuple[Mount, ...]:
        """What is mounted; of two with one path the first counts."""
        return tuple(self._mounts)

    @mounts.setter
    def mounts(self, mounts: tuple[Mount, ...]) -> None:
        self._mounts, self._mounted = list(mounts), tuple([mount.path for mount in mounts])

    def _locate(self, path: str, *, own: bool = False) -> tuple[Volume, str, bool]:
        """The volume that a path is in, its path there, and whether it is read-only; `own` to write to it."""
        if not path.startswith(self._mounted):
            return self.root, path, False
        if self.elsewhere and path.startswith("/proc/") and (found := self.elsewhere(path)):
            return found[0]._locate(found[1], own=own)
        for at, mount in enumerate(self._mounts):
            if path.startswith(mount.path) and path[len(mount.path.rstrip("/")) :][:1] in ("", "/"):
                if own and mount.common and not mount.read_only:
                    mount = self._mounts[at] = replace(mount, volume=mount.volume.alike(), common=False)
                inner = posixpath.normpath(f"/{mount.sub}/{path[len(mount.path) :]}")
                return mount.volume, "/" + inner.lstrip("/"), mount.read_only
        return self.root, path, False

    def resolve(self, path: str, *, last: bool = True) -> str:
        """A path without symbolic links in it, or with none but the last part."""
        if self._straight(path):
            return path
        done, parts, hops = "/", path.strip("/").split("/"), 0
        while parts:
            here = posixpath.join(done, parts.pop(0))
            target = self._target(here) if parts or last else None
            if target is None or hops == MOST_LINKS:
                done = here
            else:
                hops += 1
                parts = posixpath.normpath(posixpath.join(done, target)).strip("/").split("/") + parts
                done = "/"
        return done

    def _straight(self, path: str) -> bool:
        """Whether a path is as it should be, and surely leads through no symbolic link."""
        if path.startswith((*self.root.links,)) or path.endswith("/") or "//" in path:
            return False
        linked = path.startswith(self._mounted) and [mount.path for mount in self._mounts if mount.volume.links]
        return not linked or not path.startswith(tuple(linked))

    def link(self, path: str) -> str | None:
        """The target of a symbolic link; None for what is none. /proc/PID/root is one that leads elsewhere."""
        if self.elsewhere and path.endswith("/root") and path.startswith("/proc/") and path.count("/") == 3:
            return "/" if self.elsewhere(path) else None
        return self._target(self.resolve(path, last=False)) or LINKS.get(path)

    def _target(self, path: str) -> str | None:
        volume, inner, _ = self._locate(path)
        return volume.links.get(inner)

    def is_directory(self, path: str, *, follow: bool = True) -> bool:
        """Whether a directory is there, or where `follow` is False no link to one."""
        return (follow or self.link(path) is None) and self._is_directory(self.resolve(path))

    def _is_directory(self, path: str) -> bool:
        """As `is_directory`, of a path without links."""
        volume, inner, _ = self._locate(path)
        if inner in volume.entries:
            return inner == "/" or volume.entries[inner] is None
        return inner == "/" or path in self._mounted

    def exists(self, path: str) -> bool:
        """Whether anything is there."""
        path = self.resolve(path)
        volume, inner, _ = self._locate(path)
        return inner == "/" or inner in volume.entries or path in self._mounted or path in DEVICES

    def named(self, path: str) -> bool:
        """Whether a directory has this name, be it of a link to nothing."""
        return self.link(self.resolve(path, last=False)) is not None or self.exists(path)

    def read(self, path: str) -> bytes:
        """A file's bytes. Raises FileError."""
        path = self.resolve(path)
        if path in DEVICES:
            return b""
        if self._is_directory(path):
            raise FileError("Is a directory")
        volume, inner, _ = self._locate(path)
        self._check(path, READ)
        data = volume.entries.get(inner)
        if data is None:
            raise FileError(NO_SUCH if not self._below_file(path) else "Not a directory")
        return data

    def size(self, path: str) -> int:
        """The bytes in a file, which one need not be allowed to read."""
        volume, inner, _ = self._locate(self.resolve(path))
        return len(volume.entries.get(inner) or b"")

    def folder(self, path: str) -> tuple[int, int, bool]:
        """(links, bytes, whether it takes blocks of a disk) of a directory, as its file system counts them."""
        path = self.resolve(path)
        volume, inner, _ = self._locate(path)
        below = [posixpath.join(path, name) for name in self._children(path)]
        if volume is self.root and inner not in self._above and merged(volume, self._mounted, inner):
            return 1, 4096, True
        folders = sum(self._is_directory(name) and self.link(name) is None for name in below)
        if f"{path}/".startswith(("/proc/", "/sys/", "/dev/pts/")):
            return 2 + folders, 0, False
        return 2 + folders, 40 + 20 * len(below) if volume.memory else 4096, not volume.memory

    def _below_file(self, path: str) -> bool:
        parent = posixpath.dirname(path)
        return parent != "/" and self.exists(parent) and not self.is_directory(parent)

    def write(self, path: str, data: bytes, *, append: bool = False) -> None:
        """Write or append to a file. Raises FileError."""
        path = self.resolve(path)
        if path in DEVICES:
            return
        if self._is_directory(path):
            raise FileError("Is a directory")
        if self.link(path) is not None:
            raise FileError("Too many levels of symbolic links")
        volume, inner = self._writable(path, inside=self.exists(path))
        before = (volume.entries.get(inner) or b"") if append else b""
        if volume.size() + len(data) > volume.most and (not volume.memory or len(data) > self.room(path)):
            raise FileError(volume.full)
        self._own(volume, inner)
        volume.write(inner, before + data, self.now())

    def room(self, path: str) -> int:
        """Bytes that a file on a volume in memory may have more: what is left of its last page, and free pages."""
        volume, inner, _ = self._locate(self.resolve(path))
        return volume.most - volume.size() + -len(volume.entries.get(inner) or b"") % PAGE

    def held(self, path: str) -> int:
        """Bytes in the volume of a path, where that is in memory."""
        volume, _, _ = self._locate(self.resolve(path))
        return volume.size() if volume.memory else 0

    def _own(self, volume: Volume, inner: str, usual: int = 0o666) -> None:
        """What is new belongs to who makes it, and in a directory that says so to the directory's group."""
        if inner in volume.entries or inner in volume.links:
            return
        if self.mask != 0o022:
            volume.modes[inner] = usual & ~self.mask
        parent = posixpath.dirname(inner)
        mode = volume.mode if parent == "/" else volume.modes.get(parent, 0)
        group = volume.owners.get(parent, (0, 0))[1] if mode & SETGID else self.user.gid
        if (self.user.uid, group) != (0, 0):
            volume.owners[inner] = (self.user.uid, group)

    def _check(self, path: str, wanted: int) -> None:
        """Raises FileError where the permission bits forbid it."""
        if self._free:
            return
        above = posixpath.dirname(path)
        while above != "/":
            if self.is_directory(above) and not permitted(self.user, self.owner(above), self.mode(above), SEARCH):
                raise FileError(DENIED)
            above = posixpath.dirname(above)
        if self.exists(path) and not permitted(self.user, self.owner(path), self.mode(path), wanted):
            raise FileError(DENIED)

    def _writable(self, path: str, *, inside: bool = False) -> tuple[Volume, str]:
        """Where to write: into what is there (`inside`), or into the directory above. Raises FileError."""
        parent = posixpath.dirname(path)
        above = self.resolve(parent)
        path = posixpath.join(above, posixpath.basename(path))
        if not self._is_directory(above):
            raise FileError("Not a directory" if self.exists(parent) else NO_SUCH)
        volume, inner, read_only = self._locate(path, own=True)
        if read_only or (volume is self.root and self.read_only and not path.startswith("/dev/")):
            raise FileError(unwritable(path, there=not inside and self.named(path)))
        self._check(path if inside else posixpath.dirname(path), WRITE)
        volume.own()
        if not inside:
            volume.listed(posixpath.dirname(inner), self.now())
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
        self._own(volume, inner, 0o777)
        volume.entries[inner] = None
        if now := self.now():
            volume.times[inner] = now
        parent = posixpath.dirname(inner)
        if (volume.mode if parent == "/" else volume.modes.get(parent, 0)) & SETGID:
            volume.modes[inner] = (0o777 & ~self.mask) | SETGID

    def remove(self, path: str) -> None:
        """Remove a file, a link, or a directory with all in it. Raises FileError."""
        path = self.resolve(path, last=False)
        if not self.named(path):
            raise FileError(NO_SUCH)
        if path in self._mounted:
            self._check(posixpath.dirname(path), WRITE)
            raise FileError("Device or resource busy")
        volume, inner = self._writable(path)
        self._keep_sticky(path)
        volume.forget(inner)

    def rename(self, path: str, to: str) -> None:
        """Move a file or a directory in one file system, over a file that is there. Raises FileError."""
        (volume, inner), (other, outer) = self._renamed(path), self._renamed(to)
        if volume is not other:
            raise FileError(CROSS_DEVICE)
        if self.named(to):
            self.remove(to)
        volume.move(inner, outer)

    def _renamed(self, path: str) -> tuple[Volume, str]:
        path = self.resolve(path, last=False)
        found = self._writable(path)
        self._keep_sticky(path)
        if path in self._mounted:
            raise FileError("Device or resource busy")
        return found

    def join(self, path: str, name: str) -> None:
        """Give a file another name: a hard link. Raises FileError."""
        if self.named(name):
            raise FileError("File exists")
        other, outer, _ = self._locate(self.resolve(path, last=False))
        parent = self._locate(self.resolve(posixpath.dirname(name)))[0]
        if parent is not other:
            raise FileError(CROSS_DEVICE)
        volume, inner = self._writable(name)
        volume.join(outer, inner)

    def part(self, path: str) -> None:
        """Let a name be of a file of its own. Raises FileError."""
        volume, inner = self._writable(self.resolve(path), inside=True)
        volume.inodes.pop(inner, None)

    def inode(self, path: str) -> tuple[int, int]:
        """What tells a file from all others, whatever it is named: its file system and its number there."""
        volume, inner, _ = self._locate(self.resolve(path, last=False))
        return id(volume), volume.inode(inner)

    def count(self, path: str) -> int:
        """How many names a file has."""
        volume, inner, _ = self._locate(self.resolve(path, last=False))
        return len(volume.names(inner))

    def _keep_sticky(self, path: str) -> None:
        """Raises FileError: in a sticky directory, such as /tmp, only the owner removes a file."""
        if self.user.holds("FOWNER") or not self.mode(posixpath.dirname(path)) & STICKY:
            return
        if self.user.uid not in (self.owner(path)[0], self.owner(posixpath.dirname(path))[0]):
            raise FileError(NOT_PERMITTED)

    def make_fifo(self, path: str) -> None:
        """Make a named pipe. Raises FileError."""
        if self.named(path):
            raise FileError("File exists")
        volume, inner = self._writable(path)
        self._own(volume, inner)
        volume.entries[inner], volume.fifos[inner] = b"", Fifo()

    def fifo(self, path: str) -> Fifo | None:
        """The named pipe of a path; None for what is none."""
        volume, inner, _ = self._locate(self.resolve(path))
        return volume.fifos.get(inner)

    def changed(self, path: str) -> float | None:
        """When a file was written last, or a folder given a name or robbed of one; None for what nobody changed."""
        volume, inner, _ = self._locate(self.resolve(path))
        return volume.changed(inner)

    def touch(self, path: str, moment: float) -> None:
        """Say when a file was written last. Raises FileError."""
        volume, inner = self._changeable(self.resolve(path))
        volume.touch(inner, moment)

    def make_link(self, path: str, target: str) -> None:
        """Make a symbolic link. Raises FileError."""
        if self.named(path):
            raise FileError("File exists")
        volume, inner = self._writable(path)
        self._own(volume, inner)
        volume.links[inner] = target

    def mode(self, path: str) -> int:
        """Permission bits."""
        path = self.resolve(path)
        volume, inner, _ = self._locate(path)
        if inner == "/" and volume is not self.root:
            return volume.mode
        if path in DEVICES:
            return 0o666
        usual = 0o1777 if path in OPEN else 0o755 if self.is_directory(path) else 0o644
        return volume.modes.get(inner, usual)

    def owner(self, path: str, *, follow: bool = True) -> tuple[int, int]:
        """The user and the group that a file belongs to."""
        volume, inner, _ = self._locate(self.resolve(path, last=follow))
        return volume.owners.get(inner, (0, 0))

    def set_mode(self, path: str, mode: int) -> None:
        """Change permission bits. Raises FileError."""
        path = self.resolve(path)
        if not self.user.holds("FOWNER") and self.owner(path)[0] != self.user.uid:
            raise FileError(NOT_PERMITTED)
        volume, inner = self._changeable(path)
        if inner == "/" and volume is not self.root:
            volume.mode = mode
        volume.modes.update(dict.fromkeys(volume.names(inner), mode))

    def set_owner(self, path: str, uid: int | None, gid: int | None) -> None:
        """Give a file to a user or a group; None leaves either. Raises FileError."""
        path = self.resolve(path)
        before = self.owner(path)
        after = (before[0] if uid is None else uid, before[1] if gid is None else gid)
        mine = before[0] == self.user.uid == after[0] and after[1] in (before[1], self.user.gid, *self.user.groups)
        if not self.user.holds("CHOWN") and not mine:
            raise FileError(NOT_PERMITTED)
        volume, inner = self._changeable(path)
        volume.owners.update(dict.fromkeys(volume.names(inner), after))

    def _changeable(self, path: str) -> tuple[Volume, str]:
        """Where the facts of a file are kept. Raises FileError."""
        volume, inner, read_only = self._locate(path, own=True)
        if read_only or (volume is self.root and self.read_only and not path.startswith("/dev/")):
            raise FileError("Read-only file system")
        volume.own()
        return volume, inner

    def list(self, path: str) -> list[str]:
        """The names in a directory, sorted. Raises FileError."""
        if not self.is_directory(path):
            raise FileError("Not a directory" if self.exists(path) else NO_SUCH)
        path = self.resolve(path)
        self._check(path, READ)
        return sorted(self._children(path))

    def _children(self, path: str) -> set[str]:
        volume, inner, _ = self._locate(path)
        names = names_in(inner, (*volume.entries, *volume.links)) | names_in(path, self._mounted)
        names |= {posixpath.basename(name) for name in DEVICES if path == "/dev"}
        return names - {""}
