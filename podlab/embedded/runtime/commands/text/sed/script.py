"""Reads a sed script: addresses, commands, blocks and labels."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from podlab.embedded.runtime.expressions import patterns

PLACE = re.compile(r"\s*(?:(\d+)~(\d+)|(\d+)|(\$)|\\(.)|(/))")
FLAGS = re.compile(r"[gpiIeMm\d]*")
SIMPLE = "dDgGhHlnNpPx="


class BadScript(ValueError):
    """A script that sed refuses, or that is not supported here."""


@dataclass(frozen=True, slots=True)
class Step:
    """Every so many lines from the first on."""

    first: int
    step: int


@dataclass(frozen=True, slots=True)
class More:
    """So many lines after the first address."""

    count: int


@dataclass(slots=True)
class Command:
    """One command with the lines that it is for; `end` is where a block's or a jump's way goes on."""

    name: str
    first: Any = None
    last: Any = None
    negated: bool = False
    pattern: Any = None
    replacement: str = ""
    flags: str = ""
    text: str = ""
    end: int = 0
    inside: bool = field(default=False)
    until: int = field(default=0)

    def applies(self, number: int, line: str, over: bool) -> bool:
        """Whether it is for this line."""
        return self._within(number, line, over) != self.negated

    def _within(self, number: int, line: str, over: bool) -> bool:
        if self.last is None:
            return self.first is None or _at(self.first, number, line, over)
        if self.inside:
            last = self.until if isinstance(self.last, (int, More)) else self.last
            if isinstance(last, int):
                self.inside = number < last
                return number <= last
            self.inside = not _at(last, number, line, over)
            return True
        if not (self.first == 0 and number == 1) and not _at(self.first, number, line, over):
            return False
        self.until = number + self.last.count if isinstance(self.last, More) else int(self._whole())
        zero = self.first == 0 and _at(self.last, number, line, over)
        self.inside = not zero and not (isinstance(self.last, (int, More)) and number >= self.until)
        return True

    def _whole(self) -> int:
        return self.last if isinstance(self.last, int) else 0


def _at(place: Any, number: int, line: str, over: bool) -> bool:
    if isinstance(place, int):
        return number == place
    if isinstance(place, Step):
        return number >= place.first and (not place.step or (number - place.first) % place.step == 0)
    return over if place == "$" else bool(place.search(line))


def parse(script: str, *, extended: bool) -> list[Command]:
    """The commands of a script. Raises BadScript and BadPattern."""
    return _Parser(script, extended).commands()


class _Parser:
    def __init__(self, script: str, extended: bool) -> None:
        self.script, self.extended, self.at = script, extended, 0
        self.found: list[Command] = []
        self.open: list[int] = []

    def commands(self) -> list[Command]:
        while True:
            while self.at < len(self.script) and self.script[self.at] in " \t\n;":
                self.at += 1
            if self.at >= len(self.script):
                break
            if self.script[self.at] == "#":
                self._line()
                continue
            self._command()
        if self.open:
            raise BadScript("-e expression #1, char 0: unmatched `{'")
        labels = {command.text: index for index, command in enumerate(self.found) if command.name == ":"}
        for command in self.found:
            if command.name in ("b", "t", "T"):
                if command.text and command.text not in labels:
                    raise BadScript(
                        f"-e expression #1, char {len(self.script)}: can't find label for jump to `{command.text}'"
                    )
                command.end = labels.get(command.text, len(self.found))
        return self.found

    def _wrong(self, words: str) -> BadScript:
        return BadScript(f"-e expression #1, char {self.at}: {words}")

    def _line(self) -> str:
        end = (self.script + "\n").index("\n", self.at)
        text, self.at = self.script[self.at : end], end
        return text

    def _place(self) -> Any:
        match = PLACE.match(self.script, self.at)
        if not match:
            return None
        self.at = match.end()
        if match[1]:
            return Step(int(match[1]), int(match[2]))
        if match[3]:
            return int(match[3])
        if match[4]:
            return "$"
        written = self._until(match[5] or "/", "address regex")
        insensitive = self.script[self.at : self.at + 1] == "I"
        self.at += insensitive
        return patterns.compiled(written, extended=self.extended, ignore_case=insensitive)

    def _until(self, mark: str, what: str) -> str:
        """A part of a command, up to its mark; within brackets a mark is no end."""
        start, end = self.at, self.at
        while end < len(self.script) and self.script[end] != mark:
            end += 2 if self.script[end] == "\\" else 1
        if not mark or end >= len(self.script):
            self.at = len(self.script)
            raise self._wrong(f"unterminated {what}")
        self.at = end + 1
        part = self.script[start:end]
        return part.replace(f"\\{mark}", mark) if mark not in "()|.*[]{}+?^$\\" else part

    def _last(self) -> Any:
        self.at += 1
        if match := re.compile(r"\s*\+(\d+)").match(self.script, self.at):
            self.at = match.end()
            return More(int(match[1]))
        last = self._place()
        if last is None:
            raise self._wrong("unexpected `,'")
        return last

    def _command(self) -> None:
        first, last = self._place(), None
        if first is not None and self.script[self.at : self.at + 1] == ",":
            last = self._last()
        while self.script[self.at : self.at + 1] in (" ", "\t"):
            self.at += 1
        negated = False
        while self.script[self.at : self.at + 1] in ("!", " ") and self.at < len(self.script):
            negated = negated or self.script[self.at] == "!"
            self.at += 1
        name = self.script[self.at : self.at + 1]
        if not name or name == "\n":
            raise self._wrong("missing command")
        self.at += 1
        command = Command(name, first, last, negated)
        if name == "}":
            if not self.open:
                raise self._wrong("unexpected `}'")
            self.found[self.open.pop()].end = len(self.found)
            return
        if name == "{":
            self.open.append(len(self.found))
        elif name in ("s", "y"):
            self._parts(command)
        elif name in "aic":
            self._text(command)
        elif name in ":btTrw":
            self._word(command)
        elif name in "qQ":
            found = re.compile(r"\s*(\d*)").match(self.script, self.at)
            command.text, self.at = (found[1], found.end()) if found else ("", self.at)
        elif name not in SIMPLE:
            raise self._wrong(f"unknown command: `{name}'")
        self.found.append(command)
        self._ended()

    def _ended(self) -> None:
        rest = re.compile(r"[ \t]*").match(self.script, self.at)
        self.at = rest.end() if rest else self.at
        if (
            self.script[self.at : self.at + 1] not in ("", ";", "\n", "}", "#")
            and self.found[-1].name not in "{aic:btTrw"
        ):
            self.at += 1
            raise self._wrong("extra characters after command")

    def _word(self, command: Command) -> None:
        stops = "\n" if command.name in "rw" else "\n;}"
        end = next((at for at in range(self.at, len(self.script)) if self.script[at] in stops), len(self.script))
        command.text, self.at = self.script[self.at : end].strip(), end

    def _text(self, command: Command) -> None:
        """What a, i and c put: to the end of the line; a backslash before its end goes on."""
        lines, first = [], self._line().lstrip()
        if first in ("\\", ""):
            self.at += 1
            first = self._line()
        elif first.startswith("\\"):
            first = first[1:].lstrip() if not first[1:2].strip() else first[1:]
        while first.endswith("\\"):
            lines.append(first[:-1])
            self.at += 1
            first = self._line()
        command.text = "\n".join([*lines, first])

    def _parts(self, command: Command) -> None:
        mark, what = self.script[self.at : self.at + 1], f"`{command.name}' command"
        self.at += 1
        command.text, command.replacement = self._until(mark, what), self._until(mark, what)
        if command.name == "y":
            if len(command.text) != len(command.replacement):
                raise self._wrong("strings for `y' command are different lengths")
            return
        flags = FLAGS.match(self.script, self.at)
        command.flags = flags[0] if flags else ""
        self.at += len(command.flags)
        if self.script[self.at : self.at + 1] not in ("", ";", "\n", "}", " ", "#", "\t"):
            self.at += 1
            raise self._wrong("unknown option to `s'")
        if command.text:
            insensitive = bool(set(command.flags) & {"i", "I"})
            command.pattern = patterns.compiled(command.text, extended=self.extended, ignore_case=insensitive)
