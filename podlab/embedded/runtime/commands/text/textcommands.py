"""Commands about text: echo, printf, head, tail, wc, sort, uniq, cut, tr, seq, yes, basename, dirname."""

from __future__ import annotations

import posixpath
import re

from podlab.embedded.runtime.files import FileError
from podlab.embedded.runtime.machine.stdio import OUTPUT_LIMIT, UNREADABLE, Io, inputs, options

LINES, PAUSE = 200, 0.01
"""Lines that a command without an end writes at once, and seconds until it writes more."""
UNITS = {"": 1, "K": 2**10, "M": 2**20, "G": 2**30}


async def echo(io: Io, words: list[str]) -> int:
    newline = True
    while words and re.fullmatch("-[neE]+", words[0]):
        newline = newline and "n" not in words[0]
        words = words[1:]
    io.out(" ".join(words).replace("\\n", "\n").replace("\\t", "\t").encode() + (b"\n" if newline else b""))
    return 0


async def printf(io: Io, words: list[str]) -> int:
    if not words:
        return io.fail("printf: usage: printf format [arguments]", 2)
    template = _unescaped(words[0], hexadecimal=not DASH.fullmatch(io.speaker))
    values = list(words[1:])
    while True:
        io.out(
            re.sub(r"%(-?\d{0,9})([sdx%])", lambda m: _formatted(m, values), template).encode(errors="surrogateescape")
        )
        if not values or "%" not in template:
            return 0


DASH = re.compile(r".*: \d+: printf:")
"""How dash complains: the one shell whose printf knows no `\\x`."""
ESCAPE = re.compile(r"\\(?:([0-7]{1,3})|x([0-9a-fA-F]{1,2})|(.))", re.S)
ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v", "\\": "\\", '"': '"'}


def _unescaped(text: str, *, hexadecimal: bool) -> str:
    """A format with its backslashes carried out; what is no character by itself stays a byte."""

    def one(found: re.Match[str]) -> str:
        if found[1] or (found[2] and hexadecimal):
            number = int(found[1], 8) if found[1] else int(found[2], 16)
            return bytes([number & 255]).decode(errors="surrogateescape")
        return ESCAPED.get(found[3] or "", found[0])

    return ESCAPE.sub(one, text)


def _formatted(match: re.Match[str], values: list[str]) -> str:
    if match[2] == "%":
        return "%"
    value = values.pop(0) if values else ("0" if match[2] in "dx" else "")
    if match[2] == "d":
        value = value if re.fullmatch(r"-?\d+", value) else "0"
    if match[2] == "x":
        value = format(int(value) if value.isdigit() else 0, "x")
    width = int(match[1]) if match[1].strip("-") else 0
    width = max(-OUTPUT_LIMIT, min(OUTPUT_LIMIT, width))
    return value.ljust(-width) if width < 0 else value.rjust(width)


class Wrong(ValueError):
    """No number where one is due; says it as the command does."""


def _count(command: str, words: list[str]) -> tuple[str, bool, list[str]]:
    """(number with its sign, whether it counts bytes, the other words). Raises Wrong."""
    number, in_bytes, rest = "10", False, []
    words = list(words)
    while words:
        word = words.pop(0)
        if match := re.fullmatch(r"-([nc])(.*)|-(\d+)", word):
            in_bytes = match[1] == "c"
            number = match[3] or match[2] or (words.pop(0) if words else "")
        else:
            rest.append(word)
    found = re.fullmatch(r"([+-]?)(\d{1,18})([KMG]?)", number)
    if not found:
        raise Wrong(f"{command}: invalid number of {'bytes' if in_bytes else 'lines'}: '{number}'")
    return f"{found[1]}{int(found[2]) * UNITS[found[3]]}", in_bytes, rest


def _parts(data: bytes, in_bytes: bool) -> list[bytes]:
    return [data[i : i + 1] for i in range(len(data))] if in_bytes else data.splitlines(keepends=True)


async def head(io: Io, words: list[str]) -> int:
    try:
        number, in_bytes, names = _count("head", words)
    except Wrong as wrong:
        return io.fail(str(wrong))
    if not names and not in_bytes and not number.startswith("-"):
        for _ in range(int(number)):
            io.out(await io.stdin.line())
        return 0
    if in_bytes and not number.startswith("-"):
        return await _first_bytes(io, names or ["-"], min(int(number), OUTPUT_LIMIT * 16))
    found, failed = await inputs(io, "head", names)
    for _, data in found:
        io.out(b"".join(_parts(data, in_bytes)[: int(number)]))
    return int(failed > 0)


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
    follow, retry = bool({"-f", "-F"} & set(words)), "-F" in words
    try:
        number, in_bytes, names = _count("tail", [word for word in words if word not in ("-f", "-F")])
    except Wrong as wrong:
        return io.fail(str(wrong))
    found, failed = await inputs(io, "tail", names)
    for _, data in found:
        io.out(_end(data, number, in_bytes))
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
    flags, names = options(words)
    found, failed = await inputs(io, "wc", names)
    for name, data in found:
        sizes = {"l": data.count(b"\n"), "w": len(data.split()), "c": len(data)}
        shown = [str(sizes[key]) for key in "lwc" if not flags or key in flags]
        io.say(" ".join(shown + ([name] if names else [])))
    return int(failed > 0)


