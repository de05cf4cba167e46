"""`install`: files copied with a mode and an owner of their own, and directories made.

Upstream: GNU coreutils' src/install.c
"""

from __future__ import annotations

import posixpath
from dataclasses import dataclass

from podlab.embedded.runtime.commands import accounts, coreutils
from podlab.embedded.runtime.commands.files import backups
from podlab.embedded.runtime.commands.files.filedetails import changed
from podlab.embedded.runtime.files import NO_SUCH, FileError
from podlab.embedded.runtime.machine.stdio import Io, letters


@dataclass(frozen=True, slots=True)
class Way:
    """How files are installed."""

    flags: set[str]
    mode: int
    owner: tuple[int | None, int | None]
    keeping: backups.Keeping


async def install(io: Io, words: list[str]) -> int:
    """`install [-bCDpTv] [-m MODE] [-o USER] [-g GROUP] FILE… TARGET`, `-t FOLDER FILE…`, or `-d FOLDER…`"""
    keeping, words = backups.read(words, io.env or io.process.env)
    if odd := next((word for word in words if word.startswith("--") and word != "--"), ""):
        return io.fail(f"install: podlab does not simulate {odd.partition('=')[0]} of install")
    flags, values, names = letters(words, "gmotS")
    mode = changed(0, values["m"]) if "m" in values else 0o755
    if mode is None:
        return io.fail(f"install: invalid mode '{values['m']}'")
    owner = []
    for key, path, what in (("o", accounts.USERS, "user"), ("g", accounts.GROUPS, "group")):
        owner.append(accounts.number(io, path, values[key]) if key in values else None)
        if key in values and owner[-1] is None:
            return io.fail(f"install: invalid {what} '{values[key]}'")
    way = Way(flags, mode, (owner[0], owner[1]), keeping)
    if "d" in flags:
        return max([_folder(io, way, name) for name in names], default=0)
    return _files(io, way, [*names, values["t"]] if "t" in values else names, aimed="t" in values)


def _files(io: Io, way: Way, names: list[str], *, aimed: bool) -> int:
    *sources, last = names
    if not sources:
        more = f"missing destination file operand after '{last}'" if last else "missing file operand"
        return io.fail(f"install: {more}\n{coreutils.hint('install')}")
    files = io.process.machine.files
    above = (last if aimed else posixpath.dirname(last)) if "D" in way.flags else ""
    plain = Way({"v"} & way.flags, 0o755, (None, None), NONE)
    if above and not files.exists(io.path(above)) and _folder(io, plain, above):
        return 1
    inside = files.is_directory(io.path(last)) and "T" not in way.flags
    if not inside and (len(sources) > 1 or aimed):
        why = "Not a directory" if files.exists(io.path(last)) else NO_SUCH
        return io.fail(f"install: target {'directory ' * aimed}'{last}': {why}")
    code = 0
    for name in sources:
        code = _one(io, way, name, posixpath.join(last, posixpath.basename(name)) if inside else last) or code
    return code


NONE = backups.NONE


def _one(io: Io, way: Way, name: str, target: str) -> int:
    files, source, path = io.process.machine.files, io.path(name), io.path(target)
    if not files.exists(source):
        return io.fail(f"install: cannot stat '{name}': {NO_SUCH}")
    if files.is_directory(source):
        return io.fail(f"install: omitting directory '{name}'")
    if files.named(path) and files.inode(source) == files.inode(path):
        return io.fail(f"install: '{name}' and '{target}' are the same file")
    if files.is_directory(path):
        return io.fail(f"install: cannot overwrite directory '{target}' with non-directory")
    try:
        data, kept = files.read(source), way.keeping.keep(io, target)
        if there := files.named(path):
            if "C" in way.flags and files.read(path) == data and files.mode(path) == way.mode:
                return 0
            files.remove(path)
        files.write(path, data)
        _fit(io, way, path)
        if "p" in way.flags and (moment := files.changed(source)) is not None:
            files.touch(path, moment)
    except FileError as error:
        return io.fail(f"install: cannot create regular file '{target}': {error}")
    if "v" in way.flags:
        io.say(f"removed '{target}'\n" * there + f"'{name}' -> '{target}'{backups.shown(kept)}")
    return 0


def _folder(io: Io, way: Way, name: str) -> int:
    """Make a folder and those above it, which have the usual mode."""
    files, path, made = io.process.machine.files, io.path(name), ""
    try:
        for part in name.rstrip("/").split("/"):
            made = f"{made}{part}"
            if made and not files.exists(io.path(made)):
                files.make_directory(io.path(made))
                if "v" in way.flags:
                    io.say(f"install: creating directory '{made}'")
            made += "/"
        if not files.is_directory(path):
            raise FileError("File exists")
        _fit(io, way, path)
    except FileError as error:
        return io.fail(f"install: cannot create directory '{made.rstrip('/') or name}': {error}")
    return 0


def _fit(io: Io, way: Way, path: str) -> None:
    files = io.process.machine.files
    files.set_mode(path, way.mode)
    if way.owner != (None, None):
        files.set_owner(path, *way.owner)
