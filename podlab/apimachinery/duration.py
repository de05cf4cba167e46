"""Times as kubectl writes them: ages in two units at most, dates in RFC 1123."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

MINUTE, HOUR, DAY, YEAR = 60, 3600, 86400, 365 * 86400
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def human_duration(duration: timedelta) -> str:
    """A duration as in kubectl's AGE column: `45s`, `2m30s`, `5h`, `3d4h`; `<invalid>` if more than a second negative.

    Upstream: staging/src/k8s.io/apimachinery/pkg/util/duration/duration.go
    """
    seconds = int(duration.total_seconds())
    if seconds < -1:
        return "<invalid>"
    if seconds < 0:
        return "0s"
    if seconds < 2 * MINUTE:
        return f"{seconds}s"
    if seconds < 10 * MINUTE:
        return _two(seconds, MINUTE, "m", 1, "s")
    if seconds < 3 * HOUR:
        return f"{seconds // MINUTE}m"
    if seconds < 8 * HOUR:
        return _two(seconds, HOUR, "h", MINUTE, "m")
    if seconds < 2 * DAY:
        return f"{seconds // HOUR}h"
    if seconds < 8 * DAY:
        return _two(seconds, DAY, "d", HOUR, "h")
    if seconds < 2 * YEAR:
        return f"{seconds // DAY}d"
    if seconds < 8 * YEAR:
        return _two(seconds, YEAR, "y", DAY, "d")
    return f"{seconds // YEAR}y"


def _two(seconds: int, big: int, big_unit: str, small: int, small_unit: str) -> str:
    rest = seconds % big // small
    return f"{seconds // big}{big_unit}" + (f"{rest}{small_unit}" if rest else "")


def parse_time(text: str | None) -> datetime | None:
    """An RFC 3339 time of the API (seconds or microseconds); None for none."""
    return datetime.fromisoformat(text.replace("Z", "+00:00")) if text else None


def age(text: str | None, now: datetime) -> str:
    """How long ago that was by the server's clock; `<unknown>` for no time."""
    moment = parse_time(text)
    return human_duration(now - moment) if moment else "<unknown>"


def rfc1123(text: str | None) -> str:
    """The time in the local time zone, as describe prints it: `Mon, 23 Nov 2026 02:57:55 +0000`."""
    # Go's zero time is what kubectl prints for a time that is not there.
    moment = (parse_time(text) or datetime(1, 1, 1, tzinfo=UTC)) if text else None
    if moment is None:
        return "Mon, 01 Jan 0001 00:00:00 +0000"
    local = moment.astimezone()
    return (
        f"{_DAYS[local.weekday()]}, {local.day:02} {_MONTHS[local.month - 1]} {local.year:04} "
        f"{local:%H:%M:%S} {local:%z}"
    )


_UNITS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}
_PART = re.compile(r"(\d+\.?\d*|\.\d+)(ns|us|µs|ms|s|m|h)")


def parse_duration(text: str | float | timedelta) -> float:
    """Seconds of a Go duration (`30s`, `1m30s`, `1.5h`), of a number of seconds, or of a timedelta.

    Raises:
        ValueError: with Go's words.
    """
    if isinstance(text, timedelta):
        return text.total_seconds()
    if not isinstance(text, str):
        return float(text)
    sign, digits = (-1, text[1:]) if text.startswith("-") else (1, text.removeprefix("+"))
    if digits == "0":
        return 0.0
    parts = _PART.findall(digits)
    if not parts or "".join(number + unit for number, unit in parts) != digits:
        missing = re.fullmatch(r"[\d.]+", digits)
        raise ValueError(f'time: {"missing unit in" if missing else "invalid"} duration "{text}"')
    return sign * sum(float(number) * _UNITS[unit] for number, unit in parts)
