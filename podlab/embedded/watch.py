"""What a store tells of its writes, and who listens.

Upstream: staging/src/k8s.io/apiserver/pkg/storage/etcd3/watcher.go
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

Obj = dict[str, Any]

QUEUE_LIMIT = 10_000
"""Changes that a watcher may lag behind before it is dropped."""


class Dropped(Exception):
    """The watcher was too slow."""


@dataclass(frozen=True, slots=True)
class Change:
    """One write: `obj` is None for a deletion, `previous`, of revision `base`, None for a creation.

    `lines` is what watchers are told of it, by version and type of event: written once for all of them.
    """

    revision: int
    key: str
    obj: Obj | None
    previous: Obj | None
    base: int = 0
    lines: dict[tuple[str, str], bytes] = field(default_factory=dict, compare=False, repr=False)


class Watch:
    """Changes under a prefix in order, as an async iterator; ends when closed, raises `Dropped` when too slow."""

    def __init__(self, prefix: str, backlog: Sequence[Change], forget: Callable[[Watch], None]) -> None:
        self.prefix = prefix
        self._changes: deque[Change] = deque(backlog)
        self._forget = forget
        self._waiter: asyncio.Future[None] | None = None
        self._closed = self._dropped = False

    def offer(self, change: Change) -> None:
        """Tell it of one committed change."""
        if not change.key.startswith(self.prefix) or self._closed:
            return
        if len(self._changes) >= QUEUE_LIMIT:
            self._dropped = True
            self.close()
        else:
            self._changes.append(change)
            self._wake()

    def _wake(self) -> None:
        if self._waiter and not self._waiter.done():
            self._waiter.set_result(None)

    def close(self) -> None:
        """Stop listening; whoever iterates sees the end."""
        self._closed = True
        self._forget(self)
        self._wake()

    def pending(self) -> list[Change]:
        """All that has come since last asked, without waiting."""
        changes = list(self._changes)
        self._changes.clear()
        return changes

    def __aiter__(self) -> Watch:
        return self

    async def __anext__(self) -> Change:
        while not self._changes:
            if self._dropped:
                raise Dropped
            if self._closed:
                raise StopAsyncIteration
            self._waiter = asyncio.get_running_loop().create_future()
            await self._waiter
        return self._changes.popleft()
