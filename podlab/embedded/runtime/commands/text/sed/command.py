"""The command sed: its options, and the files that it reads and changes."""

from __future__ import annotations

import posixpath
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

from podlab.embedded.runtime.commands.text.awk.channels import Channels
from podlab.embedded.runtime.commands.text.sed.editor import Editor, Line
from podlab.embedded.runtime.commands.text.sed.script import BadExpression, BadScript, Command, NoLabel, parse
from podlab.embedded.runtime.expressions import patterns
from podlab.embedded.runtime.files import FileError
from podlab.embedded.runtime.machine.process import Write
from podlab.embedded.runtime.machine.stdio import UNREADABLE, Io
from podlab.embedded.runtime.streams import Input

BREATH = 200
"""Commands of a script after which time passes."""
LONG = {"--quiet": "-n", "--silent": "-n", "--regexp-extended": "-E", "--in-place": "-i", "--separate": "-s"}
LONG |= {"--null-data": "-z", "--unbuffered": "-u", "--posix": "", "--sandbox": "", "--follow-symlinks": ""}


@dataclass(slots=True)
class Options:
    """What the words of a command line say."""

    flags: set[str]
    scripts: list[str]
    names: list[str]
    suffix: str = ""


async def sed(io: Io, words: list[str]) -> int:
    """`sed [-n] [-E|-r] [-i[SUFFIX]] [-s] [-e SCRIPT]… [-f FILE]… [SCRIPT] [FILE]…`"""
    if io.busybox and words == ["--version"]:
        io.say("This is not GNU sed version 4.0")
        return 0
    try:
        given = await _options(io, list(words))
        if not given.scripts and not given.names:
            return io.fail("Usage: sed [OPTION]... {script-only-if-no-other-script} [input-file]...")
        script = "\n".join(given.scripts or [given.names.pop(0)])
        if io.busybox and re.match(r"\s*\d+~", script):
            return io.fail("sed: unsupported command ~")
        if script.startswith("#n\n"):
            given.flags.add("n")
        _parsed(io, script, given)
    except FileError as error:
        return io.fail(f"sed: {error}", 1 if io.busybox else 4)
    except (BadScript, patterns.BadPattern) as error:
        return io.fail(f"sed: {_shortly(error) if io.busybox else error}", 4 * (_panics(error) and not io.busybox) or 1)
    if "i" in given.flags:
        return await _in_place(io, script, given)
    lines = _Lines(io, given.names, given.flags)
    code = await _editor(io, script, given, lines.lines(), io.out).run()
    return code or (1 if io.busybox else 2) * lines.failed


def _panics(error: Exception) -> bool:
    """Whether GNU sed takes a fault for one of its own."""
    return isinstance(error, NoLabel)


def _shortly(error: Exception) -> str:
    """busybox's words for what GNU sed says of a script."""
    wrong = str(error)
    what = wrong.partition(": ")[2]
    if isinstance(error, BadExpression):
        return f"bad regex '{error.written}': {what}"
    if isinstance(error, NoLabel):
        return wrong.replace(" for jump", "").replace("`", "'").replace("label to", "label for jump to")
    if what.startswith("unknown command: "):
        return f"unsupported command {what[-2]}"
    return "unmatched '/'" if what.startswith("unterminated") else SHORT.get(what, wrong)


SHORT = {
    "unknown option to `s'": "bad option in substitution expression",
    "unexpected `,'": "no address after comma",
    "missing filename in r/R/w/W commands": "empty filename",
    "unmatched `{'": "unmatched '/'",
}


async def _options(io: Io, words: list[str]) -> Options:
    """What was asked for. Raises FileError for a script that cannot be read."""
    given = Options(set(), [], [])
    while words:
        word = words.pop(0)
        if LONG.get(word) == "":
            continue
        word = LONG.get(word, word)
        if word.startswith("--expression="):
            given.scripts.append(word.partition("=")[2])
        elif word.startswith("-i"):
            given.flags.add("i")
            given.suffix = word[2:]
        elif word.startswith("-") and len(word) > 1:
            letters = word[1:].replace("r", "E")
            given.flags |= set(letters) - {"e", "f"}
            if letters[0] == "l" and not letters[1:] and words:
                words.pop(0)
            if letters[-1] in "ef" and words:
                value = words.pop(0)
                given.scripts.append(value if letters[-1] == "e" else await _script(io, value))
        else:
            given.names.append(word)
    return given


async def _script(io: Io, name: str) -> str:
    """A script of a file. Raises FileError."""
    try:
        return (await io.whole("/dev/stdin" if name == "-" else name)).decode(errors="replace").rstrip("\n")
    except FileError as error:
        raise FileError(f"{name}: {error}" if io.busybox else f"couldn't open file {name}: {error}") from None


