"""The Pods that want a node: the most important first, then who came first.

Upstream: pkg/scheduler/framework/plugins/queuesort/priority_sort.go
"""

from __future__ import annotations

import heapq
from itertools import count

Key = tuple[str, str]


class Queue:
    """Keys in the order of their priorities."""

    def __init__(self) -> None:
        self._place: dict[Key, tuple[int, int]] = {}
        self._heap: list[tuple[int, int, Key]] = []
        self._count = count()

    def __bool__(self) -> bool:
        return bool(self._place)

    def add(self, key: Key, priority: int) -> None:
        """Let a Pod wait; one that waits already keeps its place."""
        if key not in self._place:
            self._place[key] = place = (-priority, next(self._count))
            heapq.heappush(self._heap, (*place, key))

    def drop(self, key: Key) -> None:
        """Wait no more."""
        self._place.pop(key, None)

    def pop(self) -> Key:
        """Take the first one. Raises IndexError when nobody waits."""
        while True:
            *place, key = heapq.heappop(self._heap)
            if self._place.get(key) == tuple(place):
                del self._place[key]
                return key
