"""The command awk: its options, its input, and what it says of a program that is none."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

from podlab.embedded.runtime.commands import usage
from podlab.embedded.runtime.commands.text.awk.calls import Failed
from podlab.embedded.runtime.commands.text.awk.checking import check
from podlab.embedded.runtime.commands.text.awk.interpreter import Awk, Jump
from podlab.embedded.runtime.commands.text.awk.lexer import EXTRA, UNCLOSED, BadProgram, unescaped
from podlab.embedded.runtime.commands.text.awk.parser import parse
from podlab.embedded.runtime.commands.text.awk.values import Read, text
from podlab.embedded.runtime.expressions import patterns, posix
from podlab.embedded.runtime.files import FileError
from podlab.embedded.runtime.machine.stdio import UNREADABLE, Io
from podlab.embedded.runtime.streams import Input

ASSIGNMENT = re.compile(r"([A-Za-z_]\w*)=(.*)", re.S)
MAWK = "Usage: mawk [Options] [Program] [file ...]"
USAGE = "Usage: awk [OPTIONS] [AWK_PROGRAM] [FILE]..."


class Unread(Exception):
    """A file that cannot be read, which has been told."""


async def awk(io: Io, words: list[str]) -> int:
    """`awk [-F SEPARATOR] [-v NAME=VALUE] [-f FILE | PROGRAM] [FILE | NAME=VALUE]…`"""
    if words and not io.busybox and words[0].startswith("--") and len(words[0]) > 2:
        return io.fail(f"awk: not an option: {words[0]}", 2)
    try:
        variables, program, rest = await _options(io, list(words))
    except FileError as error:
        return io.fail(f"awk: {error}", 1 if io.busybox else 2)
    if program is None:
        return io.fail(USAGE) if io.busybox else io.fail(f"{MAWK}\n\n{usage.UNEXPLAINED}", 0)
    try:
        read = parse(program, busy=io.busybox)
        if not io.busybox:
            check(read, program.count("\n") + 1)
        running = Awk(io, read, variables)
        names = ["awk", *rest]
        running.globals |= {"ARGC": float(len(names)), "ARGV": {str(at): Read(name) for at, name in enumerate(names)}}
        input_ = _Lines(running, rest)
        code = await running.run(input_.lines())
        return code or (1 if io.busybox else 2) * input_.failed
    except BadProgram as error:
        return io.fail(_unexpected(io, error), 1 if io.busybox else 2)
    except Unread:
        return 1
    except patterns.BadPattern as error:
        return _bad_pattern(io, error)
    except (Failed, FileError, ValueError) as error:
        return io.fail(f"awk: {'cmd. line:1: ' if io.busybox else ''}{error}", 1 if io.busybox else 2)
    except (Jump, RecursionError):
        return io.fail("awk: cmd. line:1: Unexpected token", 1 if io.busybox else 2)


def _bad_pattern(io: Io, error: patterns.BadPattern) -> int:
    """What is said of a regular expression that is none."""
    if isinstance(error, patterns.Unsimulated):
        return io.fail(f"awk: {error}", 2 - io.busybox)
    if io.busybox:
        return io.fail(f"awk: bad regex '{error.written}': {error}")
    why = COMPILED.get(str(error), "missing operand")
    return io.fail(f"awk: line 1: regular expression compile failed ({why})\n{error.written}", 2)


COMPILED = {posix.PAREN: "missing ')'", posix.BRACKET: "bad class -- [], [^] or ["}
"""mawk's words for what glibc would say."""


def _unexpected(io: Io, error: BadProgram) -> str:
    if io.busybox:
        return f"awk: cmd. line:{error.line}: Unexpected token"
    if error.told.startswith("unexpected character"):
        return f"awk: {error.line}: {error.told}"
    if error.told:
        return f"awk: line {error.line}: {error.told}"
    if error.near == UNCLOSED:
        return f"awk: line {error.line + 1}: {error.near}"
    near = error.near if error.near == EXTRA else f"syntax error at or near {error.near[:20]}"
    return f"awk: line {error.line}: {near}"


async def _options(io: Io, words: list[str]) -> tuple[dict[str, str], str | None, list[str]]:
    variables: dict[str, str] = {}
    scripts: list[str] = []
    while words and words[0].startswith("-") and len(words[0]) > 1:
        word = words.pop(0)
        if word == "--":
            break
        if not word[2:] and not words and not io.busybox and word[:2] in ("-F", "-v", "-f"):
            raise FileError(f"option {word[:2]} lacks argument")
        if not io.busybox and word[1] not in "FvfW":
            raise FileError(f"not an option: {word}")
        value = word[2:] or (words.pop(0) if words else "")
        if word.startswith("-v") and not ASSIGNMENT.fullmatch(value) and not io.busybox:
            raise FileError(f"improper assignment: -v {value}")
        if word.startswith("-F"):
            variables["FS"] = "\t" if value == "t" else unescaped(value)
        elif word.startswith("-v"):
            variables[value.partition("=")[0]] = unescaped(value.partition("=")[2])
        elif word.startswith("-f"):
            try:
                scripts.append((await io.whole("/dev/stdin" if value == "-" else value)).decode(errors="replace"))
            except FileError as error:
                told = "can't open '{}': {}" if io.busybox else UNREADABLE["awk"][0]
                raise FileError(told.format(value, error)) from None
    if scripts:
        return variables, "\n".join(scripts), words
    return variables, words.pop(0) if words else None, words


class _Lines:
    """The records of all files, one after the other; assignments among their names are carried out on the way."""

    def __init__(self, running: Awk, names: list[str]) -> None:
        self.running, self.names, self.failed = running, names, False

    async def lines(self) -> AsyncIterator[str]:
        read = False
        for name in self.names:
            if found := ASSIGNMENT.fullmatch(name):
                self.running.assign(found[1], Read(unescaped(found[2])))
                continue
            read = True
            io = self.running.io
            try:
                source = io.stdin if name == "-" else io.open(name)
            except FileError as error:
                self.failed = True
                io.fail("awk: " + UNREADABLE["awk"][io.busybox].format(name, error))
                if io.busybox:  # its awk ends there
                    raise Unread from None
                continue
            self.running.globals |= {"FILENAME": name, "FNR": 0.0}
            async for line in self._of(source):
                yield line
                if self.running.skips:
                    self.running.skips = False
                    break
        if not read:
            async for line in self._of(self.running.io.stdin):
                yield line

    async def _of(self, source: Input) -> AsyncIterator[str]:
        separator = text(self.running.globals["RS"])
        if separator == "\n":
            while data := await source.line():
                yield data.decode(errors="replace").removesuffix("\n")
            return
        whole = (await source.rest()).decode(errors="replace")
        for record in _records(whole, separator):
            yield record


def _records(whole: str, separator: str) -> list[str]:
    """Records by another separator than a line's end; none is an empty line."""
    if separator == "":
        return [part for part in re.split(r"\n\n+", whole.strip("\n")) if part]
    if len(separator) == 1:
        parts = whole.split(separator)
    else:
        parts, at = [], 0
        for found in patterns.compiled(separator, extended=True, program="mawk").finditer(whole):
            parts.append(whole[at : found.start()])
            at = found.end()
        parts.append(whole[at:])
    if parts and parts[-1].strip("\n") == "":
        parts = parts[:-1]
    return parts
