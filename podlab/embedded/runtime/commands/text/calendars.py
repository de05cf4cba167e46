"""`cal`: months in rows of weeks that begin with Sunday."""

from __future__ import annotations

import calendar
from datetime import UTC, datetime

from podlab.embedded.runtime.machine.stdio import Io, letters

DAYS = "Su Mo Tu We Th Fr Sa"
WIDTH = 20


async def cal(io: Io, words: list[str]) -> int:
    """`cal [-jmy] [[MONTH] YEAR]`"""
    now = datetime.fromtimestamp(io.process.time, UTC)
    flags, _, names = letters(words, "")
    if flags - {"y"}:
        return io.fail(f"cal: podlab does not simulate cal -{min(flags - {'y'})}")
    limits = [(1, 9999)] if len(names) == 1 else [(1, 12), (1, 9999)]
    for name, (least, most) in zip(names, limits, strict=False):
        if not name.isdecimal():
            return io.fail(f"cal: invalid number '{name}'")
        if not least <= int(name) <= most:
            return io.fail(f"cal: number {name} is not in {least}..{most} range")
    numbers = [int(name) for name in names]
    if numbers[-1:] and numbers[-1] < 1753:
        return io.fail("cal: podlab does not simulate years before 1753")
    if len(numbers) == 1 or "y" in flags:
        io.say(_year(numbers[-1] if numbers else now.year))
        return 0
    month, year = numbers or (now.month, now.year)
    title = f"{calendar.month_name[month]} {year}"
    rows = _weeks(year, month)
    shown = [
        f"{' ' * ((WIDTH - len(title)) // 2)}{title}",
        DAYS,
        *(f"{row:{WIDTH}}".rstrip() or " " * 21 for row in rows),
    ]
    io.say("\n".join(shown))
    return 0


def _weeks(year: int, month: int) -> list[str]:
    rows = calendar.Calendar(6).monthdayscalendar(year, month)
    found = [" ".join(f"{day:2}" if day else "  " for day in row) for row in rows]
    return found + [""] * (6 - len(found))


def _centered(text: str) -> str:
    left = (WIDTH - len(text)) // 2
    return f"{' ' * left}{text}".ljust(WIDTH)


def _year(year: int) -> str:
    out = [f"{year!s:^66}".rstrip(), ""]
    for first in (1, 4, 7, 10):
        months = range(first, first + 3)
        out.append("  ".join(_centered(calendar.month_name[month]) for month in months))
        out.append("  ".join([DAYS] * 3))
        weeks = [_weeks(year, month) for month in months]
        out += ["  ".join(f"{row:{WIDTH}}" for row in rows).rstrip() or " " * 79 for rows in zip(*weeks, strict=True)]
    return "\n".join(out)
