"""What ends an attempt to start a container. Upstream: pkg/kubelet/container/sync_result.go"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Failure(Exception):
    """A container that could not be started: the waiting reason, its message, and seconds of back-off left.

    `told` is what the event says instead of the reason.
    """

    reason: str
    message: str
    wait: float = 0.0
    told: str = ""
