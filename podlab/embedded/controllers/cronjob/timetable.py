"""When a CronJob is due: the last moment that was missed, and how long to wait for the next one.

Upstream: pkg/controller/cronjob/utils.go (mostRecentScheduleTime, nextScheduleTimeDuration)
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from podlab.apimachinery import cron
from podlab.apimachinery.times import seconds

Obj = dict[str, Any]

PADDING = 0.1
"""Seconds after the moment at which the controller looks."""
MANY = 100
"""More missed moments than these are told of."""


class InvalidSchedule(ValueError):
    """A schedule that can be read, but has no two moments."""


@dataclass(frozen=True, slots=True)
class Due:
    """The last moment at which a Job should have been made, counted from `earliest`; roughly how many there were."""

    earliest: float
    recent: float | None = None
    missed: int = 0


@dataclass(frozen=True, slots=True)
class Timetable:
    """A CronJob's schedule in its time zone."""

    cronjob: Obj
    schedule: cron.Schedule
    zone: tzinfo

    def due(self, now: float, *, deadline: bool = True) -> Due:
        """What is due by now; moments before the starting deadline count if not `deadline`. Raises InvalidSchedule."""
        earliest, limit = since(self.cronjob), self.cronjob["spec"].get("startingDeadlineSeconds")
        if deadline and limit is not None:
            earliest = max(earliest, now - limit)
        first = self.schedule.next(earliest, self.zone)
        if first is not None and now < first:
            return Due(earliest)
        second = None if first is None else self.schedule.next(first, self.zone)
        if first is None or second is None:
            raise InvalidSchedule("time difference between two schedules is less than 1 second")
        if now < second:
            return Due(earliest, first)
        gap = int(second - first)
        missed = int(now - first) // gap + 1
        return Due(earliest, self._last(first + (missed - 2) * gap, now), missed)

    def _last(self, moment: float, now: float) -> float | None:
        """The last moment after another one until now."""
        last, following = None, self.schedule.next(moment, self.zone)
        while following is not None and following <= now:
            last, following = following, self.schedule.next(following, self.zone)
        return last

    def wait(self, now: float) -> float | None:
        """Seconds until the next look; None if there is nothing to wait for."""
        try:
            due = self.due(now, deadline=False)
        except InvalidSchedule:
            due = Due(now, now)
        after = due.recent if due.recent is not None else now if due.missed else due.earliest
        following = self.schedule.next(after, self.zone)
        return None if following is None else max(following + PADDING - now, 0.001)

    def shown(self, moment: float) -> str:
        """A moment in RFC 3339 form in the CronJob's time zone."""
        text = datetime.fromtimestamp(moment, self.zone).isoformat(timespec="seconds")
        return text.removesuffix("+00:00") + "Z" if text.endswith("+00:00") else text


def of(cronjob: Obj) -> Timetable:
    """A CronJob's timetable; without a time zone it is the one of the cluster, UTC."""
    spec = cronjob["spec"]
    zone = ZoneInfo(spec["timeZone"]) if spec.get("timeZone") else UTC
    return Timetable(cronjob, cron.parse(spec["schedule"]), zone)


def since(cronjob: Obj) -> float:
    """From when on moments count."""
    last = (cronjob.get("status") or {}).get("lastScheduleTime")
    return seconds(last or cronjob["metadata"]["creationTimestamp"])
