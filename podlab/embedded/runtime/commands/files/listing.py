"""`ls`: names, long lines, and folders in folders."""

from __future__ import annotations

import math
import posixpath
import re
import stat as bits

from podlab.embedded.runtime import devices
from podlab.embedded.runtime.commands import accounts
from podlab.embedded.runtime.commands.files import filedetails
from podlab.embedded.runtime.files import NO_SUCH, FileError
from podlab.embedded.runtime.machine.stdio import Io, options

UNOPENED = ("{}: cannot open directory '{}': {}", "{}: can't open '{}': {}")
MISSING = ("{}: cannot access '{}': {}", "{}: {}: {}")


STYLES = """{0}: invalid argument '{1}' for 'time style'
Valid arguments are:
  - [posix-]full-iso
  - [posix-]long-iso
  - [posix-]iso
  - [posix-]locale
  - +FORMAT (e.g., +%H:%M) for a 'date'-style format
Try '{0} --help' for more information."""


async def ls(io: Io, words: list[str], me: str = "ls") -> int:
    """`ls [-1adlrnAFLRSp] [PATH]…`: files first, then folders, each with a title if there are more or with -R."""
    flags, names = options([word for word in words if word == "--" or not word.startswith("--")])
    flags |= {"l"} if "n" in flags else set()
    flags |= {"full-time", "l"} if "--full-time" in words else set()
    style = next((word[13:] for word in reversed(words) if word.startswith("--time-style=")), "locale")
    if not io.busybox and not re.fullmatch(r"\+.*|(posix-)?(full-iso|long-iso|iso|locale)", style, re.S):
        return io.fail(STYLES.format(me, style), 2)
    flags |= {"full-time"} if style.endswith("full-iso") else {f"style {style.removeprefix('posix-')}"}
    files, code = io.process.machine.files, 0
    alone: list[str] = []
    folders: list[str] = []
    for name in names or ["."]:
        path = io.path(name)
        link = files.link(path) is not None and not name.endswith("/") and "l" in flags and "L" not in flags
        follows = "L" in flags or (io.busybox and not flags & {"l", "d"})
        if not files.named(path) or (follows and not files.exists(path)):
            code = io.fail(MISSING[io.busybox].format(me, name, NO_SUCH), 2 - io.busybox)
        elif files.is_directory(path) and not link and "d" not in flags:
            folders.append(name)
        else:
            alone.append(name)
    if alone:
        _show(io, [(io.path(name), name) for name in _ordered(io, "", alone, flags)], flags)
    shown = bool(alone)
    for name in sorted(folders, reverse="r" in flags):
        found = _folder(io, name, flags, me, titled=len(names) > 1 or "R" in flags, before=shown)
        shown, code = True, found or code
    return code


def _folder(io: Io, name: str, flags: set[str], me: str, *, titled: bool, before: bool) -> int:
    """One folder, and with -R those in it; the exit code."""
    files, path, code = io.process.machine.files, io.path(name), 0
    try:
        inside = files.list(path)
    except FileError as error:
        return io.fail(UNOPENED[io.busybox].format(me, name, error), 2 - io.busybox)
    if titled:
        io.say(f"\n{name}:" if before else f"{name}:")
    listed = _ordered(io, path, [one for one in inside if flags & {"a", "A"} or not one.startswith(".")], flags)
    entries = [".", "..", *listed] if "a" in flags else listed
    if flags & {"l", "s"}:
        io.say(_total(io, sum(_blocks(io, _inside(path, entry), flags) for entry in entries), flags))
    _show(io, [(_inside(path, entry), entry) for entry in entries], flags)
    for entry in listed if "R" in flags else ():
        inner = posixpath.join(path, entry)
        if files.is_directory(inner) and (files.link(inner) is None or "L" in flags):
            code = _folder(io, posixpath.join(name, entry), flags, me, titled=True, before=True) or code
    return code


def _ordered(io: Io, folder: str, names: list[str], flags: set[str]) -> list[str]:
    files = io.process.machine.files
    found = sorted(names)
    if "S" in flags:
        found.sort(key=lambda name: -files.size(posixpath.join(folder, name) if folder else io.path(name)))
    if "t" in flags:
        found.sort(
            key=lambda name: -filedetails.modified(io, posixpath.join(folder, name) if folder else io.path(name))
        )
    return found[::-1] if "r" in flags else found


def _printable(name: str) -> str:
    """A name as busybox shows it without a locale: a question mark for each byte that is no ASCII."""
    return re.sub(r"[^ -~]", lambda found: "?" * len(found[0].encode("utf-8", "surrogateescape")), name)


def _show(io: Io, entries: list[tuple[str, str]], flags: set[str]) -> None:
    if io.busybox:
        entries = [(path, _printable(entry)) for path, entry in entries]
    if "l" in flags or "n" in flags:
        rows = [_row(io, path, entry, flags) for path, entry in entries]
        for (path, _), line in zip(entries, _long(rows, busy=io.busybox), strict=True):
            io.say(_sized(io, path, flags) + line)
        return
    if flags & {"C", "x", "m"} and "s" not in flags and len(row := _row_of(io, entries, flags)) <= SCREEN:
        io.say(row)
        return
    quote = '"' if "Q" in flags and not io.busybox else ""
    for path, entry in entries:
        io.say(_sized(io, path, flags) + quote + entry + quote + _mark(io, path, flags))


