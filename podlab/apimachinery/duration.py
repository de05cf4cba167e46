"""Durations: reading Go's texts, and writing ages in two units at most."""

from __future__ import annotations

import re
from datetime import timedelta

MINUTE, HOUR, DAY, YEAR = 60, 3600, 86400, 365 * 86400


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


_UNITS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}
_PART = re.compile(r"(\d+\.?\d*|\.\d+)([^\d.]*)")


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
    seconds, at = 0.0, 0
    while at < len(digits) or not digits:
        part = _PART.match(digits, at)
        if not part:
            raise ValueError(f'time: invalid duration "{text}"')
        if part[2] not in _UNITS:
            wrong = f'unknown unit "{part[2]}"' if part[2] else "missing unit"
            raise ValueError(f'time: {wrong} in duration "{text}"')
        seconds += float(part[1]) * _UNITS[part[2]]
        at = part.end()
    return sign * seconds
