"""Commands of a few lines each, of no family."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from podlab.embedded.runtime.commands import coreutils, usage
from podlab.embedded.runtime.expressions.octets import narrow
from podlab.embedded.runtime.files import FileError
from podlab.embedded.runtime.machine.kernel import MEMORY
from podlab.embedded.runtime.machine.stdio import Io, ended_rows, inputs, letters, options, plain_rows
from podlab.embedded.runtime.machine.terminal import Typed
from podlab.embedded.runtime.volume import BEYOND, LIMIT


async def _lines(io: Io, name: str, words: list[str]) -> tuple[list[str], int]:
    found, failed = await inputs(io, name, options(words)[1])
    return plain_rows(b"".join(data for _, data in found).decode(errors="replace")), int(failed > 0)


async def rev(io: Io, words: list[str]) -> int:
    """`rev`: each line backwards; util-linux's ends at bytes that are no letters in the language that is set."""
    found, failed = await inputs(io, "rev", options(words)[1])
    for name, data in found:
        for number, row in enumerate(ended_rows(data)):
            line = row.removesuffix(b"\n")
            taken = narrow(line.decode("utf-8", "surrogateescape"))
            if not io.busybox and re.search("[\udc80-\udcff]", taken):
                at = f"{'stdin' if name == '-' else name}: {number}"
                failed = io.fail(f"rev: {at}: Invalid or incomplete multibyte or wide character")
                break
            io.out(taken[::-1].encode("utf-8", "surrogateescape") + row[len(line) :])
    return int(failed > 0)


async def tac(io: Io, words: list[str]) -> int:
    """`tac`: the last line first; one without an end has the next one behind it."""
    found, failed = await inputs(io, "tac", options(words)[1])
    for _, data in found:
        io.out(b"".join(reversed(ended_rows(data))))
    return int(failed > 0)


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


UNITS = {"": 1, "K": 2**10, "M": 2**20, "G": 2**30, "KB": 1000, "MB": 10**6, "GB": 10**9}


async def truncate(io: Io, words: list[str]) -> int:
    """`truncate [-c] -s [+|-|<|>|/|%]SIZE | -r FILE FILE…`"""
    flags, values, names = letters(words, "sr")
    signs = "" if io.busybox else "[-+<>/%]?"
    match = re.fullmatch(rf"({signs})(\d{{1,12}})([KMG]B?)?", values.get("s", ""))
    if "s" in values and not match:
        said = "invalid number" if io.busybox else "Invalid number:"
        return io.fail(f"truncate: {said} '{values['s']}'")
    if "s" not in values and "r" not in values:
        said = "you must specify either '--size' or '--reference'"
        return usage.show(io, "truncate") if io.busybox else io.fail(f"truncate: {said}\n{coreutils.hint('truncate')}")
    if not names:
        return io.fail(f"truncate: missing file operand\n{coreutils.hint('truncate')}")
    files, code = io.process.machine.files, 0
    for name in names:
        path = io.path(name)
        if "c" in flags and not files.exists(path):
            continue
        try:
            data = files.read(path) if files.exists(path) else b""
            base = len(files.read(io.path(values["r"]))) if "r" in values else len(data)
            size = _sized(base, match[1], int(match[2]) * UNITS[match[3] or ""]) if match else base
            if size > LIMIT:
                raise FileError(BEYOND)
            files.write(path, data[:size].ljust(size, b"\0"))
        except FileError as error:
            busy = f"truncate: {name}: open: {error}"
            code = io.fail(busy if io.busybox else f"truncate: cannot open '{name}' for writing: {error}")
    return code


def _sized(now: int, sign: str, size: int) -> int:
    """How large a file becomes."""
    ways = {"": size, "+": now + size, "-": max(0, now - size), "<": min(now, size), ">": max(now, size)}
    rounded = {"/": now // size * size, "%": -(-now // size) * size} if size else {}
    return (ways | rounded).get(sign, size)
