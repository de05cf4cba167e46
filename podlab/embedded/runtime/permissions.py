"""Who asks for a file, and what its permission bits let them do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

READ, WRITE, SEARCH = 4, 2, 1
DENIED, NOT_PERMITTED = "Permission denied", "Operation not permitted"
OPEN = ("/tmp", "/var/tmp")
"""Where everybody may write, unless the directory's mode was changed."""


class User(Protocol):
    """Who asks for a file."""

    @property
    def uid(self) -> int:
        """The user."""

    @property
    def gid(self) -> int:
        """The group of what the user makes."""

    @property
    def groups(self) -> tuple[int, ...]:
        """All groups."""

    def holds(self, capability: str) -> bool:
        """Whether the kernel lets the user do what it lets nobody else do."""


def permitted(user: User, owner: tuple[int, int], mode: int, wanted: int) -> bool:
    """Whether a file's permission bits let a user read, write or search it. Kernel: fs/namei.c generic_permission"""
    shift = 6 if user.uid == owner[0] else 3 if owner[1] in (user.gid, *user.groups) else 0
    return (mode >> shift) & wanted == wanted


@dataclass(frozen=True, slots=True)
class Root:
    """The user that may do everything with files."""

    uid: int = 0
    gid: int = 0
    groups: tuple[int, ...] = (0,)

    def holds(self, capability: str) -> bool:
        """All of them."""
        return True


ROOT = Root()
