"""A process in a simulated container, and what it can reach: files, time, network, signals.

A process has a time of its own that sleeping advances, so that one whose server was killed can be run again from its
start until it has caught up with the clock: it then is where it was.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from podlab.embedded.clock import Clock
from podlab.embedded.kubelet.files import Files
from podlab.embedded.kubelet.identity import Identity
from podlab.embedded.kubelet.images import Image

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

    def listen(self, port: int, handler: Handler) -> None:
        """Answer on a port of the Pod's address."""

    def request(
        self, host: str, port: int, method: str, path: str, headers: dict[str, str], body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        """Ask over the cluster's network. Raises Refused."""

    def processes(self) -> list[tuple[int, list[str]]]:
        """(pid, argv) of what runs in the container."""


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
    _waiter: asyncio.Future[None] | None = None

    async def sleep(self, seconds: float) -> None:
        """Let its own time pass; waits for the clock when it has caught up with it."""
        self.time += max(0.0, seconds)
        ahead = self.time - self.machine.clock.now()
        if ahead > 0:
            await self.machine.clock.sleep(ahead)

    async def work(self) -> None:
        """The cost of one command."""
        self.time += COST
        self.steps += 1
        if self.steps % BREATH == 0:  # one that catches up must not keep the others waiting
            await asyncio.sleep(0)
        if self.time - self.machine.clock.now() > 20 * COST:
            await self.machine.clock.sleep(self.time - self.machine.clock.now())

    def catch_up(self) -> None:
        """Its time goes on while it waits for something."""
        self.time = max(self.time, self.machine.clock.now())

    def signal(self, name: str) -> bool:
        """Deliver a signal such as TERM; whether it is up to the process what happens."""
        if name in self.ignored:
            return True
        if not self.handles(name):
            return self.pid == 1
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


Program = Callable[[Process], Awaitable[int]]
"""What an executable does: runs as a process and returns its exit code."""
