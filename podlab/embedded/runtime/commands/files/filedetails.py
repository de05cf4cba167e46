"""Commands about what files are: stat, chmod, chown, du, mktemp."""

from __future__ import annotations

import posixpath
import re
import stat as bits
import string
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime

from podlab.embedded.runtime.commands import accounts, coreutils, usage
from podlab.embedded.runtime.commands.files import filesystems
from podlab.embedded.runtime.devices import DEVICES, NUMBERS
from podlab.embedded.runtime.expressions import dates
from podlab.embedded.runtime.files import NO_SUCH, FileError
from podlab.embedded.runtime.machine import mounts
from podlab.embedded.runtime.machine.stdio import Io, letters, options


async def chmod(io: Io, words: list[str]) -> int:
    """`chmod [-Rcfv] MODE FILE…`"""
    taken = re.compile(f"{coreutils.TAKEN}.*" if io.busybox else "-[rwxXst]+")
    plain = [word for word in words if not taken.fullmatch(word) and not word.startswith("--reference=")]
    flags, rest = options([LOUD.get(word, word) for word in plain])
    rest = [*filter(taken.fullmatch, words), *rest]
    for word in words:
        if word.startswith("--reference=") and io.process.machine.files.exists(path := io.path(word[12:])):
            rest = [f"{io.process.machine.files.mode(path):04o}", *rest]
    if len(rest) < 2:
        return io.fail("chmod: missing operand")
    files, code = io.process.machine.files, 0
    if not io.busybox and changed(0, rest[0]) is None:
        return io.fail(f"chmod: invalid mode: '{rest[0]}'\n{coreutils.hint('chmod')}")
    for name in (path for one in rest[1:] for path in (_below(io, one) if "R" in flags else [one])):
        path = io.path(name)
        if not files.exists(path):
            code = io.fail(f"chmod: {name}: {NO_SUCH}" if io.busybox else f"chmod: cannot access '{name}': {NO_SUCH}")
            continue
        mode = changed(files.mode(path), rest[0])
        if mode is None:
            return io.fail(f"chmod: invalid mode '{rest[0]}'")
        try:
            _mode_told(io, name, files.mode(path), mode, flags)
            files.set_mode(path, mode)
        except FileError as error:
            what = name if io.busybox else f"changing permissions of '{name}'"
            code = io.fail(f"chmod: {what}: {error}")
    return code


LOUD = {"--verbose": "-v", "--changes": "-c", "--recursive": "-R", "--silent": "-f", "--quiet": "-f"}


def _mode_told(io: Io, name: str, before: int, after: int, flags: set[str]) -> None:
    """What -v says, and -c of what changes."""
    was, now = (f"{mode:04o} ({bits.filemode(mode)[1:]})" for mode in (before, after))
    if io.busybox:
        if "v" in flags or ("c" in flags and before != after):
            io.say(f"mode of '{name}' changed to {now}")
    elif before != after and flags & {"v", "c"}:
        io.say(f"mode of '{name}' changed from {was} to {now}")
    elif before == after and "v" in flags:
        io.say(f"mode of '{name}' retained as {now}")


def changed(mode: int, wanted: str) -> int | None:
    """A mode as `0644` or `u+x,go-w` changes it; None for what is neither."""
    if re.fullmatch(r"[0-7]{1,4}", wanted):
        return int(wanted, 8)
    for part in wanted.split(","):
        found = re.fullmatch(r"([ugoa]*)([-+=])([rwxXst]*|[ugo])", part)
        if not found:
            return None
        who = found[1] if found[1] and "a" not in found[1] else "ugo"
        bits_of = {"r": 4, "w": 2, "x": 1, "X": int(bool(mode & 0o111)), "s": 0, "t": 0}
        given = sum({bits_of.get(letter, 0) for letter in set(found[3])})
        if found[3] in ("u", "g", "o") and found[3]:
            given = mode >> {"u": 6, "g": 3, "o": 0}[found[3]] & 7
        mask = sum(given << {"u": 6, "g": 3, "o": 0}[letter] for letter in set(who))
        mask |= 0o1000 * ("t" in found[3]) | ("s" in found[3]) * (0o4000 * ("u" in who) | 0o2000 * ("g" in who))
        bare = {"u": 0o4000, "g": 0o2000}
        sticky = 0o1000 * (found[2] == "=" and (not found[1] or "a" in found[1]))
        whole = sticky + sum((7 << {"u": 6, "g": 3, "o": 0}[letter]) + bare.get(letter, 0) for letter in set(who))
        mode = {"+": mode | mask, "-": mode & ~mask, "=": (mode & ~whole) | mask}[found[2]]
    return mode


