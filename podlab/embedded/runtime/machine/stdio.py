"""Where a command reads and writes, and its surroundings."""

from __future__ import annotations

import posixpath
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from podlab.embedded.runtime.files import DEVICES, NO_SUCH, FileError
from podlab.embedded.runtime.machine.process import Input, Pipe, Process, Write

OUTPUT_LIMIT = 2**20
"""Columns that a printf may fill."""
PIPE_LIMIT = 16 * 2**20
"""Bytes that a process may hold of what it reads when its container has no memory limit."""


@dataclass(frozen=True, slots=True)
class Io:
    """Where a command reads and writes, and its surroundings."""

    process: Process
    stdin: Input
    out: Write
    err: Write
    env: Mapping[str, str] | None = None
    cwd: str = ""

    def path(self, name: str) -> str:
        """A name made absolute."""
        return "/" + posixpath.normpath(posixpath.join(self.cwd or self.process.cwd, name)).lstrip("/")

    def read(self, name: str, complaint: str = "{}: {}") -> bytes:
        """A file's bytes; `complaint` words the FileError from name and reason."""
        try:
            return self.process.machine.files.read(self.path(name))
        except FileError as error:
            raise FileError(complaint.format(name, _short(str(error), complaint))) from None

    def writer(self, name: str, *, append: bool = False) -> Write:
        """Somewhere to write to. Raises FileError."""
        path = self.process.machine.files.resolve(self.path(name))
        if path in DEVICES:
            return {"/dev/stdout": self.process.out, "/dev/stderr": self.process.err}.get(path, lambda data: None)
        files = self.process.machine.files
        try:
            files.write(path, b"", append=append)
        except FileError as error:
            raise FileError(f"cannot create {name}: {_short(str(error), 'cannot create')}") from None
        return lambda data: files.write(path, data, append=True)

    def pipe(self) -> Pipe:
        """A pipe's middle."""
        return Pipe(min(self.process.machine.memory_limit or PIPE_LIMIT, PIPE_LIMIT))

    def input(self, data: bytes) -> Input:
        """Something to read."""
        return Input(data)

    @property
    def busybox(self) -> bool:
        """Whether busybox's tools speak, in other words than coreutils'."""
        return "busybox" in self.process.machine.image.reference

    def say(self, text: str) -> None:
        """Write a line."""
        self.out(text.encode() + b"\n")

    def fail(self, text: str, code: int = 1) -> int:
        """Write a line of complaint; returns the exit code."""
        self.err(text.encode() + b"\n")
        return code


ASH = {
    "cannot create": "can't create",
    "cannot open": "can't open",
    "Directory nonexistent": "nonexistent directory",
    "No such file": "no such file",
}
"""dash's words for files, and those of busybox's shell."""


def in_ash(text: str) -> str:
    """A complaint of dash's in the words of busybox's shell."""
    for dash, ash in ASH.items():
        text = text.replace(dash, ash)
    return text


def _short(reason: str, complaint: str) -> str:
    shell = {NO_SUCH: "No such file"} if complaint.startswith("cannot open") else {NO_SUCH: "Directory nonexistent"}
    return shell.get(reason, reason) if complaint.startswith("cannot") else reason


Command = Callable[[Io, list[str]], Awaitable[int]]


def options(words: list[str]) -> tuple[set[str], list[str]]:
    """(letters of the flags, the other words)"""
    flags = [word for word in words if word.startswith("-") and len(word) > 1]
    return {char for flag in flags for char in flag.lstrip("-")}, [word for word in words if word not in flags]


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
            found.append((name, await io.stdin.rest() if name == "-" else io.read(name)))
        except FileError as error:
            failed += 1
            words = UNREADABLE.get(command, USUAL)
            io.fail(f"{command}: " + words[io.busybox].format(name, str(error).removeprefix(f"{name}: ")))
    return found, failed
