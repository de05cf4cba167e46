"""What coreutils' `date -d` reads word by word: dates, times, zones, weekdays, and steps from there, in any order."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SECONDS = {"sec": 1, "min": 60, "hour": 3600, "day": 86400, "week": 604800, "fortnight": 1209600}
NAMED = {"now": 0, "today": 0, "tomorrow": 1, "yesterday": -1}
ORDINALS = {"next": 1, "last": -1, "this": 0}
_MONTH = rf"(?:{'|'.join(MONTHS)})[a-z]*\.?"
ITEM = re.compile(
    rf"""(?:(?P<iso>\d{{4}}-\d\d?-\d\d?)(?=[t\s]|$)t? | (?P<solid>\d{{8}})(?!\S)
    | (?P<us>\d\d?/\d\d?(?:/\d{{4}})?)(?!\S)
    | (?P<clock>\d\d?:\d\d(?::\d\d(?:[.,]\d+)?)?)\s*(?P<half>[ap]m)?\s*
      (?P<away>[-+]\s*\d\d?(?::?\d\d)?(?!\d))? | (?P<hour>\d\d?)\s*(?P<part>[ap]m)\b
    | (?P<zone>z|utc|gmt|[-+]\d\d:?\d\d)(?![\w:])
    | (?P<month>{_MONTH}\s+\d\d?(?!\d|:)(?:,?\s+\d{{4}})?) | (?P<day>\d\d?[\s-]+{_MONTH}(?:[\s-]+\d{{4}})?)
    | (?P<count>[-+]?\s*\d{{1,9}}|next|last|this)?\s*
      (?P<unit>sec|second|min|minute|hour|day|week|fortnight|month|year)s?\b(?P<ago>\s+ago\b)?
    | (?P<which>next|last|this)?\s*(?P<weekday>{"|".join(WEEKDAYS)})[a-z]*\b
    | (?P<named>now|today|tomorrow|yesterday)\b),?\s*""",
    re.X,
)


def spoken(text: str, now: datetime) -> datetime | None:
    """The moment that words say; None for none."""
    read, at, text = _Read(now), 0, text.strip().lower()
    while at < len(text):
        item = ITEM.match(text, at)
        if not item:
            return None
        try:
            read.take({key: value for key, value in item.groupdict().items() if value})
        except ValueError:
            return None
        at = item.end()
    try:
        return read.moment()
    except (ValueError, OverflowError):
        return None


class _Read:
    """What was said so far."""

    def __init__(self, now: datetime) -> None:
        self.now, self.date, self.zone = now, (now.year, now.month, now.day), now.tzinfo or UTC
        self.time: tuple[int, int, float] | None = None
        self.dated, self.weekday, self.months, self.step = False, (0, -1), 0, timedelta()

    def take(self, said: dict[str, str]) -> None:
        """One item. Raises ValueError for a time that there is not, or one said twice."""
        if found := said.get("iso") or said.get("solid") or said.get("us") or said.get("month") or said.get("day"):
            if self.dated:
                raise ValueError(found)
            self.date, self.dated = _date(found, self.now.year), True
        elif "clock" in said or "hour" in said:
            if self.time:
                raise ValueError(said)
            self.time = _time(said.get("clock") or said["hour"], said.get("half") or said.get("part", ""))
            self.zone = _zone(said["away"]) if "away" in said else self.zone
        elif zone := said.get("zone"):
            self.zone = _zone(zone)
        elif unit := said.get("unit"):
            self._step(said.get("count", "1"), unit, -1 if "ago" in said else 1)
        elif weekday := said.get("weekday"):
            self.weekday = (ORDINALS.get(said.get("which", "this"), 0), WEEKDAYS.index(weekday))
        else:
            self.step += timedelta(days=NAMED[said["named"]])

    def _step(self, count: str, unit: str, sign: int) -> None:
        number = ORDINALS[count] if count in ORDINALS else int(count.replace(" ", ""))
        if unit in ("month", "year"):
            self.months += sign * number * (12 if unit == "year" else 1)
        else:
            key = unit if unit in SECONDS else unit[:3]
            self.step += timedelta(seconds=sign * number * SECONDS[key])

    def moment(self) -> datetime:
        """All of it together. Raises ValueError and OverflowError."""
        year, month, day = self.date
        datetime(year, month, day)  # a day that its month does not have is none
        weekday_alone = self.weekday[1] >= 0 and not self.dated
        clock = (self.now.hour, self.now.minute, self.now.second + self.now.microsecond / 1e6)
        hour, minute, second = self.time or ((0, 0, 0) if self.dated or weekday_alone else clock)
        months = year * 12 + month - 1 + self.months
        made = datetime(months // 12, months % 12 + 1, 1, hour, minute, tzinfo=self.zone)
        made += timedelta(days=day - 1, seconds=second)
        if weekday_alone:
            ordinal, wanted = self.weekday
            ahead = (wanted - made.weekday()) % 7
            made += timedelta(days=ahead + 7 * (ordinal - (ordinal > 0 and ahead > 0)))
        return made + self.step


def _date(text: str, year: int) -> tuple[int, int, int]:
    numbers = [int(one) for one in re.findall(r"\d+", text)]
    if "/" in text:
        return (numbers[2] if len(numbers) > 2 else year), numbers[0], numbers[1]
    if text.isdecimal():
        return int(text[:4]), int(text[4:6]), int(text[6:])
    if named := re.search("[a-z]{3}", text):
        return (numbers[1] if len(numbers) > 1 else year), MONTHS.index(named[0]) + 1, numbers[0]
    return numbers[0], numbers[1], numbers[2]


def _time(text: str, half: str) -> tuple[int, int, float]:
    hour, minute, second = (*text.replace(",", ".").split(":"), "0", "0")[:3]
    if half and not 1 <= int(hour) <= 12:
        raise ValueError(text)
    hours = int(hour) % 12 + 12 * (half == "pm") if half else int(hour)
    if hours > 23 or int(minute) > 59 or float(second) > 60:
        raise ValueError(text)
    return hours, int(minute), float(second)


def _zone(text: str) -> tzinfo:
    if text[0] not in "+-":
        return UTC
    numbers = text[1:].strip().replace(":", "")
    if int(numbers[:2]) > 24:
        raise ValueError(text)
    away = timedelta(hours=int(numbers[:2]), minutes=int(numbers[2:] or 0))
    return timezone(-away if text[0] == "-" else away)