SCREEN = 80


def _row_of(io: Io, entries: list[tuple[str, str]], flags: set[str]) -> str:
    """All names in one row, as -C, -x and -m show those that fit; in columns of one width."""
    names = [entry + _mark(io, path, flags) for path, entry in entries]
    if "m" in flags:
        return ", ".join(names)
    width = max(map(len, names), default=0)
    return "  ".join(f"{name:{width}}" for name in names[:-1]) + "  " * (len(names) > 1) + "".join(names[-1:])


def _sized(io: Io, path: str, flags: set[str]) -> str:
    """What -i and -s put before a name: its number and the blocks that it takes."""
    files = io.process.machine.files
    inode = f"{files.inode(path)[1]:{7 if io.busybox else 0}} " if "i" in flags else ""
    if "s" not in flags:
        return inode
    blocks = _blocks(io, path, flags)
    return inode + f"{blocks:6} " if io.busybox else f"{f'{blocks}.0K' if 'h' in flags and blocks else blocks} "


def _mark(io: Io, path: str, flags: set[str]) -> str:
    """What -F and -p put behind a name."""
    files = io.process.machine.files
    if "F" in flags and files.link(path) is not None:
        return "@"
    if flags & {"F", "p"} and files.is_directory(path):
        return "/"
    return "*" if "F" in flags and files.mode(path) & 0o111 else ""


def _inside(folder: str, entry: str) -> str:
    return posixpath.normpath(posixpath.join(folder, entry))


def _total(io: Io, blocks: int, flags: set[str]) -> str:
    """The first line of a long listing; busybox fills up what -h shortens."""
    if "h" not in flags:
        return f"total {blocks}"
    short = "0" if not blocks else f"{blocks}K" if blocks < 1024 else f"{blocks / 1024:.1f}M"
    return f"total {short:<7}" if io.busybox else f"total {short if blocks else 0}"


def _blocks(io: Io, path: str, flags: set[str]) -> int:
    """KiB that a file takes on the disk, in blocks of four."""
    files = io.process.machine.files
    if files.link(path) is not None and "L" not in flags:
        return 0
    if files.is_directory(path):
        return 4 * files.folder(path)[2]
    return -(-files.size(path) // 4096) * 4


Row = tuple[str, str, str, str, str, str]
"""Mode, links, owner, group, size, and the rest of a line of `ls -l`."""


def _row(io: Io, path: str, entry: str, flags: set[str]) -> Row:
    files, directory = io.process.machine.files, io.process.machine.files.is_directory(path)
    owner = files.owner(path, follow=False)
    user, group = map(str, owner) if "n" in flags else accounts.owner(io, path)
    if (target := files.link(path)) and "L" not in flags:
        shown = f"{_moment(io, path, flags)} {entry} -> {target}"
        return (
            filedetails.LINK,
            "1",
            user,
            group,
            _size(0 if path.startswith("/proc/") else len(target), flags, busy=io.busybox),
            shown,
        )
    what = filedetails.nature(io, path) if not directory else 0
    mode = filedetails.shown(files.mode(path), directory=directory, kind=what)
    links, size, _ = files.folder(path) if directory else (files.count(path), files.size(path), True)
    moment = _moment(io, path, flags)
    if numbers := devices.NUMBERS.get(posixpath.basename(path)) if what == bits.S_IFCHR else None:
        shown = f"{numbers[0]}, {numbers[1]:{3 if io.busybox else 1}}"
        return mode, str(links), user, group, shown, f"{moment} {entry}"
    return mode, str(links), user, group, _size(size, flags, busy=io.busybox), f"{moment} {entry}"


def _moment(io: Io, path: str, flags: set[str]) -> str:
    style = next((flag[6:] for flag in flags if flag.startswith("style ")), "")
    return filedetails.when(io, path, full="full-time" in flags, style=style)


def _size(size: int, flags: set[str], *, busy: bool) -> str:
    """A file's size, with -h in the largest unit that it fills: busybox rounds, coreutils rounds up."""
    unit = 0 if "h" in flags else len(UNITS)
    while unit < len(UNITS) and size >= 1024 ** (unit + 1):
        unit += 1
    if unit in (0, len(UNITS)):
        return str(size)
    tenths = size * 10 / 1024**unit
    shown = int(tenths + 0.5) if busy else math.ceil(tenths)
    if shown >= 100 and not busy:
        return f"{math.ceil(size / 1024**unit)}{UNITS[unit - 1]}"
    return f"{shown / 10:.1f}{UNITS[unit - 1]}"


UNITS = "KMG"


def _long(rows: list[Row], *, busy: bool) -> list[str]:
    """The lines of `ls -l`: busybox has fixed columns, coreutils as wide ones as it needs."""
    links, owner, group, size = (
        (4, 8, 8, 9) if busy else (max((len(r[n]) for r in rows), default=0) for n in range(1, 5))
    )
    return [f"{m} {n:>{links}} {u:<{owner}} {g:<{group}} {s:>{size}} {rest}" for m, n, u, g, s, rest in rows]


async def long(io: Io, words: list[str]) -> int:
    """`vdir` is `ls -lb`, and complains in its own name."""
    return await ls(io, ["-l", *words], "vdir")


async def columns(io: Io, words: list[str]) -> int:
    """`dir` is `ls -C -b`, and complains in its own name."""
    return await ls(io, words, "dir")
