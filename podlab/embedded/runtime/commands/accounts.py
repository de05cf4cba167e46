"""The names of users and groups, as a container's own files have them."""

from __future__ import annotations

from podlab.embedded.runtime.machine.stdio import Io

USERS, GROUPS = "/etc/passwd", "/etc/group"


def names(io: Io, path: str) -> dict[int, str]:
    """Name by number, from /etc/passwd or /etc/group."""
    files = io.process.machine.files
    rows = files.read(path).decode(errors="replace").splitlines() if files.exists(path) else []
    fields = [row.split(":") for row in rows]
    return {int(row[2]): row[0] for row in fields if len(row) > 2 and row[2].isdecimal()}


def owner(io: Io, path: str, *, follow: bool = False) -> tuple[str, str]:
    """Who a file belongs to: names where there are some, else numbers."""
    user, group = io.process.machine.files.owner(path, follow=follow)
    return names(io, USERS).get(user, str(user)), names(io, GROUPS).get(group, str(group))


def number(io: Io, path: str, word: str) -> int | None:
    """The number of a user or group that is given by name or number; None for a name that is unknown."""
    if word.isdecimal():
        return int(word)
    return next((number for number, name in names(io, path).items() if name == word), None)


def login_group(io: Io, uid: int) -> int:
    """The group that a user begins with, by the container's /etc/passwd."""
    rows = (row.split(":") for row in io.process.machine.files.read(USERS).decode(errors="replace").splitlines())
    return next((int(row[3]) for row in rows if len(row) > 3 and row[2] == str(uid) and row[3].isdecimal()), 0)
