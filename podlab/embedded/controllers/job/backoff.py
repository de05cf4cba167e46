"""How long a Job waits before it makes another Pod after failures. Upstream: pkg/controller/job/backoff_utils.go"""

from __future__ import annotations

from typing import Any

from podlab.apimachinery.times import seconds
from podlab.embedded.controllers.job import indexes
from podlab.embedded.controllers.pods import podstates

Obj = dict[str, Any]

FIRST, LONGEST = 10.0, 600.0


def finished_at(pod: Obj) -> float:
    """When a Pod ended: its last container did, its deletion was asked for, or what else is known."""
    meta, status = pod["metadata"], pod.get("status") or {}
    given = (status.get("containerStatuses") or []) + (status.get("initContainerStatuses") or [])
    ends = [((found.get("state") or {}).get("terminated") or {}).get("finishedAt") for found in given]
    if ends and all(ends):
        return max(seconds(end) for end in ends if end)
    if podstates.deleting(pod):
        return seconds(meta["deletionTimestamp"]) - float(meta.get("deletionGracePeriodSeconds") or 0)
    changed = [c.get("lastTransitionTime") for c in status.get("conditions") or [] if c["type"] == "Ready"]
    return seconds(changed[0] if changed and changed[0] else meta["creationTimestamp"])


class Backoff:
    """Of one Job: the failures in a row since the last success, and when the last one was."""

    def __init__(self) -> None:
        self._seen: set[str] = set()
        self.failures, self.last = 0, 0.0

    def look(self, succeeded: list[Obj], failed: list[Obj]) -> None:
        """Take account of Pods that ended."""
        ended = [(finished_at(pod), pod, True) for pod in failed] + [
            (finished_at(pod), pod, False) for pod in succeeded
        ]
        for when, pod, fell in sorted(ended, key=lambda one: one[0]):
            if pod["metadata"]["uid"] in self._seen:
                continue
            self._seen.add(pod["metadata"]["uid"])
            self.failures = self.failures + 1 if fell else 0
            self.last = max(self.last, when) if fell else self.last

    def left(self, now: float) -> float:
        """Seconds until the next Pod may be made."""
        return remaining(self.failures, self.last, now)


def remaining(failures: int, last: float, now: float) -> float:
    """Seconds to wait after so many failures, the last one at a moment."""
    if not failures:
        return 0.0
    return max(0.0, last + min(FIRST * 2.0 ** min(failures - 1, 10), LONGEST) - now)


def of_index(pod: Obj, now: float) -> float:
    """Seconds until the index of a failed Pod may be tried again."""
    before = indexes.count_of(pod) + indexes.count_of(pod, indexes.IGNORED)
    return remaining(before + 1, finished_at(pod), now)
