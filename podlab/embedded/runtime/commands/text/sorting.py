"""sort and uniq: lines in order, by keys and as numbers, and lines that repeat."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from podlab.embedded.runtime.machine.stdio import Io, inputs, plain_rows

KEY = re.compile(r"(\d+)(?:\.(\d+))?([a-zA-Z]*)(?:,(\d+)(?:\.(\d+))?([a-zA-Z]*))?")
NUMBER = re.compile(r"\s*(-?(?:\d+\.?\d*|\.\d+))")
SIZES = {"K": 1, "M": 2, "G": 3, "T": 4, "P": 5}
MONTHS = {name: number for number, name in enumerate("JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split(), 1)}  # noqa: SIM905
WITH_VALUE = "ktoSTs"


@dataclass(frozen=True, slots=True)
class Key:
    """From a field's character to another's, with the letters that say how it is compared."""

    first: int
    start: int
    last: int
    end: int
    letters: frozenset[str]


def _cut(line: str, separator: str) -> list[str]:
    return line.split(separator) if separator else re.findall(r"\s*\S+|\s+$", line) or [line]


def _part(line: str, key: Key, separator: str) -> str:
    fields = _cut(line, separator)
    chosen = fields[key.first - 1 : key.last or None]
    if not chosen:
        return ""
    if key.last and key.end and len(fields) >= key.last:
        chosen[-1] = chosen[-1][: key.end]
    if "b" in key.letters:
        chosen[0] = chosen[0].lstrip()
    chosen[0] = chosen[0][max(key.start - 1, 0) :]
    return separator.join(chosen)


def _number(text: str) -> float:
    found = NUMBER.match(text)
    return float(found[1]) if found else 0.0


def _value(text: str, letters: frozenset[str]) -> Any:
    if letters & {"n", "g"}:
        return _number(text)
    if "h" in letters:
        found = NUMBER.match(text)
        unit = text[found.end() : found.end() + 1].upper() if found else ""
        return (SIZES.get(unit, 0), _number(text))
    if "M" in letters:
        return MONTHS.get(text.strip()[:3].upper(), 0)
    if "V" in letters:
        return [(int(part), "") if part.isdigit() else (-1, part) for part in re.findall(r"\d+|\D+", text)]
    if "d" in letters:
        text = re.sub(r"[^\w\s]", "", text)
    return text.upper() if "f" in letters else text


def ordered(lines: list[str], keys: list[Key], letters: frozenset[str], separator: str) -> list[str]:
    """The lines in order: by each key, then as they are."""
    lines = sorted(lines, reverse="r" in letters) if "s" not in letters else list(lines)
    for key in reversed(keys):
        how = key.letters or letters
        lines.sort(key=lambda line, key=key, how=how: _value(_part(line, key, separator), how), reverse="r" in how)  # type: ignore[misc]
    if not keys and letters & set("nghMVfdb"):
        lines.sort(key=lambda line: _value(line.lstrip() if "b" in letters else line, letters), reverse="r" in letters)
    return lines


def _same(line: str, keys: list[Key], letters: frozenset[str], separator: str) -> Any:
    """What makes two lines the same to `-u`."""
    if keys:
        return [_value(_part(line, key, separator), key.letters or letters) for key in keys]
    return _value(line, letters)


async def sort(io: Io, words: list[str]) -> int:
    """`sort [-bcdfghMnrsuV] [-t SEPARATOR] [-k KEY]… [-o FILE] [FILE]…`"""
    given, values, names = _options(words)
    keys = [_key(text) for text in values.get("k", [])]
    if None in keys:
        wrong = values["k"][keys.index(None)]
        return io.fail("sort: bad field specification" if io.busybox else f"sort: {_misread(wrong)}", 2)
    letters, wanted = frozenset(given), [key for key in keys if key]
    separator = values.get("t", [""])[-1].replace("\\t", "\t")
    found, failed = await inputs(io, "sort", names)
    end = "\0" if "z" in letters else "\n"
    lines = [line for _, data in found for line in data.decode(errors="replace").removesuffix(end).split(end) if data]
    sorted_ = ordered(lines, wanted, letters, separator)
    if "c" in letters:
        return _checked(io, names[0] if names else "-", lines, sorted_)
    if "u" in letters:
        sorted_ = [
            line
            for at, line in enumerate(sorted_)
            if not at or _same(line, wanted, letters, separator) != _same(sorted_[at - 1], wanted, letters, separator)
        ]
    data = "".join(f"{line}{end}" for line in sorted_).encode()
    (io.writer(values["o"][-1]) if "o" in values else io.out)(data)
    return 2 * (failed > 0)


def _checked(io: Io, name: str, lines: list[str], sorted_: list[str]) -> int:
    wrong = next((at for at, line in enumerate(lines) if line != sorted_[at]), None)
    if wrong is None:
        return 0
    at = next((at for at in range(1, len(lines)) if lines[at - 1] > lines[at]), wrong)
    return io.fail(f"Check line {at}" if io.busybox else f"sort: {name}:{at + 1}: disorder: {lines[at]}")


def _options(words: list[str]) -> tuple[set[str], dict[str, list[str]], list[str]]:
    letters: set[str] = set()
    values: dict[str, list[str]] = {}
    names, words = list[str](), list(words)
    long = {"--reverse": "-r", "--unique": "-u", "--numeric-sort": "-n", "--human-numeric-sort": "-h"}
    while words:
        word = words.pop(0)
        word = long.get(word, word)
        if match := re.fullmatch(rf"-([a-zA-Z]*?)([{WITH_VALUE[:5]}])(.*)", word, re.S):
            letters |= set(match[1])
            values.setdefault(match[2], []).append(match[3] or (words.pop(0) if words else ""))
        elif match := re.fullmatch(r"--(key|field-separator|output)=(.*)", word, re.S):
            values.setdefault({"key": "k", "field-separator": "t", "output": "o"}[match[1]], []).append(match[2])
        elif word.startswith("-") and len(word) > 1:
            letters |= set(word[1:])
        else:
            names.append(word)
    return letters, values, names


def _key(text: str) -> Key | None:
    found = KEY.fullmatch(text)
    if not found or found[1] == "0":
        return None
    letters = frozenset((found[3] or "") + (found[6] or ""))
    return Key(int(found[1]), int(found[2] or 0), int(found[4] or 0), int(found[5] or 0), letters)


def _misread(text: str) -> str:
    """What coreutils says of a key that is none."""
    if re.match(r"0+(?!\d)", text):
        return f"field number is zero: invalid field specification '{text}'"
    first, _, second = text.partition(",")
    where, at = ("field start", first) if not first[:1].isdecimal() else ("after ','", second)
    where = where if where != "field start" else "at field start"
    return f"invalid number {where}: invalid count at start of '{at}'"


async def uniq(io: Io, words: list[str]) -> int:
    """`uniq [-cdui] [-f FIELDS] [-s CHARS] [-w CHARS] [FILE]`"""
    letters, values, names = set[str](), {"f": 0, "s": 0, "w": 0}, list[str]()
    words = list(words)
    while words:
        word = words.pop(0)
        if match := re.fullmatch(r"-([cdui]*)([fsw])(\d*)", word):
            letters |= set(match[1])
            given = match[3] or (words.pop(0) if words else "0")
            values[match[2]] = int(given) if given.isdecimal() else 0
        elif word.startswith("-") and len(word) > 1:
            letters |= set(word.lstrip("-"))
        else:
            names.append(word)
    found, failed = await inputs(io, "uniq", names[:1])
    groups: list[tuple[str, int]] = []
    before: object = None
    for line in (line for _, data in found for line in plain_rows(data.decode(errors="replace"))):
        same = _shortened(line, letters, values)
        if groups and same == before:
            groups[-1] = (groups[-1][0], groups[-1][1] + 1)
        else:
            groups.append((line, 1))
        before = same
    for line, count in groups:
        if (count > 1 or "d" not in letters) and (count == 1 or "u" not in letters):
            io.say(f"{count:7} {line}" if "c" in letters else line)
    return int(failed > 0)


def _shortened(line: str, letters: set[str], values: dict[str, int]) -> str:
    """What is compared of a line."""
    for _ in range(min(values["f"], 1000)):
        line = re.sub(r"^\s*\S*", "", line)
    line = line[values["s"] :][: values["w"] or None]
    return line.lower() if "i" in letters else line