async def chown(io: Io, words: list[str]) -> int:
    """`chown [-R] [USER][:GROUP] FILE…`"""
    flags, rest = options(words)
    if len(rest) < 2:
        return io.fail("chown: missing operand")
    user, colon, group = rest[0].replace(".", ":", 1).partition(":")
    if "." in rest[0] and not io.busybox:
        io.fail(f"chown: warning: '.' should be ':': '{rest[0]}'")
    if colon and user and not group:
        own = accounts.number(io, accounts.USERS, user)
        if own is None and not io.busybox:
            return io.fail(f"chown: invalid spec: '{rest[0]}'")
        group = "" if own is None else str(accounts.login_group(io, own))
    if flags & {"v", "c"} and not io.busybox:
        for name in filter(lambda one: io.process.machine.files.exists(io.path(one)), rest[1:]):
            _owner_told(io, name, user, group, flags)
    return _give(io, "chown", user, group, rest[1:], deep="R" in flags, both=bool(colon))


def _owner_told(io: Io, name: str, user: str, group: str, flags: set[str]) -> None:
    """What -v says of a file that is given away, and -c of what changes."""
    owner = accounts.owner(io, io.path(name))
    wanted, parts = (user or owner[0], group or owner[1]), slice(0 if user else 1, 2 if group else 1)
    was, now = ":".join(owner[parts]), ":".join(wanted[parts])
    if was != now:
        io.say(f"changed ownership of '{name}' from {was} to {now}")
    elif "v" in flags:
        io.say(f"ownership of '{name}' retained as {now}")


async def chgrp(io: Io, words: list[str]) -> int:
    """`chgrp [-R] GROUP FILE…`"""
    flags, rest = options(words)
    return _give(io, "chgrp", "", rest[0], rest[1:], deep="R" in flags) if rest else io.fail("chgrp: missing operand")


def _give(io: Io, command: str, user: str, group: str, names: list[str], *, deep: bool, both: bool = False) -> int:
    files, code = io.process.machine.files, 0
    uid, gid = accounts.number(io, accounts.USERS, user), accounts.number(io, accounts.GROUPS, group)
    if (user and uid is None) or (group and gid is None):
        word = user if user and uid is None else group
        kind = "user" if word == user else "group"
        whole = group if command == "chgrp" else f"{user}{':' if group else ''}{group}"
        busy = f"unknown user/group {whole}" if both else f"unknown {kind} {word}"
        return io.fail(f"{command}: {busy}" if io.busybox else f"{command}: invalid {kind}: '{whole}'")
    for name in names:
        paths = _below(io, name) if deep else [name]
        for path in paths:
            try:
                if not files.exists(io.path(path)):
                    raise FileError(NO_SUCH)
                files.set_owner(io.path(path), uid, gid)
            except FileError as error:
                reason = "cannot access" if str(error) == NO_SUCH else "changing ownership of"
                code = io.fail(
                    f"{command}: {path}: {error}" if io.busybox else f"{command}: {reason} '{path}': {error}"
                )
    return code


def _below(io: Io, name: str) -> list[str]:
    """A path and all in it."""
    files, path = io.process.machine.files, io.path(name)
    inner = files.list(path) if files.is_directory(path) and files.link(path) is None else []
    return [name, *(found for child in inner for found in _below(io, posixpath.join(name, child)))]


