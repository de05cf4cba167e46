"""Writes POSIX's regular expressions, basic and extended, with GNU's additions, in the syntax of RE2 and Python.

Upstream: glibc's posix/regcomp.c; GNU grep's lib/dfa.c for what grep lets pass
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from podlab.embedded.runtime.expressions.engine import CLASSES

PAREN, CLOSING = "Unmatched ( or \\(", "Unmatched ) or \\)"
BRACKET = "Unmatched [, [^, [:, [., or [="
BEFORE, BRACE, CONTENT = "Invalid preceding regular expression", "Unmatched \\{", "Invalid content of \\{\\}"
CLASS_SYNTAX = "character class syntax is [[:space:]], not [:space:]"
MOST = 32767
SAME: Mapping[str, str] = MappingProxyType(
    {"w": r"\w", "W": r"\W", "s": r"\s", "S": r"\S", "b": r"\b", "B": r"\B", "<": r"\b", ">": r"\b", "`": r"\A",
     "'": "$"}
)  # fmt: skip
"""What a backslash makes of some letters."""
INTERVAL = re.compile(r"(\d*)(,?)(\d*)(\\?\})")


class Malformed(ValueError):
    """What glibc says is wrong."""


CONTROL: Mapping[str, str] = MappingProxyType({"n": "\n", "t": "\t", "r": "\r", "a": "\a", "f": "\f", "v": "\v"})


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a program reads its expressions.

    `lenient` lets pass what grep does; to `loose` ones a closing parenthesis too many is itself. `escapes` are letters
    that a backslash makes another character of, where `inside` in brackets too; `words` says that `\\w` and its like
    mean something, `intervals` that braces do, `classes` that
    one is told of brackets that are too few around a class.
    """

    lenient: bool = False
    loose: bool = True
    escapes: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    inside: bool = False
    words: bool = True
    intervals: bool = True
    classes: bool = False


PROGRAMS: Mapping[str, Dialect] = MappingProxyType(
    {
        "": Dialect(),
        "grep": Dialect(lenient=True, classes=True),
        "busybox grep": Dialect(lenient=True),
        "sed": Dialect(loose=False, escapes=CONTROL, classes=True),
        "busybox sed": Dialect(escapes=CONTROL),
        "mawk": Dialect(escapes=MappingProxyType({**CONTROL, "b": "\b"}), inside=True, words=False, intervals=False),
        "awk": Dialect(escapes=CONTROL),
    }
)
"""Programs by name; the first is whoever has no ways of its own, such as expr, find and bash."""


