"""The way to an API server that is an ASGI application in this very thread: requests and WebSockets without a socket.

Whoever reads an answer turns the loop that the application lives on until there is something to read.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from typing import Any
from urllib.parse import unquote

from podlab.errors import PodlabError
from podlab.kubeconfig.eventloop import EventLoop
from podlab.kubeconfig.transport import Identity, Pairs, Refused

Message = MutableMapping[str, Any]
App = Callable[
    [Message, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]],
    Awaitable[None],
]
AHEAD = 64
"""Messages that an application may be ahead of its reader, as a socket's buffer lets it be."""


class Exchange:
    """One request, or one WebSocket: an application's coroutine, and what it and the client have said so far."""

    def __init__(
        self,
        app: App,
        loop: EventLoop,
        scope: Message,
        first: Message,
        timeout: float | None,
        heard: Callable[[], None],
    ) -> None:
        self.loop, self.timeout, self._heard = loop, timeout, heard
        self._inbox, self._outbox = deque([first]), deque[Message]()
        self._changed = loop.create_future()
        self._task = loop.create_task(self._serve(app, scope))

    async def _serve(self, app: App, scope: Message) -> None:
        try:
            await app(scope, self._receive, self._send)
        finally:
            self._tell()
            self._heard()

    def _tell(self) -> None:
        changed, self._changed = self._changed, self.loop.create_future()
        if not changed.done():
            changed.set_result(None)

    async def _receive(self) -> Message:
        while not self._inbox:
            await asyncio.shield(self._changed)
        return self._inbox.popleft()

    async def _send(self, message: Message) -> None:
        while len(self._outbox) >= AHEAD and not self._task.done():
            await asyncio.shield(self._changed)
        self._outbox.append(message)
        self._tell()
        self._heard()

    async def _arrival(self) -> None:
        while not self._outbox and not self._task.done():
            await asyncio.shield(self._changed)

    def say(self, message: Message) -> None:
        """Let the application receive a message."""
        self._inbox.append(message)
        self._tell()

    def hear(self, waits: bool = True, timeout: float | None = None) -> Message | None:
        """The application's next message; None when it has ended, or, not to wait, when it has said nothing.

        Raises:
            TimeoutError: it was silent for too long.
        """
        if not self._outbox and waits:
            seconds = self.timeout if timeout is None else timeout
            try:
                self.loop.run(asyncio.wait_for(self._arrival(), seconds))
            except TimeoutError:  # without words in it, nobody can tell what happened
                raise TimeoutError("timed out") from None
        if not self._outbox:
            return None
        message = self._outbox.popleft()
        self._tell()
        return message

    def silence(self) -> Exception:
        """Why the application, which has ended, gave no answer."""
        raised = None if self._task.cancelled() else self._task.exception()
        return raised if isinstance(raised, PodlabError) else ConnectionError("the embedded API server gave no answer")

    @property
    def over(self) -> bool:
        """Whether the application has ended and all that it said was heard."""
        return self._task.done() and not self._outbox


class InProcess:
    """A `Transport` to an application on a loop."""

    def __init__(self, app: App, loop: EventLoop) -> None:
        self._app, self.loop = app, loop
        self._news: asyncio.Future[None] = loop.create_future()

    def news(self) -> Awaitable[None]:
        """Comes when any answer of this application has more to read."""
        return self._news

    def _heard(self) -> None:
        news, self._news = self._news, self.loop.create_future()
        if not news.done():
            news.set_result(None)

    def request(
        self, method: str, target: str, headers: Pairs, body: bytes | None, timeout: float | None, identity: Identity
    ) -> LocalAnswer:
        """Ask the application; the answer has begun when this returns.

        Raises ConnectionError, TimeoutError, PodlabError.
        """
        scope = _scope("http", target, headers, method=method, scheme="https", http_version="1.1")
        first = {"type": "http.request", "body": body or b"", "more_body": False}
        return LocalAnswer(Exchange(self._app, self.loop, scope, first, timeout, self._heard))

    def websocket(
        self, target: str, headers: Pairs, protocols: list[str], timeout: float, identity: Identity
    ) -> LocalSocket:
        """Open a WebSocket of the application."""
        scope = _scope("websocket", target, headers, scheme="wss", subprotocols=protocols)
        return LocalSocket(Exchange(self._app, self.loop, scope, {"type": "websocket.connect"}, timeout, self._heard))


def _scope(kind: str, target: str, headers: Pairs, **more: Any) -> Message:
    path, _, query = target.partition("?")
    raw = [(name.lower().encode("latin-1"), value.encode("utf-8")) for name, value in headers]
    return {
        "type": kind,
        "asgi": {"version": "3.0"},
        "path": unquote(path),
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": raw,
        "client": None,
        "server": None,
        **more,
    }


class LocalAnswer:
    """An `Answer`."""

    def __init__(self, exchange: Exchange) -> None:
        self.exchange = exchange
        head = exchange.hear()
        if head is None:
            raise exchange.silence()
        self.status: int = head["status"]
        self.headers: Pairs = _decoded(head)
        self._open = True

    def read(self) -> bytes:
        """The whole body."""
        return b"".join(self.chunks())

    def chunks(self, waits: bool = True) -> Iterator[bytes]:
        """The body as it comes; without `waits` an empty chunk where nothing has."""
        while self._open:
            message = self.exchange.hear(waits)
            if message is None:
                if waits or self.exchange.over:
                    return
                yield b""
                continue
            self._open = bool(message.get("more_body"))
            if message.get("body"):
                yield message["body"]

    def close(self) -> None:
        """Hang up: the application hears of it."""
        self.exchange.say({"type": "http.disconnect"})


class LocalSocket:
    """A WebSocket, as far as `websockets.sync.connection.Connection` is used. Raises Refused."""

    def __init__(self, exchange: Exchange) -> None:
        self.exchange = exchange
        message = exchange.hear()
        if message is None or message["type"] != "websocket.accept":
            raise _refusal(exchange, message)
        exchange.timeout = None
        self.subprotocol: str | None = message.get("subprotocol")
        self._open = True

    def send(self, data: bytes | str) -> None:
        """Say something. Raises ConnectionError: it was closed."""
        if not self._open or self.exchange.over:
            raise ConnectionError("the WebSocket is closed")
        text = isinstance(data, str)
        self.exchange.say(
            {"type": "websocket.receive", "bytes": None if text else data, "text": data if text else None}
        )

    def recv(self, timeout: float | None = None) -> bytes | str:
        """The next message. Raises TimeoutError; ConnectionError: it was closed."""
        message = self.exchange.hear(timeout=timeout) if self._open else None
        if message is None or message["type"] != "websocket.send":
            self._open = False
            raise ConnectionError("the WebSocket is closed")
        found: bytes | str = message["bytes"] if message.get("bytes") is not None else message["text"]
        return found

    def __iter__(self) -> Iterator[bytes | str]:
        while True:
            try:
                yield self.recv()
            except ConnectionError:
                return

    def close(self) -> None:
        """Hang up."""
        self._open = False
        self.exchange.say({"type": "websocket.disconnect", "code": 1000})

    def __enter__(self) -> LocalSocket:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _refusal(exchange: Exchange, message: Message | None) -> Exception:
    if message is None:
        return exchange.silence()
    if message["type"] != "websocket.http.response.start":
        return ConnectionError("the embedded API server gave no answer")
    body = b""
    while (part := exchange.hear()) is not None:
        body += part.get("body", b"")
    return Refused(message["status"], body)


def _decoded(head: Message) -> Pairs:
    return [(name.decode("latin-1"), value.decode("utf-8")) for name, value in head["headers"]]