async def stat(io: Io, words: list[str]) -> int:
    """`stat [-L] [-f] [-c FORMAT | -t] FILE…`"""
    printed = [word for word in words if word.startswith("--printf=")]
    words = [LONG.get(word, word).replace("--format=", "-c").replace("--printf=", "-c") for word in words]
    (flags, values, names), files, code = letters(words, "c"), io.process.machine.files, 0
    if not names:
        return usage.show(io, "stat") if io.busybox else io.fail(f"stat: missing operand\n{coreutils.hint('stat')}")
    whole, terse = "f" in flags, "t" in flags
    form = values.get("c") or (filesystems.form(io, terse=terse) if whole else TERSE[io.busybox] if terse else "")
    for name in names:
        path = io.path(name)
        if not (files.exists if whole or "L" in flags else files.named)(path):
            code = io.fail(_unseen(io, name, whole=whole))
            continue
        facts = filesystems.described(io, path, name) if whole else _facts(io, path, name, follow="L" in flags)
        told = _described(form or _usual(io, facts), facts)
        if printed:
            told = re.sub(r"\\(.)", lambda found: {"n": "\n", "t": "\t", "0": "\0"}.get(found[1], found[1]), told)
        io.out((told + "\n" * (not printed)).encode(errors="surrogateescape"))
    return code


LONG = {"--dereference": "-L", "--format": "-c", "--file-system": "-f", "--terse": "-t"}


def _unseen(io: Io, name: str, *, whole: bool) -> str:
    if whole:
        may = "can't" if io.busybox else "cannot"
        return f"stat: {may} read file system information for '{name}': {NO_SUCH}"
    return f"stat: can't stat '{name}': {NO_SUCH}" if io.busybox else f"stat: cannot statx '{name}': {NO_SUCH}"


TERSE = {busy: f"%n %s %b %f %u %g %D %i %h %t %T %X %Y %Z{'' if busy else ' 0'} %o" for busy in (True, False)}
TIMES = "Access: %x\nModify: %y\nChange: %z"


def _usual(io: Io, facts: dict[str, str]) -> str:
    """How stat describes a file: coreutils tells of its birth, too, and both of a device its numbers."""
    shown = facts["N"].replace("'", "" if not io.busybox else "'") if facts["F"] == "symbolic link" else facts["n"]
    links = "%-5h Device type: %t,%T" if "character" in facts["F"] else "%h"
    device = "%Dh/66304d" if io.busybox else "254,0"
    return (
        f"  File: {shown.replace('%', '%%')}\n  Size: %-10s\tBlocks: %-10b IO Block: %-6o %F\n"
        f"Device: {device}\tInode: %-10i  Links: {links}\n"
        f"Access: (%p/%A)  Uid: (%5u/%8U)   Gid: (%5g/%8G)\n{TIMES}" + ("" if io.busybox else "\n Birth: %w")
    )


def _described(form: str, facts: dict[str, str]) -> str:
    def one(match: re.Match[str]) -> str:
        value = facts.get(match[2], "%" if match[2] == "%" else "?")
        width = int(match[1] or 0)
        return value.ljust(-width) if width < 0 else value.rjust(width)

    return re.sub(r"%(-?\d{0,3})([a-zA-Z%])", one, form)


