"""What is wrong with a schedule in Cron's form, or with a time zone.

Upstream: github.com/robfig/cron/v3 parser.go, pkg/apis/batch/validation validateScheduleFormat, validateTimeZone
"""

from __future__ import annotations

import zoneinfo

from podlab.apimachinery import duration
from podlab.embedded.apiserver.status import Cause
from podlab.embedded.apiserver.validation import causes

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
FIELDS: tuple[tuple[int, int, dict[str, int]], ...] = (
    (0, 59, {}),
    (0, 23, {}),
    (1, 31, {}),
    (1, 12, {name: index for index, name in enumerate(MONTHS, 1)}),
    (0, 6, {name: index for index, name in enumerate(DAYS)}),
)
DESCRIPTORS = ("@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly")
EVERY = "@every "
ZONE = "cannot use TZ or CRON_TZ in schedule, use timeZone field instead"
EXPLICIT = "timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones"


class _Wrong(Exception):
    """A schedule that cannot be read, in the parser's words."""


def validate(text: str, path: str) -> list[Cause]:
    """Return what is wrong with a schedule."""
    if not text:
        return [causes.required(path)]
    try:
        _read(text)
    except _Wrong as wrong:
        return [causes.invalid(path, text, str(wrong))]
    return [causes.invalid(path, text, ZONE)] if "TZ" in text else []


def time_zone(name: str | None, path: str) -> list[Cause]:
    """Return what is wrong with the name of a time zone."""
    if name is None:
        return []
    if not name:
        return [causes.invalid(path, name, "timeZone must be nil or non-empty string")]
    if name.lower() == "local":
        return [causes.invalid(path, name, EXPLICIT)]
    try:
        zoneinfo.ZoneInfo(name)
    except (OSError, ValueError, zoneinfo.ZoneInfoNotFoundError):
        return [causes.invalid(path, name, f"unknown time zone {name}")]
    return []


def _read(text: str) -> None:
    if text.startswith(("TZ=", "CRON_TZ=")):
        text = text.partition(" ")[2].strip()
    if text.startswith("@"):
        return _descriptor(text)
    words = text.split()
    if len(words) != 5:
        raise _Wrong(f"expected exactly 5 fields, found {len(words)}: [{' '.join(words)}]")
    for word, (low, high, known) in zip(words, FIELDS, strict=True):
        for part in word.split(","):
            if part:
                _range(part, low, high, known)
    return None


def _descriptor(text: str) -> None:
    if text in DESCRIPTORS:
        return
    if not text.startswith(EVERY):
        raise _Wrong(f"unrecognized descriptor: {text}")
    try:
        duration.parse_duration(text.removeprefix(EVERY))
    except ValueError as wrong:
        raise _Wrong(f"failed to parse duration {text}: {wrong}") from None


def _range(part: str, low: int, high: int, known: dict[str, int]) -> None:
    base, *steps = part.split("/")
    ends = base.split("-")
    if ends[0] in ("*", "?"):
        start, end = low, high
    else:
        if len(ends) > 2:
            raise _Wrong(f"too many hyphens: {part}")
        start, end = _number(ends[0], known), _number(ends[-1], known)
    if len(steps) > 1:
        raise _Wrong(f"too many slashes: {part}")
    step = _number(steps[0], {}) if steps else 1
    if steps and len(ends) == 1:
        end = high
    if start < low:
        raise _Wrong(f"beginning of range ({start}) below minimum ({low}): {part}")
    if end > high:
        raise _Wrong(f"end of range ({end}) above maximum ({high}): {part}")
    if start > end:
        raise _Wrong(f"beginning of range ({start}) beyond end of range ({end}): {part}")
    if step == 0:
        raise _Wrong(f"step of range should be a positive number: {part}")


def _number(text: str, known: dict[str, int]) -> int:
    if text.lower() in known:
        return known[text.lower()]
    digits = text.removeprefix("+") or text
    if not (digits.isascii() and digits.isdigit()):
        raise _Wrong(f'failed to parse int from {text}: strconv.Atoi: parsing "{text}": invalid syntax')
    return int(digits)
