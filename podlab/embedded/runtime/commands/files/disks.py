"""Blocks and mounts: dd, mount, umount, sync, fallocate."""

from __future__ import annotations

import posixpath
import re

from podlab.embedded.runtime.commands import usage
from podlab.embedded.runtime.commands.files import filesystems
from podlab.embedded.runtime.files import NO_SUCH, FileError
from podlab.embedded.runtime.machine import mounts
from podlab.embedded.runtime.machine.stdio import Io, options
from podlab.embedded.runtime.streams import Endless, Input, OutOfMemory
from podlab.embedded.runtime.volume import BEYOND, LIMIT

UNITS = {"": 1, "c": 1, "w": 2, "b": 512, "k": 2**10, "K": 2**10, "kB": 10**3, "M": 2**20, "MB": 10**6, "G": 2**30}
ENDLESS = 2**28
"""Bytes that may go from a device without an end to one that takes all."""
FULL = 2 * LIMIT


async def dd(io: Io, words: list[str]) -> int:
    """`dd [if=FILE] [of=FILE] [bs=N] [count=N] [skip=N] [seek=N] [conv=…] [status=none]`"""
    given = dict(word.partition("=")[::2] for word in words)
    numbers: dict[str, int] = {"bs": 512, "count": -1, "skip": 0, "seek": 0}
    for name in numbers:
        if name in given:
            found = re.fullmatch(r"(\d{1,9})([a-zA-Z]*)", given[name])
            if not found or found[2] not in UNITS:
                wrong = f"invalid number '{given[name]}'" if io.busybox else f"invalid number: '{given[name]}'"
                return io.fail(f"dd: {wrong}")
            numbers[name] = int(found[1]) * UNITS[found[2]]
    size = max(1, numbers["bs"])
    if odd := next((word for word in words if word.partition("=")[0] not in OPERANDS), ""):
        gnu = f"dd: unrecognized operand '{odd}'\nTry 'dd --help' for more information."
        return usage.show(io, "dd") if io.busybox else io.fail(gnu)
    if _beyond(io, given, numbers["count"] * size, size):
        raise OutOfMemory
    data = b""
    try:
        source = io.open(given["if"]) if "if" in given else io.stdin
        if folder := _missing(io, given):
            raise FileError(folder)
        data = await _blocks(
            source, numbers["count"] * size, numbers["skip"] * size, sink=given.get("of") == "/dev/null"
        )
        _put(io, given, data, numbers["seek"] * size)
    except FileError as error:
        missing = str(error) == NO_SUCH
        name = given["if"] if (missing and "if" in given and not _missing(io, given)) else given.get("of", "")
        opened = f"can't open '{name}': {error}" if io.busybox else f"failed to open '{name}': {error}"
        if "space" not in str(error):
            return io.fail(f"dd: {opened}")
        return _overfull(io, name, given, data, numbers["seek"], size, str(error))
    if given.get("status") != "none":
        whole, rest = len(data) // size, int(len(data) % size > 0)
        io.fail(f"{whole}+{rest} records in\n{whole}+{rest} records out")
        if given.get("status") != "noxfer" and not io.busybox:
            io.fail(_speed(len(data)))
    return 0


def _missing(io: Io, given: dict[str, str]) -> str:
    """Why the file that is written cannot be made: its folder is not there."""
    target = io.path(given.get("of", "/dev/null"))
    return "" if io.process.machine.files.is_directory(posixpath.dirname(target)) else NO_SUCH


def _overfull(io: Io, name: str, given: dict[str, str], data: bytes, seek: int, size: int, why: str) -> int:
    """What does not fit: so many blocks as have room are written."""
    files, written = io.process.machine.files, 0
    whole = len(data) // size
    least, most = 0, whole
    while least < most:  # the most blocks that have room
        middle = (least + most + 1) // 2
        if files.exists(io.path(name)):
            files.remove(io.path(name))
        try:
            files.write(io.path(name), bytes(seek) + data[: middle * size])
            least = middle
        except FileError:
            most = middle - 1
    written = least
    if files.exists(io.path(name)):
        files.remove(io.path(name))
    files.write(io.path(name), bytes(seek) + data[: written * size])
    if files.held(io.path(name)):
        files.write(io.path(name), data[written * size :][: files.room(io.path(name))], append=True)
    io.fail(f"dd: error writing '{name}': {why}")
    if given.get("status") != "none":
        io.fail(f"{written + 1}+0 records in\n{written}+0 records out")
    return 1


OPERANDS = frozenset("if of bs ibs obs count skip seek conv iflag oflag status cbs".split())  # noqa: SIM905


def _beyond(io: Io, given: dict[str, str], wanted: int, size: int) -> bool:
    """Whether it takes more memory than its container has: one block, or all that it writes into memory."""
    limit, target = io.process.machine.memory_limit, io.path(given.get("of", "/dev/null"))
    row = filesystems.holding(target, mounts.mounts(io.process.machine.files))
    return bool(limit) and (size > limit or (row[2] == "tmpfs" and not target.startswith("/dev/") and wanted > limit))


async def _blocks(source: Input, wanted: int, skip: int, *, sink: bool) -> bytes:
    """So many bytes after those that are skipped; all there are where fewer than none are wanted."""
    endless = isinstance(source, Endless)
    if endless and sink and (wanted < 0 or wanted > ENDLESS):
        raise FileError("No space left on device")
    if endless and not sink and not 0 <= wanted <= FULL:  # more than any volume holds
        wanted = FULL
    if wanted < 0:
        return (await source.rest())[skip:]
    data = b""
    while len(data) < wanted + (0 if endless else skip):
        more = await source.take(wanted + skip - len(data))
        if not more:
            break
        data += more
    return data[0 if endless else skip :][:wanted]


