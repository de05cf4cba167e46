"""Times in objects: RFC 3339 read and written, and how tables and describe show them.

Upstream: staging/src/k8s.io/apimachinery/pkg/apis/meta/v1/{time,micro_time}.go
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from podlab.apimachinery.duration import human_duration

UNKNOWN = "<unknown>"
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
LAYOUT = "2006-01-02T15:04:05Z07:00"
MICRO_LAYOUT = "2006-01-02T15:04:05.000000Z07:00"
SHAPE = re.compile(r"(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(\.\d+)?(Z|[+-]\d\d:\d\d)", re.ASCII)


def parse(text: str, layout: str = LAYOUT) -> datetime:
    """Read an RFC 3339 time; raise ValueError with Go's text."""
    match = SHAPE.fullmatch(text)
    if match is None:
        raise ValueError(not_rfc3339(text, layout) or f'parsing time "{text}" as "{layout}": cannot parse')
    try:
        fraction = int(float(match[7] or 0) * 1_000_000 + 0.5) if match[7] else 0
        moment = datetime(*(int(part) for part in match.groups()[:6]), tzinfo=UTC) + timedelta(microseconds=fraction)  # type: ignore[misc, arg-type]
        return moment - _offset(match[8])
    except (ValueError, OverflowError):
        raise ValueError(f'parsing time "{text}": {_out_of_range(match)} out of range') from None


def _out_of_range(match: re.Match[str]) -> str:
    """The part that Go finds first to be no such month, hour, minute or second; a day is looked at last."""
    found = {"month": match[2], "hour": match[4], "minute": match[5], "second": match[6]}
    most = {"month": 12, "hour": 23, "minute": 59, "second": 59}
    return next((part for part, text in found.items() if int(text) > most[part] or found["month"] == "00"), "day")


def _offset(text: str) -> timedelta:
    if text == "Z":
        return timedelta()
    size = timedelta(hours=int(text[1:3]), minutes=int(text[4:6]))
    return -size if text[0] == "-" else size


@lru_cache(maxsize=4096)
def seconds(text: str) -> float:
    """Return seconds since the epoch."""
    return parse(text).timestamp()


@lru_cache(maxsize=4096)
def canonical(text: str) -> str:
    """Return a metav1.Time as the API server writes it: UTC, whole seconds."""
    return parse(text).strftime("%Y-%m-%dT%H:%M:%SZ").rjust(20, "0")


@lru_cache(maxsize=1024)
def canonical_micro(text: str) -> str:
    """Return a metav1.MicroTime as the API server writes it: UTC, six decimals, and so many have to be given."""
    match = SHAPE.fullmatch(text)
    if match and len(match[7] or "") != len(".000000"):
        rest = text[match.end(6) :]
        raise ValueError(f'parsing time "{text}" as "{MICRO_LAYOUT}": cannot parse "{rest}" as ".000000"')
    return parse(text, MICRO_LAYOUT).strftime("%Y-%m-%dT%H:%M:%S.%fZ").rjust(27, "0")


def rfc3339(moment: float) -> str:
    """Seconds since the epoch as a metav1.Time is written: `2026-11-22T12:58:11Z`."""
    return _whole(int(moment))


@lru_cache(maxsize=64)
def _whole(moment: int) -> str:
    """The present second is written in every object of a burst."""
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def rfc3339micro(moment: float) -> str:
    """Seconds since the epoch as a metav1.MicroTime is written: `2026-11-22T12:58:11.123456Z`."""
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


_PARTS = (
    ("2006", r"\d{4}"), ("-", "-"), ("01", r"\d\d"), ("-", "-"), ("02", r"\d\d"), ("T", "T"),
    ("15", r"\d\d"), (":", ":"), ("04", r"\d\d"), (":", ":"), ("05", r"\d\d([.,]\d+)?"),
    ("Z07:00", r"Z|[+-]\d\d:\d\d"),
)  # fmt: skip


def not_rfc3339(text: str, layout: str = LAYOUT) -> str:
    """Go's words for a text that is no RFC 3339; "" for one that is. Upstream: Go's time.Parse"""
    rest = text
    for part, pattern in _PARTS:
        found = re.match(pattern, rest)
        if not found:
            return f'parsing time "{text}" as "{layout}": cannot parse "{rest}" as "{part}"'
        rest = rest[found.end() :]
    return f'parsing time "{text}": extra text: "{rest}"' if rest else ""


def since(text: str | None, now: float) -> str:
    """How long ago that was at `now` (epoch seconds), as tables show it; `<unknown>` for no time."""
    return human_duration(timedelta(seconds=now - seconds(text))) if text else UNKNOWN


def age(text: str | None, now: datetime) -> str:
    """How long ago that was by the server's clock; `<unknown>` for no time."""
    return human_duration(now - parse(text)) if text else UNKNOWN


def rfc1123(text: str | None) -> str:
    """The time in the local time zone, as describe prints it: `Mon, 23 Nov 2026 02:57:55 +0000`."""
    if not text:  # Go's zero time is what kubectl prints for a time that is not there
        return "Mon, 01 Jan 0001 00:00:00 +0000"
    local = parse(text).astimezone()
    return (
        f"{DAYS[local.weekday()]}, {local.day:02} {MONTHS[local.month - 1]} {local.year:04} {local:%H:%M:%S} {local:%z}"
    )
