"""Streams of bytes between processes: what one reads, pipes, and devices that never end."""

from __future__ import annotations

import asyncio
import random


class BrokenPipe(Exception):
    """Nobody reads any more what is written: SIGPIPE."""


class OutOfMemory(Exception):
    """The process went over its container's memory limit."""


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

    async def take(self, most: int) -> bytes:
        """Some bytes, at most so many; b"" at the end."""
        while not self._data and not self._closed:
            await self._more()
        data = bytes(self._data[:most])
        del self._data[:most]
        return data

    def size(self) -> int:
        """Bytes that wait to be read."""
        return len(self._data)

    def waiting(self) -> bool:
        """Whether something can be read at once, be it the end."""
        return bool(self._data) or self._closed

    async def arrival(self) -> None:
        """Wait until something can be read."""
        while not self.waiting():
            await self._more()

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
        self.limit, self._abandoned, self.writers = limit, False, 1
        self._writer: asyncio.Future[None] | None = None

    def feed(self, data: bytes) -> None:
        """More to read. Raises BrokenPipe when nobody will read it."""
        if self._abandoned:
            raise BrokenPipe
        super().feed(data)
        if len(self._data) > self.limit:
            raise OutOfMemory

    def close(self) -> None:
        """No more, from one of its writers."""
        self.writers -= 1
        if self.writers <= 0:
            super().close()

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

    async def take(self, most: int) -> bytes:
        """Some bytes, at most so many; b"" at the end."""
        data = await super().take(most)
        self._taken()
        return data


class PipeWriter:
    """The end of a pipe that a process has among its streams."""

    def __init__(self, pipe: Pipe) -> None:
        self._pipe = pipe

    def __call__(self, data: bytes) -> None:
        """More to read."""
        self._pipe.feed(data)

    def hold(self) -> None:
        """Another process writes to it, too, and closes it for itself."""
        self._pipe.writers += 1

    def close(self) -> None:
        """No more."""
        self._pipe.close()


class Fifo(Input):
    """A pipe with a name: who reads waits for a writer, who writes for a reader; it ends with its last writer."""

    def __init__(self) -> None:
        super().__init__(closed=False)
        self.writers, self.reading = 0, False
        self._readers: list[asyncio.Future[None]] = []

    def read_from(self) -> None:
        """Somebody opens it to read."""
        self.reading = True
        if not self.writers and not self._data:
            self._closed = False
        for waiter in self._readers:
            if not waiter.done():
                waiter.set_result(None)
        self._readers.clear()

    def left(self) -> None:
        """Who read does so no more."""
        self.reading = False

    async def reader(self) -> None:
        """Wait until somebody reads."""
        while not self.reading:
            self._readers.append(asyncio.get_running_loop().create_future())
            await self._readers[-1]

    def writer(self) -> FifoWriter:
        """Somebody opens it to write."""
        self.writers += 1
        self._closed = False
        return FifoWriter(self)

    def written(self) -> None:
        """A writer has ended."""
        self.writers -= 1
        if self.writers <= 0:
            self.writers, self.reading = 0, False
            self.close()


class FifoWriter:
    """The end of a named pipe that is written to."""

    def __init__(self, fifo: Fifo) -> None:
        self.fifo, self._open = fifo, True

    def __call__(self, data: bytes) -> None:
        """More to read. Raises OutOfMemory where nobody does."""
        self.fifo.feed(data)
        if self.fifo.size() > 2**24:
            raise OutOfMemory

    def close(self) -> None:
        """No more, from this writer."""
        if self._open:
            self._open = False
            self.fifo.written()


class Endless(Input):
    """A device that can be read for ever, such as /dev/zero."""

    def __init__(self, *, noise: bool = False) -> None:
        super().__init__()
        self._noise = random.Random(1) if noise else None

    def _bytes(self, count: int) -> bytes:
        return self._noise.randbytes(count) if self._noise else bytes(count)

    async def line(self) -> bytes:
        """The next line. Raises OutOfMemory where none ever ends."""
        if self._noise is None:
            raise OutOfMemory
        return self._noise.randbytes(100).replace(b"\n", b"") + b"\n"

    async def rest(self) -> bytes:
        """There is no end. Raises OutOfMemory."""
        raise OutOfMemory

    async def take(self, most: int) -> bytes:
        """So many bytes."""
        return self._bytes(most)
