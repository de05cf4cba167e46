"""Event loops that never wait: where they would sleep until a timer, their time leaps there."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from podlab.kubeconfig import eventloop
from podlab.kubeconfig.eventloop import EventLoop


class _Leaping(selectors.DefaultSelector):  # type: ignore[misc, valid-type]
    def __init__(self) -> None:
        super().__init__()
        self.leapt = 0.0

    def select(self, timeout: float | None = None) -> list[Any]:
        ready: list[Any] = super().select(0 if timeout else timeout)
        if timeout and not ready:
            self.leapt += timeout
        return ready


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """A loop that is never idle: `anyio_backend = ("asyncio", {"loop_factory": VirtualTimeLoop})`."""

    def __init__(self) -> None:
        self._leaping = _Leaping()
        super().__init__(self._leaping)

    def time(self) -> float:
        """The real clock and all that was leapt over."""
        return super().time() + self._leaping.leapt


class Naps:
    """The time of a loop, and of a wall, where a nap is over at once: it goes on by as much."""

    def __init__(self) -> None:
        self.now = 1000.0

    def nap(self, seconds: float) -> None:
        self.now += seconds

    def wall(self) -> float:
        """The same on a clock that shows a date."""
        return 1767225600.0 + self.now

    def loop(self) -> EventLoop:
        """A loop that lives by it."""
        return EventLoop(self.nap, self.nap, now=lambda: self.now)


@contextmanager
def shared_loop(naps: Naps | None = None) -> Iterator[EventLoop]:
    """The loop that the whole kit turns, as in a browser tab."""
    loop = (naps or Naps()).loop()
    eventloop.share(loop)
    try:
        yield loop
    finally:
        loop.close()
        eventloop.share(None)
