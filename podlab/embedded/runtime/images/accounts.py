"""Who the images know: their users and groups, as /etc/passwd, /etc/group and /etc/shadow have them.

The facts are those of the distributions. Upstream: Debian's base-passwd (passwd.master, group.master), Alpine's
aports (main/alpine-baselayout/passwd.json, group.json)
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

User = tuple[str, int, int, str, str]
"""Name, number, group, what it is, home."""


def _files(
    users: tuple[User, ...], groups: tuple[tuple[str, int, str], ...], shells: Mapping[str, str], nologin: str
) -> Mapping[str, bytes]:
    rows = (f"{name}:x:{uid}:{gid}:{told}:{home}:{shells.get(name, nologin)}" for name, uid, gid, told, home in users)
    texts = {
        "/etc/passwd": rows,
        "/etc/group": (f"{name}:x:{gid}:{members}" for name, gid, members in groups),
        "/etc/shadow": (f"{name}:*:20000:0:99999:7:::" for name, *_ in users),
    }
    return MappingProxyType({path: "".join(f"{row}\n" for row in rows).encode() for path, rows in texts.items()})


_USERS = (
    ("root", 0, 0, "root", "/root"), ("daemon", 1, 1, "daemon", "/usr/sbin"), ("bin", 2, 2, "bin", "/bin"),
    ("sys", 3, 3, "sys", "/dev"), ("sync", 4, 65534, "sync", "/bin"), ("games", 5, 60, "games", "/usr/games"),
    ("man", 6, 12, "man", "/var/cache/man"), ("lp", 7, 7, "lp", "/var/spool/lpd"), ("mail", 8, 8, "mail", "/var/mail"),
    ("news", 9, 9, "news", "/var/spool/news"), ("uucp", 10, 10, "uucp", "/var/spool/uucp"),
    ("proxy", 13, 13, "proxy", "/bin"), ("www-data", 33, 33, "www-data", "/var/www"),
    ("backup", 34, 34, "backup", "/var/backups"), ("list", 38, 38, "Mailing List Manager", "/var/list"),
    ("irc", 39, 39, "ircd", "/run/ircd"), ("_apt", 42, 65534, "", "/nonexistent"),
    ("nobody", 65534, 65534, "nobody", "/nonexistent"), ("nginx", 101, 101, "nginx user", "/nonexistent"),
)  # fmt: skip
"""Debian 12's, and nginx's."""
_SHELLS = {"root": "/bin/bash", "sync": "/bin/sync", "nginx": "/bin/false"}
_GROUPS = (
    ("root", 0), ("daemon", 1), ("bin", 2), ("sys", 3), ("adm", 4), ("tty", 5), ("disk", 6), ("lp", 7), ("mail", 8),
    ("news", 9), ("uucp", 10), ("man", 12), ("proxy", 13), ("kmem", 15), ("dialout", 20), ("fax", 21), ("voice", 22),
    ("cdrom", 24), ("floppy", 25), ("tape", 26), ("sudo", 27), ("audio", 29), ("dip", 30), ("www-data", 33),
    ("backup", 34), ("operator", 37), ("list", 38), ("irc", 39), ("src", 40), ("shadow", 42), ("utmp", 43),
    ("video", 44), ("sasl", 45), ("plugdev", 46), ("staff", 50), ("games", 60), ("users", 100), 
    ("nogroup", 65534), ("nginx", 101),
)  # fmt: skip
DEBIAN = _files(_USERS, tuple((name, gid, "") for name, gid in _GROUPS), _SHELLS, "/usr/sbin/nologin")

_ALPINE_USERS = (
    ("root", 0, 0, "root", "/root"), ("bin", 1, 1, "bin", "/bin"), ("daemon", 2, 2, "daemon", "/sbin"),
    ("lp", 4, 7, "lp", "/var/spool/lpd"), ("sync", 5, 0, "sync", "/sbin"), ("shutdown", 6, 0, "shutdown", "/sbin"),
    ("halt", 7, 0, "halt", "/sbin"), ("mail", 8, 12, "mail", "/var/mail"), ("news", 9, 13, "news", "/usr/lib/news"),
    ("uucp", 10, 14, "uucp", "/var/spool/uucppublic"), ("cron", 16, 16, "cron", "/var/spool/cron"),
    ("ftp", 21, 21, "", "/var/lib/ftp"), ("sshd", 22, 22, "sshd", "/dev/null"),
    ("games", 35, 35, "games", "/usr/games"), ("ntp", 123, 123, "NTP", "/var/empty"),
    ("guest", 405, 100, "guest", "/dev/null"), ("nobody", 65534, 65534, "nobody", "/"),
)  # fmt: skip
_ALPINE_SHELLS = {"root": "/bin/sh", "sync": "/bin/sync", "shutdown": "/sbin/shutdown", "halt": "/sbin/halt"}
_ALPINE_GROUPS = (
    ("root", 0, "root"), ("bin", 1, "root,bin,daemon"), ("daemon", 2, "root,bin,daemon"), ("sys", 3, "root,bin"),
    ("adm", 4, "root,daemon"), ("tty", 5, ""), ("disk", 6, "root"), ("lp", 7, "lp"), ("kmem", 9, ""),
    ("wheel", 10, "root"), ("floppy", 11, "root"), ("mail", 12, "mail"), ("news", 13, "news"), ("uucp", 14, "uucp"),
    ("cron", 16, "cron"), ("audio", 18, ""), ("cdrom", 19, ""), ("dialout", 20, "root"), ("ftp", 21, ""),
    ("sshd", 22, ""), ("input", 23, ""), ("tape", 26, "root"), ("video", 27, "root"), ("netdev", 28, ""),
    ("kvm", 34, "kvm"), ("games", 35, ""), ("shadow", 42, ""), ("www-data", 82, ""), ("users", 100, "games"),
    ("ntp", 123, ""), ("abuild", 300, ""), ("utmp", 406, ""), ("ping", 999, ""), ("nogroup", 65533, ""),
    ("nobody", 65534, ""),
)  # fmt: skip


def alpine(user: User | None = None, group: str = "") -> Mapping[str, bytes]:
    """Alpine's, and the user that an image adds, with a group of its own."""
    users, groups = ((user,), ((group, user[2], user[0]),)) if user else ((), ())
    return _files(_ALPINE_USERS + users, _ALPINE_GROUPS + groups, _ALPINE_SHELLS, "/sbin/nologin")
