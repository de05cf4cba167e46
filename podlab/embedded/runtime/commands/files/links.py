"""Commands about names of files: ln, link, unlink, readlink, realpath."""

from __future__ import annotations

import posixpath

from podlab.embedded.runtime.commands import coreutils, usage
from podlab.embedded.runtime.commands.files import backups
from podlab.embedded.runtime.files import NO_SUCH, FileError
from podlab.embedded.runtime.machine.stdio import Io, letters


async def ln(io: Io, words: list[str]) -> int:
    """`ln [-bsfnTvr] [-S SUFFIX] TARGET… NAME|FOLDER`"""
    keeping, words = (backups.NONE, words) if io.busybox else backups.read(words, io.env or io.process.env)
    flags, _, names = letters(words, "S")
    files = io.process.machine.files
    if not names or (io.busybox and "r" in flags):
        return _unclear(io, "invalid option -- 'r'" if names else "")
    if len(names) == 1:
        names.append(posixpath.join(".", posixpath.basename(names[0])))
    *targets, last = names
    inside = files.is_directory(io.path(last)) and not (flags & {"n", "T"} and files.link(io.path(last)) is not None)
    if len(targets) > 1 and not inside and not io.busybox:
        return io.fail(f"ln: target '{last}': {NO_SUCH}")
    if "T" in flags and inside and io.busybox:
        return io.fail(f"ln: '{last}' is a directory")
    code = 0
    for target in targets:
        name = posixpath.join(last, posixpath.basename(target)) if inside and "T" not in flags else last
        code = _linked(io, target, name, flags, keeping) or code
    return code


def _unclear(io: Io, why: str) -> int:
    if not io.busybox:
        return io.fail(f"ln: missing file operand\n{coreutils.hint('ln')}")
    if why:
        io.fail(f"ln: {why}")
    return usage.show(io, "ln")


def _linked(io: Io, target: str, name: str, flags: set[str], keeping: backups.Keeping) -> int:
    """One more name; the exit code."""
    files, path, source = io.process.machine.files, io.path(name), io.path(target)
    symbolic = "s" in flags
    if not symbolic and (wrong := _unnameable(io, target, name, forced="f" in flags)):
        return io.fail(f"ln: {wrong}")
    try:
        kept = keeping.keep(io, name)
        if "f" in flags and files.named(path) and not files.is_directory(path, follow=False):
            files.remove(path)
        if "r" in flags:
            target = posixpath.relpath(source, posixpath.dirname(files.resolve(path, last=False)))
        if not symbolic and not files.named(source):
            raise FileError(NO_SUCH)
        files.make_link(path, target) if symbolic else files.join(source, path)
    except FileError as error:
        kind = "symbolic" if symbolic else "hard"
        to = "" if symbolic or files.named(path) else f" => '{target}'"
        gnu = f"failed to create {kind} link '{name}'{to}: {error}"
        return io.fail(f"ln: {name}: {error}" if io.busybox else f"ln: {gnu}")
    if "v" in flags:
        io.say(f"'{name}' {'->' if symbolic or io.busybox else '=>'} '{target}'{backups.shown(kept)}")
    return 0


def _unnameable(io: Io, target: str, name: str, *, forced: bool) -> str:
    """Why a file gets no other name."""
    files, source, path = io.process.machine.files, io.path(target), io.path(name)
    if not files.named(source):
        return f"{target}: {NO_SUCH}" if io.busybox else f"failed to access '{target}': {NO_SUCH}"
    if files.is_directory(source, follow=False):
        return f"{name}: Operation not permitted" if io.busybox else f"{target}: hard link not allowed for directory"
    if forced and source == path and not io.busybox:
        return f"'{target}' and '{name}' are the same file"
    return ""


async def link(io: Io, words: list[str]) -> int:
    """`link FILE NAME`"""
    if len(words) != 2:
        return io.fail("link: missing operand")
    files = io.process.machine.files
    try:
        if not files.named(io.path(words[0])):
            raise FileError(NO_SUCH)
        files.join(io.path(words[0]), io.path(words[1]))
    except FileError as error:
        said = "can't create hardlink" if io.busybox else "cannot create link"
        return io.fail(f"link: {said} '{words[1]}' to '{words[0]}': {error}")
    return 0


async def unlink(io: Io, words: list[str]) -> int:
    """`unlink FILE`"""
    files, said = io.process.machine.files, "can't remove file" if io.busybox else "cannot unlink"
    for name in words[:1]:
        try:
            if files.is_directory(io.path(name), follow=False):
                raise FileError("Is a directory")
            files.remove(io.path(name))
        except FileError as error:
            return io.fail(f"unlink: {said} '{name}': {error}")
    return 0


async def realpath(io: Io, words: list[str]) -> int:
    """`realpath [-ems] [--relative-to=FOLDER]`: with links resolved; coreutils lets the last part not be there."""
    files, code = io.process.machine.files, 0
    flags, _, names = letters(words, "")
    near = next((word.partition("=")[2] for word in words if word.startswith("--relative-to=")), "")
    for name in names:
        path = io.path(name) if "s" in flags else files.resolve(io.path(name))
        if "m" in flags or files.named(path) or ("e" not in flags and _could_be(io, name)):
            io.say(posixpath.relpath(path, files.resolve(io.path(near))) if near else path)
        else:
            code = io.fail(f"realpath: {name}: {NO_SUCH}")
    return code


def _could_be(io: Io, name: str) -> bool:
    """Whether the folder is there of what is not: enough for coreutils, and for busybox where a link leads there."""
    files, path = io.process.machine.files, io.path(name)
    known = not io.busybox or files.link(path) is not None
    return known and files.is_directory(posixpath.dirname(files.resolve(path)))


async def readlink(io: Io, words: list[str]) -> int:
    """`readlink [-efmnv] FILE…`: says nothing of what is no link."""
    flags, _, names = letters(words, "")
    files, code = io.process.machine.files, 0
    if io.busybox and (odd := sorted(flags - set("fnv"))):
        io.fail(f"readlink: invalid option -- '{odd[0]}'")
        return usage.show(io, "readlink")
    for name in names:
        whole = files.resolve(io.path(name))
        there = "m" in flags or files.exists(whole) or ("f" in flags and _could_be(io, name))
        target = (whole if there else None) if flags & {"e", "f", "m"} else files.link(io.path(name))
        if target is None:
            code = 1
        else:
            io.out(target.encode(errors="surrogateescape") + (b"" if "n" in flags and len(names) == 1 else b"\n"))
    return code
