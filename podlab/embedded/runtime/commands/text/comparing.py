"""Files side by side: diff, cmp, comm."""

from __future__ import annotations

import posixpath
from datetime import UTC, datetime
from difflib import SequenceMatcher, unified_diff

from podlab.embedded.runtime.files import NO_SUCH, FileError
from podlab.embedded.runtime.machine.stdio import Io, options


async def _pair(io: Io, command: str, names: list[str]) -> list[bytes] | int:
    """What is in two files, or the exit code of what is wrong with them."""
    if len(names) < 2:
        return io.fail(f"{command}: missing operand", 2)
    found: list[bytes] = []
    files = io.process.machine.files
    if files.is_directory(io.path(names[1])) and not files.is_directory(io.path(names[0])):
        names = [names[0], posixpath.join(names[1], posixpath.basename(names[0]))]
    for name in names[:2]:
        try:
            found.append(await io.stdin.rest() if name == "-" else await io.open(name).rest())
        except FileError as error:
            missing = io.busybox and str(error) == NO_SUCH and command == "diff"
            return io.fail(f"{command}: can't stat '{name}': {error}" if missing else f"{command}: {name}: {error}", 2)
    return found


async def diff(io: Io, words: list[str]) -> int:
    """`diff [-u] [-q] [-r] FILE FILE`: busybox always unified, diffutils in its own form without -u."""
    flags, names = options(words)
    files = io.process.machine.files
    if len(names) == 2 and all(files.is_directory(io.path(name)) for name in names):
        return await _folders(io, words, names)
    found = await _pair(io, "diff", names)
    if isinstance(found, int):
        return found
    if found[0] == found[1]:
        return 0
    if "q" in flags:
        io.say(f"Files {names[0]} and {names[1]} differ")
        return 1
    left, right = (_lines(data) for data in found)
    if io.busybox or "u" in flags:
        stamp = (
            "" if io.busybox else datetime.fromtimestamp(io.process.time, UTC).strftime("%Y-%m-%d %H:%M:%S.%f000 +0000")
        )
        for line in unified_diff(left, right, names[0], names[1], stamp, stamp):
            _line(io, line)
        return 1
    for kind, a, b, c, d in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        if kind != "equal":
            io.say(f"{_span(a, b)}{kind[0].replace('r', 'c').replace('i', 'a')}{_span(c, d)}")
            for line in left[a:b]:
                _line(io, f"< {line}")
            if kind == "replace":
                io.say("---")
            for line in right[c:d]:
                _line(io, f"> {line}")
    return 1


def _lines(data: bytes) -> list[str]:
    return data.decode(errors="surrogateescape").splitlines(keepends=True)


def _line(io: Io, line: str) -> None:
    io.say(line.removesuffix("\n"))
    if not line.endswith("\n") and line[:1] in ("-", "+", " ", "<", ">") and not line.startswith(("---", "+++")):
        io.say("\\ No newline at end of file")


def _span(first: int, end: int) -> str:
    return str(first) if end == first else str(end) if end == first + 1 else f"{first + 1},{end}"


async def _folders(io: Io, words: list[str], names: list[str]) -> int:
    files, code = io.process.machine.files, 0
    inside = [set(files.list(io.path(name))) for name in names]
    given = [word for word in words if word.startswith("-") and len(word) > 1]
    for entry in sorted(inside[0] | inside[1]):
        here = [posixpath.join(name, entry) for name in names]
        folders = [files.is_directory(io.path(name)) for name in here]
        if missing := [at for at in (0, 1) if entry not in inside[at]]:
            io.say(f"Only in {names[1 - missing[0]]}: {entry}")
            code = 1
        elif all(folders) and "r" not in options(words)[0]:
            io.say(f"Common subdirectories: {here[0]} and {here[1]}")
        else:
            code = max(code, await diff(io, [*given, *here]))
    return code


async def cmp(io: Io, words: list[str]) -> int:
    """`cmp [-s] FILE FILE`"""
    flags, names = options(words)
    found = await _pair(io, "cmp", names)
    if isinstance(found, int):
        return found
    left, right = found
    at = next((at for at, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), min(len(left), len(right)))
    if left == right:
        return 0
    if "s" not in flags:
        if at == min(len(left), len(right)):
            io.fail(f"cmp: EOF on {names[0] if len(left) < len(right) else names[1]}")
        else:
            io.say(f"{names[0]} {names[1]} differ: char {at + 1}, line {left[:at].count(10) + 1}")
    return 1


async def comm(io: Io, words: list[str]) -> int:
    """`comm [-123] FILE FILE`"""
    flags, names = options(words)
    found = await _pair(io, "comm", names)
    if isinstance(found, int):
        return found
    left, right = ([line.removesuffix("\n") for line in _lines(data)] for data in found)
    while left or right:
        column = 3 if left[:1] == right[:1] else 1 if not right or (left and left[0] < right[0]) else 2
        line = left[0] if column != 2 else right[0]
        left, right = left[column != 2 :], right[column != 1 :]
        if str(column) not in flags:
            io.say("\t" * sum(str(before) not in flags for before in range(1, column)) + line)
    return 0
