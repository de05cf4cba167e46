"""`numfmt`: numbers with units, and without.

Upstream: GNU coreutils' numfmt.c
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

from podlab.embedded.runtime.commands import coreutils
from podlab.embedded.runtime.machine.stdio import Io, plain_rows

UNITS = "KMGTPEZY"
KNOWN = frozenset(
    "from to from-unit to-unit field delimiter padding round suffix format header invalid grouping".split()  # noqa: SIM905
)
LETTERS = {"d": "delimiter"}


@dataclass(slots=True)
class _Asked:
    """What the options say."""

    values: dict[str, str]
    numbers: list[str]

    def get(self, name: str, usual: str) -> str:
        return self.values.get(name, usual)


class _Wrong(Exception):
    """A number that is none, in numfmt's words."""


async def numfmt(io: Io, words: list[str]) -> int:
    """`numfmt [--from UNIT] [--to UNIT] [--field N] [--padding N] [--format FORMAT] [NUMBER]…`"""
    asked = _options(words)
    if isinstance(asked, str):
        return io.fail(f"numfmt: {asked}\n{coreutils.hint('numfmt')}")
    unsimulated = next((name for name in ("invalid", "grouping") if name in asked.values), "")
    if unsimulated == "invalid":
        return io.fail("numfmt: podlab does not simulate numfmt --invalid")
    kinds = {"none", "auto", "si", "iec", "iec-i"}
    for name in ("from", "to"):
        if (kind := asked.get(name, "none")) not in kinds - ({"auto"} if name == "to" else set()):
            return io.fail(f"numfmt: podlab does not simulate numfmt --{name}={kind}")
    lines: Iterator[str] = iter(asked.numbers)
    if not asked.numbers:
        lines = iter(plain_rows((await io.stdin.rest()).decode(errors="replace")))
        for _ in range(int(asked.get("header", "0") or 1)):
            if (title := next(lines, None)) is not None:
                io.say(title)
    for line in lines:
        try:
            io.say(_line(line, asked))
        except _Wrong as wrong:
            return io.fail(f"numfmt: {wrong}", 2)
    return 0


def _options(words: list[str]) -> _Asked | str:
    """What was asked for, or what is wrong with it."""
    asked, words = _Asked({}, []), list(words)
    while words:
        word = words.pop(0)
        if re.fullmatch(r"-[a-z].*", word) and word[1] in LETTERS:
            asked.values[LETTERS[word[1]]] = word[2:] or (words.pop(0) if words else "")
        elif word.startswith("--"):
            name, equals, value = word[2:].partition("=")
            if name not in KNOWN:
                return f"unrecognized option '{word}'"
            if name not in ("header", "grouping") and not equals:
                value = words.pop(0) if words else ""
            asked.values[name] = value
        elif re.fullmatch(r"-[a-zA-Z]", word):
            return f"invalid option -- '{word[1]}'"
        else:
            asked.numbers.append(word)
    return asked


def _line(line: str, asked: _Asked) -> str:
    """A line with the numbers of the fields that were asked for in another form."""
    mark = asked.get("delimiter", "")
    fields = line.split(mark) if mark else re.findall(r"\s*\S+", line) or [line]
    wanted = _fields(asked.get("field", "1"), len(fields))
    for at in wanted:
        before = "" if mark else fields[at][: len(fields[at]) - len(fields[at].lstrip())]
        fields[at] = before + _converted(fields[at].strip(), asked)
    return mark.join(fields)


def _fields(text: str, count: int) -> list[int]:
    """The fields of `2,4-` that there are."""
    found: set[int] = set()
    for part in text.split(","):
        first, dash, last = part.partition("-")
        end = int(last) if last.isdecimal() else count if dash else int(first or 0)
        found |= set(range(int(first or 1) - 1, end))
    return sorted(at for at in found if at < count)


def _converted(text: str, asked: _Asked) -> str:
    suffix = asked.get("suffix", "")
    number = _read(text.removesuffix(suffix) if suffix else text, asked.get("from", "none"))
    number *= int(asked.get("from-unit", "1")) / int(asked.get("to-unit", "1"))
    form = re.fullmatch(r"(.*?)%(-?\d*)(?:\.(\d+))?f(.*)", asked.get("format", "%f"))
    digits = int(form[3]) if form and form[3] else None
    shown = _shown(number, asked.get("to", "none"), asked.get("round", "from-zero"), digits) + suffix
    width = int(asked.get("padding", (form[2] if form else "") or "0"))
    shown = shown.ljust(-width) if width < 0 else shown.rjust(width)
    return f"{form[1]}{shown}{form[4]}" if form else shown


def _read(text: str, kind: str) -> float:
    """A number with or without a unit. Raises _Wrong."""
    found = re.fullmatch(r"(-?\d+(?:\.\d+)?)([A-Za-z]*)", text)
    if not found:
        raise _Wrong(f"invalid number: '{text}'")
    unit, rest = found[2][:1], found[2][1:]
    if not unit:
        return float(found[1])
    if kind == "none" and unit in UNITS:
        raise _Wrong(f"rejecting suffix in input: '{text}' (consider using --from)")
    if kind in ("si", "iec") and unit in UNITS and rest == "i":
        raise _Wrong(f"invalid suffix in input '{text}': '{rest}'")
    if unit not in UNITS or rest not in ("", "i"):
        raise _Wrong(f"invalid suffix in input: '{text}'")
    if kind == "iec-i" and not rest:
        raise _Wrong(f"missing 'i' suffix in input: '{text}' (e.g Ki/Mi/Gi)")
    base = 1000 if kind == "si" or (kind == "auto" and not rest) else 1024
    return float(found[1]) * float(base ** (UNITS.index(unit) + 1))


def _rounded(number: float, way: str) -> float:
    if way == "up":
        return math.ceil(number)
    if way == "down":
        return math.floor(number)
    if way == "towards-zero":
        return math.trunc(number)
    if way == "nearest":
        return math.floor(abs(number) + 0.5) * (1 if number >= 0 else -1)
    return math.ceil(abs(number)) * (1 if number >= 0 else -1)


def _shown(number: float, kind: str, way: str, digits: int | None) -> str:
    if kind == "none":
        return f"{number:.{digits}f}" if digits else str(int(_rounded(round(number, 9), way)))
    base, unit = 1000 if kind == "si" else 1024, 0
    while abs(number) >= base and unit < len(UNITS):
        number, unit = number / base, unit + 1
    factor = 10 ** (digits if digits is not None else int(abs(number) < 10 and unit > 0))
    number = _rounded(round(number * factor, 9), way) / factor
    if abs(number) >= base and unit < len(UNITS):
        number, unit = number / base, unit + 1
    places = digits if digits is not None else int(unit > 0 and abs(number) < 10)
    ending = f"{UNITS[unit - 1]}{'i' * (kind == 'iec-i')}" if unit else ""
    return f"{number:.{places}f}{ending}"
