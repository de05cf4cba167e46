"""A byte stream to a container's port, for port forwarding: HTTP/1.1 on the inside."""

from __future__ import annotations

import asyncio

from podlab.embedded.runtime.machine.process import Refused
from podlab.embedded.runtime.runtime import Runtime
from podlab.embedded.runtime.web import REASONS


class Writer:
    """The client's end: bytes written are requests; answers go to the reader."""

    def __init__(self, runtime: Runtime, ip: str, port: int, reader: asyncio.StreamReader) -> None:
        self._runtime, self._ip, self._port, self._reader = runtime, ip, port, reader
        self._data = bytearray()
        self._closed = False

    def write(self, data: bytes) -> None:
        """Send; whole requests are answered at once."""
        self._data += data
        while not self._closed and self._answer_one():
            pass

    def _answer_one(self) -> bool:
        end = self._data.find(b"\r\n\r\n")
        if end < 0:
            return False
        head = self._data[:end].decode("latin-1").split("\r\n")
        headers = {k.strip().lower(): v.strip() for k, _, v in (line.partition(":") for line in head[1:])}
        length = int(headers.get("content-length") or 0)
        if len(self._data) < end + 4 + length:
            return False
        body = bytes(self._data[end + 4 : end + 4 + length])
        del self._data[: end + 4 + length]
        method, path, _ = [*head[0].split(" "), "", ""][:3]
        self._respond(method, path or "/", headers, body)
        return True

    def _respond(self, method: str, path: str, headers: dict[str, str], body: bytes) -> None:
        try:
            status, answer, data = self._runtime.request(
                self._ip, self._port, method, path, headers, body, client="127.0.0.1"
            )
        except Refused:
            self.close()
            return
        if headers.get("connection", "").lower() == "close":
            answer["Connection"] = "close"
        lines = [f"HTTP/1.1 {status} {REASONS.get(status, '')}", *(f"{k}: {v}" for k, v in answer.items())]
        self._reader.feed_data("\r\n".join(lines).encode() + b"\r\n\r\n" + data)
        if answer.get("Connection") == "close":
            self.close()

    async def drain(self) -> None:
        """Nothing waits."""

    def write_eof(self) -> None:
        """The client sends no more."""
        self.close()

    def close(self) -> None:
        """Hang up."""
        if not self._closed:
            self._closed = True
            self._reader.feed_eof()

    async def wait_closed(self) -> None:
        """It is closed at once."""


def open_tunnel(runtime: Runtime, ip: str, port: int) -> tuple[asyncio.StreamReader, Writer]:
    """Connect to a port. Raises StatusError's cause, `Refused`, as ConnectionRefusedError."""
    sandbox = next((s for s in runtime.sandboxes.values() if s.ip == ip and s.ready), None)
    if sandbox is None or port not in sandbox.listeners:
        raise ConnectionRefusedError(f"connect to {ip}:{port}: connection refused")
    reader = asyncio.StreamReader()
    return reader, Writer(runtime, ip, port, reader)
