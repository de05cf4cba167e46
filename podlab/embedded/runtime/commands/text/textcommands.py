"""Commands about parts of texts: head, tail, wc, cut, basename, dirname."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable

from podlab.embedded.runtime.commands import coreutils, usage
from podlab.embedded.runtime.expressions.octets import narrow
from podlab.embedded.runtime.files import FileError
from podlab.embedded.runtime.machine.stdio import (
    OUTPUT_LIMIT,
    UNREADABLE,
    Io,
    ended_rows,
    inputs,
    letters,
    options,
    plain_rows,
)

UNITS = {"": 1, "K": 2**10, "M": 2**20, "G": 2**30}


class Wrong(ValueError):
    """No number where one is due; says it as the command does."""


LONG = {"--quiet": "-q", "--silent": "-q", "--verbose": "-v", "--follow": "-f", "--retry": "-F"}


def _count(command: str, words: list[str], *, busy: bool) -> tuple[str, bool, set[str], list[str]]:
    """(number with its sign, whether it counts bytes, letters of other flags, the names). Raises Wrong."""
    given = list[str]()
    for word in words:
        long = re.fullmatch(r"--(?:(lines)|bytes)=(.*)", word)
        bare = re.fullmatch(r"-(\d+)(f?)", word)
        if bare and not re.fullmatch(r"-[a-z]*[nc]", given[-1] if given else ""):
            word = f"-{bare[2]}n{bare[1]}"
        given.append(f"-{'n' if long[1] else 'c'}{long[2]}" if long else LONG.get(word, word))
    flags, values, names = letters(given, "ncs")
    number, in_bytes = values.get("c", values.get("n", "10")), "c" in values
    found = re.fullmatch(r"([+-]?)(\d{1,18})([KMG]?)", number)
    if not found:
        what = "invalid number" if busy else f"invalid number of {'bytes' if in_bytes else 'lines'}:"
        raise Wrong(f"{command}: {what} '{number}'")
    return f"{found[1]}{int(found[2]) * UNITS[found[3]]}", in_bytes, flags, names


def _parts(data: bytes, in_bytes: bool) -> list[bytes]:
    return [data[i : i + 1] for i in range(len(data))] if in_bytes else ended_rows(data)


async def head(io: Io, words: list[str]) -> int:
    """`head`: the first lines (10, -n) or bytes (-c); from standard input as they come."""
    try:
        number, in_bytes, flags, names = _count("head", words, busy=io.busybox)
    except Wrong as wrong:
        return io.fail(str(wrong))
    if len(names) <= 1 and not in_bytes and "v" not in flags and not number.startswith("-"):
        return await _first_lines(io, (names or ["-"])[0], int(number))
    if in_bytes and not flags & {"q", "v"} and not number.startswith("-"):
        return await _first_bytes(io, names or ["-"], min(int(number), OUTPUT_LIMIT * 16))
    found, failed = await inputs(io, "head", names)
    for at, (name, data) in enumerate(found):
        _title(io, at, name, _titles(len(names), flags))
        io.out(b"".join(_parts(data, in_bytes)[: int(number)]))
    return int(failed > 0)


async def _first_lines(io: Io, name: str, count: int) -> int:
    """So many lines, without reading what comes after."""
    try:
        source = io.stdin if name == "-" else io.open(name)
    except FileError as error:
        return io.fail("head: " + UNREADABLE["head"][io.busybox].format(name, error))
    for _ in range(count):
        io.out(await source.line())
    return 0


def _titles(count: int, flags: set[str]) -> int:
    """As how many files that many are titled: -q titles none and -v each."""
    return 0 if "q" in flags else 2 if "v" in flags else count


def _title(io: Io, at: int, name: str, count: int) -> None:
    """Which of several files comes."""
    if count > 1:
        io.say(("\n" if at else "") + f"==> {name} <==")


# what busybox and coreutils say, in this order, of a file that is followed
NO_FILES = {True: "tail: no files", False: "tail: no files remaining"}
APPEARED = {
    True: "tail: {} has appeared; following end of new file",
    False: "tail: '{}' has appeared;  following new file",
}


async def _first_bytes(io: Io, names: list[str], count: int) -> int:
    """So many bytes of each, without reading what comes after: a device has no end."""
    code = 0
    for name in names:
        try:
            source = io.stdin if name == "-" else io.open(name)
        except FileError as error:
            code = io.fail("head: " + UNREADABLE["head"][io.busybox].format(name, error))
            continue
        left = count
        while left > 0 and (data := await source.take(min(left, 2**16))):
            io.out(data)
            left -= len(data)
            await io.process.work()
    return code


async def tail(io: Io, words: list[str]) -> int:
    """`-F` also waits for a file that is not there yet; one that became shorter is read from its beginning."""
    try:
        number, in_bytes, flags, names = _count("tail", words, busy=io.busybox)
    except Wrong as wrong:
        return io.fail(str(wrong))
    found, failed = await inputs(io, "tail", names)
    follow, retry = bool(flags & {"f", "F"}), "F" in flags
    shown = _titles(len(found) if io.busybox else len(names), flags)
    for at, (name, data) in enumerate(found):
        _title(io, at, name, shown)
        io.out(_end(data, number, in_bytes))
    if not follow and failed and not found and io.busybox:
        return io.fail(NO_FILES[True])
    if not follow:
        return int(failed > 0)
    read = {name: len(data) for name, data in found if name != "-"}
    missing = {name for name in names if name != "-" and name not in read} if retry else set()
    if failed and not (read or missing):
        return io.fail(NO_FILES[io.busybox])
    while True:
        await io.process.sleep(1 if read or missing else 3600)  # of /dev/null or of a pipe: for ever
        for name in (*read, *sorted(missing)):
            _read_on(io, name, read, missing)


def _read_on(io: Io, name: str, read: dict[str, int], missing: set[str]) -> None:
    """Print what a followed file has got since; it may have appeared, or may have been written anew."""
    try:
        data = io.process.machine.files.read(io.path(name))
    except FileError:
        return
    if name in missing:
        io.fail(APPEARED[io.busybox].format(name))
        missing.discard(name)
    start = read.get(name, 0)
    if len(data) < start:
        start = 0
        if not io.busybox:
            io.fail(f"tail: {name}: file truncated")
    io.out(data[start:])
    read[name] = len(data)


def _end(data: bytes, number: str, in_bytes: bool) -> bytes:
    """The last so many lines or bytes; from there on with `+`."""
    parts, count = _parts(data, in_bytes), abs(int(number))
    start = max(count - 1, 0) if number.startswith("+") else max(len(parts) - count, 0)
    return b"".join(parts[start:])


async def wc(io: Io, words: list[str]) -> int:
    """`wc [-lwcmL] [FILE]…`; of several, or of several counts, in columns."""
    flags, names = options(words)
    found, failed = await inputs(io, "wc", names)
    wanted = [key for key in "lwmcL" if key in flags] or list("lwc")
    rows = [({key: COUNTS[key](data) for key in wanted}, name) for name, data in found]
    if len(names) > 1:
        total = {key: (max if key == "L" else sum)(row[key] for row, _ in rows) for key in wanted} if rows else {}
        rows.append((total, "total"))
    width = _width(io, wanted, rows, sum(len(data) for _, data in found) if names else -1)
    for row, name in rows:
        io.say(" ".join([*(f"{row[key]:{width}}" for key in wanted), *([name] if names else [])]))
    return int(failed > 0)


COUNTS: dict[str, Callable[[bytes], int]] = {
    "l": lambda data: data.count(b"\n"),
    "w": lambda data: len(data.split()),
    "m": lambda data: len(narrow(data.decode("utf-8", "surrogateescape"))),
    "c": len,
    "L": lambda data: max((len(line.decode(errors="replace").rstrip("\n")) for line in ended_rows(data)), default=0),
}


def _width(io: Io, wanted: list[str], rows: list[tuple[dict[str, int], str]], size: int) -> int:
    """How wide a column is: busybox has one width, coreutils that of the bytes of all files together."""
    if len(wanted) == 1 and len(rows) == 1:
        return 0
    if io.busybox:
        return 9
    return len(str(size)) if size >= 0 else 7


async def cut(io: Io, words: list[str]) -> int:
    """`cut -d DELIMITER -f LIST | -c LIST [FILE]…`"""
    values, names, words = {"d": "\t"}, [], list(words)
    while words:
        word = words.pop(0)
        if match := re.fullmatch(r"-s?([dfcb])(.*)", word, re.S):
            values[match[1]] = match[2] or (words.pop(0) if words else "")
            values |= {"s": ""} if word.startswith("-s") else {}
        elif match := re.fullmatch(r"--(delimiter|fields|characters|bytes|output-delimiter)=(.*)", word, re.S):
            values[match[1][0]] = match[2]
        elif word in ("-s", "--only-delimited", "--complement"):
            values[word.lstrip("-")[0].replace("o", "s").replace("c", "complement")] = ""
        elif not word.startswith("-"):
            names.append(word)
    chosen = next((values[key] for key in "fcb" if key in values), "")
    if not re.fullmatch(r"(\d{1,9}|\d{0,9}-\d{0,9})(,(\d{1,9}|\d{0,9}-\d{0,9}))*", chosen):
        wrong = "expected" if io.busybox else "you must specify"
        more = "" if io.busybox else f"\n{coreutils.hint('cut')}"
        return io.fail(f"cut: {wrong} a list of bytes, characters, or fields{more}")
    found, failed = await inputs(io, "cut", names)
    for line in plain_rows(b"".join(data for _, data in found).decode("ascii", "surrogateescape")):
        parts = line.split(narrow(values["d"])) if "f" in values and values["d"] else list(line)
        whole = "f" in values and len(parts) == 1
        other = "complement" in values
        kept = [part for number, part in enumerate(parts, 1) if _in_list(number, chosen) != other]
        if not (whole and "s" in values):
            io.say(line if whole else (values.get("o", values["d"]) if "f" in values else "").join(kept))
    return int(failed > 0)


def _in_list(number: int, chosen: str) -> bool:
    for part in chosen.split(","):
        first, dash, last = part.partition("-")
        if int(first or 1) <= number <= (int(last) if last else 2**62 if dash else int(first)):
            return True
    return False


async def basename(io: Io, words: list[str]) -> int:
    """`basename`: the last part of a path, without a suffix if one is given."""
    if not words:
        return io.fail("basename: missing operand")
    flags, values, names = letters(words, "s")
    if len(names) > 2 and "s" not in values and "a" not in flags:
        extra = f"basename: extra operand '{names[2]}'\n{coreutils.hint('basename')}"
        return usage.show(io, "basename") if io.busybox else io.fail(extra)
    ends = [values["s"]] * len(names) if "s" in values else [""] * len(names) if "a" in flags else names[1:2] or [""]
    for word, end in zip(names, ends, strict=False):
        name = posixpath.basename(word.rstrip("/")) or word[:1]
        io.say(name.removesuffix(end) if name != end else name)
    return 0


async def dirname(io: Io, words: list[str]) -> int:
    """`dirname NAME…`: all but the last part of a path; busybox looks at one alone."""
    names = [word for word in words if word not in ("-z", "--")]
    if not names:
        return io.fail("dirname: missing operand")
    for word in names[: 1 if io.busybox else None]:
        bare = word.rstrip("/") or word[:1]
        io.say(posixpath.dirname(bare).rstrip("/") or ("/" if bare.startswith("/") else "."))
    return 0
