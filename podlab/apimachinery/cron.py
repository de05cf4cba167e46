"""Schedules in Cron's form: five fields with names, `@hourly` and its like, `@every 5m`.

Upstream: github.com/robfig/cron/v3 (parser.go, spec.go, constantdelay.go)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo

from podlab.apimachinery import duration

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
FIELDS: tuple[tuple[int, int, dict[str, int]], ...] = (
    (0, 59, {}),
    (0, 23, {}),
    (1, 31, {}),
    (1, 12, {name: index for index, name in enumerate(MONTHS, 1)}),
    (0, 6, {name: index for index, name in enumerate(DAYS)}),
)
DESCRIPTORS = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
EVERY = "@every "
YEARS = 5
"""So far ahead a moment is looked for."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """When something is due.

    Attributes:
        every: seconds from one moment to the next; 0 if the fields tell.
        any_day: whether the days of the month are `*`, so that those of the week decide alone, or the other way round.
    """

    minutes: tuple[int, ...] = ()
    hours: tuple[int, ...] = ()
    days: frozenset[int] = frozenset()
    months: frozenset[int] = frozenset()
    weekdays: frozenset[int] = frozenset()
    any_day: bool = False
    every: int = 0

    def next(self, after: float, zone: tzinfo = UTC) -> float | None:
        """The first moment after another; None if there is none within five years."""
        if self.every:
            return float(int(after) + self.every)
        for day in self._days(datetime.fromtimestamp(after, zone).date()):
            for hour in self.hours:
                if _end(day, hour, zone) <= after:
                    continue
                later = [moment for moment in self._moments(day, hour, zone) if moment > after]
                if later:
                    return min(later)
        return None

    def _days(self, first: date) -> Iterator[date]:
        for number in range(366 * YEARS):
            day = first + timedelta(days=number)
            if day.month in self.months and self._fits(day):
                yield day

    def _fits(self, day: date) -> bool:
        of_month, of_week = day.day in self.days, day.isoweekday() % 7 in self.weekdays
        return of_month and of_week if self.any_day else of_month or of_week

    def _moments(self, day: date, hour: int, zone: tzinfo) -> Iterator[float]:
        """Those of one hour: none where the clocks skip it, twice as many where they repeat it."""
        for minute in self.minutes:
            for fold in (0, 1):
                wall = datetime(day.year, day.month, day.day, hour, minute, fold=fold, tzinfo=zone)
                moment = wall.timestamp()
                shown = datetime.fromtimestamp(moment, zone)
                if (shown.hour, shown.minute) == (hour, minute):
                    yield moment


def _end(day: date, hour: int, zone: tzinfo) -> float:
    """No moment of this hour is later, whatever the clocks do in it."""
    last = datetime(day.year, day.month, day.day, hour, 59, 59, tzinfo=zone)
    return max(last.timestamp(), last.replace(fold=1).timestamp())


def parse(text: str) -> Schedule:
    """Read a schedule, without a time zone in it. Raises ValueError with the parser's words."""
    if text.startswith(EVERY):
        return Schedule(every=_every(text))
    if text.startswith("@"):
        if text not in DESCRIPTORS:
            raise ValueError(f"unrecognized descriptor: {text}")
        text = DESCRIPTORS[text]
    words = text.split()
    if len(words) != len(FIELDS):
        raise ValueError(f"expected exactly 5 fields, found {len(words)}: [{' '.join(words)}]")
    fields = [_field(word, *bounds) for word, bounds in zip(words, FIELDS, strict=True)]
    minutes, hours, days, months, weekdays = (frozenset(values) for values, _ in fields)
    any_day = fields[2][1] or fields[4][1]
    return Schedule(tuple(sorted(minutes)), tuple(sorted(hours)), days, months, weekdays, any_day)


def _every(text: str) -> int:
    try:
        return max(1, int(duration.parse_duration(text.removeprefix(EVERY))))
    except ValueError as wrong:
        raise ValueError(f"failed to parse duration {text}: {wrong}") from None


def _field(text: str, low: int, high: int, known: dict[str, int]) -> tuple[set[int], bool]:
    """The values of one field, and whether a part of it is `*`."""
    values, star = set[int](), False
    for part in filter(None, text.split(",")):
        found = _range(part, low, high, known)
        values.update(found)
        star = star or (part[0] in "*?" and found.step == 1)
    return values, star


def _range(part: str, low: int, high: int, known: dict[str, int]) -> range:
    base, *steps = part.split("/")
    ends = base.split("-")
    if ends[0] in ("*", "?"):
        start, end = low, high
    else:
        if len(ends) > 2:
            raise ValueError(f"too many hyphens: {part}")
        start, end = _number(ends[0], known), _number(ends[-1], known)
    if len(steps) > 1:
        raise ValueError(f"too many slashes: {part}")
    step = _number(steps[0], {}) if steps else 1
    if steps and len(ends) == 1:
        end = high
    if start < low:
        raise ValueError(f"beginning of range ({start}) below minimum ({low}): {part}")
    if end > high:
        raise ValueError(f"end of range ({end}) above maximum ({high}): {part}")
    if start > end:
        raise ValueError(f"beginning of range ({start}) beyond end of range ({end}): {part}")
    if step == 0:
        raise ValueError(f"step of range should be a positive number: {part}")
    return range(start, end + 1, step)


def _number(text: str, known: dict[str, int]) -> int:
    if text.lower() in known:
        return known[text.lower()]
    digits = text.removeprefix("+") or text
    if not (digits.isascii() and digits.isdigit()):
        if text.startswith("-") and text[1:].isascii() and text[1:].isdigit():
            raise ValueError(f"negative number ({int(text)}) not allowed: {text}")
        raise ValueError(f'failed to parse int from {text}: strconv.Atoi: parsing "{text}": invalid syntax')
    return int(digits)
