"""Events are forgotten an hour after they were last written, as the API server's store does with a lease."""

from __future__ import annotations

from podlab.embedded.apiserver.registry import Event, Registry
from podlab.embedded.apiserver.status import StatusError
from podlab.embedded.clock import Timer

LIFE = 3600.0


class EventExpiry:
    """Deletes events when their time is over; one timer, for the oldest."""

    def __init__(self, registry: Registry) -> None:
        self._registry, self._clock, self._events = registry, registry.clock, registry.resource("events")
        self._due: dict[tuple[str, str], float] = {}  # the oldest first
        self._timer: Timer | None = None
        self._stop = registry.on(self._events, self._on)

    def stop(self) -> None:
        """Stop watching."""
        self._stop()
        if self._timer:
            self._timer.cancel()

    def _on(self, event: Event) -> None:
        meta = event.object["metadata"]
        key = (meta["namespace"], meta["name"])
        self._due.pop(key, None)
        if event.type != "DELETED":
            self._due[key] = self._clock.now() + LIFE
            self._arm()

    def _arm(self) -> None:
        if self._timer is None and self._due:
            self._timer = self._clock.call_at(next(iter(self._due.values())), self._expire)

    def _expire(self) -> None:
        self._timer = None
        now = self._clock.now()
        for key, due in list(self._due.items()):
            if due > now:
                break
            del self._due[key]
            try:
                self._registry.delete(self._events, key[1], key[0])
            except StatusError as error:
                if error.code != 404:
                    raise
        self._arm()
