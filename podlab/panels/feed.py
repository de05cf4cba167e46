"""One watch per list path and client, shared by every panel that follows it; it closes with the last of them."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from podlab.client import Client

Connection = Literal["connecting", "live", "lost"]
Listener = Callable[[Mapping[str, Any] | None], None]

_feeds: weakref.WeakKeyDictionary[Client, dict[str, Feed]] = weakref.WeakKeyDictionary()
_guard = threading.Lock()


class Feed:
    """What is known about the objects of one list path, such as `/api/v1/namespaces/default/pods`."""

    def __init__(self, client: Client, path: str) -> None:
        self._client, self.path = client, path
        self._lock = threading.Lock()
        self._objects: dict[str, Mapping[str, Any]] = {}
        self._listeners: list[Listener] = []
        self._stopped = threading.Event()
        self.connection: Connection = "connecting"

    def objects(self) -> list[Mapping[str, Any]]:
        """The objects as last seen, by namespace and name."""
        with self._lock:
            found = list(self._objects.values())
        return sorted(found, key=lambda o: (o["metadata"].get("namespace", ""), o["metadata"]["name"]))

    def follow(self, listener: Listener) -> None:
        """Call `listener` (from the watch's thread) with each event, and with None when the connection changes."""
        with self._lock:
            first = not self._listeners
            if listener not in self._listeners:
                self._listeners.append(listener)
            if first:
                self._stopped = threading.Event()
                self.connection = "connecting"
                threading.Thread(
                    target=self._run, args=(self._stopped,), name=f"podlab-watch {self.path}", daemon=True
                ).start()

    def leave(self, listener: Listener) -> None:
        """Stop calling `listener`; the watch ends with the last one."""
        with self._lock:
            if listener in self._listeners:
                self._listeners.remove(listener)
            if not self._listeners:
                self._stopped.set()

    def _run(self, stopped: threading.Event) -> None:
        for event in self._client.observe(self.path, stop=stopped):
            if stopped.is_set():
                return
            self._take(event)

    def _take(self, event: Mapping[str, Any]) -> None:
        with self._lock:
            kind, obj = event["type"], event.get("object")
            if kind == "LISTED":
                self._objects = {_uid(each): each for each in event["items"]}
            elif kind in ("ADDED", "MODIFIED") and obj:
                self._objects[_uid(obj)] = obj
            elif kind == "DELETED" and obj:
                self._objects.pop(_uid(obj), None)
            self.connection = "lost" if kind == "LOST" else "live"
            listeners = list(self._listeners)
        for listener in listeners:
            listener(event)


def feed(client: Client, path: str) -> Feed:
    """The client's one feed of a list path."""
    with _guard:
        return _feeds.setdefault(client, {}).setdefault(path, Feed(client, path))


def _uid(obj: Mapping[str, Any]) -> str:
    return str(obj["metadata"]["uid"])
