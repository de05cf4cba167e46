"""`expr`: arithmetic, comparisons and pieces of texts, by precedence."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from podlab.embedded.runtime.expressions import patterns
from podlab.embedded.runtime.expressions.octets import narrow, widen
from podlab.embedded.runtime.machine.stdio import Io

LEVELS = (("|",), ("&",), ("<", "<=", "=", "==", "!=", ">=", ">"), ("+", "-"), ("*", "/", "%"), (":",))


class Wrong(Exception):
    """What expr says of words that are no expression."""


class _Reader:
    def __init__(self, words: list[str], *, busy: bool) -> None:
        self.words, self.at, self.busy = words, 0, busy

    def value(self) -> str:
        found = self._level(0)
        if self.at < len(self.words):
            raise Wrong(self._syntax(self.words[self.at]))
        return found

    def _syntax(self, word: str) -> str:
        return "syntax error" if self.busy else f"syntax error: unexpected argument '{word}'"

    def _level(self, level: int) -> str:
        if level == len(LEVELS):
            return self._primary()
        left = self._level(level + 1)
        while self.at < len(self.words) and self.words[self.at] in LEVELS[level]:
            operator = self.words[self.at]
            self.at += 1
            left = self._applied(operator, left, self._level(level + 1))
        return left

    def _primary(self) -> str:
        if self.at >= len(self.words):
            last = self.words[-1] if self.words else ""
            raise Wrong("syntax error" if self.busy else f"syntax error: missing argument after '{last}'")
        word = self.words[self.at]
        self.at += 1
        if word == "(":
            found = self._level(0)
            if self.at >= len(self.words) or self.words[self.at] != ")":
                raise Wrong(
                    "syntax error"
                    if self.busy
                    else "syntax error: expecting ')' after '" + self.words[self.at - 1] + "'"
                )
            self.at += 1
            return found
        count = {"length": 1, "substr": 3, "index": 2, "match": 2, "quote": 1, "+": 1}.get(word, 0)
        if count and self.at < len(self.words):
            return self._function(word, [self._primary() for _ in range(count)])
        return word

    def _function(self, name: str, given: list[str]) -> str:
        if name == "length":
            return str(len(narrow(given[0])))
        if name == "index":
            whole, wanted = map(narrow, given)
            return str(min((whole.find(char) + 1 for char in wanted if char in whole), default=0))
        if name == "match":
            return _matched(given[0], given[1])
        if name == "substr":
            start, length = (int(text) if re.fullmatch(r"-?\d{1,9}", text) else 0 for text in given[1:])
            return widen(narrow(given[0])[start - 1 : start - 1 + length]) if start > 0 and length > 0 else ""
        return given[0]

    def _applied(self, operator: str, left: str, right: str) -> str:
        if operator == ":":
            return _matched(left, right)
        if operator == "|":
            return left if left not in ("", "0") else right
        if operator == "&":
            return left if left not in ("", "0") and right not in ("", "0") else "0"
        numbers = [int(text) for text in (left, right) if re.fullmatch(r"-?\d{1,18}", text)]
        if operator in COMPARISONS:
            order = _order(*numbers) if len(numbers) == 2 else (left > right) - (left < right)
            return str(int(COMPARISONS[operator](order)))
        if len(numbers) < 2:
            raise Wrong("non-numeric argument" if self.busy else "non-integer argument")
        if operator in "/%" and not numbers[1]:
            raise Wrong("division by zero")
        return str(ARITHMETIC[operator](*numbers))


def _order(left: int, right: int) -> int:
    return (left > right) - (left < right)


def _matched(text: str, pattern: str) -> str:
    try:
        found = patterns.compiled(f"^{pattern.removeprefix('^')}").search(text)
    except patterns.BadPattern:
        raise Wrong("Invalid regular expression") from None
    groups = "\\(" in pattern
    if not found:
        return "" if groups else "0"
    return found.group(1) or "" if groups else str(len(narrow(found.group())))


def _quotient(left: int, right: int) -> int:
    return abs(left) // abs(right) * (1 if (left < 0) == (right < 0) else -1)


ARITHMETIC: Mapping[str, Callable[[int, int], int]] = MappingProxyType(
    {
        "+": lambda left, right: left + right,
        "-": lambda left, right: left - right,
        "*": lambda left, right: left * right,
        "/": _quotient,
        "%": lambda left, right: left - right * _quotient(left, right),
    }
)
COMPARISONS: Mapping[str, Callable[[int], bool]] = MappingProxyType(
    {
        "<": lambda order: order < 0, "<=": lambda order: order <= 0, "=": lambda order: order == 0,
        "==": lambda order: order == 0, "!=": lambda order: order != 0, ">=": lambda order: order >= 0,
        ">": lambda order: order > 0,
    }
)  # fmt: skip


async def expr(io: Io, words: list[str]) -> int:
    """`expr EXPRESSION`: prints its value; 1 for nothing or zero."""
    words = words[1:] if words[:1] == ["--"] else words
    if not words:
        if io.busybox:
            return io.fail("expr: too few arguments", 2)
        return io.fail("expr: missing operand\nTry 'expr --help' for more information.", 2)
    try:
        found = _Reader(words, busy=io.busybox).value()
    except Wrong as problem:
        return io.fail(f"expr: {problem}", 2)
    except RecursionError:
        return io.fail("expr: syntax error", 2)
    io.say(found)
    return int(found in ("", "0"))
