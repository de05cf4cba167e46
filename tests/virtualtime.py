"""An event loop that never waits: where it would sleep until a timer, its time leaps there."""

from __future__ import annotations

import asyncio
import selectors
from typing import Any


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
