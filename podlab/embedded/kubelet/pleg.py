"""When the kubelet looks at its containers. Upstream: pkg/kubelet/pleg/generic.go"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from podlab.embedded.clock import Clock, Timer

RELIST = 1.0
"""Seconds between two looks at the runtime."""
RELIST_PHASE = 0.05
"""When in a second that is: what follows from it ends in the same second, so that times are told alike every time."""

RECONCILE = 10.0
"""Seconds between two looks at what the API server says of the Pods. Upstream: pkg/kubelet/status (syncPeriod)"""


@dataclass(frozen=True, slots=True)
class Relist:
    """The kubelet's beat, from the moment it was made."""

    origin: float

    @classmethod
    def since(cls, now: float) -> Relist:
        """A beat that begins in this second."""
        return cls(math.floor(now) + RELIST_PHASE)

    def after(self, moment: float, every: float = RELIST) -> float:
        """When the runtime is looked at next, after a moment; or what else is looked at every so many seconds."""
        ticks = math.floor((moment - self.origin) / every) + 1
        return self.origin + ticks * every


class Reconcile:
    """What somebody else wrote into a Pod's status stays until the kubelet's next look at it."""

    def __init__(self, clock: Clock, beat: Relist, act: Callable[[], None]) -> None:
        self._clock, self._beat, self._act = clock, beat, act
        self._timer: Timer | None = None

    def ask(self) -> None:
        """Act at the next look."""
        if self._timer is None:
            self._timer = self._clock.call_at(self._beat.after(self._clock.now(), RECONCILE), self._due)

    def stop(self) -> None:
        """Act no more."""
        if self._timer:
            self._timer.cancel()

    def _due(self) -> None:
        self._timer = None
        self._act()
