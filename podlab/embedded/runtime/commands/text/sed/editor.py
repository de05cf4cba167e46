"""Carries a sed script out, line by line."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from podlab.embedded.runtime.commands.text.sed.script import Command

Breathe = Callable[[], Any]
LONGEST = 2**24


class Say(Protocol):
    """Prints a line, with its end unless it has none."""

    def __call__(self, line: str, *, ended: bool = True) -> None:
        """Print."""


async def _nothing(command: str) -> str:
    return ""


@dataclass(slots=True)
class Line:
    """A line that was read: of which file, whether it is that one's first and whether it is the last."""

    text: str
    name: str
    first: bool = False
    ended: bool = True
    last: bool = False


@dataclass(slots=True)
class Editor:
    """A script at work: the line, the line that is held, and what is to be printed after.

    `say` prints a line, `read` and `write` are for the files that a script names.
    """

    commands: list[Command]
    lines: AsyncIterator[Line]
    say: Say
    read: Callable[[str], str]
    write: Callable[[str, str], None]
    breathe: Breathe
    quiet: bool = False
    gnu: bool = True
    execute: Callable[[str], Awaitable[str]] = _nothing
    ended: bool = True
    name: str = "-"
    held: str = ""
    line: str = ""
    number: int = 0
    over: bool = False
    code: int = 0
    replaced: bool = False
    after: list[str] = field(default_factory=list)
    others: dict[str, list[str]] = field(default_factory=dict)
    pattern: Any = None

    async def run(self) -> int:
        """Edit all lines; returns the exit code."""
        going, fresh = True, True
        while going:
            if fresh and not await self._next():
                break
            fresh = True
            state = await self._cycle()
            if state in ("end", "quit") and not self.quiet:
                self.say(self.line, ended=self.ended)
            self._flush()
            going, fresh = state not in ("quit", "stop"), state != "again"
        return self.code

    def _flush(self) -> None:
        for text in self.after:
            self.say(text)
        self.after.clear()

    async def _next(self) -> bool:
        """Read the next line; whether there is one."""
        found = await anext(self.lines, None)
        if found is None:
            return False
        self.line, self.over, self.ended, self.name = found.text, found.last, found.ended, found.name
        self.number = 1 if found.first else self.number + 1
        return True

    async def _cycle(self) -> str:
        """One line through the script: `end`, `delete`, `again`, `quit` or `stop`."""
        at, self.replaced = 0, False
        while at < len(self.commands):
            command = self.commands[at]
            at += 1
            await self.breathe()
            applies = command.applies(self.number, self.line, self.over)
            self.pattern = command.used or self.pattern
            if not applies:
                at = command.end if command.name == "{" else at
                continue
            if command.name in "btT":
                if command.name == "b" or self.replaced == (command.name == "t"):
                    at = command.end
                self.replaced = self.replaced and command.name == "b"
                continue
            if command.name in "nN":
                if state := await self._join(command.name):
                    return state
            elif command.name == "e":
                for text in (await self.execute(command.text)).removesuffix("\n").split("\n"):
                    self.say(text)
            elif state := self._do(command):
                return state
        return "end"

    async def _join(self, name: str) -> str:
        if self.over:
            return "end" if name == "N" else "quit"
        before = self.line
        if name == "n" and not self.quiet:
            self.say(before, ended=self.ended)
        self._flush()
        await self._next()
        if name == "N":
            self.line = f"{before}\n{self.line}"[:LONGEST]
        return ""

    def _do(self, command: Command) -> str:
        name, first = command.name, self.line.partition("\n")
        if name in ENDS:
            self.code = int(command.text or 0) if name in "qQ" else self.code
            if name == "D" and first[1]:
                self.line = first[2]
                return "again"
            return ENDS[name]
        if name == "c":
            if command.last is None or command.negated or not command.inside:
                self.say(command.text)
            return "delete"
        if name in HOLD:
            self.line, self.held = HOLD[name](self.line, self.held)
            self.line, self.held = self.line[:LONGEST], self.held[:LONGEST]
        elif name in SAYS and (name != "l" or self.gnu):  # busybox's sed does nothing on it
            self.say(SAYS[name](self, command), ended=self.ended or name != "p" or not self.gnu)
        elif name == "z":
            self.line = ""
        elif name == "R":
            self._next_of(command.text)
        elif name == "W":
            self.write(command.text, first[0] + "\n")
        elif name == "a":
            self.after.append(command.text)
        elif name == "r":
            self.after += [text] if (text := self.read(command.text).removesuffix("\n")) else []
        elif name == "w":
            self.write(command.text, self.line + "\n")
        elif name == "y":
            self.line = self.line.translate(dict(zip(map(ord, command.text), command.replacement, strict=True)))
        elif name == "s":
            self._substitute(command)
        return ""

    def _substitute(self, command: Command) -> None:
        self.pattern = command.pattern or self.pattern
        if self.pattern is None:
            return
        self.line, done = substitute(command, self.pattern, self.line, gnu=self.gnu)
        self.replaced = self.replaced or done
        if done and "p" in command.flags:
            self.say(self.line, ended=self.ended)
        if done and command.file:
            self.write(command.file, self.line + "\n")

    def _next_of(self, name: str) -> None:
        """One more line of another file, after this one."""
        if name not in self.others:
            self.others[name] = self.read(name).removesuffix("\n").split("\n")
        if self.others[name]:
            self.after.append(self.others[name].pop(0))


