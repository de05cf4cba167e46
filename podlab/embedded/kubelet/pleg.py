"""When the kubelet looks at its containers. Upstream: pkg/kubelet/pleg/generic.go"""

from __future__ import annotations

import math
from dataclasses import dataclass

RELIST = 1.0
"""Seconds between two looks at the runtime."""
RELIST_PHASE = 0.05
"""When in a second that is: what follows from it ends in the same second, so that times are told alike every time."""


@dataclass(frozen=True, slots=True)
class Relist:
    """The kubelet's beat, from the moment it was made."""

    origin: float

    @classmethod
    def since(cls, now: float) -> Relist:
        """A beat that begins in this second."""
        return cls(math.floor(now) + RELIST_PHASE)

    def after(self, moment: float) -> float:
        """When the runtime is looked at next, after a moment."""
        ticks = math.floor((moment - self.origin) / RELIST) + 1
        return self.origin + ticks * RELIST
