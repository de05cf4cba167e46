"""What is wrong with a schedule in Cron's form, or with a time zone.

Upstream: pkg/apis/batch/validation validateScheduleFormat, validateTimeZone
"""

from __future__ import annotations

import zoneinfo

from podlab.apimachinery import cron
from podlab.embedded.apiserver.status import Cause
from podlab.embedded.apiserver.validation import causes

ZONE = "cannot use TZ or CRON_TZ in schedule, use timeZone field instead"
FOREIGN = ("posix/", "right/")
"""Folders of time zones that Go does not bring along."""
EXPLICIT = "timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones"


def validate(text: str, path: str) -> list[Cause]:
    """Return what is wrong with a schedule."""
    if not text:
        return [causes.required(path)]
    zoned, found = text.startswith(("TZ=", "CRON_TZ=")), []
    try:
        cron.parse(text.partition(" ")[2].strip() if zoned else text)
    except ValueError as wrong:
        found.append(causes.invalid(path, text, str(wrong)))
    return [*found, causes.invalid(path, text, ZONE)] if "TZ" in text else found


def time_zone(name: str | None, path: str) -> list[Cause]:
    """Return what is wrong with the name of a time zone."""
    if name is None:
        return []
    if not name:
        return [causes.invalid(path, name, "timeZone must be nil or non-empty string")]
    if name.startswith(FOREIGN):
        return [causes.invalid(path, name, f"unknown time zone {name}")]
    if name.lower() == "local":
        unknown = [causes.invalid(path, name, f"unknown time zone {name}")] if name != "Local" else []
        return [causes.invalid(path, name, EXPLICIT), *unknown]
    try:
        zoneinfo.ZoneInfo(name)
    except (OSError, ValueError, zoneinfo.ZoneInfoNotFoundError):
        return [causes.invalid(path, name, f"unknown time zone {name}")]
    return []
