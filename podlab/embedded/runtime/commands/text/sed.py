"""sed: substitution, deletion, printing and quitting, by line number, pattern, or a range of them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from podlab.embedded.runtime.expressions import patterns
from podlab.embedded.runtime.files import FileError
from podlab.embedded.runtime.machine.stdio import Io, inputs

PLACE = re.compile(r"\s*(?:(\d+)|(\$)|/((?:[^/\\]|\\.)*)/)")


class BadScript(ValueError):
    """A script that sed refuses, or that is not supported here."""


@dataclass(slots=True)
class Command:
    """One command with the lines that it is for."""

    name: str
    first: Any = None
    last: Any = None
    negated: bool = False
    pattern: Any = None
    replacement: str = ""
    flags: str = ""
    text: str = ""
    inside: bool = field(default=False)

    def applies(self, number: int, line: str, end: bool) -> bool:
        """Whether it is for this line."""
        if self.last is None:
            found = self.first is None or _at(self.first, number, line, end)
        elif self.inside:
            found, self.inside = True, not _at(self.last, number, line, end)
        else:
            found = _at(self.first, number, line, end)
            self.inside = found and not (isinstance(self.last, int) and number >= self.last)
        return found != self.negated


def _at(place: Any, number: int, line: str, end: bool) -> bool:
    if isinstance(place, int):
        return number == place
    return end if place == "$" else bool(place.search(line))


def _place(script: str, at: int, extended: bool) -> tuple[Any, int]:
    match = PLACE.match(script, at)
    if not match:
        return None, at
    if match[1]:
        return int(match[1]), match.end()
    return "$" if match[2] else patterns.compiled(match[3], extended=extended), match.end()


def parse(script: str, *, extended: bool) -> list[Command]:
    """The commands of a script. Raises BadScript and BadPattern."""
    found: list[Command] = []
    at = 0
    while True:
        while at < len(script) and script[at] in " \t\n;":
            at += 1
        if at >= len(script):
            return found
        command, at = _command(script, at, extended)
        found.append(command)


def _command(script: str, at: int, extended: bool) -> tuple[Command, int]:
    first, at = _place(script, at, extended)
    last = None
    if first is not None and script[at : at + 1] == ",":
        last, at = _place(script, at + 1, extended)
        if last is None:
            raise BadScript(f"-e expression #1, char {at}: unexpected `,'")
    while script[at : at + 1] == " ":
        at += 1
    negated = script[at : at + 1] == "!"
    at += negated
    name = script[at : at + 1]
    command = Command(name, first, last, negated)
    if name in ("s", "y"):
        return _parts(command, script, at + 1, extended)
    if name and name in "aic":
        end = (script + "\n").index("\n", at)
        command.text = script[at + 1 : end].lstrip().removeprefix("\\").lstrip()
        return command, end
    if name and name in "dpq=":
        return command, at + 1
    wrong = f"unknown command: `{name}'" if name else "missing command"
    raise BadScript(f"-e expression #1, char {at + bool(name)}: {wrong}")


def _parts(command: Command, script: str, at: int, extended: bool) -> tuple[Command, int]:
    mark, parts = script[at : at + 1], []
    end = at + 1
    for _ in range(2):
        start = end
        while end < len(script) and script[end] != mark:
            end += 2 if script[end] == "\\" else 1
        if not mark or end >= len(script):
            raise BadScript(f"-e expression #1, char {len(script)}: unterminated `{command.name}' command")
        parts.append(script[start:end].replace(f"\\{mark}", mark))
        end += 1
    flags = re.compile(r"[gpiI\d]*" if command.name == "s" else "").match(script, end)
    command.flags, command.replacement = (flags[0] if flags else ""), parts[1]
    insensitive = bool(set(command.flags) & {"i", "I"})
    command.text = parts[0]
    if command.name == "s":
        command.pattern = patterns.compiled(parts[0], extended=extended, ignore_case=insensitive)
    return command, end + len(command.flags)


def substitute(command: Command, line: str) -> tuple[str, bool]:
    """(the line after `s`, whether anything was replaced)"""
    out, position, count = [], 0, 0
    wanted = int("".join(filter(str.isdigit, command.flags)) or 1)
    for match in command.pattern.finditer(line):
        count += 1
        if count == wanted or (count > wanted and "g" in command.flags):
            out += [line[position : match.start()], _filled(command.replacement, match)]
            position = match.end()
        if count >= wanted and "g" not in command.flags:
            break
    return "".join(out) + line[position:], count >= wanted


def _filled(replacement: str, match: Any) -> str:
    def piece(found: re.Match[str]) -> str:
        if found[0] == "&":
            return str(match.group())
        letter = found[1]
        if letter.isdigit():
            return match.group(int(letter)) or ""
        return {"n": "\n", "t": "\t"}.get(letter, letter)

    return re.sub(r"\\(.)|&", piece, replacement, flags=re.S)


def edit(commands: list[Command], lines: list[str], *, quiet: bool) -> str:
    """What sed prints for some lines."""
    out: list[str] = []
    for number, line in enumerate(lines, 1):
        text, going = _cycle(commands, number, line, number == len(lines), out.append, quiet)
        out += text
        if not going:
            break
    return "".join(f"{line}\n" for line in out)


def _cycle(
    commands: list[Command], number: int, line: str, end: bool, say: Callable[[str], None], quiet: bool
) -> tuple[list[str], bool]:
    after: list[str] = []
    for command in commands:
        if not command.applies(number, line, end):
            continue
        if command.name == "s":
            line, done = substitute(command, line)
            if done and "p" in command.flags:
                say(line)
        elif command.name == "y":
            line = "".join(dict(zip(command.text, command.replacement, strict=False)).get(c, c) for c in line)
        elif command.name in "=pi":
            say({"=": str(number), "p": line, "i": command.text}[command.name])
        elif command.name == "a":
            after.append(command.text)
        elif command.name in "dc":
            return ([command.text] if command.name == "c" else []), True
        elif command.name == "q":
            return ([] if quiet else [line]) + after, False
    return ([] if quiet else [line]) + after, True


async def sed(io: Io, words: list[str]) -> int:
    """`sed [-n] [-E|-r] [-i] [-e SCRIPT]… [SCRIPT] [FILE]…`"""
    flags, scripts, rest = _options(words)
    if not scripts and not rest:
        return io.fail("Usage: sed [OPTION]... {script-only-if-no-other-script} [input-file]...")
    try:
        commands = parse("\n".join(scripts or [rest.pop(0)]), extended=bool(flags & {"E", "r"}))
    except (BadScript, patterns.BadPattern) as error:
        return io.fail(f"sed: {error}")
    if "i" in flags:
        return _in_place(io, commands, rest, quiet="n" in flags)
    found, failed = await inputs(io, "sed", rest)
    lines = b"".join(data for _, data in found).decode(errors="replace").splitlines()
    io.out(edit(commands, lines, quiet="n" in flags).encode())
    return 2 if failed else 0


def _options(words: list[str]) -> tuple[set[str], list[str], list[str]]:
    flags: set[str] = set()
    scripts, rest, words = [], [], list(words)
    while words:
        word = words.pop(0)
        if word in ("-e", "--expression") and words:
            scripts.append(words.pop(0))
        elif word.startswith("-i"):
            flags.add("i")
        elif word.startswith("-") and len(word) > 1:
            flags |= set(word[1:])
            if word.endswith("e") and words:
                scripts.append(words.pop(0))
        else:
            rest.append(word)
    return flags, scripts, rest


def _in_place(io: Io, commands: list[Command], names: list[str], *, quiet: bool) -> int:
    code = 0
    for name in names:
        try:
            lines = io.read(name).decode(errors="replace").splitlines()
            io.process.machine.files.write(io.path(name), edit(commands, lines, quiet=quiet).encode())
        except FileError as error:
            code = io.fail(
                f"sed: {name}: {error}" if io.busybox else f"sed: can't read {name}: {error}", 2 - io.busybox
            )
    return code
