"""A process in a simulated container, and what it can reach: files, time, network, signals.

A process has a time of its own that sleeping advances, so that one whose server was killed can be run again from its
start until it has caught up with the clock: it then is where it was.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from podlab.embedded.clock import Clock
from podlab.embedded.runtime.files import Files
from podlab.embedded.runtime.images import Image
from podlab.embedded.runtime.machine.identity import Identity

Obj = dict[str, Any]
Write = Callable[[bytes], None]

COST = 0.001
"""Seconds of its own time that a command takes, so that no loop runs without time passing."""
BREATH = 100
"""Commands after which a process lets the others go on."""

Handler = Callable[[str, str, dict[str, str], bytes, str], tuple[int, dict[str, str], bytes]]
"""Answers an HTTP request: (method, path, headers, body, client address) → (status, headers, body)."""


class Refused(Exception):
    """Nothing listens there; or the address is unknown: `.reason` is what the kernel says."""

    def __init__(self, reason: str = "Connection refused") -> None:
        super().__init__(reason)
        self.reason = reason


class BrokenPipe(Exception):
    """Nobody reads any more what is written: SIGPIPE."""


class OutOfMemory(Exception):
    """The process went over its container's memory limit."""


class Machine(Protocol):
    """What a process needs of its container."""

    clock: Clock
    image: Image
    files: Files
    hostname: str
    ip: str
    memory_limit: int
    user: Identity
    processes: Processes

    def listen(self, port: int, handler: Handler) -> None:
        """Answer on a port of the Pod's address."""

    def request(
        self, host: str, port: int, method: str, path: str, headers: dict[str, str], body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        """Ask over the cluster's network. Raises Refused."""


class Input:
    """A stream of bytes to read; `closed` when no more will come."""

    def __init__(self, data: bytes = b"", *, closed: bool = True) -> None:
        self._data, self._closed = bytearray(data), closed
        self._waiter: asyncio.Future[None] | None = None

    def feed(self, data: bytes) -> None:
        """More to read."""
        self._data += data
        self._wake()

    def close(self) -> None:
        """No more."""
        self._closed = True
        self._wake()

    def _wake(self) -> None:
        if self._waiter and not self._waiter.done():
            self._waiter.set_result(None)

    async def _more(self) -> None:
        self._waiter = asyncio.get_running_loop().create_future()
        await self._waiter

    async def line(self) -> bytes:
        """The next line with its newline; b"" at the end."""
        while b"\n" not in self._data and not self._closed:
            await self._more()
        end = self._data.find(b"\n") + 1 or len(self._data)
        line = bytes(self._data[:end])
        del self._data[:end]
        return line

    async def rest(self) -> bytes:
        """Everything until the end."""
        while not self._closed:
            await self._more()
        data = bytes(self._data)
        self._data.clear()
        return data


PIPE_ROOM = 2**16
"""Bytes in a pipe above which its writer waits."""


class Pipe(Input):
    """What one process writes and another reads at the same time."""

    def __init__(self, limit: int) -> None:
        super().__init__(closed=False)
        self.limit, self._abandoned = limit, False
        self._writer: asyncio.Future[None] | None = None

    def feed(self, data: bytes) -> None:
        """More to read. Raises BrokenPipe when nobody will read it."""
        if self._abandoned:
            raise BrokenPipe
        super().feed(data)
        if len(self._data) > self.limit:
            raise OutOfMemory

    async def room(self) -> None:
        """Wait until the reader has caught up, or reads no more."""
        while len(self._data) > PIPE_ROOM and not self._abandoned:
            self._writer = asyncio.get_running_loop().create_future()
            await self._writer

    def abandon(self) -> None:
        """The reader has ended."""
        self._abandoned = True
        self._taken()

    def _taken(self) -> None:
        if self._writer and not self._writer.done():
            self._writer.set_result(None)

    async def line(self) -> bytes:
        """The next line with its newline; b"" at the end."""
        line = await super().line()
        self._taken()
        return line

    async def rest(self) -> bytes:
        """Everything until the end. Raises OutOfMemory where there is none."""
        data = bytearray()
        while True:
            data += self._data
            self._data.clear()
            self._taken()
            if len(data) > self.limit:
                raise OutOfMemory
            if self._closed:
                return bytes(data)
            await self._more()


@dataclass(slots=True)
class Process:
    """One process: `time` is its own time in seconds since the epoch."""

    machine: Machine
    argv: list[str]
    env: dict[str, str]
    out: Write
    err: Write
    stdin: Input = field(default_factory=Input)
    cwd: str = "/"
    pid: int = 1
    time: float = 0.0
    steps: int = 0
    signals: list[str] = field(default_factory=list)
    ignored: set[str] = field(default_factory=set)
    handles: Callable[[str], bool] = lambda name: False
    task: asyncio.Future[Any] | None = None
    fate: int = 0
    pipe: Pipe | None = None
    _waiter: asyncio.Future[None] | None = None

    def child(self, argv: list[str]) -> Process:
        """A process that this one starts; not running yet."""
        inner = replace(self, argv=argv, steps=0, signals=[], ignored=set(self.ignored), task=None, fate=0)
        inner.handles, inner._waiter = lambda name: False, None
        return inner

    async def sleep(self, seconds: float) -> None:
        """Let its own time pass; waits for the clock when it has caught up with it."""
        self.time += max(0.0, seconds)
        ahead = self.time - self.machine.clock.now()
        if ahead > 0:
            try:
                await self.machine.clock.sleep(ahead)
            except asyncio.CancelledError:  # killed: the rest of its time it does not live through
                self.time = min(self.time, self.machine.clock.now())
                raise

    async def work(self) -> None:
        """The cost of one command."""
        self.time += COST
        self.steps += 1
        if self.pipe:
            await self.pipe.room()
        if self.steps % BREATH == 0:  # one that catches up must not keep the others waiting
            await asyncio.sleep(0)
        if self.time - self.machine.clock.now() > 20 * COST:
            await self.machine.clock.sleep(self.time - self.machine.clock.now())

    def catch_up(self) -> None:
        """Its time goes on while it waits for something."""
        self.time = max(self.time, self.machine.clock.now())

    def signal(self, name: str, *, inside: bool = False) -> bool:
        """Deliver a signal such as TERM; whether it is up to the process what happens.

        One from `inside` the container does not end its first process, whatever it is.
        """
        from podlab.embedded.runtime.machine.signals import HARMLESS, NUMBERS

        if name == "0" or (name in self.ignored and name != "KILL"):
            return True
        if name == "KILL" or not self.handles(name):
            if self.pid == 1 or name in HARMLESS:
                return self.pid == 1
            if inside and self.task and not self.fate:
                self.fate = NUMBERS[name]
                self.task.cancel()
            return False
        self.signals.append(name)
        if self._waiter and not self._waiter.done():
            self._waiter.set_result(None)
        return True

    async def next_signal(self) -> str:
        """Wait for a signal that is handled."""
        while not self.signals:
            self._waiter = asyncio.get_running_loop().create_future()
            await self._waiter
        self.catch_up()
        return self.signals.pop(0)


class Processes:
    """What runs in a container, by process id."""

    def __init__(self) -> None:
        self.running: dict[int, Process] = {}
        self._last = 7

    def enter(self, process: Process) -> None:
        """A process begins: it gets its id."""
        self._last += 1
        process.pid = self._last
        self.running[process.pid] = process

    def leave(self, process: Process) -> None:
        """A process has ended."""
        self.running.pop(process.pid, None)


Program = Callable[[Process], Awaitable[int]]
"""What an executable does: runs as a process and returns its exit code."""
