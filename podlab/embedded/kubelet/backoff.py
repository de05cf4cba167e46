"""Exponential back-off as the kubelet counts it. Upstream: staging/src/k8s.io/client-go/util/flowcontrol/backoff.go"""

from __future__ import annotations

from dataclasses import dataclass, field

INITIAL, MAXIMUM = 10.0, 300.0
JITTER = 1.35
"""What upstream draws from 1 to 1.5 for every retry; one value keeps runs alike."""
RETRY = 10.0
"""Seconds after which a failed sync is tried again, times jitter."""
LONGEST_RETRY = 60.0


@dataclass(slots=True)
class Backoff:
    """Delays by key: 10 s, doubled up to 300 s, forgotten after 600 s of peace."""

    entries: dict[str, tuple[float, float]] = field(default_factory=dict)  # key → (delay, last update)

    def remaining(self, key: str, since: float, now: float) -> float:
        """Seconds to wait, counted from `since`; 0 when there is nothing to wait for."""
        if key not in self.entries:
            return 0.0
        delay, updated = self.entries[key]
        if since - updated > 2 * MAXIMUM:
            return 0.0
        return max(0.0, delay - (now - since))

    def delay(self, key: str) -> float:
        """The present delay of a key."""
        return self.entries[key][0] if key in self.entries else 0.0

    def advance(self, key: str, since: float, now: float) -> None:
        """Note one more failure."""
        delay, updated = self.entries.get(key, (0.0, now))
        fresh = not delay or since - updated > 2 * MAXIMUM
        self.entries[key] = (INITIAL if fresh else min(2 * delay, MAXIMUM), now)

    def updated(self, key: str) -> float:
        """When a key was last advanced."""
        return self.entries[key][1] if key in self.entries else 0.0

    def forget(self, prefix: str) -> None:
        """Drop all keys of a Pod."""
        self.entries = {key: value for key, value in self.entries.items() if not key.startswith(prefix)}
