"""Lines in other shapes: fold, expand, paste, shuf, strings, factor, and pagers, which without a terminal are cat."""

from __future__ import annotations

import random
import re

from podlab.embedded.runtime.commands import usage
from podlab.embedded.runtime.commands.files import filecommands
from podlab.embedded.runtime.files import NO_SUCH, FileError
from podlab.embedded.runtime.machine.stdio import Command, Io, ended_rows, inputs, letters, options, plain_rows


async def _text(io: Io, name: str, names: list[str]) -> tuple[list[str], int]:
    found, failed = await inputs(io, name, names)
    data = b"".join(content for _, content in found)
    return plain_rows(data.decode(errors="surrogateescape")), int(failed > 0)


def _value(words: list[str], letter: str, usual: str) -> tuple[str, list[str]]:
    """(the value of `-x VALUE` or `-xVALUE`, the other words)"""
    for at, word in enumerate(words):
        if word.startswith(f"-{letter}"):
            inline = word[2:]
            return inline or "".join(words[at + 1 : at + 2]), words[:at] + words[at + 1 + (not inline) :]
    return usual, words


async def fold(io: Io, words: list[str]) -> int:
    """`fold [-bs] [-w COLUMNS | -COLUMNS] [FILE]…`: with -s after a blank, where there is one."""
    given = [f"-w{word[1:]}" if re.fullmatch(r"-\d+", word) else word for word in words]
    flags, values, names = letters(given, "w")
    width = max(1, int(values["w"])) if values.get("w", "").isdecimal() else 80
    found, failed = await inputs(io, "fold", names)
    for row in ended_rows(b"".join(data for _, data in found)):
        line = row.removesuffix(b"\n")
        while len(line) > width:
            blank = line[:width].rfind(b" ") + 1 if "s" in flags else 0
            io.out(line[: blank or width] + b"\n")
            line = line[blank or width :]
        io.out(line + row[len(row.removesuffix(b"\n")) :])
    return int(failed > 0)


async def expand(io: Io, words: list[str]) -> int:
    """`expand [-t COLUMNS] [FILE]…`"""
    given, rest = _value(words, "t", "8")
    lines, code = await _text(io, "expand", options(rest)[1])
    for line in lines:
        io.say(line.expandtabs(int(given) if given.isdecimal() else 8))
    return code


