"""Cron schedules as CronJobs have them: five fields, names, `@hourly`, `@every 5m`.

Upstream: github.com/robfig/cron/v3 (parser.go, spec.go)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo

from podlab.apimachinery import duration

MONTHS = {name: n for n, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)}
DAYS = {name: n for n, name in enumerate("sun mon tue wed thu fri sat".split())}
BOUNDS: tuple[tuple[int, int, dict[str, int]], ...] = ((0, 59, {}), (0, 23, {}), (1, 31, {}), (1, 12, MONTHS), (0, 6, DAYS))
DESCRIPTORS = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
YEARS = 5
"""So far ahead a moment is looked for."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """When something is due: by fields, or `every` so many seconds. Both star flags tell of a field that is `*`."""

    minutes: tuple[int, ...] = ()
    hours: tuple[int, ...] = ()
    days: frozenset[int] = frozenset()
    months: frozenset[int] = frozenset()
    weekdays: frozenset[int] = frozenset()
    any_day: bool = False
    any_weekday: bool = False
    every: int = 0

    def next(self, after: float, zone: tzinfo = UTC) -> float | None:
        """The first moment after another; None if there is none within five years."""
        if self.every:
            return float(int(after) + self.every)
        start = datetime.fromtimestamp(int(after), zone)
        for day in self._days(start.date()):
            for hour in self.hours:
                for minute in self.minutes:
                    wall = datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone)
                    moment = wall.timestamp()
                    if moment > after and datetime.fromtimestamp(moment, zone).hour == hour:  # not skipped by the clocks
                        return moment
        return None

    def _days(self, first: date) -> Iterator[date]:
        for number in range(366 * YEARS):
            day = first + timedelta(days=number)
            if day.month in self.months and self._fits(day):
                yield day

    def _fits(self, day: date) -> bool:
        of_month, of_week = day.day in self.days, day.isoweekday() % 7 in self.weekdays
        return of_month and of_week if self.any_day or self.any_weekday else of_month or of_week


def parse(text: str) -> Schedule:
    """Read a schedule. Raises ValueError with the parser's words."""
    if text.startswith("@every "):
        return Schedule(every=max(1, int(duration.parse(text.removeprefix("@every ")))))
    if text.startswith("@"):
        if text not in DESCRIPTORS:
            raise ValueError(f"unrecognized descriptor: {text}")
        text = DESCRIPTORS[text]
    words = text.split()
    if len(words) != len(BOUNDS):
        raise ValueError(f"expected exactly 5 fields, found {len(words)}: [{' '.join(words)}]")
    fields = [_field(word, *bounds) for word, bounds in zip(words, BOUNDS, strict=True)]
    minutes, hours, days, months, weekdays = (frozenset(values) for values, _ in fields)
    any_day, any_weekday = fields[2][1], fields[4][1]
    return Schedule(tuple(sorted(minutes)), tuple(sorted(hours)), days, months, weekdays, any_day, any_weekday)


def _field(text: str, low: int, high: int, names: dict[str, int]) -> tuple[set[int], bool]:
    """The values of one field, and whether a part of it is a star."""
    values, star = set(), False
    for part in text.split(","):
        found, any_value = _range(part, low, high, names)
        values |= set(found)
        star = star or any_value
    return values, star


def _range(text: str, low: int, high: int, names: dict[str, int]) -> tuple[range, bool]:
    span, slash, step_text = text.partition("/")
    first, dash, last = span.partition("-")
    step = _number(step_text, {}) if slash else 1
    if first in ("*", "?"):
        start, end = low, high
    else:
        start = _number(first, names)
        end = _number(last, names) if dash else high if slash else start
    if start < low:
        raise ValueError(f"beginning of range ({start}) below minimum ({low}): {text}")
    if end > high:
        raise ValueError(f"end of range ({end}) above maximum ({high}): {text}")
    if start > end:
        raise ValueError(f"beginning of range ({start}) beyond end of range ({end}): {text}")
    if step == 0:
        raise ValueError(f"step of range should be a positive number: {text}")
    return range(start, end + 1, step), first in ("*", "?") and step == 1


def _number(text: str, names: dict[str, int]) -> int:
    if text.lower() in names:
        return names[text.lower()]
    if not text.isdecimal():
        raise ValueError(f'failed to parse int from {text}: strconv.Atoi: parsing "{text}": invalid syntax')
    return int(text)
