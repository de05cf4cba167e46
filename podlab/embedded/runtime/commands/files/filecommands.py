"""Commands about files: cat, touch, mkdir, rm, rmdir, tee."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from datetime import UTC, datetime

from podlab.embedded.runtime.commands.files import filedetails
from podlab.embedded.runtime.expressions.dates import understood
from podlab.embedded.runtime.files import NO_SUCH, FileError
from podlab.embedded.runtime.machine.stdio import UNREADABLE, Io, letters, options


async def cat(io: Io, words: list[str]) -> int:
    """`cat [FILE]…`, piece by piece: what is read may have no end."""
    code = 0
    flags, names = options(words)
    marks = _Marks(flags) if flags & set("nbAetvsTE") else None
    for name in names or ["-"]:
        try:
            source = io.stdin if name == "-" else io.open(name)
        except FileError as error:
            unread = "read error: Is a directory" if str(error) == "Is a directory" else ""
            code = io.fail("cat: " + ((io.busybox and unread) or UNREADABLE["cat"][io.busybox].format(name, error)))
            continue
        while marks and (line := await source.line()):
            io.out(marks.line(line))
        while data := await source.take(2**16):
            io.out(data)
            await io.process.work()
    return code


class _Marks:
    """What `cat -n`, -b, -e, -t, -s and -A put into lines."""

    def __init__(self, flags: set[str]) -> None:
        self.flags, self.number, self.empty = flags, 0, False

    def line(self, line: bytes) -> bytes:
        """A line with its marks."""
        body, end = line.removesuffix(b"\n"), line[len(line.removesuffix(b"\n")) :]
        if "s" in self.flags and not body and self.empty:
            return b""
        self.empty = not body
        if self.flags & {"A", "t", "T"}:
            body = body.replace(b"\t", b"^I")
        if self.flags & {"A", "e", "E"} and end:
            end = b"$\n"
        if self.flags & {"n", "b"} and (body or "b" not in self.flags):
            self.number += 1
            body = f"{self.number:6}\t".encode() + body
        return body + end


async def touch(io: Io, words: list[str]) -> int:
    """`touch [-c] [-d TIME] [-t STAMP] [-r FILE] FILE…`"""
    files, names, moment, kept = io.process.machine.files, list[str](), io.process.time, False
    words = list(words)
    while words:
        word = words.pop(0)
        if found := re.fullmatch(r"-([dtr])(.*)|--date=(.*)", word):
            given = found[2] or found[3] or (words.pop(0) if words else "")
            time = _moment(io, found[1] or "d", given)
            if time is None:
                busy = io.busybox
                return io.fail(f"touch: invalid date '{given}'" if busy else f"touch: invalid date format '{given}'")
            moment = time
        elif word == "--":
            names, words = names + words, []
        elif word.startswith("-") and len(word) > 1:
            kept = kept or "c" in word
        else:
            names.append(word)

    def act(path: str) -> None:
        if kept and not files.exists(path):
            return
        if not files.is_directory(path):
            files.write(path, b"", append=True)
        files.touch(path, moment)

    return _each(io, "touch", names, act)


def _moment(io: Io, option: str, given: str) -> float | None:
    if option == "r":
        return filedetails.modified(io, io.path(given)) if io.process.machine.files.exists(io.path(given)) else None
    now = datetime.fromtimestamp(io.process.time, UTC)
    found = understood(given.partition(".")[0] if option == "t" else given, now, busy=io.busybox)
    return found.timestamp() if found else None


async def mkdir(io: Io, words: list[str]) -> int:
    """`mkdir [-pv] [-m MODE]`: 1 when one could not be made."""
    longs = {"--parents": "-p", "--verbose": "-v", "--mode": "-m"}
    flags, values, names = letters([longs.get(word, word.replace("--mode=", "-m", 1)) for word in words], "m")
    files, given = io.process.machine.files, {io.path(name): name for name in names}
    mode = filedetails.changed(0o777, values["m"]) if "m" in values else None
    if "m" in values and mode is None:
        return io.fail(f"mkdir: invalid mode '{values['m']}'")

    def make(path: str) -> None:
        there = files.exists(path)
        files.make_directory(path, parents="p" in flags)
        if mode is not None and not there:
            files.set_mode(path, mode)
        if "v" in flags and not there:
            io.say(f"created directory: '{given[path]}'" if io.busybox else f"mkdir: created directory '{given[path]}'")

    return _each(io, "mkdir", names, make)


async def rm(io: Io, words: list[str]) -> int:
    """`rm [-r] [-f]`: folders only with -r; what is not there is an error unless -f."""
    flags, names = options(words)
    files, code = io.process.machine.files, 0
    for name in names:
        path = io.path(name)
        if not files.named(path):
            code = code if "f" in flags else _complain(io, "rm", name, NO_SUCH)
        elif files.is_directory(path, follow=False) and not flags & {"r", "R"}:
            code = _complain(io, "rm", name, FOLDER)
        elif "i" not in flags or "f" in flags or await _agreed(io, name):
            code = _gone(io, name, told="v" in flags) or code
    return code


async def _agreed(io: Io, name: str) -> bool:
    """What -i asks before something is removed."""
    files, path = io.process.machine.files, io.path(name)
    link = files.link(path) is not None
    kind = "symbolic link" if link else "directory" if files.is_directory(path) else "regular file"
    kind = "regular empty file" if kind == "regular file" and not files.size(path) else kind
    io.err(f"rm: remove {f'{kind} ' * (not io.busybox)}'{name}'? ".encode(errors="surrogateescape"))
    return (await io.stdin.line())[:1].lower() == b"y"


def _inside(io: Io, path: str) -> list[str]:
    try:
        return io.process.machine.files.list(path) if path != "/" else []
    except FileError:
        return []


def _gone(io: Io, name: str, *, told: bool) -> int:
    """Remove a file, or a folder after all in it; of a folder that is still filled no more is said."""
    files, path = io.process.machine.files, io.path(name)
    folder = files.is_directory(path, follow=False)
    for child in _inside(io, path) if folder else ():
        if _gone(io, posixpath.join(name, child), told=told):
            folder = False
    if folder != files.is_directory(path, follow=False):
        return 1
    try:
        files.remove(path)
    except FileError as error:
        return _complain(io, "rm", name, str(error))
    if told:
        io.say(f"removed {'directory ' * folder}'{name}'")
    return 0


FOLDER = "Is a directory"


COMPLAINTS = {  # of coreutils, and of busybox
    "touch": ("touch: cannot touch '{}': {}", "touch: {}: {}"),
    "mkdir": ("mkdir: cannot create directory '{}': {}", "mkdir: can't create directory '{}': {}"),
    "rm": ("rm: cannot remove '{}': {}", "rm: can't remove '{}': {}"),
}


def _complain(io: Io, what: str, name: str, reason: str) -> int:
    if what == "rm" and reason == FOLDER and io.busybox:
        return io.fail(f"rm: '{name}' is a directory")
    return io.fail(COMPLAINTS[what][io.busybox].format(name, reason))


def _each(io: Io, what: str, names: list[str], act: Callable[[str], None]) -> int:
    code = 0
    for name in names:
        try:
            act(io.path(name))
        except FileError as error:
            code = _complain(io, what, name, str(error))
    return code


async def tee(io: Io, words: list[str]) -> int:
    """`tee [-a]`: standard input to files and to standard output, as it comes."""
    flags, names = options(words)
    writers, code = [io.out], 0
    for name in names:
        try:
            writers.append(io.writer(name, append="a" in flags))
        except FileError as error:
            code = io.fail(f"tee: {name}: {error}")
    while data := await io.stdin.take(2**16):
        await io.process.work()
        for write in writers:
            write(data)
    return code


async def rmdir(io: Io, words: list[str]) -> int:
    """`rmdir [-p] [-v]`: folders that are empty, with -p those above them, too; 1 when one is not."""
    flags, names = options([word for word in words if word == "--" or not word.startswith("--")])
    code = 0
    if "--ignore-fail-on-non-empty" in words:
        names = [name for name in names if not _filled(io, name)]
    for name in names:
        code = _emptied(io, name, name, told="v" in flags) or code
        above = posixpath.dirname(name.rstrip("/")) if "p" in flags and not code else ""
        while above.strip("/") and not code:
            code = _emptied(io, above, name, told="v" in flags)
            above = posixpath.dirname(above)
    return code


def _filled(io: Io, name: str) -> bool:
    files, path = io.process.machine.files, io.path(name)
    return files.is_directory(path) and bool(files.list(path))


def _emptied(io: Io, name: str, asked: str, *, told: bool) -> int:
    """Remove a folder that has nothing in it."""
    files, path = io.process.machine.files, io.path(name)
    if told and not io.busybox:
        io.say(f"rmdir: removing directory, '{name}'")
    try:
        if files.list(path) and not any(mount.path == files.resolve(path) for mount in files.mounts):
            raise FileError("Directory not empty")
        files.remove(path)
    except FileError as error:
        which = "" if name == asked else "directory "
        busy = f"rmdir: '{name}': {error}"
        return io.fail(busy if io.busybox else f"rmdir: failed to remove {which}'{name}': {error}")
    return 0