SHOWN = {"\\": "\\\\", "\a": "\\a", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\v": "\\v"}
LISTED = 69
"""Characters of a line that `l` puts before it goes on below."""


def _listed(editor: Editor, command: Command) -> str:
    rows = [""]
    for byte in editor.line.encode(errors="surrogateescape"):
        char = chr(byte)
        shown = SHOWN.get(char, char if " " <= char <= "~" else f"\\{byte:03o}")
        if len(rows[-1]) + len(shown) > LISTED:
            rows.append("")
        rows[-1] += shown
    return "\\\n".join(rows) + "$"


ENDS = {"d": "delete", "D": "delete", "q": "quit", "Q": "stop"}
HOLD: dict[str, Callable[[str, str], tuple[str, str]]] = {
    "g": lambda line, held: (held, held),
    "G": lambda line, held: (f"{line}\n{held}", held),
    "h": lambda line, held: (line, line),
    "H": lambda line, held: (line, f"{held}\n{line}"),
    "x": lambda line, held: (held, line),
}
SAYS: dict[str, Callable[[Editor, Command], str]] = {
    "=": lambda editor, command: str(editor.number),
    "F": lambda editor, command: editor.name,
    "p": lambda editor, command: editor.line,
    "P": lambda editor, command: editor.line.partition("\n")[0],
    "i": lambda editor, command: command.text,
    "l": _listed,
}


def substitute(command: Command, pattern: Any, line: str, *, gnu: bool) -> tuple[str, bool]:
    """(the line after `s`, whether anything was replaced)"""
    out, position, count = list[str](), 0, 0
    wanted = int("".join(filter(str.isdigit, command.flags)) or 1)
    wanted = 1 if not gnu and "g" in command.flags else wanted
    for match in pattern.finditer(line):
        if count and match.start() == match.end() == position:
            continue
        count += 1
        if count == wanted or (count > wanted and "g" in command.flags):
            out += [line[position : match.start()], _filled(command.replacement, match, gnu=gnu)]
            position = match.end()
        if count >= wanted and "g" not in command.flags:
            break
    return "".join(out) + line[position:], count >= wanted


def _filled(replacement: str, match: Any, *, gnu: bool) -> str:
    """A replacement with its groups; `\\U`, `\\L`, `\\u`, `\\l` and `\\E` change letters' case in GNU sed."""
    out, case, once = list[str](), "", ""
    for found in re.finditer(r"\\(.)|&|[^\\&]+|\\", replacement, re.S):
        letter = found[1]
        if gnu and letter and letter in "ULE":
            case = letter
            continue
        if gnu and letter and letter in "ul":
            once = letter
            continue
        piece = _piece(found, match)
        piece = {"U": piece.upper, "L": piece.lower}.get(case, piece.__str__)()
        if once and piece:
            piece = (piece[0].upper() if once == "u" else piece[0].lower()) + piece[1:]
            once = ""
        out.append(piece)
    return "".join(out)


def _piece(found: re.Match[str], match: Any) -> str:
    if found[0] == "&":
        return str(match.group())
    if not found[1]:
        return found[0]
    if found[1].isdigit():
        number = int(found[1])
        return (match.group(number) or "") if number <= match.re.groups else ""
    return {"n": "\n", "t": "\t"}.get(found[1], found[1])
