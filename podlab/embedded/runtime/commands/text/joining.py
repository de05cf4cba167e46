"""`join`: lines of two files that have a field in common.

Upstream: GNU coreutils' join.c
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from podlab.embedded.runtime.commands import coreutils
from podlab.embedded.runtime.files import FileError
from podlab.embedded.runtime.machine.stdio import Io, plain_rows

VALUED = "12jtaveo"


@dataclass(slots=True)
class _Asked:
    """What the options say; fields are counted from 0."""

    keys: list[int] = field(default_factory=lambda: [0, 0])
    mark: str = ""
    alone: set[str] = field(default_factory=set)
    pairs: bool = True
    empty: str = ""
    form: list[str] = field(default_factory=list)
    ignores: bool = False
    names: list[str] = field(default_factory=list)


async def join(io: Io, words: list[str]) -> int:
    """`join [-i] [-1 N] [-2 N] [-t CHAR] [-a FILE] [-v FILE] [-e TEXT] [-o FORMAT] FILE1 FILE2`"""
    asked = _options(list(words))
    if isinstance(asked, str):
        return io.fail(f"join: {asked}" + f"\n{coreutils.hint('join')}" * (not asked.startswith("invalid f")))
    tables = []
    for name in asked.names:
        try:
            text = (await (io.stdin if name == "-" else io.open(name)).rest()).decode(errors="replace")
        except FileError as error:
            return io.fail(f"join: {name}: {error}")
        tables.append([line.split(asked.mark) if asked.mark else line.split() for line in plain_rows(text)])
    unsorted = _joined(io, asked, tables)
    return io.fail("join: input is not in sorted order") if unsorted else 0


def _options(words: list[str]) -> _Asked | str:
    """What was asked for, or what is wrong with it."""
    asked = _Asked()
    while words:
        word = words.pop(0)
        if not re.match(r"-.", word):
            asked.names.append(word)
            continue
        if word in ("-i", "--ignore-case"):
            asked.ignores = True
            continue
        if word[1] not in VALUED:
            known = word in ("--header", "--check-order", "--nocheck-order", "-z")
            unknown = f"unrecognized option '{word}'" if word[1] == "-" else f"invalid option -- '{word[1]}'"
            return f"podlab does not simulate join {word}" if known else unknown
        value = word[2:] or (words.pop(0) if words else "")
        wrong = _set(asked, word[1], value)
        if wrong:
            return wrong
    if len(asked.names) < 2:
        return f"missing operand after '{asked.names[0]}'" if asked.names else "missing operand"
    return asked if len(asked.names) == 2 else f"extra operand '{asked.names[2]}'"


def _set(asked: _Asked, letter: str, value: str) -> str:
    """Keep an option's value; what is wrong with it."""
    if letter in "12j":
        if not value.isdecimal() or not int(value):
            return f"invalid field number: '{value}'"
        for at in (0, 1) if letter == "j" else (int(letter) - 1,):
            asked.keys[at] = int(value) - 1
    elif letter == "t":
        asked.mark = value
    elif letter in "av":
        if value not in ("1", "2"):
            return f"invalid file number: '{value}'"
        asked.alone.add(value)
        asked.pairs = asked.pairs and letter == "a"
    elif letter == "e":
        asked.empty = value
    else:
        asked.form = re.split(r"[ ,]+", value)
    return ""


def _joined(io: Io, asked: _Asked, tables: list[list[list[str]]]) -> bool:
    """Say the lines; whether one was out of order, which has been told."""
    keys = [[_key(row, at, asked) for row in table] for table, at in zip(tables, asked.keys, strict=True)]
    told, places = [False, False], [0, 0]

    def step(side: int) -> None:
        at = places[side] = places[side] + 1
        if not told[side] and at < len(keys[side]) and keys[side][at] < keys[side][at - 1]:
            told[side] = True
            io.fail(f"join: {asked.names[side]}:{at + 1}: is not sorted: {' '.join(tables[side][at])}")

    while places[0] < len(keys[0]) and places[1] < len(keys[1]):
        left, right = keys[0][places[0]], keys[1][places[1]]
        if left != right:
            side = int(left > right)
            if str(side + 1) in asked.alone:
                _say(io, asked, tables[side][places[side]], side)
            step(side)
            continue
        begins = list(places)
        for side in (0, 1):
            while places[side] < len(keys[side]) and keys[side][places[side]] == left:
                step(side)
        for first in tables[0][begins[0] : places[0]] if asked.pairs else ():
            for second in tables[1][begins[1] : places[1]]:
                _say(io, asked, first, 0, second)
    for side in (0, 1):
        while places[side] < len(keys[side]):
            if str(side + 1) in asked.alone:
                _say(io, asked, tables[side][places[side]], side)
            step(side)
    return any(told)


def _key(row: list[str], at: int, asked: _Asked) -> str:
    found = row[at] if at < len(row) else ""
    return found.upper() if asked.ignores else found


def _say(io: Io, asked: _Asked, row: list[str], side: int, other: list[str] | None = None) -> None:
    """One line of the output: of a row alone, or of one and its counterpart."""
    rows = [row, other] if side == 0 else [other, row]
    key = row[asked.keys[side]] if asked.keys[side] < len(row) else ""
    cells = [key]
    if asked.form:
        cells = []
        for place in asked.form:
            number, _, column = place.partition(".")
            known = rows[int(number) - 1] if number in ("1", "2") else None
            found = key if place == "0" else known[int(column) - 1] if known and 0 < int(column) <= len(known) else ""
            cells.append(found or asked.empty)
    else:
        for table, at in zip(rows, asked.keys, strict=True):
            cells += [cell for place, cell in enumerate(table or ()) if place != at]
    io.say((asked.mark or " ").join(cells))
