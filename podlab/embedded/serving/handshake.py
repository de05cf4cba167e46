"""WebSockets whose subprotocols may contain a slash: kubectl's port forwarding offers `SPDY/3.1+portforward.k8s.io`."""

from __future__ import annotations

from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.datastructures import Headers
from websockets.server import ServerProtocol


class _AnySubprotocol(ServerProtocol):
    """Leaves the choice of a subprotocol to the application, and does not parse the offers by RFC 6455's grammar."""

    def process_subprotocol(self, headers: Headers) -> None:
        return None


class WebSockets(WebSocketsSansIOProtocol):
    """uvicorn's WebSockets with that handshake."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.conn = _AnySubprotocol(max_size=self.config.ws_max_size, logger=self.logger)
