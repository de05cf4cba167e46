"""Times as `date` and `touch` read and write them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

FORMS = (
    "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%Y-%m-%d", "%Y.%m.%d-%H:%M:%S",
    "%Y.%m.%d-%H:%M", "%Y%m%d", "%Y%m%d%H%M", "%a %b %d %H:%M:%S %Z %Y", "%a, %d %b %Y %H:%M:%S %z", "%b %d %Y",
    "%d %b %Y",
)  # fmt: skip
TIMES = ("%H:%M:%S", "%H:%M")
STEP = re.compile(r"([-+]?\d{1,9}) *(second|sec|minute|min|hour|day|week|month|year)s?( ago)?", re.I)
SECONDS = {"sec": 1, "second": 1, "min": 60, "minute": 60, "hour": 3600, "day": 86400, "week": 604800}
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
NAMED = {"now": 0, "today": 0, "tomorrow": 86400, "yesterday": -86400}


def shown(form: str, moment: datetime) -> str:
    """A moment in a format of date."""
    given = {
        "s": str(int(moment.timestamp())),
        "N": f"{moment.microsecond * 1000:09}",
        "Z": _zone(moment),
        "z": moment.strftime("%z"),
    }
    given |= {
        "3N": f"{moment.microsecond // 1000:03}",
        "P": moment.strftime("%p").lower(),
        ":z": _colon(moment.strftime("%z")),
    }

    def one(found: re.Match[str]) -> str:
        letter = found[1]
        if letter in given:
            return given[letter]
        if letter.startswith(("-", "_")):
            text = moment.strftime(f"%{letter[1:]}").lstrip("0 ") or "0"
            return text if letter[0] == "-" else text.rjust(2)
        return moment.strftime(f"%{letter}")

    return re.sub(r"%(3N|:z|[-_]?[a-zA-Z%])", one, form)


def _zone(moment: datetime) -> str:
    return moment.tzname() or "UTC"


def _colon(offset: str) -> str:
    return f"{offset[:3]}:{offset[3:]}"


POSIX = re.compile(r":?([A-Za-z]{3,})([-+]?\d{1,2})?(?::(\d{2}))?.*")


def zone_of(name: str, *, files: bool) -> tzinfo:
    """The zone that TZ names: of the zone files where an image has those, or as POSIX writes it (`KST-9`)."""
    if not name:
        return UTC
    if files and not re.search(r"\d", name):
        try:
            return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError):
            pass
    found = POSIX.fullmatch(name)
    if not found:
        return UTC
    hours, minutes = int(found[2] or 0), int(found[3] or 0)
    west = timedelta(hours=abs(hours), minutes=minutes)
    return timezone(west if hours < 0 else -west, found[1])


ZONED = re.compile(r"(\d{4}-\d\d-\d\d[ T]\d\d:\d\d(?::\d\d)?) *([-+]\d{1,2}) +([a-zA-Z]+?)s?")
"""A time with a zone and then a unit, though who writes it means so many units."""
ROLLING = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?: (\d\d):(\d\d)(?::(\d\d))?)?")


def understood(text: str, now: datetime, *, busy: bool) -> datetime | None:
    """The moment that a text says; None for none. busybox knows fewer forms than coreutils."""
    text, zone = text.strip(), UTC if text.rstrip().endswith(("Z", " UTC")) else now.tzinfo or UTC
    if busy and re.fullmatch(r"\d{8}|[-\d]+T[:\d]+Z?", text):
        return None
    if re.fullmatch(r"@-?\d{1,11}(\.\d*)?", text):
        return datetime.fromtimestamp(float(text[1:]), UTC)
    if (
        busy
        and (found := re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)(?: (\d\d):(\d\d)(?::(\d\d))?)?", text))
        and found[3] <= "31"
    ):
        return _rolled([int(part or 0) for part in found.groups()], zone)
    for form in FORMS:
        try:
            return datetime.strptime(text.removesuffix("Z").removesuffix(" UTC"), form).replace(tzinfo=zone)
        except ValueError:
            continue
    for form in TIMES:
        try:
            clock = datetime.strptime(text, form)
        except ValueError:
            continue
        return now.replace(hour=clock.hour, minute=clock.minute, second=clock.second, microsecond=0)
    if not busy and (found := ZONED.fullmatch(text)):
        west = timedelta(hours=int(found[2]))
        base = understood(found[1], now.replace(tzinfo=timezone(west)), busy=False)
        return _moved(f"1 {found[3].lower()}", base) if base else None
    if not busy and (found := re.fullmatch(r"(\d{4}-\d\d-\d\d(?:[ T]\d\d:\d\d(?::\d\d)?)?) *([-+ ] *\d.*)", text)):
        base = understood(found[1], now, busy=False)
        return _moved(re.sub(r"^([-+]) +", r"\1", found[2].strip()).lower(), base) if base else None
    return None if busy else _moved(text.lower(), now)


def by_form(text: str, form: str, zone: tzinfo) -> datetime | None:
    """The moment that a text says in a format of its own, as busybox's `date -D` reads it."""
    if form == "%s" and text.isdecimal():
        return datetime.fromtimestamp(int(text[:11]), UTC)
    try:
        return datetime.strptime(text, form).replace(tzinfo=zone)
    except ValueError:
        return None


def _rolled(parts: list[int], zone: tzinfo) -> datetime | None:
    """A date whose day its month may not have: C's mktime goes on into the next one."""
    year, month, day, hour, minute, second = parts
    try:
        return datetime(year, month, 1, hour, minute, second, tzinfo=zone) + timedelta(days=day - 1)
    except ValueError:
        return None


def _moved(text: str, now: datetime) -> datetime | None:
    """coreutils' `2 days ago`, `yesterday`, `next week`."""
    if text in NAMED:
        return now + timedelta(seconds=NAMED[text])
    text = re.sub(r"^next ", "1 ", re.sub(r"^last ", "-1 ", text))
    if text.removeprefix("1 ") in WEEKDAYS:
        return (now + timedelta(days=(WEEKDAYS.index(text.removeprefix("1 ")) - now.weekday() - 1) % 7 + 1)).replace(
            hour=0, minute=0, second=0, microsecond=0
        )
    if not (found := STEP.fullmatch(text)):
        return None
    sign = -1 if found[3] else 1
    unit = found[2].lower()
    if unit in ("month", "year"):
        months = now.year * 12 + now.month - 1 + sign * int(found[1]) * (12 if unit == "year" else 1)
        parts = [months // 12, months % 12 + 1, now.day, now.hour, now.minute, now.second]
        return _rolled(parts, now.tzinfo or UTC)
    try:
        return now + timedelta(seconds=sign * int(found[1]) * SECONDS[unit])
    except OverflowError:
        return None
