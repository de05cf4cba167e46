"""Times as `date` and `touch` read and write them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from podlab.embedded.runtime.expressions.spokendates import spoken

FORMS = (
    "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%Y-%m-%d", "%Y.%m.%d-%H:%M:%S",
    "%Y.%m.%d-%H:%M", "%Y%m%d", "%Y%m%d%H%M", "%a %b %d %H:%M:%S %Z %Y", "%a, %d %b %Y %H:%M:%S %z", "%b %d %Y",
    "%d %b %Y",
)  # fmt: skip
TIMES = ("%H:%M:%S", "%H:%M")


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


ROLLING = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?: (\d\d):(\d\d)(?::(\d\d))?)?")


def understood(text: str, now: datetime, *, busy: bool) -> datetime | None:
    """The moment that a text says; None for none. busybox knows fewer forms than coreutils."""
    text, zone = text.strip(), UTC if text.rstrip().endswith(("Z", " UTC")) else now.tzinfo or UTC
    if busy and re.fullmatch(r"\d{8}|[-\d]+T[:\d]+Z?", text):
        return None
    if not text and not busy:
        return now.replace(hour=0, minute=0, second=0, microsecond=0)
    if not busy and (zoned := re.match(r'TZ="([^"]*)" *', text)):
        zone = zone_of(zoned[1], files=True)
        return understood(text[zoned.end() :], now.astimezone(zone), busy=False)
    if re.fullmatch(r"@-?\d{1,11}(\.\d*)?", text):
        return datetime.fromtimestamp(float(text[1:]), UTC)
    if busy and (found := ROLLING.fullmatch(text)) and found[3] <= "31":
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
    return None if busy else spoken(text, now)


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
