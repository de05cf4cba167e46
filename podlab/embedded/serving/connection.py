"""HTTP connections with an end: a client that neither finishes its request nor reads its answer is cut off.

Upstream: ReadHeaderTimeout in staging/src/k8s.io/apiserver/pkg/server/secure_serving.go
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
from asyncio import sslproto
from typing import Any, ClassVar
from urllib.parse import unquote

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from podlab.embedded.serving import spdy

READ_AT_ONCE = 32 * 1024
"""Bytes of a connection's buffer: asyncio's own 256 KiB take 250 MiB of memory for a thousand that say nothing."""
MOST_OF_HEADERS = 2**20
"""Bytes. Upstream: DefaultMaxHeaderBytes in Go's net/http/server.go"""
UNKNOWN_METHOD = re.compile(rb"[A-Z]+ /apis?[/? ]")
NOT_ALLOWED = {
    "kind": "Status",
    "apiVersion": "v1",
    "metadata": {},
    "status": "Failure",
    "message": "the server does not allow this method on the requested resource",
    "reason": "MethodNotAllowed",
    "details": {},
    "code": 405,
}
TOO_LARGE = "431 Request Header Fields Too Large"


def keep_small() -> None:
    """Let TLS connections have smaller buffers from now on: two records fit in."""
    sslproto.SSLProtocol.max_size = READ_AT_ONCE


def _peer(certificate: dict[str, Any], whole: bytes) -> tuple[str, tuple[str, ...], str]:
    """The user, the groups and the SHA-256 of a client's certificate. Upstream: CommonNameUserConversion in x509.go"""
    said = [part for name in certificate.get("subject") or () for part in name]
    names = [text for key, text in said if key == "commonName"]
    groups = tuple(text for key, text in said if key == "organizationName")
    return "".join(names[-1:]), groups, hashlib.sha256(whole).hexdigest()


class Connections(HttpToolsProtocol):
    """uvicorn's HTTP with limits: for a request to be complete and for a full buffer to drain, in real seconds, and for
    the size of what comes before a body.
    """

    REQUEST_WITHIN = 60.0
    READ_WITHIN = 60.0

    turnover: ClassVar[int] = 0
    """How many came so far, those that say nothing among them, and how many went: both leave something behind."""

    _coming: asyncio.TimerHandle | None = None
    _stuck: asyncio.TimerHandle | None = None
    _unfinished: int | None = None
    _latest = b""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        Connections.turnover += 1

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
        """The first request has its time from now; who the client's certificate says it is goes with each."""
        super().connection_made(transport)
        shown = transport.get_extra_info("ssl_object")
        if shown and (certificate := shown.getpeercert()):
            self.app_state = {**self.app_state, "certificate": _peer(certificate, shown.getpeercert(binary_form=True))}
        self._await_request()

    def on_message_begin(self) -> None:
        """Another request has begun: it has its time from now."""
        super().on_message_begin()
        self._await_request()
        self._unfinished = 0

    def on_headers_complete(self) -> None:
        """From here on it is a body's size that counts."""
        super().on_headers_complete()
        self._unfinished = None

    def data_received(self, data: bytes) -> None:
        """Headers that do not end are not read to their end."""
        self._latest = data
        super().data_received(data)
        if self._unfinished is not None:
            self._unfinished += len(data)
            if self._unfinished > MOST_OF_HEADERS:
                head = "Content-Type: text/plain; charset=utf-8\r\nConnection: close"
                self.transport.write(f"HTTP/1.1 {TOO_LARGE}\r\n{head}\r\n\r\n{TOO_LARGE}".encode())
                self.transport.close()

    def send_400_response(self, msg: str) -> None:
        """A method that the parser does not know is one that the API server does not allow; else what it was."""
        if not UNKNOWN_METHOD.match(self._latest):
            super().send_400_response(msg)
            return
        body = json.dumps(NOT_ALLOWED, indent=2).encode()
        head = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\nConnection: close"
        self.transport.write(f"HTTP/1.1 405 Method Not Allowed\r\n{head}\r\n\r\n".encode() + body)
        self.transport.close()

    def _should_upgrade(self) -> bool:
        """Only a GET becomes a WebSocket: RFC 6455, 4.1. What is asked otherwise would never be answered."""
        return (self.scope["method"] == "GET" and super()._should_upgrade()) or self._becomes_spdy()

    def _becomes_spdy(self) -> bool:
        path = self.url.partition(b"?")[0]
        return self._get_upgrade() == spdy.UPGRADE and path.endswith(b"/portforward")

    def on_message_complete(self) -> None:
        """The request is there; what it is answered may take as long as it takes."""
        super().on_message_complete()
        self._arrived()

    def handle_websocket_upgrade(self) -> None:
        """It is no request any more; there is no limit."""
        self._arrived()
        if not self._becomes_spdy():
            super().handle_websocket_upgrade()
            return
        self.connections.discard(self)
        path, _, query = self.url.partition(b"?")
        asked = {**self.scope, "path": unquote(path.decode("latin-1")), "raw_path": path, "query_string": query}
        spoken = spdy.Spdy(self.app, asked, self.transport)
        self.tasks.add(spoken.task)
        spoken.task.add_done_callback(self.tasks.discard)
        self.transport.set_protocol(spoken)

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
        Connections.turnover += 1
        self._arrived()
        self._unset_keepalive_if_required()  # it would keep one that was reset for ten minutes
        if self._stuck:
            self._stuck.cancel()
            self._stuck = None
        super().connection_lost(exc)
