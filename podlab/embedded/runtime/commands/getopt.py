"""`getopt`: the words of a script's command line, in an order that a loop over `$1` can read.

Upstream: util-linux's misc-utils/getopt.c, busybox's util-linux/getopt.c, getopt_long(3)
"""

from __future__ import annotations

from dataclasses import dataclass, field

from podlab.embedded.runtime.commands import coreutils, usage
from podlab.embedded.runtime.machine.stdio import Io, letters

LETTERS = {
    "alternative": "a", "longoptions": "l", "name": "n", "options": "o", "quiet": "q", "quiet-output": "Q",
    "shell": "s", "test": "T", "unquoted": "u", "version": "V",
}  # fmt: skip
ENHANCED = 4
"""What `getopt -T` ends with where it knows long options."""


@dataclass(slots=True)
class Reading:
    """How words are read, and what was found: `needs` are 0, 1 or 2 colons by an option's name."""

    short: str
    needs: dict[str, int]
    alternative: bool = False
    quoted: bool = True
    found: list[str] = field(default_factory=list)
    rest: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def say(self, text: str) -> str:
        """A value as the shell will read it back."""
        return "'" + text.replace("'", "'\\''") + "'" if self.quoted else text

    def read(self, words: list[str]) -> None:
        """Go through all words."""
        given = list(words)
        while given:
            word = given.pop(0)
            if word == "--":
                break
            if not word.startswith("-") or word == "-":
                if self.short.startswith("+"):
                    given.insert(0, word)
                    break
                (self.found if self.short.startswith("-") else self.rest).append(self.say(word))
            elif word.startswith("--") or (self.alternative and self._long(word[1:])):
                self._name(word.lstrip("-"), "--" if word.startswith("--") else "-", given)
            else:
                self._letters(word[1:], given)
        self.rest += map(self.say, given)

    def _long(self, word: str) -> list[str]:
        called = word.partition("=")[0]
        fitting = [name for name in self.needs if name.startswith(called)]
        return [called] if called in fitting else fitting

    def _name(self, word: str, dashes: str, given: list[str]) -> None:
        called, equals, value = word.partition("=")
        fitting = self._long(word)
        if len(fitting) > 1:
            names = " ".join(f"'{dashes}{name}'" for name in fitting)
            self.wrong.append(f"option '{dashes}{called}' is ambiguous; possibilities: {names}")
            return
        if not fitting:
            self.wrong.append(f"unrecognized option '{dashes}{called}{equals}{value}'")
            return
        needs = self.needs[fitting[0]]
        if equals and not needs:
            self.wrong.append(f"option '{dashes}{fitting[0]}' doesn't allow an argument")
        elif needs == 1 and not equals and not given:
            self.wrong.append(f"option '{dashes}{fitting[0]}' requires an argument")
        else:
            value = given.pop(0) if needs == 1 and not equals else value
            self.found += [f"--{fitting[0]}", *[self.say(value)] * bool(needs)]

    def _letters(self, word: str, given: list[str]) -> None:
        for at, letter in enumerate(word, 1):
            place = self.short.lstrip("+-").find(letter)
            if place < 0 or letter == ":":
                self.wrong.append(f"invalid option -- '{letter}'")
                continue
            after = self.short.lstrip("+-")[place + 1 :]
            needs = len(after) - len(after.lstrip(":"))
            if needs == 1 and not word[at:] and not given:
                self.wrong.append(f"option requires an argument -- '{letter}'")
            elif needs:
                self.found += [f"-{letter}", self.say(given.pop(0) if needs == 1 and not word[at:] else word[at:])]
            else:
                self.found.append(f"-{letter}")
            if needs:
                return


async def getopt(io: Io, words: list[str]) -> int:
    """`getopt LETTERS WORD…`, or `getopt [-aqQTu] [-n NAME] [-l LONG,…] -o LETTERS -- WORD…`; 1 for a wrong option."""
    if words and not words[0].startswith("-"):
        return _told(io, "getopt", Reading(words[0], {}, quoted=False), words[1:], set())
    options, given = _split(words)
    flags, values, rest = letters(options, "lnos")
    if "T" in flags:
        return ENHANCED
    if "V" in flags:
        return io.fail("getopt: podlab does not simulate -V of getopt")
    if "o" not in values and not given:
        missing = f"getopt: missing optstring argument\n{coreutils.hint('getopt')}"
        return usage.show(io, "getopt") if io.busybox else io.fail(missing, 2)
    short = values["o"] if "o" in values else given.pop(0)
    names = [name for key, value in _every(options) if key == "l" for name in value.replace(",", " ").split()]
    needs = {name.rstrip(":"): len(name) - len(name.rstrip(":")) for name in names}
    reading = Reading(short, needs, "a" in flags, "u" not in flags)
    return _told(io, values.get("n", "getopt"), reading, [*rest, *given], flags)


def _split(words: list[str]) -> tuple[list[str], list[str]]:
    """(getopt's own words by their letters, those that it is to read)"""
    own, given = list[str](), list(words)
    while given and given[0].startswith("-") and given[0] != "-":
        word = given.pop(0)
        if word == "--":
            break
        if word.startswith("--"):
            name, equals, value = word[2:].partition("=")
            own += [f"-{LETTERS.get(name, name[:1])}", *([value] if equals else [])]
            word = own[-1] if not equals else ""
        else:
            own.append(word)
        at = next((at for at, letter in enumerate(word) if at and letter in "lnos"), 0)
        if at and at == len(word) - 1 and given:
            own.append(given.pop(0))
    return own, given


def _every(options: list[str]) -> list[tuple[str, str]]:
    """Every option with its value, also those that are there twice."""
    found, given = list[tuple[str, str]](), list(options)
    while given:
        word = given.pop(0)
        at = next((at for at, letter in enumerate(word) if at and letter in "lnos"), 0)
        if at:
            found.append((word[at], word[at + 1 :] or (given.pop(0) if given else "")))
    return found


def _told(io: Io, name: str, reading: Reading, words: list[str], flags: set[str]) -> int:
    reading.read(words)
    for wrong in reading.wrong if "q" not in flags else ():
        io.fail(f"{name}: {wrong}")
    if "Q" not in flags:
        io.say("".join(f" {one}" for one in (*reading.found, "--", *reading.rest)))
    return int(bool(reading.wrong))
