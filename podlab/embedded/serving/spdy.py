"""Connections that become SPDY/3.1, as those of kubectl up to 1.30 and of Go programs do to forward ports.

To the application each is a WebSocket whose messages are the bytes as they come: the tunnel that newer kubectls make.
Upstream: staging/src/k8s.io/apimachinery/pkg/util/httpstream/spdy/upgrade.go
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from http import HTTPStatus
from typing import Any

Message = MutableMapping[str, Any]
App = Callable[[Any, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]], Awaitable[None]]

UPGRADE = b"spdy/3.1"
TUNNEL = "SPDY/3.1+portforward.k8s.io"
SWITCHED = (
    b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n"
    b"X-Stream-Protocol-Version: portforward.k8s.io\r\n\r\n"
)


class Spdy(asyncio.Protocol):
    """Such a connection, from its request on."""

    def __init__(self, app: App, scope: Message, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._coming: asyncio.Queue[Message] = asyncio.Queue()
        self._coming.put_nowait({"type": "websocket.connect"})
        asked = {**scope, "type": "websocket", "subprotocols": [TUNNEL]}
        self.task = asyncio.ensure_future(app(asked, self._coming.get, self._send))

    def data_received(self, data: bytes) -> None:
        """Frames, or parts of some."""
        self._coming.put_nowait({"type": "websocket.receive", "bytes": data})

    def connection_lost(self, exc: Exception | None) -> None:
        """The client has gone."""
        self._coming.put_nowait({"type": "websocket.disconnect", "code": 1006})

    async def _send(self, message: Message) -> None:
        kind = message["type"]
        if kind == "websocket.accept":
            self._transport.write(SWITCHED)
        elif kind == "websocket.send":
            self._transport.write(message["bytes"])
        elif kind == "websocket.http.response.start":
            lines = [f"HTTP/1.1 {message['status']} {HTTPStatus(message['status']).phrase}".encode()]
            lines += [name + b": " + value for name, value in (*message["headers"], (b"connection", b"close"))]
            self._transport.write(b"\r\n".join(lines) + b"\r\n\r\n")
        else:  # the body of a refusal, or the end
            self._transport.write(message.get("body", b""))
            self._transport.close()
