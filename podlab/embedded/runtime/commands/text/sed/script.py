"""Reads a sed script: addresses, commands, blocks and labels."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from podlab.embedded.runtime.expressions import patterns

PLACE = re.compile(r"\s*(?:(\d+)~(\d+)|(\d+)|(\$)|\\(.)|(/))")
SET = re.compile(r"\[\^?\]?(?:\[[:.=].*?[:.=]\]|[^\]\n])*\]")
"""A set of characters, in which nothing ends an expression."""
FLAGS = re.compile(r"[gpiIMm\d]*")
GNU_ONLY = "eFQRWz"
"""Commands that busybox's sed has not."""
SIMPLE = "dDFgGhHlnNpPxz="


class BadScript(ValueError):
    """A script that sed refuses, or that is not supported here."""


class BadExpression(BadScript):
    """A regular expression that is none: as it is written, and what GNU sed says."""

    def __init__(self, written: str, told: str) -> None:
        super().__init__(told)
        self.written = written


class NoLabel(BadScript):
    """A jump to nowhere."""


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
    """One command with the lines that it is for; `end` is where a block's or a jump's way goes on.

    `used` is the expression that it has looked for last.
    """

    name: str
    first: Any = None
    last: Any = None
    negated: bool = False
    pattern: Any = None
    replacement: str = ""
    flags: str = ""
    text: str = ""
    file: str = ""
    end: int = 0
    used: Any = None
    inside: bool = field(default=False)
    until: int = field(default=0)

    def applies(self, number: int, line: str, over: bool) -> bool:
        """Whether it is for this line."""
        return self._within(number, line, over) != self.negated

    def _within(self, number: int, line: str, over: bool) -> bool:
        if self.last is None:
            return self.first is None or self._at(self.first, number, line, over)
        if self.inside:
            last = self.until if isinstance(self.last, (int, More)) else self.last
            if isinstance(last, int):
                self.inside = number < last
                return number <= last
            self.inside = not self._at(last, number, line, over)
            return True
        if not (self.first == 0 and number == 1) and not self._at(self.first, number, line, over):
            return False
        self.until = number + self.last.count if isinstance(self.last, More) else int(self._whole())
        zero = self.first == 0 and self._at(self.last, number, line, over)
        self.inside = not zero and not (isinstance(self.last, (int, More)) and number >= self.until)
        return True

    def _at(self, place: Any, number: int, line: str, over: bool) -> bool:
        if isinstance(place, int):
            return number == place
        if isinstance(place, Step):
            return number >= place.first and (not place.step or (number - place.first) % place.step == 0)
        if place == "$":
            return over
        self.used = place
        return bool(place.search(line))

    def _whole(self) -> int:
        return self.last if isinstance(self.last, int) else 0


def parse(script: str, *, extended: bool, program: str = "sed") -> list[Command]:
    """The commands of a script, with its expressions as a `program` reads them. Raises BadScript and BadPattern."""
    return _Parser(script, extended, program).commands()