def _put(io: Io, given: dict[str, str], data: bytes, at: int) -> None:
    if "of" not in given:
        io.out(data)
        return
    files, path = io.process.machine.files, io.path(given["of"])
    keep = "notrunc" in given.get("conv", "") or at
    before = files.read(path) if keep and files.exists(path) and not files.is_directory(path) else b""
    if not keep or path.startswith("/dev/"):
        io.writer(given["of"])(data)
        return
    files.write(path, before[:at].ljust(at, b"\0") + data + before[at + len(data) :])


def _speed(size: int) -> str:
    shown = (
        ""
        if size < 1000
        else f" ({_short(size, 1000)}B)"
        if size < 1024
        else f" ({_short(size, 1000)}B, {_short(size)}iB)"
    )
    return f"{size} bytes{shown} copied, 0.001 s, {_short(size * 1000, 1000)}B/s"


def _short(size: float, step: int = 1024) -> str:
    units = ["", "K" if step == 1024 else "k", "M", "G", "T"]
    while size >= step and len(units) > 1:
        size, units = size / step, units[1:]
    return f"{size:.1f}{units[0]}" if step == 1024 else f"{size:.1f} {units[0]}"


async def mount(io: Io, words: list[str]) -> int:
    """`mount` lists; with words it fails, as it does for who may not mount."""
    kinds = words[1].split(",") if words[:1] == ["-t"] and len(words) == 2 else []
    if kinds or not [word for word in words if word != "-l"]:
        for device, path, kind, how in mounts.mounts(io.process.machine.files):
            if not kinds or kind in kinds:
                io.say(f"{device} on {path} type {kind} ({how})")
        return 0
    valued = {at + 1 for at, word in enumerate(words) if word in ("-t", "-o")}
    names = [word for at, word in enumerate(words) if not word.startswith("-") and at not in valued]
    if len(names) < 2:
        lacks = io.busybox and not io.process.machine.files.exists("/etc/fstab")
        wrong = f"can't read '/etc/fstab': {NO_SUCH}" if lacks else f"can't find {''.join(names)} in /etc/fstab"
        return io.fail(f"mount: {wrong}")
    machine = io.process.machine
    if machine.user.holds("SYS_ADMIN") and machine.files.is_directory(io.path(names[1])):
        return io.fail("mount: podlab does not simulate mounting inside a container")
    if not io.busybox:
        return io.fail(f"mount: {names[1]}: permission denied.", 32)
    if machine.user.uid or machine.files.is_directory(io.path(names[1])):
        return io.fail("mount: permission denied (are you root?)")
    return io.fail(f"mount: mounting {names[0]} on {names[1]} failed: {NO_SUCH}", 255)


async def umount(io: Io, words: list[str]) -> int:
    """`umount PATH`: nobody in a container may."""
    for name in options(words)[1]:
        known = any(row[1] == io.path(name) for row in mounts.mounts(io.process.machine.files))
        may = io.process.machine.user.holds("SYS_ADMIN")
        if io.busybox:
            io.fail(f"umount: can't unmount {name}: {'Invalid argument' if may and not known else NOT_PERMITTED}")
        elif not io.process.machine.files.exists(io.path(name)):
            io.fail(f"umount: {name}: no mount point specified.")
        else:
            io.fail(f"umount: {name}: {'must be superuser to unmount' if known else 'not mounted'}.")
    return 1 if io.busybox else 32


NOT_PERMITTED = "Operation not permitted"


async def mountpoint(io: Io, words: list[str]) -> int:
    """`mountpoint [-q] PATH`"""
    flags, names = options(words)
    no = 1 if io.busybox else 32
    for name in names[:1]:
        path = io.process.machine.files.resolve(io.path(name))
        if not io.process.machine.files.exists(path):
            return 1 if "q" in flags else io.fail(f"mountpoint: {name}: {NO_SUCH}")
        mounted = any(row[1] == path for row in mounts.mounts(io.process.machine.files))
        if "q" not in flags:
            io.say(f"{name} is {'' if mounted else 'not '}a mountpoint")
        return 0 if mounted else no
    return usage.show(io, "mountpoint") if io.busybox else io.fail("mountpoint: bad usage")


async def sync(io: Io, words: list[str]) -> int:
    """`sync`: there is no disk to wait for."""
    return 0


async def usleep(io: Io, words: list[str]) -> int:
    """`usleep MICROSECONDS`"""
    if not words and io.busybox:
        return usage.show(io, "usleep")
    await io.process.sleep(int(words[0]) / 1e6 if words and words[0].isdecimal() else 0)
    return 0


async def fallocate(io: Io, words: list[str]) -> int:
    """`fallocate -l SIZE FILE`"""
    found = re.search(r"-l ?(\d{1,12})([A-Za-z]{0,2})", " ".join(words))
    unit = found and UNITS.get(found[2].removesuffix("iB"), 1)
    names = [word for word in words if not word.startswith("-") and (not found or word != found[1] + found[2])]
    if not found or not unit or not names:
        return io.fail("fallocate: no length argument specified")
    try:
        if int(found[1]) * unit > LIMIT:
            raise FileError(BEYOND)
        io.process.machine.files.write(io.path(names[0]), bytes(int(found[1]) * unit))
    except FileError as error:
        return io.fail(f"fallocate: fallocate '{names[0]}': {error}")
    return 0
