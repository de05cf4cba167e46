"""Events are forgotten an hour after they were last written, as the API server's store does with a lease."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import takewhile

from podlab.embedded.apiserver.registry import Event, Registry
from podlab.embedded.apiserver.status import StatusError
from podlab.embedded.clock import Timer

LIFE = 3600.0


class EventExpiry:
    """Deletes events when their time is over; one timer, for the oldest."""

    def __init__(self, registry: Registry) -> None:
        self._registry, self._clock, self._events = registry, registry.clock, registry.resource("events")
        self._due: dict[str, dict[str, float]] = {}  # by namespace and name, the oldest of each namespace first
        self._timer: Timer | None = None
        self._stop = registry.on(self._events, self._on)

    def stop(self) -> None:
        """Stop watching."""
        self._stop()
        if self._timer:
            self._timer.cancel()

    def _on(self, event: Event) -> None:
        meta = event.object["metadata"]
        self._drop(meta["namespace"], meta["name"])
        if event.type != "DELETED":
            self._due.setdefault(meta["namespace"], {})[meta["name"]] = self._clock.now() + LIFE
            self._arm()

    def _drop(self, namespace: str, name: str) -> None:
        due = self._due.get(namespace, {})
        due.pop(name, None)
        if not due:
            self._due.pop(namespace, None)

    def _arm(self) -> None:
        if self._timer is None and self._due:
            first = min(next(iter(due.values())) for due in self._due.values())
            self._timer = self._clock.call_at(first, self._expire)

    def _expire(self) -> None:
        self._timer = None
        now = self._clock.now()
        over = [(namespace, name) for namespace, due in self._due.items() for name in _over(due, now)]
        for namespace, name in over:
            self._drop(namespace, name)
            try:
                self._registry.delete(self._events, name, namespace)
            except StatusError as error:
                if error.code != 404:
                    raise
        self._arm()


def _over(due: Mapping[str, float], now: float) -> Iterator[str]:
    """The names of those whose time is over, who come first."""
    return (name for name, _ in takewhile(lambda item: item[1] <= now, due.items()))
