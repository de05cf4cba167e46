"""Commands of a few lines each, of no family."""

from __future__ import annotations

import itertools
import re
from datetime import UTC, datetime

from podlab.embedded.runtime.commands import usage
from podlab.embedded.runtime.files import FileError
from podlab.embedded.runtime.machine.kernel import MEMORY
from podlab.embedded.runtime.machine.stdio import Io, inputs, letters, options
from podlab.embedded.runtime.machine.terminal import Typed
from podlab.embedded.runtime.volume import BEYOND, LIMIT


async def _lines(io: Io, name: str, words: list[str]) -> tuple[list[str], int]:
    found, failed = await inputs(io, name, options(words)[1])
    return b"".join(data for _, data in found).decode(errors="replace").splitlines(), int(failed > 0)


async def rev(io: Io, words: list[str]) -> int:
    """`rev`: the letters of each line backwards."""
    lines, code = await _lines(io, "rev", words)
    io.out("".join(f"{line[::-1]}\n" for line in lines).encode())
    return code


async def tac(io: Io, words: list[str]) -> int:
    """`tac`: the last line first."""
    lines, code = await _lines(io, "tac", words)
    io.out("".join(f"{line}\n" for line in reversed(lines)).encode())
    return code


async def nl(io: Io, words: list[str]) -> int:
    """`nl [-b a|t|n] [-w WIDTH] [-s SEPARATOR] [-v FIRST] [-i STEP] [-n ln|rn|rz]`: numbers on lines."""
    _, given, names = letters(words, "bdfhilnsvw")
    lines, code = await _lines(io, "nl", names)
    width, number, step = (
        int(given[letter]) if given.get(letter, "").isdecimal() else usual
        for letter, usual in (("w", 6), ("v", 1), ("i", 1))
    )
    body, mark = given.get("b", "t"), given.get("s", "\t")
    form = {"ln": f"<{width}", "rz": f"0{width}"}.get(given.get("n", ""), f"{width}")
    for line in lines:
        if body == "a" or (line and body == "t"):
            io.say(f"{number:{form}}{mark}{line}")
            number += step
        else:
            io.say(" " * (width + 1) + line)
    return code


async def clear(io: Io, words: list[str]) -> int:
    """`clear`: the escape sequence for an empty screen."""
    io.out(b"\x1b[H\x1b[J")
    return 0


async def sysctl(io: Io, words: list[str]) -> int:
    """`sysctl NAME` reads; writing is refused as in an unprivileged container."""
    flags, names = options(words)
    for name in names:
        name, equals, _ = name.partition("=")
        path = f"/proc/sys/{name.replace('.', '/')}"
        if not io.process.machine.files.exists(path):
            return io.fail(
                f"sysctl: error: '{name}' is an unknown key"
                if io.busybox
                else f"sysctl: cannot stat {path}: No such file or directory"
            )
        if equals or "w" in flags:
            return io.fail(f"sysctl: error setting key '{name}': Read-only file system")
        value = io.read(path).decode().strip()
        io.say(value if "n" in flags else f"{name} = {value}")
    return 0


async def tty(io: Io, words: list[str]) -> int:
    """`tty`: the terminal of a `kubectl exec -it`."""
    if isinstance(io.stdin, Typed):
        io.say("/dev/pts/0")
        return 0
    io.say("not a tty")
    return 1


async def stty(io: Io, words: list[str]) -> int:
    """`stty`: what is no terminal has no settings, and those of one are not simulated."""
    if isinstance(io.stdin, Typed):
        return io.fail("stty: podlab does not simulate the settings of a terminal")
    name = "standard input" if io.busybox else "'standard input'"
    return io.fail(f"stty: {name}: Inappropriate ioctl for device")


async def logname(io: Io, words: list[str]) -> int:
    """`logname`: nobody logs in to a container."""
    return io.fail("logname: getlogin: No such device or address" if io.busybox else "logname: no login name")


