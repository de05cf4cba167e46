"""Points in time and spans of it, as expressions have them.

Upstream: google/cel-go/common/types/{timestamp,duration}.go
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

SECOND = 10**9
UNITS = {"ns": 1, "us": 1000, "µs": 1000, "μs": 1000, "ms": 10**6, "s": SECOND, "m": 60 * SECOND, "h": 3600 * SECOND}
SPAN = re.compile(r"[+-]?(?:0|(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)", re.ASCII)
PART = re.compile(r"(\d*)(?:\.(\d*))?(ns|us|µs|μs|ms|s|m|h)", re.ASCII)
MOMENT = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9})\d*)?(?:[Zz]|([+-])(\d\d):(\d\d))", re.ASCII
)


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """So many nanoseconds."""

    nano: int

    def __str__(self) -> str:
        whole, rest = divmod(abs(self.nano), SECOND)
        fraction = f".{rest:09}".rstrip("0") if rest else ""
        return f"{'-' if self.nano < 0 else ''}{whole}{fraction}s"


@dataclass(frozen=True, slots=True, order=True)
class Moment:
    """Nanoseconds since 1970."""

    nano: int

    def __str__(self) -> str:
        whole, rest = divmod(self.nano, SECOND)
        fraction = f".{rest:09}".rstrip("0") if rest else ""
        return f"{datetime.fromtimestamp(whole, UTC):%Y-%m-%dT%H:%M:%S}{fraction}Z"


def span(text: str) -> Span:
    """What a text such as 1h30m says. Raises ValueError."""
    if not SPAN.fullmatch(text):
        raise ValueError(f'time: invalid duration "{text}"')
    total = 0
    for whole, fraction, unit in PART.findall(text):
        places = len(fraction)
        total += int((whole or "0") + fraction) * UNITS[unit] // 10**places
    return Span(-total if text.startswith("-") else total)


WORDS = (
    ("ns", "nano"), ("us", "µs", "micro"), ("ms", "milli"), ("s", "sec"), ("m", "min"), ("h", "hr", "hour"),
    ("d", "day"), ("w", "wk", "week"),
)  # fmt: skip
LONG = {**UNITS, "d": 86400 * SECOND, "w": 7 * 86400 * SECOND}
SPOKEN = re.compile(r"(\d+)\s*([A-Za-zµ]+)", re.ASCII)


def spoken(text: str) -> Span:
    """What a text such as 1h30m or `2 days` says. Raises ValueError. Upstream: strfmt/duration.go (ParseDuration)"""
    try:
        return span(text)
    except ValueError:
        found = [
            int(number) * LONG[names[0]]
            for number, unit in SPOKEN.findall(text)
            for names in WORDS
            if unit.lower() in names or unit.lower().startswith(names[-1])
        ]
    if not found:
        raise ValueError(f"unable to parse {text} as duration")
    return Span(sum(found))


def moment(text: str) -> Moment:
    """What a text in RFC 3339 says. Raises ValueError."""
    match = MOMENT.fullmatch(text)
    if not match:
        raise ValueError(f'parsing time "{text}" as "2006-01-02T15:04:05Z07:00": cannot parse "{text}" as "2006"')
    fraction, sign, hours, minutes = match.groups()[6:]
    at = datetime.strptime(text[:19].upper(), "%Y-%m-%dT%H:%M:%S")
    offset = (int(hours or 0) * 60 + int(minutes or 0)) * (-1 if sign == "-" else 1)
    whole = calendar.timegm((at - timedelta(minutes=offset)).timetuple())
    return Moment(whole * SECOND + int((fraction or "0").ljust(9, "0")))


def day(text: str) -> Moment:
    """The beginning of a day. Raises ValueError."""
    return Moment(calendar.timegm(date.fromisoformat(text).timetuple()) * SECOND)


def plus(one: Any, other: Any) -> Any:
    """The sum of two spans, or of a span and a moment; None of anything else."""
    if isinstance(one, Span) and isinstance(other, Span):
        return Span(one.nano + other.nano)
    if (isinstance(one, Moment) and isinstance(other, Span)) or (isinstance(one, Span) and isinstance(other, Moment)):
        return Moment(one.nano + other.nano)
    return None


def minus(one: Any, other: Any) -> Any:
    """The difference of two spans or moments, or a moment a span before; None of anything else."""
    if type(one) is type(other) and isinstance(one, (Span, Moment)):
        return Span(one.nano - other.nano)
    return Moment(one.nano - other.nano) if isinstance(one, Moment) and isinstance(other, Span) else None


def _local(at: Moment, zone: str) -> datetime:
    """Raises ValueError."""
    known = datetime.fromtimestamp(at.nano // SECOND, UTC)
    if not zone or zone == "UTC":
        return known
    if match := re.fullmatch(r"([+-]?)(\d\d):(\d\d)", zone):
        minutes = (int(match[2]) * 60 + int(match[3])) * (-1 if match[1] == "-" else 1)
        return known.astimezone(timezone(timedelta(minutes=minutes)))
    from zoneinfo import ZoneInfo

    try:
        return known.astimezone(ZoneInfo(zone))
    except (KeyError, OSError, ValueError):
        raise ValueError(f"unknown time zone {zone}") from None


DATES: dict[str, Callable[[datetime], int]] = {
    "getFullYear": lambda at: at.year,
    "getMonth": lambda at: at.month - 1,
    "getDate": lambda at: at.day,
    "getDayOfMonth": lambda at: at.day - 1,
    "getDayOfWeek": lambda at: at.isoweekday() % 7,
    "getDayOfYear": lambda at: at.timetuple().tm_yday - 1,
}
CLOCK: dict[str, tuple[int, Callable[[datetime], int]]] = {
    "getHours": (3600 * SECOND, lambda at: at.hour),
    "getMinutes": (60 * SECOND, lambda at: at.minute),
    "getSeconds": (SECOND, lambda at: at.second),
}


def of_date(name: str) -> Callable[..., int]:
    """The function of a moment, and of a zone, that tells this part of its date."""
    return lambda at, zone="": DATES[name](_local(at, zone))


def of_clock(name: str) -> Callable[..., int]:
    """The function of a moment that tells this part of its time; a span's is told whole."""
    unit, part = CLOCK[name]

    def told(at: Any, zone: str = "") -> int:
        if isinstance(at, Span):
            return abs(at.nano) // unit * (-1 if at.nano < 0 else 1)
        return part(_local(at, zone))

    return told


def milliseconds(at: Any, zone: str = "") -> int:
    """Those of a second of a moment; all of a span."""
    return at.nano % SECOND // 10**6 if isinstance(at, Moment) else abs(at.nano) // 10**6 * (-1 if at.nano < 0 else 1)