def _facts(io: Io, path: str, name: str, *, follow: bool) -> dict[str, str]:
    files = io.process.machine.files
    numbers, names = files.owner(path, follow=follow), accounts.owner(io, path, follow=follow)
    named = ["UNKNOWN" if name.isdecimal() else name for name in names]
    moment = modified(io, path)
    facts = {"n": name, "N": name if io.busybox else f"'{name}'", "B": "512", "o": "4096", "D": "fe00"}
    facts |= {"u": str(numbers[0]), "g": str(numbers[1]), "U": named[0], "G": named[1], "h": "1", "t": "0", "T": "0"}
    facts |= dict.fromkeys("xyz", _stamp(moment)) | {key: str(int(moment)) for key in "XYZ"}
    facts |= {} if io.busybox else {"w": _stamp(io.process.machine.began), "W": str(int(io.process.machine.began))}
    facts |= {"i": str(files.inode(path)[1]), "m": filesystems.holding(path, mounts.mounts(files))[1]}
    if (target := files.link(path)) is not None and not follow:
        link = {"s": str(len(target)), "a": "777", "A": LINK, "F": "symbolic link", "b": "0", "p": "0777"}
        return facts | link | {"N": f"'{name}' -> '{target}'", "f": "a1ff"}
    directory, mode = files.is_directory(path), files.mode(path)
    links, size, _ = files.folder(path) if directory else (files.count(path), files.size(path), True)
    what = bits.S_IFDIR if directory else nature(io, path)
    kind = KINDS.get(what) or ("regular file" if size else "regular empty file")
    if device := NUMBERS.get(posixpath.basename(path)) if what == bits.S_IFCHR else None:
        facts |= {"t": f"{device[0]:x}", "T": f"{device[1]:x}"}
    facts |= {"s": str(size), "a": f"{mode:o}", "A": shown(mode, directory=directory, kind=what), "F": kind}
    facts |= {"b": str(-(-size // 4096) * 8), "h": str(links), "p": f"{mode:04o}", "f": f"{mode | what:x}"}
    return facts


def _stamp(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d %H:%M:%S.000000000 +0000")


KINDS = {bits.S_IFDIR: "directory", bits.S_IFIFO: "fifo", bits.S_IFCHR: "character special file"}


def shown(mode: int, *, directory: bool, kind: int = bits.S_IFREG) -> str:
    """`-rw-r--r--`"""
    return bits.filemode(mode | (bits.S_IFDIR if directory else kind))


def nature(io: Io, path: str) -> int:
    """What kind of file it is that is neither directory nor link: plain, a pipe, or a device."""
    files = io.process.machine.files
    if files.fifo(path):
        return bits.S_IFIFO
    return bits.S_IFCHR if files.resolve(path) in DEVICES else bits.S_IFREG


LINK = bits.filemode(bits.S_IFLNK | 0o777)
"""`lrwxrwxrwx`"""


async def du(io: Io, words: list[str]) -> int:
    """`du [-s] [-a] [-h] [PATH]…`, in KiB."""
    flags, names = options(words)
    code = total = 0
    for name in names or ["."]:
        if not io.process.machine.files.exists(io.path(name)):
            code = io.fail(f"du: {name}: {NO_SUCH}" if io.busybox else f"du: cannot access '{name}': {NO_SUCH}")
            continue
        files = io.process.machine.files
        for path, size in _sizes(io, name):
            directory = files.is_directory(io.path(path)) and files.link(io.path(path)) is None
            total += size * (path == name)
            if "b" in flags and not io.busybox:
                size = _apparent(io, path)
            if path == name or ("s" not in flags and (directory or "a" in flags)):
                io.say(f"{_amount(io, size, flags)}\t{path}")
    if "c" in flags:
        io.say(f"{_amount(io, total, flags)}\ttotal")
    return code


def _apparent(io: Io, name: str) -> int:
    """The bytes of a file, or of a folder and all in it."""
    files = io.process.machine.files
    paths = [io.path(one) for one in _below(io, name)]
    return sum(files.folder(path)[1] if files.is_directory(path) else files.size(path) for path in paths)


def _amount(io: Io, size: int, flags: set[str]) -> str:
    """KiB as du shows them: coreutils leaves out a zero behind the point of what is ten or more."""
    if "h" not in flags:
        return str(-(-size // 1024) if "m" in flags else size)
    number, unit = (size, "K") if size < 1024 else (size / 1024, "M")
    return f"{number:.1f}{unit}" if io.busybox or 0 < number < 10 else f"{-(-number // 1):.0f}{unit if number else ''}"


def _sizes(io: Io, name: str, seen: set[tuple[int, int]] | None = None) -> list[tuple[str, int]]:
    """What is below a name with its KiB; a file that was seen by another name is not there again."""
    files, path = io.process.machine.files, io.path(name)
    seen = set() if seen is None else seen
    if files.count(path) > 1 and (number := files.inode(path)):
        if number in seen:
            return []
        seen.add(number)
    if files.link(path) is not None:
        return [(name, 0)]
    if not files.is_directory(path):
        return [(name, -(-files.size(path) // 4096) * 4)]
    inner = [rows for child in files.list(path) if (rows := _sizes(io, posixpath.join(name, child), seen))]
    return [row for rows in inner for row in rows] + [(name, 4 + sum(rows[-1][1] for rows in inner))]


async def mkfifo(io: Io, words: list[str]) -> int:
    """`mkfifo [-m MODE] NAME…`"""
    names = [word for at, word in enumerate(words) if not word.startswith("-") and words[at - 1 : at] != ["-m"]]
    code = 0
    if not names:
        return io.fail("mkfifo: missing operand")
    for name in names:
        try:
            io.process.machine.files.make_fifo(io.path(name))
        except FileError as error:
            busy = io.busybox
            code = io.fail(f"mkfifo: {name}: {error}" if busy else f"mkfifo: cannot create fifo '{name}': {error}")
    return code


async def mknod(io: Io, words: list[str]) -> int:
    """`mknod [-m MODE] NAME p`: of devices none can be made."""
    _, values, rest = letters(words, "m")
    if len(rest) < 2:
        return usage.show(io, "mknod") if io.busybox else io.fail(f"mknod: missing operand\n{coreutils.hint('mknod')}")
    path = io.path(rest[0])
    if rest[1:] != ["p"]:
        return io.fail(f"mknod: {rest[0]}: Operation not permitted")
    try:
        io.process.machine.files.make_fifo(path)
    except FileError as error:
        return io.fail(f"mknod: {rest[0]}: {error}")
    mode = changed(0o666, values["m"]) if "m" in values else None
    if mode is not None:
        io.process.machine.files.set_mode(path, mode)
    return 0


async def mktemp(io: Io, words: list[str]) -> int:
    """`mktemp [-dqtu] [-p DIRECTORY] [TEMPLATE]`"""
    busy, usual = io.busybox, io.env or io.process.env
    ends = [word for word in words if word.startswith("--suffix=")]
    flags, values, names = letters([word.replace("--tmpdir=", "-p", 1) for word in words if word not in ends], "p")
    template = names[0] if names else "tmp.XXXXXX" if busy else "tmp.XXXXXXXXXX"
    if not template.endswith("XXXXXX" if busy else "XXX"):
        wrong = "(null): Invalid argument" if busy else f"too few X's in template '{template}'"
        return io.fail(f"mktemp: {wrong}")
    if not names or flags & {"t"} or "p" in values:
        template = posixpath.join(values.get("p") or usual.get("TMPDIR", "/tmp"), template)
    files, stem, end = io.process.machine.files, template.rstrip("X"), "".join(ends).removeprefix("--suffix=")
    drawn = (one + end for one in _drawn(io, stem, len(template) - len(stem)))
    name = next(one for one in drawn if not files.exists(io.path(one)))
    try:
        if "u" not in flags:
            files.make_directory(io.path(name)) if "d" in flags else files.write(io.path(name), b"")
            files.set_mode(io.path(name), 0o700 if "d" in flags else 0o600)
    except FileError as error:
        what = "directory" if "d" in flags else "file"
        why = "(null)" if busy else f"failed to create {what} via template '{template}'"
        return io.fail(f"mktemp: {why}: {error}")
    io.say(name)
    return 0


def _drawn(io: Io, stem: str, length: int) -> Iterator[str]:
    letters_, number = string.ascii_letters + string.digits, zlib.crc32(f"{io.process.time}{io.process.pid}".encode())
    while True:
        number = number * 6364136223846793005 + 1442695040888963407 & 2**64 - 1
        yield stem + "".join(letters_[(number >> 16 + at) % len(letters_)] for at in range(length))


def modified(io: Io, path: str) -> float:
    """When a file was written last, in seconds since the epoch."""
    machine = io.process.machine
    moment = machine.files.changed(path)
    return machine.began if moment is None else moment


def when(io: Io, path: str, *, full: bool = False, style: str = "") -> str:
    """A time as `ls -l` shows it; a `style` is one of those of coreutils' `ls --time-style`."""
    moment = datetime.fromtimestamp(modified(io, path), UTC)
    if style.startswith("+"):
        return dates.shown(style[1:], moment)
    old = abs(io.process.time - moment.timestamp()) > HALF_YEAR
    if style.endswith("iso"):
        return moment.strftime("%Y-%m-%d %H:%M" if style == "long-iso" else "%Y-%m-%d " if old else "%m-%d %H:%M")
    if full:
        return moment.strftime("%Y-%m-%d %H:%M:%S +0000" if io.busybox else "%Y-%m-%d %H:%M:%S.000000000 +0000")
    return moment.strftime("%b %e  %Y" if old else "%b %e %H:%M")


HALF_YEAR = 182 * 86400