async def free(io: Io, words: list[str]) -> int:
    """`free [-m]`: the memory of a node in KiB or MiB; what is used of it is an invention."""
    unit = 1024 if "-m" in words else 1
    width, first = "11", "       "
    heads = "".join(f"{name:>{width}} " for name in ("total", "used", "free", "shared", "buff/cache", "available"))
    io.say(f"{first} {heads}".rstrip())
    values = (MEMORY, MEMORY // 6, MEMORY // 2, 11616, MEMORY // 3, MEMORY * 5 // 6)
    io.say("Mem:   " + " ".join(f"{value // unit:>{width}}" for value in values))
    io.say("Swap:  " + " ".join(f"{0:>{width}}" for _ in range(3)))
    return 0


async def uptime(io: Io, words: list[str]) -> int:
    """`uptime`: the cluster's time; how long the node runs and its load are inventions."""
    moment = datetime.fromtimestamp(io.process.time, UTC).strftime("%H:%M:%S")
    io.say(f" {moment} up  1:00,  0 users,  load average: 0.10, 0.10, 0.10")
    return 0


async def cksum(io: Io, words: list[str]) -> int:
    """`cksum [FILE]…`: POSIX's check sum, the bytes, the name."""
    found, failed = await inputs(io, "cksum", options(words)[1])
    for name, data in found:
        io.say(f"{_crc(data)} {len(data)}{f' {name}' if name != '-' else ''}")
    return int(failed > 0)


def _crc(data: bytes) -> int:
    crc, length = 0, len(data)
    while length:
        data, length = data + bytes([length & 255]), length >> 8
    for byte in data:
        crc ^= byte << 24
        for _ in range(8):
            crc = ((crc << 1) ^ 0x04C11DB7 if crc & 0x80000000 else crc << 1) & 0xFFFFFFFF
    return crc ^ 0xFFFFFFFF


async def split(io: Io, words: list[str]) -> int:
    """`split [-l LINES | -b BYTES] [-a LETTERS] [FILE [PREFIX]]`: parts named PREFIXaa, PREFIXab…"""
    flags, values, names = letters(words, "lban")
    if odd := {*flags, *({"n"} & set(values) if io.busybox else ())} - ({"d"} if not io.busybox else set()):
        return io.fail(f"split: podlab does not simulate split -{min(odd)}")
    if "n" in values:
        return await _split_by_number(io, values["n"], names, digits="d" in flags)
    by, text = ("bytes", values["b"]) if "b" in values else ("lines", values.get("l", "1000"))
    size = re.fullmatch(r"(\d{1,9})([kKmM]?)", text)
    if not size or not int(size[1]):
        busy = f"invalid number '{text}'" if io.busybox else f"invalid number of {by}: '{text}'"
        return io.fail(f"split: {busy}")
    count = int(size[1]) * {"": 1, "k": 2**10, "m": 2**20}[size[2].lower()]
    try:
        data = await io.stdin.rest() if not names or names[0] == "-" else await io.open(names[0]).rest()
    except FileError as error:
        said = "{}: {}" if io.busybox else "cannot open '{}' for reading: {}"
        return io.fail(f"split: {said.format(names[0], error)}")
    pieces = [data[at : at + 1] for at in range(len(data))] if by == "bytes" else data.splitlines(keepends=True)
    parts = [b"".join(pieces[at : at + count]) for at in range(0, len(pieces), count)]
    return _parted(io, names, parts, int(values.get("a", "2")[:1] or 2), digits="d" in flags)


def _parted(io: Io, names: list[str], parts: list[bytes], width: int = 2, *, digits: bool) -> int:
    prefix = names[1] if len(names) > 1 else "x"
    for number, part in enumerate(parts):
        ending = "".join(chr(97 + number // 26**place % 26) for place in reversed(range(width)))
        io.process.machine.files.write(io.path(prefix + (f"{number:0{width}}" if digits else ending)), part)
    return 0


async def _split_by_number(io: Io, text: str, names: list[str], *, digits: bool) -> int:
    """coreutils' `split -n N`, into so many parts, or `-n l/N`, without breaking lines."""
    found = re.fullmatch(r"(l/)?([1-9]\d{0,2})", text)
    if not found:
        return io.fail(f"split: podlab does not simulate split -n {text}")
    if not names or names[0] == "-":
        return io.fail("split: -: cannot determine file size")
    try:
        data = await io.open(names[0]).rest()
    except FileError as error:
        return io.fail(f"split: cannot open '{names[0]}' for reading: {error}")
    count = int(found[2])
    cuts = [len(data) // count * part for part in range(count)] + [len(data)]
    if found[1]:
        starts = [0, *(at + 1 for at, one in enumerate(data) if one == ord("\n"))]
        cuts = [next((start for start in starts if start >= cut), len(data)) for cut in cuts]
    return _parted(io, names, [data[begin:end] for begin, end in itertools.pairwise(cuts)], digits=digits)


async def dmesg(io: Io, words: list[str]) -> int:
    """`dmesg`: a container may not read the kernel's log."""
    return io.fail(
        "dmesg: klogctl: Operation not permitted"
        if io.busybox
        else "dmesg: read kernel buffer failed: Operation not permitted"
    )


async def last(io: Io, words: list[str]) -> int:
    """`last`: nobody logs in to a container."""
    return io.fail("last: can't open '/var/log/wtmp': No such file or directory")


async def who(io: Io, words: list[str]) -> int:
    """`who`: nobody."""
    return 0


async def w(io: Io, words: list[str]) -> int:
    """busybox's `w`: the heads of an empty table."""
    io.say("USER\t\tTTY\t\tIDLE\tTIME\t\t HOST")
    return 0


async def truncate(io: Io, words: list[str]) -> int:
    """`truncate -s SIZE FILE…`"""
    match = re.search(r"-s ?(\d{1,9})([KM]?)", " ".join(words))
    if not match and io.busybox and "-s" in words[:-1]:
        return io.fail(f"truncate: invalid number '{words[words.index('-s') + 1]}'")
    if not match and io.busybox:
        return usage.show(io, "truncate")
    if not match:
        return io.fail("truncate: you must specify either '--size' or '--reference'")
    size = int(match[1]) * {"": 1, "K": 2**10, "M": 2**20}[match[2]]
    try:
        if size > LIMIT:
            raise FileError(BEYOND)
        for name in [word for word in words if not word.startswith("-") and word != match[1] + match[2]]:
            io.process.machine.files.write(io.path(name), bytes(size))
    except FileError as error:
        return io.fail(f"truncate: {error}")
    return 0
