"""Port forwarding over WebSocket: the channel protocol of the Python client, and SPDY in a tunnel for kubectl.

Upstream: staging/src/k8s.io/cri-streaming/pkg/streaming/portforward, apimachinery/pkg/util/portforward
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import struct
import uuid
import zlib
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from typing import Any

from podlab.embedded.apiserver import status
from podlab.embedded.apiserver.node import Node, Writer
from podlab.embedded.apiserver.resource import Obj
from podlab.embedded.apiserver.verbs import Call

PROTOCOL = "SPDY/3.1+portforward.k8s.io"

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

CHUNK = 32 * 1024


async def forward_channels(
    call: Call, node: Node, pod: Obj, protocol: str | None, receive: Receive, send: Send
) -> None:
    """Two channels per port, data and error, each opened by the port's number. Raises StatusError 400.

    It is over when every port's connection is, whoever hangs up. Upstream:
    staging/src/k8s.io/cri-streaming/pkg/streaming/portforward/websocket.go
    """
    ports = _ports(call.request.query.get("ports", []))
    lines = [await _dialled(node, pod, port) for port in ports]
    await send({"type": "websocket.accept", "subprotocol": protocol})
    for index, port in enumerate(ports):
        for channel in (2 * index, 2 * index + 1):
            await send({"type": "websocket.send", "bytes": bytes([channel]) + struct.pack("<H", port)})
    carried = asyncio.ensure_future(_carry_all(lines, send))
    heard = asyncio.ensure_future(_hear(lines, receive))
    try:
        await asyncio.wait((carried, heard), return_when=asyncio.FIRST_COMPLETED)
        if not heard.done():
            carried.result()
            await send({"type": "websocket.close", "code": 1000})
    finally:
        carried.cancel()
        heard.cancel()
        for line in lines:
            if line.writer:
                line.writer.close()


@dataclass(frozen=True, slots=True)
class _Line:
    """A connection to a port, or why there is none."""

    reader: asyncio.StreamReader | None = None
    writer: Writer | None = None
    refused: str = ""


async def _dialled(node: Node, pod: Obj, port: int) -> _Line:
    """Raises StatusError where the Pod does not run."""
    try:
        return _Line(*await node.connect(pod, port))
    except OSError as error:
        return _Line(refused=refusal(pod, port, error))


async def _carry_all(lines: list[_Line], send: Send) -> None:
    await asyncio.gather(*(_carry(line, index, send) for index, line in enumerate(lines)))


async def _carry(line: _Line, index: int, send: Send) -> None:
    """Send what comes from a port until it hangs up, or the client has."""
    with contextlib.suppress(OSError):
        if line.reader is None:
            await send({"type": "websocket.send", "bytes": bytes([2 * index + 1]) + line.refused.encode()})
            return
        while data := await line.reader.read(CHUNK):
            await send({"type": "websocket.send", "bytes": bytes([2 * index]) + data})


async def _hear(lines: list[_Line], receive: Receive) -> None:
    """Pass on what the client says until it hangs up."""
    while (message := await receive())["type"] == "websocket.receive":
        data = message.get("bytes") or b""
        line = lines[data[0] // 2] if len(data) > 1 and data[0] % 2 == 0 and data[0] // 2 < len(lines) else _Line()
        if line.writer:
            line.writer.write(data[1:])


def refusal(pod: Obj, port: int, error: Exception) -> str:
    """What the error channel of a port says where no connection is to be had."""
    made = hashlib.sha256(pod["metadata"]["uid"].encode()).hexdigest()  # the sandbox's id, which nobody else asks for
    network = uuid.UUID(made[:32])
    return (
        f"error forwarding port {port} to pod {made}, uid : failed to execute portforward in network namespace "
        f'"/var/run/netns/cni-{network}": failed to connect to localhost:{port} inside namespace "{made}", '
        f"IPv4: dial tcp4 127.0.0.1:{port}: connect: {error} IPv6 dial tcp6 [::1]:{port}: connect: {error} "
    )


def _ports(texts: list[str]) -> list[int]:
    ports = [int(part) for text in texts for part in text.split(",") if part.isdecimal()]
    if not ports or not all(0 < port < 65536 for port in ports):
        raise status.bad_request('query parameter "port" is required')
    return ports


SYN_STREAM, SYN_REPLY, RST_STREAM, SETTINGS, PING, GOAWAY = 1, 2, 3, 4, 6, 7
FIN = 0x01

DICTIONARY_WORDS = (
    "options", "head", "post", "put", "delete", "trace", "accept", "accept-charset", "accept-encoding",
    "accept-language", "accept-ranges", "age", "allow", "authorization", "cache-control", "connection",
    "content-base", "content-encoding", "content-language", "content-length", "content-location", "content-md5",
    "content-range", "content-type", "date", "etag", "expect", "expires", "from", "host", "if-match",
    "if-modified-since", "if-none-match", "if-range", "if-unmodified-since", "last-modified", "location",
    "max-forwards", "pragma", "proxy-authenticate", "proxy-authorization", "range", "referer", "retry-after",
    "server", "te", "trailer", "transfer-encoding", "upgrade", "user-agent", "vary", "via", "warning",
    "www-authenticate", "method", "get", "status", "200 OK", "version", "HTTP/1.1", "url", "public", "set-cookie",
    "keep-alive", "origin",
)  # fmt: skip
"""The words that SPDY/3's header compression knows beforehand, each with its length in four bytes."""

