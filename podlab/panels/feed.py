"""One watch per list path and client, shared by every panel that follows it; it closes with the last of them."""

from __future__ import annotations

import asyncio
import threading
import weakref
from collections.abc import Awaitable, Callable, Generator, Mapping
from typing import TYPE_CHECKING, Any, Literal

from podlab.client import QUIET
from podlab.kubeconfig.eventloop import shared
from podlab.panels import background

if TYPE_CHECKING:
    from podlab.client import Client

Connection = Literal["connecting", "live", "lost", "refused"]
Object = Mapping[str, Any]
Listener = Callable[[Object], None]

LONGEST_PAUSE = 5.0  # seconds between two tries to reach a server that does not answer

_feeds: weakref.WeakKeyDictionary[Client, dict[str, Feed]] = weakref.WeakKeyDictionary()
_guard = threading.Lock()


class Feed:
    """What is known about the objects of one list path, such as `/api/v1/namespaces/default/pods`."""

    def __init__(self, client: Client, path: str) -> None:
        self.path = path
        self.connection: Connection = "connecting"
        self._client = weakref.ref(client)
        self._lock = threading.Lock()
        self._objects: dict[str, Object] = {}
        self._listeners: list[Listener] = []
        self._stop = threading.Event()
        self._running = False

    def objects(self) -> list[Object]:
        """The objects as last seen, by namespace and name."""
        with self._lock:
            found = list(self._objects.values())
        return sorted(found, key=lambda o: (o["metadata"].get("namespace", ""), o["metadata"]["name"]))

    def follow(self, listener: Listener) -> None:
        """Call `listener`, from where the watch is read, with each event that `Client.observe` gives."""
        with self._lock:
            if listener not in self._listeners:
                self._listeners.append(listener)
            self._stop.clear()
            if not self._running:
                self.connection, self._running = "connecting", True
                background.repeat(self._steps, f"podlab-watch {self.path}", self._stop, self._news)

    def leave(self, listener: Listener) -> None:
        """Stop calling `listener`; with the last one the watch ends."""
        with self._lock:
            if listener in self._listeners:
                self._listeners.remove(listener)
            if not self._listeners:
                self._stop.set()

    def _news(self) -> Awaitable[None]:
        client = self._client()
        return client.news() if client else asyncio.sleep(0)

    def _steps(self) -> background.Rests:
        pause = 0.2
        while not self._ended():
            pause = 0.2 if (yield from self._observe()) else min(LONGEST_PAUSE, pause * 2)
            yield pause

    def _ended(self) -> bool:
        """Whether nobody listens any more; said once, so that the next listener begins anew."""
        with self._lock:
            ended = self._stop.is_set()
            self._running = not ended
            return ended

    def _observe(self) -> Generator[None, None, bool]:
        """Follow the server until it is lost, and begin with a list again then; whether it was there at all."""
        client, reached = self._client(), False
        if client is None:
            self._stop.set()
            return False
        try:
            for event in client.observe(self.path, stop=self._stop, waits=shared() is None):
                if event is QUIET:
                    yield
                    continue
                self._take(event)
                if event["type"] == "LOST":
                    return reached
                reached = True
        except Exception as error:  # a thread must never print, and the panel has to say what is wrong
            self._take({"type": "REFUSED", "error": error})
        return reached

    def _take(self, event: Object) -> None:
        kind = event["type"]
        with self._lock:
            if kind == "LISTED":
                self._objects = {_uid(each): each for each in event["items"]}
            elif kind in ("ADDED", "MODIFIED"):
                self._objects[_uid(event["object"])] = event["object"]
            elif kind == "DELETED":
                self._objects.pop(_uid(event["object"]), None)
            self.connection = "lost" if kind == "LOST" else "refused" if kind == "REFUSED" else "live"
            listeners = list(self._listeners)
        for listener in listeners:
            listener(event)


def feed(client: Client, path: str) -> Feed:
    """The client's one feed of a list path."""
    with _guard:
        feeds = _feeds.setdefault(client, {})
        return feeds.get(path) or feeds.setdefault(path, Feed(client, path))


def _uid(obj: Object) -> str:
    return str(obj["metadata"]["uid"])
