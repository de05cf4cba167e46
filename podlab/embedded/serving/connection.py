"""HTTP connections with an end: a client that neither finishes its request nor reads its answer is cut off.

Upstream: ReadHeaderTimeout in staging/src/k8s.io/apiserver/pkg/server/secure_serving.go
"""

from __future__ import annotations

import asyncio

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol


class Connections(HttpToolsProtocol):
    """uvicorn's HTTP with two limits, in real seconds: for a request to be complete, and for a full buffer to drain."""

    REQUEST_WITHIN = 60.0
    READ_WITHIN = 60.0

    _coming: asyncio.TimerHandle | None = None
    _stuck: asyncio.TimerHandle | None = None

    def _await_request(self) -> None:
        self._arrived()
        self._coming = self.loop.call_later(self.REQUEST_WITHIN, self._cut_off)

    def _arrived(self) -> None:
        if self._coming:
            self._coming.cancel()
            self._coming = None

    def _cut_off(self) -> None:
        self.transport.abort()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """The first request has its time from now."""
        super().connection_made(transport)
        self._await_request()

    def on_message_begin(self) -> None:
        """Another request has begun: it has its time from now."""
        super().on_message_begin()
        self._await_request()

    def on_message_complete(self) -> None:
        """The request is there; what it is answered may take as long as it takes."""
        super().on_message_complete()
        self._arrived()

    def handle_websocket_upgrade(self) -> None:
        """It is no request any more; there is no limit."""
        self._arrived()
        super().handle_websocket_upgrade()

    def pause_writing(self) -> None:
        """The buffer is full: the client has `READ_WITHIN` seconds to read."""
        super().pause_writing()
        if self._stuck is None:
            self._stuck = self.loop.call_later(self.READ_WITHIN, self._cut_off)

    def resume_writing(self) -> None:
        """The client has read."""
        super().resume_writing()
        if self._stuck:
            self._stuck.cancel()
            self._stuck = None

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is waited for any more."""
        self._arrived()
        if self._stuck:
            self._stuck.cancel()
            self._stuck = None
        super().connection_lost(exc)