async def sort(io: Io, words: list[str]) -> int:
    flags, names = options(words)
    found, failed = await inputs(io, "sort", names)
    lines = [line for _, data in found for line in data.decode(errors="replace").splitlines()]
    lines = sorted(set(lines) if "u" in flags else lines, key=_number if "n" in flags else None, reverse="r" in flags)
    io.out("".join(f"{line}\n" for line in lines).encode())
    return 2 * (failed > 0)


def _number(line: str) -> float:
    match = re.match(r"\s*-?\d+", line)
    return float(match[0]) if match else 0.0


async def uniq(io: Io, words: list[str]) -> int:
    found, failed = await inputs(io, "uniq", options(words)[1])
    last = None
    for line in (line for _, data in found for line in data.splitlines()):
        if line != last:
            io.out(line + b"\n")
        last = line
    return int(failed > 0)


async def cut(io: Io, words: list[str]) -> int:
    """`cut -d DELIMITER -f LIST | -c LIST [FILE]…`"""
    values, names, words = {"d": "\t"}, [], list(words)
    while words:
        word = words.pop(0)
        if match := re.fullmatch(r"-([dfcb])(.*)", word, re.S):
            values[match[1]] = match[2] or (words.pop(0) if words else "")
        elif not word.startswith("-"):
            names.append(word)
    chosen = next((values[key] for key in "fcb" if key in values), "")
    if not re.fullmatch(r"(\d{1,9}|\d{0,9}-\d{0,9})(,(\d{1,9}|\d{0,9}-\d{0,9}))*", chosen):
        return io.fail("cut: you must specify a list of bytes, characters, or fields")
    found, failed = await inputs(io, "cut", names)
    for line in b"".join(data for _, data in found).decode(errors="replace").splitlines():
        parts = line.split(values["d"]) if "f" in values and values["d"] else list(line)
        whole = "f" in values and len(parts) == 1
        kept = [part for number, part in enumerate(parts, 1) if _in_list(number, chosen)]
        io.say(line if whole else (values["d"] if "f" in values else "").join(kept))
    return int(failed > 0)


def _in_list(number: int, chosen: str) -> bool:
    for part in chosen.split(","):
        first, dash, last = part.partition("-")
        if int(first or 1) <= number <= (int(last) if last else 2**62 if dash else int(first)):
            return True
    return False


async def tr(io: Io, words: list[str]) -> int:
    data = (await io.stdin.rest()).decode(errors="replace")
    ranges = {"a-z": "abcdefghijklmnopqrstuvwxyz", "A-Z": "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0-9": "0123456789"}
    sets = [_unescaped(ranges.get(word, word), hexadecimal=False) for word in words if not word.startswith("-")]
    if "-d" in words:
        io.out("".join(char for char in data if char not in sets[0]).encode())
    else:
        io.out(data.translate({ord(a): b for a, b in zip(sets[0], sets[1], strict=False)}).encode())
    return 0


async def seq(io: Io, words: list[str]) -> int:
    numbers = [int(word) for word in words if re.fullmatch(r"-?\d+", word)]
    if not numbers:
        return io.fail("seq: missing operand")
    first, step, last = (1, 1, numbers[0]) if len(numbers) == 1 else (numbers[0], 1, numbers[-1])
    step = numbers[1] if len(numbers) == 3 else step
    if step == 0:
        return io.fail(f"seq: invalid Zero increment value: '{words[1]}'")
    numbers_ = range(first, last + (1 if step > 0 else -1), step)
    for start in range(0, len(numbers_), LINES):
        await io.process.work()
        io.out("".join(f"{number}\n" for number in numbers_[start : start + LINES]).encode())
        await io.process.sleep(PAUSE * (start > 0))
    return 0


async def yes(io: Io, words: list[str]) -> int:
    line = (" ".join(words) or "y").encode() + b"\n"
    while True:
        await io.process.work()
        io.out(line * LINES)
        await io.process.sleep(PAUSE)


async def basename(io: Io, words: list[str]) -> int:
    if not words:
        return io.fail("basename: missing operand")
    name = posixpath.basename(words[0].rstrip("/"))
    io.say(name.removesuffix(words[1]) if len(words) > 1 and name != words[1] else name)
    return 0


async def dirname(io: Io, words: list[str]) -> int:
    if not words:
        return io.fail("dirname: missing operand")
    io.say(posixpath.dirname(words[0]) or ".")
    return 0
