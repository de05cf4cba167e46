"""Redirections: files, here-documents and other streams in place of a command's own."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from types import MappingProxyType

from podlab.embedded.runtime.devices import device
from podlab.embedded.runtime.files import FileError
from podlab.embedded.runtime.machine.stdio import Io, Stream
from podlab.embedded.runtime.network.connection import End
from podlab.embedded.runtime.network.router import Refused
from podlab.embedded.runtime.shell import expansion
from podlab.embedded.runtime.shell.dialect import unopened
from podlab.embedded.runtime.shell.grammar.syntax import Redirect
from podlab.embedded.runtime.shell.parameters import parameter
from podlab.embedded.runtime.shell.state import Shell
from podlab.embedded.runtime.streams import Fifo, FifoWriter, Input, Pipe, PipeWriter

WRITES = frozenset([">", ">>", ">|", "<>", "&>", "&>>"])


SOCKET = re.compile(r"/dev/tcp/([^/]+)/(\d{1,5})")


@dataclass(frozen=True, slots=True)
class Socket:
    """Writes to a connection that can be read as well."""

    end: End

    def __call__(self, data: bytes) -> None:
        """Send."""
        self.end.write(data)


class Unredirected(Exception):
    """A redirection that cannot be made: the shell's complaint."""


async def redirected(shell: Shell, redirects: tuple[Redirect, ...]) -> Io:
    """Where a command reads and writes after its redirections. Raises Unredirected."""
    io = shell.io
    for redirect in redirects:
        io = await _redirect(shell, io, redirect)
    return io


async def _redirect(shell: Shell, io: Io, redirect: Redirect) -> Io:
    operator, number = redirect.operator, redirect.number
    if redirect.variable:
        number = _numbered(shell, io, redirect)
    if redirect.here is not None:
        text = await expansion.text(shell, redirect.here.body)
        return _placed(io, max(number, 0), Input(text.encode(errors="surrogateescape")))
    held, shell.io = shell.io, io  # what is beside it has the redirections before it
    try:
        target = await expansion.text(shell, redirect.target)
    finally:
        io, shell.io = shell.io, held
    if operator == "<<<":
        return _placed(io, max(number, 0), Input(target.encode(errors="surrogateescape") + b"\n"))
    if operator in (">&", "<&"):
        return _joined(shell, io, number if number >= 0 else int(operator == ">&"), target)
    if shell.dialect.name == "bash" and (remote := SOCKET.fullmatch(target)):
        return _placed(
            io, number if number >= 0 else int(operator not in ("<", "<>")), await _connected(shell, remote, operator)
        )
    try:
        if operator == "<":
            return _placed(io, max(number, 0), io.open(target))
        if operator in (">", "&>") and "C" in shell.options and _plain(io, target):
            raise Unredirected(_kept(shell, target))
        write = io.writer(target, append=operator in (">>", "&>>", "<>"))
    except FileError as error:
        raise Unredirected(unopened(shell.dialect, target, str(error), create=operator in WRITES)) from None
    if isinstance(write, FifoWriter):
        await write.fifo.reader()
    if operator in ("&>", "&>>"):
        return replace(io, out=write, err=write)
    if operator == "<>":
        return _placed(io, max(number, 0), io.open(target))
    return _placed(io, number if number >= 0 else 1, write)


async def _connected(shell: Shell, remote: re.Match[str], operator: str) -> Stream:
    """bash's /dev/tcp/HOST/PORT. Raises Unredirected."""
    sockets = shell.process.machine.sockets
    try:
        sockets.address(remote[1])
    except Refused:
        shell.io.fail(f"{shell.prefix} {remote[1]}: Temporary failure in name resolution")
        raise Unredirected(f"{remote[0]}: Invalid argument") from None
    try:
        end = sockets.connect(remote[1], int(remote[2]))
    except Refused as refused:
        await shell.process.sleep(refused.after)
        shell.io.fail(f"{shell.name}: connect: {refused.reason}")
        raise Unredirected(f"{remote[0]}: {refused.reason}") from None
    return end.received if operator == "<" else Socket(end)


def _numbered(shell: Shell, io: Io, redirect: Redirect) -> int:
    """The number of bash's `{variable}>file`: the variable's own where it is closed, else the next from 10 on."""
    if redirect.operator in (">&", "<&") and redirect.target.plain == "-":
        kept = parameter(shell, redirect.variable) or ""
        return int(kept) if kept.isdecimal() else 0
    number = next(one for one in range(10, 10_000) if one not in io.more)
    shell.assign(redirect.variable, str(number))
    return number


def _joined(shell: Shell, io: Io, number: int, target: str) -> Io:
    """`2>&1`, `3>&-`, and bash's `>&file`."""
    if target == "-" and number > 2:
        return replace(io, more=MappingProxyType({key: value for key, value in io.more.items() if key != number}))
    if target == "-":
        return _placed(io, number, Input() if number == 0 else _nowhere)
    if not target.isdecimal():
        try:
            write = io.writer(target)
        except FileError as error:
            raise Unredirected(unopened(shell.dialect, target, str(error), create=True)) from None
        return replace(io, out=write, err=write)
    stream = io.stream(int(target))
    if stream is None:
        raise Unredirected(f"{target}: Bad file descriptor")
    return _placed(io, number, stream.end.received if number == 0 and isinstance(stream, Socket) else stream)


def closed(before: Io, after: Io) -> None:
    """What a command was redirected to and from is let go: a named pipe's other end sees it."""
    streams = (after.stdin, after.out, after.err, *after.more.values())
    for stream in {id(one): one for one in streams}.values():
        if stream in (before.stdin, before.out, before.err, *before.more.values()):
            continue
        if isinstance(stream, FifoWriter | PipeWriter):
            stream.close()
        elif isinstance(stream, Socket):
            stream.end.close()
        elif isinstance(stream, Pipe):
            stream.abandon()
        elif isinstance(stream, Fifo):
            stream.left()


def _plain(io: Io, target: str) -> bool:
    files, path = io.process.machine.files, io.path(target)
    return files.exists(path) and not device(path) and not path.startswith("/proc/") and not files.fifo(path)


def _kept(shell: Shell, target: str) -> str:
    """What `set -C` says of a file that is there."""
    if shell.dialect.name == "bash":
        return f"{target}: cannot overwrite existing file"
    return shell.dialect.cannot_create.format(target, "File exists")


def _nowhere(data: bytes) -> None:
    pass


def _placed(io: Io, number: int, stream: Stream) -> Io:
    if number == 0 and isinstance(stream, Input):
        return replace(io, stdin=stream)
    if number == 1 and not isinstance(stream, Input):
        return replace(io, out=stream)
    if number == 2 and not isinstance(stream, Input):
        return replace(io, err=stream)
    return replace(io, more=MappingProxyType({**io.more, number: stream}))
