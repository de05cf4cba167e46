"""Shell arithmetic: `$((i + 1))`, in 64 bits as in C."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, MutableMapping
from types import MappingProxyType

TOKENS = re.compile(
    r"\s*(?:(?P<number>0[xX][0-9a-fA-F]+|\d+(?:#\w+)?)|(?P<name>[A-Za-z_]\w*)"
    r"|(?P<operator><<=|>>=|\*\*|\+\+|--|&&|\|\||<<|>>|[-+*/%&|^=!<>]=|[-+*/%&|^=!<>~?:(),]))"
)
LEVELS: tuple[tuple[str, ...], ...] = (
    ("||",), ("&&",), ("|",), ("^",), ("&",), ("==", "!="), ("<", ">", "<=", ">="), ("<<", ">>"), ("+", "-"),
    ("*", "/", "%"), ("**",),
)  # fmt: skip
"""Operators between two values, those that bind least first."""
DEEPEST = 60
"""Brackets, and variables that hold expressions, inside one another."""


class ArithmeticProblem(Exception):
    """An expression that has no value: what the shell says of it."""


def _quotient(a: int, b: int) -> int:
    if b == 0:
        raise ArithmeticProblem("division by zero")
    return abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)


def _power(a: int, b: int) -> int:
    if b < 0:
        raise ArithmeticProblem("exponent less than 0")
    return pow(a, b, 2**64)


OPERATIONS: Mapping[str, Callable[[int, int], int]] = MappingProxyType(
    {
        "|": lambda a, b: a | b,
        "^": lambda a, b: a ^ b,
        "&": lambda a, b: a & b,
        "==": lambda a, b: int(a == b),
        "!=": lambda a, b: int(a != b),
        "<": lambda a, b: int(a < b),
        ">": lambda a, b: int(a > b),
        "<=": lambda a, b: int(a <= b),
        ">=": lambda a, b: int(a >= b),
        "<<": lambda a, b: a << (b & 63),
        ">>": lambda a, b: a >> (b & 63),
        "+": lambda a, b: a + b,
        "-": lambda a, b: a - b,
        "*": lambda a, b: a * b,
        "/": _quotient,
        "%": lambda a, b: a - b * _quotient(a, b),
        "**": _power,
    }
)


def value(source: str, variables: MutableMapping[str, str], depth: int = 0) -> int:
    """The value of an expression; assignments in it change the variables. Raises ArithmeticProblem."""
    return _Expression(source, variables, depth).value()


def wrap(number: int) -> int:
    """A number in 64 bits."""
    return (number + 2**63) % 2**64 - 2**63


class _Expression:
    def __init__(self, source: str, variables: MutableMapping[str, str], depth: int) -> None:
        self.tokens, self.at, self.variables, self.depth = _tokens(source), 0, variables, depth
        if depth > DEEPEST:
            raise ArithmeticProblem("expression recursion level exceeded")

    def value(self) -> int:
        if not self.tokens:
            return 0
        found = self._comma(live=True)
        if self.at < len(self.tokens):
            raise ArithmeticProblem("syntax error")
        return found

    def _next(self, *wanted: str) -> str:
        if self.at < len(self.tokens) and self.tokens[self.at] in wanted:
            self.at += 1
            return self.tokens[self.at - 1]
        return ""

    def _comma(self, *, live: bool) -> int:
        found = self._assignment(live=live)
        while self._next(","):
            found = self._assignment(live=live)
        return found

    def _assignment(self, *, live: bool) -> int:
        name = self.tokens[self.at] if self.at < len(self.tokens) else ""
        operator = self.tokens[self.at + 1] if self.at + 1 < len(self.tokens) else ""
        if name[:1].isidentifier() and operator.endswith("=") and operator not in ("==", "!=", "<=", ">="):
            self.at += 2
            given = self._assignment(live=live)
            if operator != "=" and live:
                given = OPERATIONS[operator[:-1]](self._variable(name), given)
            return self._assign(name, given, live=live)
        return self._ternary(live=live)

    def _assign(self, name: str, number: int, *, live: bool) -> int:
        if live:
            self.variables[name] = str(wrap(number))
        return wrap(number)

    def _ternary(self, *, live: bool) -> int:
        condition = self._binary(0, live=live)
        if not self._next("?"):
            return condition
        first = self._comma(live=live and condition != 0)
        if not self._next(":"):
            raise ArithmeticProblem("syntax error")
        second = self._assignment(live=live and condition == 0)
        return first if condition else second

    def _binary(self, level: int, *, live: bool) -> int:
        if level == len(LEVELS):
            return self._unary(live=live)
        left = self._binary(level + 1, live=live)
        while operator := self._next(*LEVELS[level]):
            if operator in ("&&", "||"):
                decided = (left != 0) == (operator == "||")
                right = self._binary(level + 1, live=live and not decided)
                left = int((left != 0 or right != 0) if operator == "||" else (left != 0 and right != 0))
            else:
                right = self._binary(level + 1, live=live)
                left = wrap(OPERATIONS[operator](left, right)) if live else 0
        return left

    def _unary(self, *, live: bool) -> int:
        if operator := self._next("++", "--"):
            name = self._name()
            if name:
                return self._assign(name, self._variable(name) + (1 if operator == "++" else -1), live=live)
            return self._unary(live=live)
        if operator := self._next("-", "+", "!", "~"):
            inner = self._nested(lambda: self._unary(live=live))
            return wrap({"-": -inner, "+": inner, "!": int(not inner), "~": ~inner}[operator])
        return self._primary(live=live)

    def _nested(self, inner: Callable[[], int]) -> int:
        self.depth += 1
        if self.depth > DEEPEST:
            raise ArithmeticProblem("expression recursion level exceeded")
        try:
            return inner()
        finally:
            self.depth -= 1

    def _name(self) -> str:
        if self.at < len(self.tokens) and self.tokens[self.at][0].isidentifier():
            self.at += 1
            return self.tokens[self.at - 1]
        return ""

    def _primary(self, *, live: bool) -> int:
        if self._next("("):
            found = self._nested(lambda: self._comma(live=live))
            if not self._next(")"):
                raise ArithmeticProblem("syntax error: expecting ')'")
            return found
        if name := self._name():
            number = self._variable(name)
            if operator := self._next("++", "--"):
                self._assign(name, number + (1 if operator == "++" else -1), live=live)
            return number
        if self.at < len(self.tokens) and self.tokens[self.at][0].isdigit():
            self.at += 1
            return _number(self.tokens[self.at - 1])
        raise ArithmeticProblem("syntax error")

    def _variable(self, name: str) -> int:
        given = self.variables.get(name, "").strip()
        if not given:
            return 0
        if re.fullmatch(r"[-+]?\d+", given, re.ASCII):
            return wrap(-_number(given[1:]) if given[0] == "-" else _number(given.lstrip("+")))
        return value(given, self.variables, self.depth + 1)


def _tokens(source: str) -> list[str]:
    tokens, at = [], 0
    source = source.strip()
    while at < len(source):
        found = TOKENS.match(source, at)
        if not found:
            raise ArithmeticProblem("syntax error")
        tokens.append(found[0].strip())
        at = found.end()
    return tokens


def _number(text: str) -> int:
    base, _, digits = text.partition("#")
    try:
        if digits:
            return wrap(int(digits, int(base)))
        if text[:2] in ("0x", "0X"):
            return wrap(int(text, 16))
        return wrap(int(text, 8) if text[0] == "0" else int(text[:30]))
    except ValueError:
        raise ArithmeticProblem("syntax error") from None
