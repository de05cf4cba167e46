"""A byte stream to a container's port, for port forwarding."""

from __future__ import annotations

import asyncio
import contextlib

from podlab.embedded.runtime.network.connection import End
from podlab.embedded.runtime.network.router import Refused
from podlab.embedded.runtime.runtime import Runtime
from podlab.embedded.runtime.streams import BrokenPipe


class Writer:
    """The client's end: what is written reaches the container; what comes back goes to the reader."""

    def __init__(self, end: End, reader: asyncio.StreamReader) -> None:
        self._end, self._reader = end, reader
        self._pump = asyncio.ensure_future(self._back())

    async def _back(self) -> None:
        while data := await self._end.received.take(2**16):
            self._reader.feed_data(data)
        self._reader.feed_eof()

    def write(self, data: bytes) -> None:
        """Send."""
        with contextlib.suppress(BrokenPipe):  # as TCP: the sender learns of it when it reads
            self._end.write(data)

    async def drain(self) -> None:
        """Nothing waits."""

    def write_eof(self) -> None:
        """The client sends no more."""
        self._end.finish()

    def close(self) -> None:
        """Hang up."""
        self._end.close()

    async def wait_closed(self) -> None:
        """It is closed at once."""


def open_tunnel(runtime: Runtime, ip: str, port: int) -> tuple[asyncio.StreamReader, Writer]:
    """Connect to a port as from within its namespace. Raises ConnectionRefusedError."""
    namespace = runtime.network.namespaces.get(ip)
    try:
        if namespace is None:
            raise Refused
        end = runtime.network.connect(namespace, "127.0.0.1", port)
    except Refused:
        raise ConnectionRefusedError("connection refused") from None
    reader = asyncio.StreamReader()
    return reader, Writer(end, reader)