class _Parser:
    def __init__(self, script: str, extended: bool, program: str) -> None:
        self.script, self.extended, self.program, self.at = script, extended, program, 0
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
                    raise NoLabel(f"can't find label for jump to `{command.text}'")
                command.end = labels.get(command.text, len(self.found))
        return self.found

    def _wrong(self, words: str) -> BadScript:
        return BadScript(f"-e expression #1, char {self.at}: {words}")

    def _line(self) -> str:
        end = (self.script + "\n").find("\n", self.at)
        end = len(self.script) if end < 0 else end
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
        flags = re.compile("[IM]*").match(self.script, self.at)
        self.at = flags.end() if flags else self.at
        return self._pattern(written, flags[0] if flags else "")

    def _pattern(self, written: str, flags: str) -> Any:
        """An expression. Raises BadScript with what is wrong with it."""
        try:
            return patterns.compiled(
                _numbered(written, "()|.*[]{}+?^$\\"),
                extended=self.extended,
                ignore_case=bool(set(flags) & {"i", "I"}),
                lines=bool(set(flags) & {"m", "M"}),
                program=self.program,
            )
        except patterns.Unsimulated:
            raise
        except patterns.BadPattern as error:
            raise BadExpression(written, f"-e expression #1, char {self.at}: {error}") from None

    def _until(self, mark: str, what: str) -> str:
        """A part of a command, up to its mark; within brackets a mark is no end."""
        start, end = self.at, self.at
        while end < len(self.script) and self.script[end] != mark:
            if self.script[end] == "[" and what != "replacement":
                found = SET.match(self.script, end)
                end = found.end() if found else len(self.script)
                continue
            end += 2 if self.script[end] == "\\" else 1
        if not mark or end >= len(self.script):
            self.at = len(self.script)
            raise self._wrong(f"unterminated {'`s' + chr(39) + ' command' if what == 'replacement' else what}")
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
            self.at += 1
            raise self._wrong("unexpected `,'")
        return last

    def _command(self) -> None:
        first, last = self._place(), None
        if first is not None and self.script[self.at : self.at + 1] == ",":
            last = self._last()
        if first == 0 and (last is None or isinstance(last, (int, str, More, Step))):
            self.at += 1
            raise self._wrong("invalid usage of line address 0")
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
        if self.program != "sed" and name in GNU_ONLY:
            raise self._wrong(f"unknown command: `{name}'")
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
        elif name in ":btTrwRWe":
            self._word(command)
        elif name in "qQ":
            found = re.compile(r"[ \t]*(\d*)").match(self.script, self.at)
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
            and self.found[-1].name not in "{aic:btTrwRWe"
        ):
            self.at += 1
            raise self._wrong("extra characters after command")

    def _word(self, command: Command) -> None:
        stops = "\n" if command.name in "rwRWe" else "\n;" if command.name == ":" else "\n;}"
        end = next((at for at in range(self.at, len(self.script)) if self.script[at] in stops), len(self.script))
        command.text, self.at = self.script[self.at : end].strip(), end
        if not command.text and command.name in "rwRW":
            raise self._wrong("missing filename in r/R/w/W commands")
        if not command.text and command.name == ":":
            raise self._wrong('":" lacks a label')

    def _text(self, command: Command) -> None:
        """What a, i and c put: to the end of the line; a backslash before its end goes on."""
        if not self.script[self.at :].strip(" \t"):
            raise self._wrong("expected \\ after `a', `c' or `i'")
        lines, first = [], self._line().lstrip()
        if first == "\\":
            self.at += 1
            first = self._line()
        elif first.startswith("\\"):
            first = first[1:]  # blanks behind the backslash are kept
        while re.search(r"(?<!\\)(\\\\)*\\$", first) and self.at < len(self.script):
            lines.append(first[:-1])
            self.at += 1
            first = self._line()
        plain = [re.sub(r"\\(.)", r"\1", _numbered(line, "\\")) for line in [*lines, first]]
        command.text = "\n".join(plain)

    def _parts(self, command: Command) -> None:
        mark, what = self.script[self.at : self.at + 1], f"`{command.name}' command"
        self.at += 1
        command.text = self._until(mark, what)
        command.replacement = self._until(mark, "replacement" if command.name == "s" else what)
        if command.name == "y":
            command.text, command.replacement = _plain(command.text), _plain(command.replacement)
            if len(command.text) != len(command.replacement):
                raise self._wrong("strings for `y' command are different lengths")
            return
        flags = FLAGS.match(self.script, self.at)
        command.flags = flags[0] if flags else ""
        self.at += len(command.flags)
        if self.script[self.at : self.at + 1] == "w":
            self.at += 1
            command.file = self._line().strip()
        elif self.script[self.at : self.at + 1] not in ("", ";", "\n", "}", " ", "#", "\t"):
            self.at += 1
            raise self._wrong("unknown option to `s'")
        command.replacement = _numbered(command.replacement, "&\\")
        if command.text:
            command.pattern = self._pattern(command.text, command.flags)
            asked = [int(one) for one in re.findall(r"(?<!\\)(?:\\\\)*\\(\d)", command.replacement)]
            if max(asked, default=0) > command.pattern.groups:
                raise self._wrong(f"invalid reference \\{max(asked)} on `s' command's RHS")


CONTROL = {"a": "\a", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
NUMBERED = re.compile(r"\\(?:x([0-9A-Fa-f]{1,2})|o([0-7]{1,3})|d(\d{1,3})|(.))", re.S)


def _numbered(text: str, special: str) -> str:
    """A text with characters for their numbers and letters: one that is special there keeps a backslash."""

    def one(found: re.Match[str]) -> str:
        if found[4]:
            return CONTROL[found[4]] if found[4] in CONTROL and "(" not in special else found[0]
        char = chr(int(found[1], 16) if found[1] else int(found[2], 8) if found[2] else int(found[3]))
        return f"\\{char}" if char in special else char

    return NUMBERED.sub(one, text)


def _plain(text: str) -> str:
    """What `y` changes: its letters with a backslash are control characters or themselves."""
    return re.sub(r"\\(.)", lambda found: {"n": "\n", "\\": "\\"}.get(found[1], found[0]), _numbered(text, ""))