DICTIONARY_TAIL = (
    "100101201202205206300302303304305306307402405406407408409410411412413414415416417502504505203 Non-Authoritative "
    "Information204 No Content301 Moved Permanently400 Bad Request401 Unauthorized403 Forbidden404 Not Found500 "
    "Internal Server Error501 Not Implemented503 Service UnavailableJan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec "
    "00:00:00 Mon, Tue, Wed, Thu, Fri, Sat, Sun, GMTchunked,text/html,image/png,image/jpg,image/gif,application/xml,"
    "application/xhtml+xml,text/plain,text/javascript,publicprivatemax-age=gzip,deflate,sdchcharset=utf-8charset="
    "iso-8859-1,utf-,*,enq=0."
)


def dictionary() -> bytes:
    """SPDY/3's dictionary for header compression."""
    words = b"".join(struct.pack(">I", len(word)) + word.encode() for word in DICTIONARY_WORDS)
    return words + DICTIONARY_TAIL.encode()


@dataclass(slots=True)
class _Stream:
    """One SPDY stream: an error or a data stream of one forwarded connection."""

    kind: str
    port: int
    writer: Writer | None = None
    pump: asyncio.Future[None] | None = None


@dataclass(slots=True)
class _Tunnel:
    """SPDY/3.1 frames inside WebSocket messages."""

    node: Node
    pod: Obj
    send: Send
    streams: dict[int, _Stream] = field(default_factory=dict)
    buffer: bytes = b""
    inflate: Any = field(default_factory=lambda: zlib.decompressobj(zdict=dictionary()))
    deflate: Any = field(default_factory=lambda: zlib.compressobj(zdict=dictionary()))

    async def feed(self, data: bytes) -> None:
        """Take in bytes, act on every whole frame."""
        self.buffer += data
        while len(self.buffer) >= 8:
            first, second = struct.unpack(">II", self.buffer[:8])
            flags, length = second >> 24, second & 0xFFFFFF
            if len(self.buffer) < 8 + length:
                return
            body, self.buffer = self.buffer[8 : 8 + length], self.buffer[8 + length :]
            if first >> 31:
                await self._control(first & 0xFFFF, flags, body)
            else:
                self._data(first, flags, body)

    async def _control(self, kind: int, flags: int, body: bytes) -> None:
        if kind == PING:
            await self._write(struct.pack(">II", 0x80030000 | PING, len(body)) + body)
        elif kind == SYN_STREAM:
            stream_id = struct.unpack(">I", body[:4])[0] & 0x7FFFFFFF
            await self._open(stream_id, self._headers(body[10:]))
        elif kind == RST_STREAM:
            self._end(struct.unpack(">I", body[:4])[0] & 0x7FFFFFFF)

    def _headers(self, block: bytes) -> dict[str, str]:
        data = self.inflate.decompress(block)
        count, at, headers = struct.unpack(">I", data[:4])[0], 4, {}
        texts = []
        for _ in range(2 * count):
            size = struct.unpack(">I", data[at : at + 4])[0]
            texts.append(data[at + 4 : at + 4 + size].decode("latin-1"))
            at += 4 + size
        for key, value in zip(texts[::2], texts[1::2], strict=True):
            headers[key.lower()] = value
        return headers

    async def _open(self, stream_id: int, headers: dict[str, str]) -> None:
        port = headers.get("port", "0")
        stream = _Stream(headers.get("streamtype", ""), int(port) if port.isdecimal() else 0)
        self.streams[stream_id] = stream
        block = self.deflate.compress(struct.pack(">I", 0)) + self.deflate.flush(zlib.Z_SYNC_FLUSH)
        body = struct.pack(">I", stream_id) + block
        await self._write(struct.pack(">II", 0x80030000 | SYN_REPLY, len(body)) + body)
        if stream.kind == "data":
            await self._dial(stream_id, stream)

    async def _dial(self, stream_id: int, stream: _Stream) -> None:
        try:
            reader, stream.writer = await self.node.connect(self.pod, stream.port)
        except (status.StatusError, OSError) as error:
            await self._refuse(stream_id, stream, refusal(self.pod, stream.port, error))
            return
        stream.pump = asyncio.ensure_future(self._back(stream_id, reader))

    async def _refuse(self, stream_id: int, stream: _Stream, text: str) -> None:
        errors = [known for known, other in self.streams.items() if other.kind == "error" and other.port == stream.port]
        for known in errors[-1:]:
            await self._frame(known, text.encode(), FIN)
        await self._frame(stream_id, b"", FIN)

    async def _back(self, stream_id: int, reader: Any) -> None:
        with contextlib.suppress(OSError):  # of a client that has hung up
            while data := await reader.read(CHUNK):
                await self._frame(stream_id, data)
            await self._frame(stream_id, b"", FIN)

    async def _frame(self, stream_id: int, data: bytes, flags: int = 0) -> None:
        await self._write(struct.pack(">II", stream_id, flags << 24 | len(data)) + data)

    async def _write(self, data: bytes) -> None:
        await self.send({"type": "websocket.send", "bytes": data})

    def _data(self, stream_id: int, flags: int, data: bytes) -> None:
        stream = self.streams.get(stream_id)
        if stream and stream.writer and data:
            stream.writer.write(data)
        if stream and stream.writer and flags & FIN:
            stream.writer.write_eof()

    def _end(self, stream_id: int) -> None:
        stream = self.streams.pop(stream_id, None)
        if stream and stream.pump:
            stream.pump.cancel()
        if stream and stream.writer:
            stream.writer.close()

    def close(self) -> None:
        """End all connections."""
        for stream_id in list(self.streams):
            self._end(stream_id)


async def forward_tunnel(call: Call, node: Node, pod: Obj, protocol: str | None, receive: Receive, send: Send) -> None:
    """SPDY/3.1 frames in WebSocket messages, as kubectl ≥ 1.31 sends them."""
    await send({"type": "websocket.accept", "subprotocol": protocol})
    tunnel = _Tunnel(node, pod, send)
    try:
        while (message := await receive())["type"] == "websocket.receive":
            await tunnel.feed(message.get("bytes") or b"")
    except (zlib.error, struct.error, ValueError):
        await send({"type": "websocket.close", "code": 1002})
    finally:
        tunnel.close()
