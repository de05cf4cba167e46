"""A controller's loop: keys that wait, worked on one at a time, again later if it failed.

Upstream: staging/src/k8s.io/client-go/util/workqueue
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from podlab.embedded.apiserver.registry import Event, Registry
from podlab.embedded.apiserver.status import StatusError
from podlab.embedded.clock import Timer

Obj = dict[str, Any]
Key = tuple[str, str]

FIRST_RETRY, LAST_RETRY = 0.005, 1000.0


class Controller:
    """Calls `reconcile(key)` for every key that was added; keys added while they wait count once."""

    def __init__(self, registry: Registry, reconcile: Callable[[Key], None], *, delay: float = 0.002) -> None:
        self._clock, self._reconcile, self._delay = registry.clock, reconcile, delay
        self._registry = registry
        self._queue: dict[Key, None] = {}
        self._failures: dict[Key, int] = {}
        self._timer: Timer | None = None
        self._stops: list[Callable[[], None]] = []

    def watch(self, resource: str, key: Callable[[Obj], Key | None]) -> None:
        """Add `key(object)` for every change of a resource."""

        def changed(event: Event) -> None:
            found = key(event.object)
            if found is not None:
                self.add(found)

        self._stops.append(self._registry.on(self._registry.resource(resource), changed))

    def add(self, key: Key, after: float = 0.0) -> None:
        """Work on a key soon, or after a delay."""
        if after:
            self._clock.call_later(after, lambda: self.add(key))
            return
        self._queue[key] = None
        if self._timer is None:
            self._timer = self._clock.call_later(self._delay, self._work)

    def _work(self) -> None:
        self._timer = None
        queue, self._queue = self._queue, {}
        for key in queue:
            try:
                self._reconcile(key)
                self._failures.pop(key, None)
            except StatusError:
                tried = self._failures[key] = self._failures.get(key, 0) + 1
                self.add(key, min(FIRST_RETRY * 2 ** min(tried, 30), LAST_RETRY))

    def stop(self) -> None:
        """Stop watching and working."""
        for stop in self._stops:
            stop()
        if self._timer:
            self._timer.cancel()


def namespaced(obj: Obj) -> Key:
    """(namespace, name)."""
    meta = obj["metadata"]
    return meta.get("namespace", ""), meta["name"]
