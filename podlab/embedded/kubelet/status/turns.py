"""A node tells of its Pods one after the other. Upstream: pkg/kubelet/status/status_manager.go (Start, syncPod)"""

from __future__ import annotations

import asyncio
import math

from podlab.embedded.clock import Clock

TURN = 0.02
"""Seconds that telling of one Pod takes: long enough for a controller to count it before the next one is told of."""


class Turns:
    """Who tells next; a Pod that is alone never waits."""

    def __init__(self, clock: Clock) -> None:
        self._clock, self._free, self._next = clock, -math.inf, asyncio.Lock()

    async def take(self) -> None:
        """Wait until those that asked before have told.

        A turn counts from the moment when it is taken: on a machine that is busy too, nobody catches up with another.
        """
        async with self._next:  # those behind wait for it, and not each for the same moment
            while (left := self._free - self._clock.now()) > 0:
                await self._clock.sleep(left)
            self._free = self._clock.now() + TURN
