"""What an image is: its reference and bytes, and what a container of it brings and can run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType

DIRECTORIES = (
    "boot dev etc home media mnt opt proc root run run/lock srv sys tmp usr usr/bin usr/lib usr/lib64 usr/local "
    "usr/local/bin usr/sbin usr/share var var/backups var/cache var/lib var/log var/mail var/opt var/spool var/tmp"
)
MERGED = MappingProxyType(
    {
        **{f"/{name}": f"usr/{name}" for name in ("bin", "lib", "lib64", "sbin")},
        "/var/run": "/run",
        "/var/lock": "/run/lock",
    }
)
"""Links that stand for folders in images made of Debian."""
ALPINE_LINKS = MappingProxyType({"/var/run": "../run", "/var/lock": "../run/lock"})


@lru_cache(64)
def _accounts(passwd: bytes) -> Mapping[str, tuple[int, int]]:
    """The numbers of users and their groups: read once for all containers of an image."""
    rows = (row.split(":") for row in passwd.decode().splitlines())
    return {row[0]: (int(row[2]), int(row[3])) for row in rows}


@dataclass(frozen=True, slots=True, eq=False)
class Image:
    """One image: its reference, digest and bytes, and what a container of it does.

    `entrypoint`, `command`, `user`, `cwd`, `ports` and `stop_signal` are what the image declares, `commands` what can
    be run in it, `files` and symbolic `links` what it brings. `busybox` says whose tools these are: busybox's, or else
    coreutils' and dash.
    `system` marks what the embedded cluster does itself: a container of it only waits, and is always well.
    """

    reference: str
    digest: str
    size: int
    entrypoint: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    commands: frozenset[str] = frozenset()
    files: Mapping[str, bytes] = field(default_factory=lambda: MappingProxyType({}))
    env: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    version: str = ""
    links: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    directories: str = DIRECTORIES
    busybox: bool = False
    user: str = ""
    cwd: str = "/"
    ports: tuple[int, ...] = ()
    stop_signal: str = "TERM"
    system: bool = False

    def unpacked(self) -> tuple[list[str], dict[str, str]]:
        """The directories that it brings, and its symbolic links: Debian's programs have one folder by two names."""
        words = self.directories.split()
        whole = "usr/bin" in words
        merged = {} if not whole else ALPINE_LINKS if self.busybox else MERGED
        return words + [*("bin", "sbin", "lib")] * (whole and self.busybox), {**merged, **self.links}

    @property
    def merged(self) -> bool:
        """Whether /bin leads to /usr/bin."""
        return self.unpacked()[1].get("/bin") == "usr/bin"

    @property
    def owner(self) -> tuple[int, int]:
        """The user and group that its processes run as, by its own /etc/passwd."""
        return self._accounts().get(self.user, (0, 0))

    def account(self, name: str) -> int:
        """The number of a user, by its own /etc/passwd."""
        return self._accounts().get(name, (0, 0))[0]

    def group(self, uid: int) -> int:
        """A user's own group, by its own /etc/passwd; 0 for a user whom it does not know."""
        return next((gid for known, gid in self._accounts().values() if known == uid), 0)

    def home(self, uid: int) -> str:
        """Where a user is at home, by its own /etc/passwd; / for a user whom it does not know."""
        rows = (row.split(":") for row in self.files.get("/etc/passwd", b"").decode().splitlines())
        return next((row[5] for row in rows if row[2] == str(uid)), "/root" if uid == 0 else "/")

    def _accounts(self) -> Mapping[str, tuple[int, int]]:
        return _accounts(self.files.get("/etc/passwd", b""))

    @property
    def id(self) -> str:
        """The imageID that a container's status shows."""
        return f"{self.reference.rpartition(':')[0]}@sha256:{self.digest}"
