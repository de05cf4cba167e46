"""RFC 3339 times in objects: reading, canonical writing, and the ages of tables."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache

LAYOUT = "2006-01-02T15:04:05Z07:00"
MICRO_LAYOUT = "2006-01-02T15:04:05.000000Z07:00"
SHAPE = re.compile(r"(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(\.\d+)?(Z|[+-]\d\d:\d\d)", re.ASCII)


def parse(text: str, layout: str = LAYOUT) -> datetime:
    """Read an RFC 3339 time; raise ValueError with Go's text."""
    match = SHAPE.fullmatch(text)
    if match is None:
        raise ValueError(f'parsing time "{text}" as "{layout}": cannot parse "{text}" as "2006"')
    try:
        fraction = int(float(match[7] or 0) * 1_000_000 + 0.5) if match[7] else 0
        moment = datetime(*(int(part) for part in match.groups()[:6]), tzinfo=UTC) + timedelta(microseconds=fraction)  # type: ignore[misc, arg-type]
        return moment - _offset(match[8])
    except (ValueError, OverflowError):
        raise ValueError(f'parsing time "{text}": day out of range') from None


def _offset(text: str) -> timedelta:
    if text == "Z":
        return timedelta()
    size = timedelta(hours=int(text[1:3]), minutes=int(text[4:6]))
    return -size if text[0] == "-" else size


def seconds(text: str) -> float:
    """Return seconds since the epoch."""
    return parse(text).timestamp()


@lru_cache(maxsize=4096)
def canonical(text: str) -> str:
    """Return a metav1.Time as the API server writes it: UTC, whole seconds."""
    return parse(text).strftime("%Y-%m-%dT%H:%M:%SZ").rjust(20, "0")


@lru_cache(maxsize=1024)
def canonical_micro(text: str) -> str:
    """Return a metav1.MicroTime as the API server writes it: UTC, six decimals."""
    return parse(text, MICRO_LAYOUT).strftime("%Y-%m-%dT%H:%M:%S.%fZ").rjust(27, "0")


def human(span: float) -> str:
    """Return an age as tables show it. Upstream: apimachinery/pkg/util/duration/duration.go HumanDuration."""
    whole = int(span)
    if whole < -1:
        return "<invalid>"
    if whole < 0:
        return "0s"
    if whole < 120:
        return f"{whole}s"
    minutes, hours = whole // 60, whole // 3600
    if minutes < 10:
        return f"{minutes}m{whole % 60}s" if whole % 60 else f"{minutes}m"
    if minutes < 180:
        return f"{minutes}m"
    if hours < 8:
        return f"{hours}h{minutes % 60}m" if minutes % 60 else f"{hours}h"
    if hours < 48:
        return f"{hours}h"
    return _human_days(hours)


def _human_days(hours: int) -> str:
    if hours < 192:
        return f"{hours // 24}d{hours % 24}h" if hours % 24 else f"{hours // 24}d"
    if hours < 24 * 365 * 2:
        return f"{hours // 24}d"
    days, years = hours // 24, hours // 24 // 365
    if years < 8:
        return f"{years}y{days % 365}d" if days % 365 else f"{years}y"
    return f"{years}y"


def since(text: str | None, now: float) -> str:
    """Return the age of a timestamp at `now` (epoch seconds), `<unknown>` without one."""
    return human(now - seconds(text)) if text else "<unknown>"