@dataclass(slots=True)
class Written:
    """An expression in other syntax: whether it refers back to its groups, and what grep warns of."""

    text: str = ""
    refers: bool = False
    groups: int = 0
    warnings: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Writer:
    """Goes through a pattern once."""

    pattern: str
    extended: bool
    dialect: Dialect = PROGRAMS[""]
    at: int = 0
    made: Written = field(default_factory=Written)
    out: list[str] = field(default_factory=list)
    open: list[int] = field(default_factory=list)
    closed: set[int] = field(default_factory=set)
    begun: bool = False  # whether something is there to be repeated

    def written(self) -> Written:
        """The whole. Raises Malformed."""
        while self.at < len(self.pattern):
            self._next()
        if self.open:
            raise Malformed(PAREN)
        self.made.text = "".join("\\Z" if part == "$" and self.made.refers else part for part in self.out)
        return self.made

    def _next(self) -> None:
        char = self.pattern[self.at]
        if char == "[":
            self._put(self._bracket())
            return
        if char == "\\":
            self._escaped()
            return
        self.at += 1
        if char == "{" and not self.dialect.intervals:
            self._literal(char)
        elif char in ("(", ")", "|", "+", "?", "{"):
            (self._special if self.extended else self._literal)(char)
        elif char == "*":
            self._special(char)
        elif char == "^" and (self.extended or not self.begun):
            self.out.append("^")
        elif char == "$" and (self.extended or self._ends()):
            self.out.append("$")
        elif char == ".":
            self._put(char)
        elif char == "\n" and self.dialect.lenient:
            self._special("|")
        else:
            self._literal(char)

    def _ends(self) -> bool:
        return self.at == len(self.pattern) or self.pattern.startswith(("\\)", "\\|", "\n"), self.at)

    def _escaped(self) -> None:
        char = self.pattern[self.at + 1 : self.at + 2]
        if not char:
            raise Malformed("Trailing backslash")
        self.at += 2
        if char in self.dialect.escapes:
            self._literal(self.dialect.escapes[char])
        elif char in SAME and self.dialect.words:
            self._put(SAME[char]) if char in "wWsS" else self.out.append(SAME[char])
        elif char in "123456789" and self.dialect.intervals:
            if int(char) not in self.closed:
                raise Malformed("Invalid back reference")
            self.made.refers = True
            self._put(f"(?:\\{char})")
        elif char in "(){|+?" and not self.extended:
            self._special(char)
        else:
            self._literal(char)

    def _literal(self, char: str) -> None:
        self._put(char if char.isalnum() or char in " _" or ord(char) > 127 else re.escape(char))

    def _put(self, text: str) -> None:
        self.out.append(text)
        self.begun = True

    def _special(self, char: str) -> None:
        if char == "(":
            self.made.groups += 1
            self.open.append(self.made.groups)
            self.out.append("(")
            self.begun = False
        elif char == ")":
            self._close()
        elif char == "|":
            self.out.append("|")
            self.begun = False
        elif self.begun:
            self._repeat(char)
        else:
            self._unpreceded(char)

    def _close(self) -> None:
        if self.open:
            self.closed.add(self.open.pop())
            self._put(")")
        elif self.extended and self.dialect.loose:
            self._literal(")")
        else:
            raise Malformed(CLOSING)

    def _unpreceded(self, char: str) -> None:
        """A repetition of nothing: basic expressions and grep take a star as it is."""
        if not self.extended:
            if char == "{" and not self.dialect.lenient:
                raise Malformed(BEFORE)
            self._literal(char) if char == "*" else self._dropped(char)
            return
        if not self.dialect.lenient:
            raise Malformed(BEFORE)
        found = INTERVAL.match(self.pattern, self.at)
        if char == "{" and not (found and (found[1] or found[2])):
            self._literal(char)
            return
        self.made.warnings.append(f"{'{...}' if char == '{' else char} at start of expression")
        self._dropped(char)

    def _dropped(self, char: str) -> None:
        if char == "{" and (found := INTERVAL.match(self.pattern, self.at)):
            self.at = found.end()

    def _repeat(self, char: str) -> None:
        if char != "{":
            self._again(char)
            return
        found = INTERVAL.match(self.pattern, self.at)
        fits = found and (found[4] == "}") == self.extended and (found[1] or found[2])
        if not fits or not found:
            if self.extended and self.dialect.lenient:
                self._literal("{")
                return
            raise Malformed(CONTENT if "}" in self.pattern[self.at :] else BRACE)
        self.at = found.end()
        least, most = int(found[1] or 0), int(found[3]) if found[3] else None
        if most is not None and most < least:
            raise Malformed(CONTENT)
        if max(least, most or 0) > MOST:
            raise Malformed("Regular expression too big")
        self._again(f"{{{least}{',' * bool(found[2])}{'' if most is None else most}}}")

    def _again(self, sign: str) -> None:
        """A repetition; of what is one already, of all of it."""
        last = self.out[-1]
        if re.fullmatch(r"[*+?]|\{\d+,?\d*\}", last) and len(self.out) > 1:
            begin = self._atom(len(self.out) - 1)
            self.out[begin:] = ["(?:", *self.out[begin:], ")"]
        self.out.append(sign)

    def _atom(self, end: int) -> int:
        """Where the part before a repetition begins."""
        depth, at = 0, end
        while at:
            at -= 1
            depth += (self.out[at] == ")") - (self.out[at] in ("(", "(?:"))
            if depth == 0 and not re.fullmatch(r"[*+?]|\{\d+,?\d*\}", self.out[at]):
                return at
        return 0

    def _bracket(self) -> str:
        """A set of characters."""
        begin = self.at
        at = begin + 1 + self.pattern.startswith("^", begin + 1)
        out, first = ["[^" if at > begin + 1 else "["], True
        while True:
            if at >= len(self.pattern):
                raise Malformed(BRACKET)
            if self.pattern[at] == "]" and not first:
                break
            first = False
            at = self._item(at, out)
        self.at = at + 1
        whole = self.pattern[begin : self.at]
        if self.dialect.classes and re.fullmatch(r"\[:[^\]]*:\]", whole) and len(whole) > 4:
            raise Malformed(CLASS_SYNTAX)
        return "".join(out) + "]"

    def _item(self, at: int, out: list[str]) -> int:
        """One member of a set, or a range of them; where the next one begins."""
        if named := re.compile(r"\[:([^\]]*?):\]").match(self.pattern, at):
            if named[1] not in CLASSES:
                raise Malformed("Invalid character class name")
            out.append(CLASSES[named[1]])
            return named.end()
        first, at = self._member(at)
        if self.pattern[at : at + 1] != "-" or self.pattern[at + 1 : at + 2] in ("]", ""):
            out.append(_quoted(first))
            return at
        last, at = self._member(at + 1)
        if last < first:
            raise Malformed("Invalid range end")
        out.append(f"{_quoted(first)}-{_quoted(last)}")
        return at

    def _member(self, at: int) -> tuple[str, int]:
        if found := re.compile(r"\[([.=])(.)\1\]", re.S).match(self.pattern, at):
            return found[2], found.end()
        if self.pattern[at] == "\\" and self.pattern[at + 1 : at + 2] and (self.dialect.inside or self._letter(at)):
            char = self.pattern[at + 1]
            return self.dialect.escapes.get(char, char), at + 2
        return self.pattern[at], at + 1

    def _letter(self, at: int) -> bool:
        """Whether sed makes another character of what a backslash is before."""
        char = self.pattern[at + 1]
        return char.isalpha() and char in self.dialect.escapes


def _quoted(char: str) -> str:
    return char if char.isalnum() or ord(char) > 127 else f"\\{char}" if char in r"\]^-[&~|" else char
