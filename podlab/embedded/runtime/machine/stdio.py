"""Where a command reads and writes, and its surroundings."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from podlab.embedded.runtime.files import FileError
from podlab.embedded.runtime.machine.process import Process, Write
from podlab.embedded.runtime.streams import Endless, Input, Pipe

OUTPUT_LIMIT = 2**20
"""Columns that a printf may fill."""
PIPE_LIMIT = 16 * 2**20
"""Bytes that a process may hold of what it reads when its container has no memory limit."""

Stream = Input | Write
"""What a file descriptor stands for."""
NO_STREAMS: Mapping[int, Stream] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Io:
    """Where a command reads and writes, and its surroundings.

    `more` are the streams beyond the first three; `speaker` complains where it is not the command itself.
    """

    process: Process
    stdin: Input
    out: Write
    err: Write
    env: Mapping[str, str] | None = None
    cwd: str = ""
    more: Mapping[int, Stream] = field(default_factory=lambda: NO_STREAMS)
    speaker: str = ""

    def path(self, name: str) -> str:
        """A name made absolute; what is made of that name gets the modes that the process's mask leaves."""
        self.process.machine.files.mask = self.process.umask
        path = "/" + posixpath.normpath(posixpath.join(self.cwd or self.process.cwd, name)).lstrip("/")
        return f"/proc/{self.process.pid}{path[10:]}" if f"{path}/".startswith("/proc/self/") else path

    def read(self, name: str) -> bytes:
        """A file's bytes. Raises FileError, OutOfMemory for a device without an end."""
        path = self.path(name)
        if path in ENDLESS:
            return bytes(PIPE_LIMIT // 4)
        return self.process.machine.files.read(path)

    async def whole(self, name: str) -> bytes:
        """All bytes of a file or of one of the process's streams. Raises FileError."""
        path = self.path(name)
        return await self.open(name).rest() if path in STDIN or NUMBERED.fullmatch(path) else self.read(name)

    def open(self, name: str) -> Input:
        """A file or a device to read from. Raises FileError."""
        path = self.process.machine.files.resolve(self.path(name))
        if path in ENDLESS:
            return Endless(noise=path not in ("/dev/zero", "/dev/full"))
        if (found := NUMBERED.fullmatch(path)) and isinstance(stream := self.more.get(int(found[1])), Input):
            return stream
        if path in (*STDIN, "/dev/tty"):
            return self.stdin
        if fifo := self.process.machine.files.fifo(path):
            fifo.read_from()
            return fifo
        return Input(self.process.machine.files.read(path))

    def stream(self, number: int) -> Stream | None:
        """What a file descriptor stands for; None for one that is not open."""
        return {0: self.stdin, 1: self.out, 2: self.err, **self.more}.get(number)

    def writer(self, name: str, *, append: bool = False) -> Write:
        """Somewhere to write to. Raises FileError."""
        if found := OF_OTHERS.fullmatch(path := self.path(name)):
            other = self.process.machine.processes.running.get(int(found[1]))
            if other and other is not self.process:
                return other.out if found[2] == "1" else other.err
            path = f"/dev/fd/{found[2]}"
        path = self.process.machine.files.resolve(path)
        numbered = NUMBERED.fullmatch(path)
        if path in STREAMS or (numbered and int(numbered[1]) in self.more):
            stream = self.stream(int(numbered[1]) if numbered else STREAMS[path])
            return stream if stream and not isinstance(stream, Input) else _nowhere
        if path == "/dev/full":
            return _full
        files = self.process.machine.files
        if fifo := files.fifo(path):
            end = fifo.writer()
            self.process.closing.append(end.close)
            return end
        files.write(path, b"", append=append)
        return lambda data: files.write(path, data, append=True)

    def pipe(self) -> Pipe:
        """A pipe's middle."""
        return Pipe(min(self.process.machine.memory_limit or PIPE_LIMIT, PIPE_LIMIT))

    @property
    def busybox(self) -> bool:
        """Whether busybox's tools speak, in other words than coreutils'."""
        return self.process.machine.image.busybox

    @property
    def by_bash(self) -> bool:
        """Whether bash itself carries the command out: it alone complains of a line."""
        return "line " in self.speaker

    def say(self, text: str) -> None:
        """Write a line."""
        self.out(text.encode(errors="surrogateescape") + b"\n")

    def fail(self, text: str, code: int = 1) -> int:
        """Write a line of complaint; returns the exit code."""
        self.err(text.encode(errors="surrogateescape") + b"\n")
        return code

    def complain(self, command: str, text: str, code: int = 1) -> int:
        """A command's complaint in its own name, or in that of the shell that carries it out."""
        return self.fail(f"{self.speaker or f'{command}:'} {text}", code)


ENDLESS = ("/dev/zero", "/dev/full", "/dev/urandom", "/dev/random")
STREAMS = {"/dev/stdin": 0, "/dev/stdout": 1, "/dev/stderr": 2, "/dev/fd/1": 1, "/dev/fd/2": 2}
STREAMS |= {"/dev/tty": 1}
"""Files that stand for a process's own streams."""
STDIN = ("/dev/stdin", "/dev/fd/0", "/proc/self/fd/0")
NUMBERED = re.compile(r"(?:/dev|/proc/\d+)/fd/(\d+)")
OF_OTHERS = re.compile(r"/proc/(\d+)/fd/([12])")
"""What any process of a container writes to, such as its first."""


def _full(data: bytes) -> None:
    if data:
        raise FileError("write error: No space left on device")


def _nowhere(data: bytes) -> None:
    pass


Command = Callable[[Io, list[str]], Awaitable[int]]


def options(words: list[str]) -> tuple[set[str], list[str]]:
    """(letters of the flags, the other words)"""
    end = words.index("--") if "--" in words else len(words)
    flags = [word for word in words[:end] if word.startswith("-") and len(word) > 1]
    rest = [word for word in words[:end] if word not in flags]
    return {char for flag in flags for char in flag.lstrip("-")}, rest + words[end + 1 :]


def letters(words: list[str], valued: str) -> tuple[set[str], dict[str, str], list[str]]:
    """(letters of the flags, values of those that have one, the other words)"""
    flags, values, rest, given = set[str](), dict[str, str](), list[str](), list(words)
    while given:
        word = given.pop(0)
        if word == "--":
            return flags, values, rest + given
        if not word.startswith("-") or word.startswith("--") or word == "-":
            rest += [word] if not word.startswith("--") else []
            continue
        for at, letter in enumerate(word[1:], 1):
            if letter in valued:
                values[letter] = word[at + 1 :] or (given.pop(0) if given else "")
                break
            flags.add(letter)
    return flags, values, rest


def plain_rows(text: str) -> list[str]:
    """The lines of a text without their ends; a carriage return is no end."""
    return text.removesuffix("\n").split("\n") if text else []


def ended_rows(data: bytes) -> list[bytes]:
    """The lines of what was read, each with its end."""
    return re.findall(rb"[^\n]*\n|[^\n]+", data)


USUAL = ("{}: {}", "{}: {}")
UNREADABLE = {  # in coreutils' words, and in busybox's
    "cat": ("{}: {}", "can't open '{}': {}"),
    "head": ("cannot open '{}' for reading: {}", "{}: {}"),
    "tail": ("cannot open '{}' for reading: {}", "can't open '{}': {}"),
    "sort": ("cannot read: {}: {}", "{}: {}"),
    "awk": ("cannot open {} ({})", "{}: {}"),
    "sed": ("can't read {}: {}", "{}: {}"),
}


async def inputs(io: Io, command: str, names: list[str]) -> tuple[list[tuple[str, bytes]], int]:
    """What `cat`-like commands read, with the number of names that could not be read."""
    if not names:
        return [("-", await io.stdin.rest())], 0
    found, failed = [], 0
    for name in names:
        try:
            found.append((name, await io.stdin.rest() if name == "-" else await io.open(name).rest()))
        except FileError as error:
            failed += 1
            words = UNREADABLE.get(command, USUAL)
            io.fail(f"{command}: " + words[io.busybox].format(name, error))
    return found, failed
