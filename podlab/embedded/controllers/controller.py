"""A controller's loop: keys that wait, worked on one at a time, again later if it failed.

Upstream: staging/src/k8s.io/client-go/util/workqueue
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from itertools import islice
from typing import Any

from podlab.embedded.apiserver.registry import Event, Registry
from podlab.embedded.apiserver.resource import Writer
from podlab.embedded.apiserver.status import StatusError
from podlab.embedded.clock import Timer

log = logging.getLogger("podlab.embedded")

Obj = dict[str, Any]
Key = tuple[str, str]

MANAGER = "kube-controller-manager"
"""Who all controllers are in managedFields."""
CONTROLLER = Writer(MANAGER)
RETRIES = 0.005, 1000.0
"""Seconds until a key that failed is tried again: the first time, doubled each time, and at most."""
LONGEST_REST = 0.05
"""Seconds that a key rests at most, however much was written of it: controllers write several objects at a time."""
AT_ONCE = 32
"""Keys worked on before the loop may do something else."""


class Controller:
    """Calls `reconcile(key)` for every key that was added; keys added while they wait count once.

    Whatever `reconcile` raises makes it try the key again, later each time; what is not a StatusError is logged too.

    Args:
        delay: seconds between a change and the look at it.
        retries: seconds until the first and, at most, until any further try.
        pace: seconds that each write takes where the API server is another process: a key is not looked at again
            before, so that others act on what was written, as they do on a real cluster.
    """

    def __init__(
        self,
        registry: Registry,
        reconcile: Callable[[Key], None],
        *,
        delay: float = 0.002,
        pace: float = 0.0,
        retries: tuple[float, float] = RETRIES,
    ) -> None:
        self._clock, self._reconcile, self._delay, self._pace = registry.clock, reconcile, delay, pace
        self._registry, self._retries = registry, retries
        self._resting: dict[Key, Timer] = {}
        self._wanted: set[Key] = set()
        self._queue: dict[Key, None] = {}
        self._later: dict[Key, tuple[float, Timer]] = {}
        self._failures: dict[Key, int] = {}
        self._timer: Timer | None = None
        self._stops: list[Callable[[], None]] = []

    def watch(self, resource: str, key: Callable[[Obj], Key | None]) -> None:
        """Add `key(object)` for every change of a resource."""

        def changed(event: Event) -> None:
            found = key(event.object)
            if found is not None:
                self.add(found)

        self.on(resource, changed)

    def on(self, resource: str, changed: Callable[[Event], None]) -> None:
        """Call `changed(event)` for every object now and every change of it, with what it was before."""
        self._stops.append(self._registry.on(self._registry.resource(resource), changed))

    def add(self, key: Key, after: float = 0.0) -> None:
        """Work on a key soon, or after a delay; of several delays of a key the shortest counts."""
        if after > 0:
            self._add_later(key, self._clock.now() + after)
        elif key in self._resting:
            self._wanted.add(key)
        else:
            self._queue[key] = None
            if self._timer is None:
                self._timer = self._clock.call_later(self._delay, self._work)

    def _add_later(self, key: Key, due: float) -> None:
        waiting = self._later.get(key)
        if waiting and waiting[0] <= due:
            return
        if waiting:
            waiting[1].cancel()
        self._later[key] = due, self._clock.call_at(due, lambda: self._fall_due(key))

    def _fall_due(self, key: Key) -> None:
        del self._later[key]
        self.add(key)

    def _work(self) -> None:
        self._timer = None
        for key in tuple(islice(self._queue, AT_ONCE)):
            del self._queue[key]
            self._work_on(key)
        if self._queue and self._timer is None:
            self._timer = self._clock.call_later(0.0, self._work)

    def _work_on(self, key: Key) -> None:
        before = self._registry.store.revision
        try:
            self._reconcile(key)
        except StatusError:
            self._retry(key)
        except Exception:  # one object that a controller cannot bear must not end its work for all others
            log.exception("working on %s failed", "/".join(key))
            self._retry(key)
        else:
            self._failures.pop(key, None)
        self._rest(key, self._registry.store.revision - before)

    def _rest(self, key: Key, writes: int) -> None:
        if writes and self._pace:
            rest = min(writes * self._pace, LONGEST_REST)
            self._resting[key] = self._clock.call_later(rest, lambda: self._rested(key))
            if key in self._queue:
                del self._queue[key]
                self._wanted.add(key)

    def _rested(self, key: Key) -> None:
        del self._resting[key]
        if key in self._wanted:
            self._wanted.remove(key)
            self.add(key)

    def _retry(self, key: Key) -> None:
        tried = self._failures[key] = self._failures.get(key, -1) + 1
        first, last = self._retries
        self.add(key, min(first * 2 ** min(tried, 30), last))

    def stop(self) -> None:
        """Stop watching and working."""
        for stop in self._stops:
            stop()
        for timer in (self._timer, *self._resting.values(), *(timer for _, timer in self._later.values())):
            if timer:
                timer.cancel()


def namespaced(obj: Obj) -> Key:
    """(namespace, name)."""
    meta = obj["metadata"]
    return meta.get("namespace", ""), meta["name"]
