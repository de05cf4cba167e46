"""Where an image's programs are, and why a command line cannot be started."""

from __future__ import annotations

import posixpath
from functools import cache

from podlab.embedded.runtime.files import Files
from podlab.embedded.runtime.images.image import Image
from podlab.embedded.runtime.volume import Mount, Volume

FOLDERS = ("/bin", "/usr/bin", "/usr/sbin", "/sbin", "/usr/local/bin", "/usr/local/sbin")
"""Folders in which an image's own programs are found."""
SYSTEM = frozenset(["nginx", "httpd", "ifconfig", "netstat", "arp", "route", "chroot", "mysqld"])
"""Programs that Debian keeps in /usr/sbin."""
LOCAL = frozenset(["redis-server", "redis-cli", "python", "python3", "node", "npm", "pip", "docker-entrypoint.sh"])


@cache
def folders(image: Image, *, read_only: bool = False) -> tuple[Mount, ...]:
    """Where an image's programs are seen."""
    places = ("/usr/bin", "/usr/sbin") if image.merged else ("/bin",) if image.busybox else ("/bin", "/usr/bin")
    own = [place for place in places if any(path.startswith(f"{place}/") for path in image.files)]
    found = [(place, _programs(image, administrators=place.endswith("sbin"))) for place in places if place not in own]
    return tuple(Mount(place, volume, read_only, common=True) for place, volume in found if volume.entries)


def _programs(image: Image, *, administrators: bool = False) -> Volume:
    """An image's programs: busybox's are links to it, the others have no bytes to be looked at."""
    names = [name for name in image.commands if "/" not in name]
    if image.busybox:
        volume = Volume({"/busybox": b""}, {f"/{name}": "busybox" for name in names if name != "busybox"})
    else:
        here = [name for name in names if name not in LOCAL and (name in SYSTEM) == administrators]
        volume = Volume(dict.fromkeys((f"/{name}" for name in here if name not in LINKED), b""))
        volume.links = {f"/{name}": target for name, target in LINKED.items() if name in here}
    if not names:
        return Volume()
    volume.mode, volume.modes = 0o755, dict.fromkeys(volume.entries, 0o755)
    return volume


LINKED = {"sh": "dash"}
"""Debian's programs that are links to others."""


def missing(
    argv: list[str], commands: frozenset[str], entrypoint: tuple[str, ...], files: Files | None = None, cwd: str = "/"
) -> str:
    """Why a command line cannot be started, as the runtime says it; "" if it can."""
    name = argv[0] if argv else ""
    if name in entrypoint or known(name, commands):
        return ""
    if "/" in name:
        path = posixpath.normpath(posixpath.join(cwd, name))
        if files and files.exists(path):
            runs = not files.is_directory(path) and files.mode(path) & 0o111
            return "" if runs else f'exec: "{name}": permission denied'
        return f'exec: "{name}": stat {name}: no such file or directory'
    return f'exec: "{name}": executable file not found in $PATH'


def known(name: str, commands: frozenset[str]) -> bool:
    """Whether an image has a program of this name or path."""
    if name in commands:
        return True
    folder, base = posixpath.split(name)
    return folder in FOLDERS and base in commands


def place(name: str, image: Image, files: Files, cwd: str = "/") -> str:
    """The path of a program; "" for one that is not there."""
    if "/" in name:
        path = posixpath.normpath(posixpath.join(cwd, name))
        return name if files.exists(path) or known(path, image.commands) else ""
    if name not in image.commands or name == "[[":
        return ""
    if image.busybox:
        return f"/bin/{name}"
    return f"/usr/local/bin/{name}" if name in LOCAL else f"/usr/sbin/{name}" if name in SYSTEM else f"/usr/bin/{name}"


def started(words: list[str], image: Image, files: Files, folders: str, cwd: str = "/") -> list[str]:
    """A command line as PATH finds it: an image's program by its name, a script by the path at which it is."""
    name = words[0]
    path = on_path(name, image, files, folders, cwd)
    if "/" in name or not path or posixpath.dirname(path) in (posixpath.dirname(place(name, image, files)), "/bin"):
        return words
    return [path, *words[1:]]


def on_path(name: str, image: Image, files: Files, folders: str, cwd: str = "/") -> str:
    """The path of a program in the first of PATH's folders that has it; "" for one that is in none."""
    if "/" in name or not name:
        return place(name, image, files, cwd)
    home = posixpath.dirname(place(name, image, files))
    for folder in folders.split(":") if folders else ():
        path = posixpath.join(folder, name)
        if home and folder in (home, "/bin" if home == "/usr/bin" else home):
            return path
        whole = posixpath.normpath(posixpath.join(cwd, path))
        if files.exists(whole) and not files.is_directory(whole) and files.mode(whole) & 0o111:
            return path
    return ""
