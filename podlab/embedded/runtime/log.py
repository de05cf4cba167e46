"""What a container wrote, line by line, and who waits for more of it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import lru_cache

LINES = 20_000
"""Log lines kept of one container."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a container's log; `external` if something outside the container caused it."""

    time: float
    stream: str
    data: bytes
    external: bool = False


@lru_cache(256)
def same(data: bytes) -> bytes:
    """What thousands of containers say at their start is kept once."""
    return data


class Log:
    """What a container wrote, in order; readers can wait for more."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.closed = False
        self._waiters: list[asyncio.Future[None]] = []

    def add(self, line: Line) -> None:
        """Append one line."""
        self.lines.append(line)
        if len(self.lines) > LINES:
            del self.lines[: LINES // 10]
        self._wake()

    def close(self) -> None:
        """No more will come."""
        self.closed = True
        self._wake()

    def _wake(self) -> None:
        for waiter in self._waiters:
            if not waiter.done():
                waiter.set_result(None)
        self._waiters.clear()

    async def more(self) -> None:
        """Wait for a line or the end."""
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiters.append(waiter)
        await waiter
