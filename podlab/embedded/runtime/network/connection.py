"""Connections: a stream of bytes each way, whoever is at the ends."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from podlab.embedded.runtime.network.messages import Handler, Response, head, request_in
from podlab.embedded.runtime.network.router import Refused
from podlab.embedded.runtime.streams import BrokenPipe, Input

HELD = 16 * 2**20
"""Bytes that one direction may hold unread."""


@dataclass(slots=True)
class End:
    """One end of a connection: `received` is what the other end writes; `peer` is that one's address."""

    peer: str
    received: Input = field(default_factory=lambda: Input(closed=False))
    other: End | None = None
    closed: bool = False

    def write(self, data: bytes) -> None:
        """Send. Raises BrokenPipe if the other end has gone."""
        if self.other is None or self.other.closed:
            raise BrokenPipe
        if self.other.received.size() + len(data) > HELD:
            raise BrokenPipe
        self.other.received.feed(data)

    def finish(self) -> None:
        """Send no more."""
        if self.other:
            self.other.received.close()

    def close(self) -> None:
        """Hang up."""
        self.closed = True
        self.finish()
        self.received.close()


def pair(client: str, server: str) -> tuple[End, End]:
    """A connection: the client's end, the server's end."""
    near, far = End(server), End(client)
    near.other, far.other = far, near
    return near, far


async def serve_http(handler: Handler, end: End) -> None:
    """Answer the requests that come over a connection, one after the other, until it is closed."""
    data = bytearray()
    while chunk := await end.received.take(2**16):
        data += chunk
        while (request := request_in(data, end.peer)) is not None:
            try:
                response = await handler(request)
            except Refused:  # hangs up without an answer
                end.close()
                return
            closing = request.headers.get("connection", "").lower() == "close" or request.version == "HTTP/1.0"
            if closing and not response.fields:
                response.headers["Connection"] = "close"
            try:
                end.write(head(response).encode() + b"\r\n" + _framed(response))
            except BrokenPipe:
                return
            if closing or response.header("connection").lower() == "close":
                end.close()
                return
        if len(data) > HELD:
            break
        await asyncio.sleep(0)
    end.close()


def _framed(response: Response) -> bytes:
    """A body as it is sent: in one chunk where the headers say so."""
    if response.header("transfer-encoding") != "chunked":
        return response.body
    return (f"{len(response.body):x}\r\n".encode() + response.body + b"\r\n" if response.body else b"") + b"0\r\n\r\n"