async def unexpand(io: Io, words: list[str]) -> int:
    """`unexpand [-t COLUMNS] [FILE]…`: tabs for the blanks that lines begin with."""
    given, rest = _value(words, "t", "8")
    flags, names = options(rest)
    if odd := flags - {"a"}:
        return io.fail(f"unexpand: podlab does not simulate unexpand -{min(odd)}")
    width = max(1, int(given[:4])) if given.isdecimal() else 8
    lines, code = await _text(io, "unexpand", names)
    for line in lines:
        if "a" in flags or "t" in "".join(words[:1]):
            parts = [line[at : at + width] for at in range(0, len(line), width)]
            io.say("".join(re.sub(r"  +$", "\t", part) if len(part) == width else part for part in parts))
            continue
        indent = len(line) - len(line.lstrip(" "))
        io.say("\t" * (indent // width) + " " * (indent % width) + line[indent:])
    return code


def ends(name: str, *, dos: bool) -> Command:
    """`dos2unix` or `unix2dos [-d|-u] [FILE]…`: other ends of lines, in place where files are named."""

    async def run(io: Io, words: list[str]) -> int:
        flags, names = options(words)
        end = b"\r\n" if (dos or "d" in flags) and "u" not in flags else b"\n"
        if not names:
            io.out((await io.stdin.rest()).replace(b"\r", b"").replace(b"\n", end))
        for one in names:
            try:
                data = io.read(one).replace(b"\r", b"").replace(b"\n", end)
                io.process.machine.files.write(io.path(one), data)
            except FileError as error:
                return io.fail(f"{name}: can't open '{one}': {error}")
        return 0

    return run


async def paste(io: Io, words: list[str]) -> int:
    """`paste [-s] [-d DELIMITERS] [FILE]…`"""
    words = [part for word in words for part in (("-s", f"-d{word[3:]}") if word[:3] == "-sd" else (word,))]
    mark, rest = _value(words, "d", "\t")
    mark = mark.replace("\\t", "\t").replace("\\n", "\n")[:1]
    flags, names = options([word for word in rest if word != "-"])
    names = [word for word in rest if word == "-" or word in names] or ["-"]
    shared: list[str] | None = None
    columns: list[list[str]] = []
    for name in names:
        if name != "-":
            columns.append((await _text(io, "paste", [name]))[0])
            continue
        shared = (await _text(io, "paste", []))[0] if shared is None else shared
        columns.append(shared[names[: len(columns)].count("-") :: names.count("-")])
    if "s" in flags:
        for column in columns:
            io.say(mark.join(column))
        return 0
    for at in range(max(map(len, columns), default=0)):
        if io.busybox:  # of a file that has ended there is neither text nor what would follow it
            ends = [mark] * (len(columns) - 1) + ["\n"]
            row = [column[at] + end for column, end in zip(columns, ends, strict=True) if at < len(column)]
            io.out("".join(row).encode(errors="surrogateescape"))
            continue
        io.say(mark.join(column[at] if at < len(column) else "" for column in columns))
    return 0


async def shuf(io: Io, words: list[str]) -> int:
    """`shuf [-n COUNT] [-e WORD…] [-i LOW-HIGH] [FILE]`: always in the same order for the same time."""
    given, rest = _value(words, "n", "")
    span, rest = _value(rest, "i", "")
    flags, names = options(rest)
    if found := re.fullmatch(r"(\d{1,6})-(\d{1,6})", span):
        lines = [str(number) for number in range(int(found[1]), int(found[2]) + 1)]
    else:
        lines = names if "e" in flags else (await _text(io, "shuf", names))[0]
    random.Random(int(io.process.time * 1000)).shuffle(lines)
    for line in lines[: int(given)] if given.isdecimal() else lines:
        io.say(line)
    return 0


async def strings(io: Io, words: list[str]) -> int:
    """`strings [-n LENGTH] [FILE]…`"""
    given, rest = _value(words, "n", "4")
    found, failed = await inputs(io, "strings", options(rest)[1])
    least = int(given) if given.isdecimal() else 4
    for match in re.findall(rb"[\t -~]{%d,}" % least, b"".join(data for _, data in found)):
        io.say(match.decode())
    return int(failed > 0)


async def factor(io: Io, words: list[str]) -> int:
    """`factor NUMBER…`"""
    for word in words:
        if not re.fullmatch(r"\d{1,12}", word):
            told = f"factor: '{word}' is not a valid positive integer"
            return usage.show(io, "factor") if io.busybox else io.fail(told)
        left, found, prime = int(word), [], 2
        while prime * prime <= left:
            while left % prime == 0:
                found.append(prime)
                left //= prime
            prime += 1
        found += [left] if left > 1 else []
        io.say(f"{word}: {' '.join(map(str, found))}".rstrip(" ") if found else f"{word}:")
    return 0


async def pager(io: Io, words: list[str]) -> int:
    """`less` and `more` where nobody sits at a terminal."""
    names = options(words)[1]
    if io.busybox and (
        missing := next((one for one in names if not io.process.machine.files.exists(io.path(one))), "")
    ):
        return io.fail(f"{io.process.name}: can't open '{missing}': {NO_SUCH}")
    return await filecommands.cat(io, options(words)[1])


NAMED = re.compile(r"\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)\})")


async def envsubst(io: Io, words: list[str]) -> int:
    """`envsubst [-v] [SHELL-FORMAT]`: values for variables' names; with a format, of those alone that it names."""
    if odd := [word for word in words if word.startswith("-") and word not in ("-v", "--variables")]:
        return io.fail(f"envsubst: podlab does not simulate {odd[0]} of envsubst")
    formats = [word for word in words if not word.startswith("-")]
    known = {found[1] or found[2] for form in formats for found in NAMED.finditer(form)}
    if len(formats) < len(words):
        io.out("".join(f"{found[1] or found[2]}\n" for found in NAMED.finditer("".join(formats))).encode())
        return 0
    values = io.process.env if io.env is None else io.env

    def one(found: re.Match[str]) -> str:
        name = found[1] or found[2]
        return values.get(name, "") if not formats or name in known else found[0]

    text = (await io.stdin.rest()).decode(errors="surrogateescape")
    io.out(NAMED.sub(one, text).encode(errors="surrogateescape"))
    return 0
