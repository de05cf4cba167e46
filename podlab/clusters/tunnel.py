"""An ASGI application at a distance: a guest sends what it is asked to a host as text, and gets the answers so.

Two kernels of one browser, each in a worker of its own, have nothing else between them.
"""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from itertools import count
from typing import Any

from podlab.errors import ClusterError
from podlab.kubeconfig.eventloop import EventLoop
from podlab.text import Text

Message = MutableMapping[str, Any]
App = Callable[[Message, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]], Awaitable[None]]
Post = Callable[[str], object]
CLOSED = Text(
    ko="클러스터를 실행하던 탭이나 노트북이 답하기 전에 닫혔습니다. 이 명령이 적용되었는지는 알 수 없습니다",
    en="the tab or notebook that ran the cluster was closed before it answered; whether this was done is not known",
)
LOOK = Text(
    ko="클러스터는 저장된 상태에서 이어집니다. `kubectl get`으로 살펴보고, 적용되지 않았으면 이 셀을 다시 실행하십시오",
    en="the cluster goes on from what was kept: look with `kubectl get`, and run this cell again if it was not done",
)


@dataclass(frozen=True, slots=True)
class HungUp:
    """Instead of a message: the host is gone, and this application answers from now on."""

    then: App | None


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
        self._open: dict[int, asyncio.Queue[Message | HungUp | None]] = {}

    async def __call__(
        self,
        scope: Message,
        receive: Callable[[], Awaitable[Message]],
        send: Callable[[Message], Awaitable[None]],
    ) -> None:
        """One request, as ASGI has it: told to the host, and what the host answers sent on. Raises ClusterError."""
        number, heard = next(self._numbers), asyncio.Queue[Message | HungUp | None]()
        self._open[number] = heard
        self._say(number, "open", scope)
        told = asyncio.Queue[Message]()
        pump = asyncio.get_running_loop().create_task(self._pump(number, receive, told))
        begun = False
        try:
            while isinstance(message := await heard.get(), MutableMapping):
                begun = True
                await send(message)
            if message and not begun:
                await _again(message.then, scope, told.get, send)
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
        for heard in self._open.values():
            heard.put_nowait(HungUp(then))


async def _again(
    app: App | None,
    scope: Message,
    receive: Callable[[], Awaitable[Message]],
    send: Callable[[Message], Awaitable[None]],
) -> None:
    """Ask once more, if it only reads: a write may have been done. Raises ClusterError."""
    if app is None or scope.get("method") != "GET":
        raise ClusterError(CLOSED, LOOK)
    await app(scope, receive, send)


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