def _parsed(io: Io, script: str, given: Options) -> list[Command]:
    return parse(script, extended="E" in given.flags, program="busybox sed" if io.busybox else "sed")


def _editor(io: Io, script: str, given: Options, lines: AsyncIterator[Line], out: Write) -> Editor:
    steps, end = [0], "\0" if "z" in given.flags else "\n"
    unended = [False]

    async def breathe() -> None:
        steps[0] += 1
        if steps[0] % BREATH == 0:
            await io.process.work()

    def say(line: str, *, ended: bool = True) -> None:
        text = end * unended[0] + line + end * ended
        unended[0] = not ended
        out(text.encode(errors="surrogateescape"))

    async def execute(command: str) -> str:
        return (await Channels(io).reader_of(command)).decode(errors="surrogateescape")

    commands = _parsed(io, script, given)
    editor = Editor(commands, lines, say, _reader(io), _writer(io), breathe, quiet="n" in given.flags)
    editor.gnu, editor.execute = not io.busybox, execute
    return editor


def _reader(io: Io) -> Callable[[str], str]:
    def read(name: str) -> str:
        try:
            return io.read(name).decode(errors="replace")
        except FileError:
            return ""

    return read


def _writer(io: Io) -> Callable[[str, str], None]:
    opened: dict[str, Write] = {}

    def write(name: str, text: str) -> None:
        if name not in opened:
            opened[name] = io.out if name == "/dev/stdout" else io.writer(name)
        opened[name](text.encode(errors="surrogateescape"))

    return write


class _Lines:
    """The lines of all files, each with whether it is the last."""

    def __init__(self, io: Io, names: list[str], flags: set[str]) -> None:
        self.io, self.names, self.failed = io, names, False
        self.apart, self.zero = "s" in flags, "z" in flags

    async def _all(self) -> AsyncIterator[Line]:
        end = b"\0" if self.zero else b"\n"
        for name in self.names or ["-"]:
            try:
                source = self.io.stdin if name == "-" else self.io.open(name)
            except FileError as error:
                self.failed = True
                self._unread(name, str(error))
                continue
            first = True
            if self.zero:
                data = await source.rest()
                source = Input()
                parts = data.removesuffix(end).split(end) if data else []
                for at, part in enumerate(parts, 1):
                    ended = at < len(parts) or data.endswith(end)
                    yield Line(part.decode(errors="surrogateescape"), name, first=first, ended=ended)
                    first = False
            while data := await source.line():
                text = data.decode(errors="surrogateescape")
                yield Line(text.removesuffix("\n"), name, first=first, ended=text.endswith("\n"))
                first = False

    def _unread(self, name: str, why: str) -> None:
        folder = why == "Is a directory" and not self.io.busybox
        told = f"couldn't read {name}: {why}" if folder else UNREADABLE["sed"][self.io.busybox].format(name, why)
        self.io.fail(f"sed: {told}")

    async def lines(self) -> AsyncIterator[Line]:
        """A line is known as the last when none follows it."""
        before: Line | None = None
        async for line in self._all():
            if before is not None:
                before.last = self.apart and line.first
                yield before
            before = line
            line.first = line.first and self.apart
        if before is not None:
            before.last = True
            yield before


def _held(io: Io, name: str) -> int:
    """What is said of a file that cannot be replaced, since it is a mount of its own."""
    busy = "Device or resource busy"
    if io.busybox:
        return io.fail(f"sed: can't move '{name}XXXXXX' to '{name}': {busy}")
    return io.fail(f"sed: cannot rename {posixpath.join(posixpath.dirname(name), 'sedXXXXXX')}: {busy}", 4)


async def _in_place(io: Io, script: str, given: Options) -> int:
    code = 0
    for name in given.names:
        try:
            before = io.read(name)
            out = bytearray()
            lines = _Lines(io, [name], given.flags | {"s"})
            await _editor(io, script, given, lines.lines(), out.extend).run()
            if any(mount.path == io.path(name) for mount in io.process.machine.files.mounts):
                code = _held(io, name)
                continue
            if given.suffix:
                io.process.machine.files.write(io.path(name + given.suffix), before)
            io.process.machine.files.part(io.path(name))
            io.process.machine.files.write(io.path(name), bytes(out))
        except FileError as error:
            busy = io.busybox
            code = io.fail(f"sed: {name}: {error}" if busy else f"sed: can't read {name}: {error}", 2 - busy)
    return code
