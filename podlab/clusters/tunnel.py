"""An ASGI application at a distance: a guest sends what it is asked to a host as text, and gets the answers so.

Two kernels of one browser, each in a worker of its own, have nothing else between them.
"""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable, MutableMapping
from itertools import count
from typing import Any

from podlab.kubeconfig.eventloop import EventLoop

Message = MutableMapping[str, Any]
App = Callable[[Message, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]], Awaitable[None]]
Post = Callable[[str], object]


def encode(value: object) -> str:
    """JSON, with a place for bytes."""
    return json.dumps(value, default=lambda raw: {"base64": base64.b64encode(raw).decode("ascii")})


def decode(text: str) -> Any:
    """What was encoded; tuples are lists."""
    return json.loads(text, object_hook=lambda obj: base64.b64decode(obj["base64"]) if [*obj] == ["base64"] else obj)


class Guest:
    """An application whose work is done by a host.

    Args:
        me: a name that no other guest has.
        post: sends a text to the host.
    """

    def __init__(self, me: str, post: Post) -> None:
        self._me, self._post, self._numbers = me, post, count(1)
        self._open: dict[int, asyncio.Queue[Message | None]] = {}
        self._next: App | None = None

    async def __call__(
        self,
        scope: Message,
        receive: Callable[[], Awaitable[Message]],
        send: Callable[[Message], Awaitable[None]],
    ) -> None:
        """One request, as ASGI has it: told to the host, and what the host answers sent on."""
        number, heard = next(self._numbers), asyncio.Queue[Message | None]()
        self._open[number] = heard
        self._say(number, "open", scope)
        told = asyncio.Queue[Message]()
        pump = asyncio.get_running_loop().create_task(self._pump(number, receive, told))
        begun = False
        try:
            while (message := await heard.get()) is not None:
                begun = True
                await send(message)
            if self._next and not begun and scope.get("method") == "GET":
                await self._next(scope, told.get, send)
        finally:
            pump.cancel()
            if self._open.pop(number, None):
                self._say(number, "over", None)

    async def _pump(self, number: int, receive: Callable[[], Awaitable[Message]], told: asyncio.Queue[Message]) -> None:
        while True:
            told.put_nowait(message := await receive())
            self._say(number, "told", message)

    def _say(self, number: int, what: str, value: object) -> None:
        self._post(encode({"guest": self._me, "number": number, "what": what, "value": value}))

    def hear(self, said: Message) -> None:
        """Take in what the host said to a guest."""
        if said["guest"] == self._me and (heard := self._open.get(said["number"])):
            heard.put_nowait(said["value"] if said["what"] == "sent" else None)

    def hang_up(self, then: App | None) -> None:
        """The host is gone: what is open ends, but `then` answers what only reads and has no answer yet."""
        self._next = then
        for heard in self._open.values():
            heard.put_nowait(None)


class Host:
    """Does for guests what they ask of an application.

    Args:
        post: sends a text to the guests.
    """

    def __init__(self, app: App, loop: EventLoop, post: Post) -> None:
        self._app, self._loop, self._post = app, loop, post
        self._open: dict[tuple[str, int], tuple[asyncio.Queue[Message], asyncio.Task[None]]] = {}

    def hear(self, said: Message) -> None:
        """Take in what a guest said."""
        who = said["guest"], said["number"]
        if said["what"] == "open":
            inbox: asyncio.Queue[Message] = asyncio.Queue()
            self._open[who] = inbox, self._loop.create_task(self._serve(who, said["value"], inbox))
        elif who in self._open:
            inbox, task = self._open[who]
            if said["what"] == "told":
                inbox.put_nowait(said["value"])
            else:
                task.cancel()

    def forget(self, guest: str) -> None:
        """The guest is gone: end what was open for it."""
        for who, (_, task) in list(self._open.items()):
            if who[0] == guest:
                task.cancel()

    async def _serve(self, who: tuple[str, int], scope: Message, inbox: asyncio.Queue[Message]) -> None:
        async def send(message: Message) -> None:
            self._say(who, "sent", message)

        try:
            await self._app(scope, inbox.get, send)
        finally:
            del self._open[who]
            self._say(who, "end", None)

    def _say(self, who: tuple[str, int], what: str, value: object) -> None:
        self._post(encode({"guest": who[0], "number": who[1], "what": what, "value": value}))
