"""Shell arithmetic: `$((i + 1))`, in 64 bits as in C."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, MutableMapping
from types import MappingProxyType

TOKENS = re.compile(
    r"\s*(0[xX][0-9a-fA-F]+|\d+(?:#[\w@]+)?|[A-Za-z_]\w*(?:\[[^]]*\])?"
    r"|<<=|>>=|\*\*|\+\+|--|&&|\|\||<<|>>|[-+*/%&|^=!<>]=|\S)"
)
PLAIN_TOKENS = re.compile(
    r"\s*(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9]\d*|[A-Za-z_]\w*|<<=|>>=|&&|\|\||<<|>>|[-+*/%&|^=!<>]=|\S)"
)
"""dash's: no increments, no powers, no other bases."""
LEVELS: tuple[tuple[str, ...], ...] = (
    ("||",), ("&&",), ("|",), ("^",), ("&",), ("==", "!="), ("<", ">", "<=", ">="), ("<<", ">>"), ("+", "-"),
    ("*", "/", "%"), ("**",),
)  # fmt: skip
"""Operators between two values, those that bind least first."""
IDENTIFIER = re.compile(r"[A-Za-z_]")
DEEPEST = 60
"""Brackets, and variables that hold expressions, inside one another."""


class ArithmeticProblem(Exception):
    """An expression that has no value: what is wrong with it, in which expression, and from where on.

    `kind` is one of `operand`, `rest`, `base`, `operator`, `lvalue`, `colon`, `bracket`, `division`, `power`,
    `depth`, or `number` where a variable holds none.
    """

    def __init__(self, kind: str, source: str = "", at: int = 0) -> None:
        super().__init__(kind)
        self.kind, self.source, self.at = kind, source, at


def _quotient(a: int, b: int) -> int:
    if b == 0:
        raise ArithmeticProblem("division")
    return abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)


def _power(a: int, b: int) -> int:
    if b < 0:
        raise ArithmeticProblem("power")
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


def value(source: str, variables: MutableMapping[str, str], depth: int = 0, *, plain: bool = False) -> int:
    """The value of an expression; assignments in it change the variables; `plain` as dash. Raises ArithmeticProblem."""
    return _Expression(source, variables, depth, plain=plain).value()


def wrap(number: int) -> int:
    """A number in 64 bits."""
    return (number + 2**63) % 2**64 - 2**63


class _Expression:
    def __init__(self, source: str, variables: MutableMapping[str, str], depth: int, *, plain: bool) -> None:
        self.source, self.at, self.variables, self.depth, self.plain = source, 0, variables, depth, plain
        found = list((PLAIN_TOKENS if plain else TOKENS).finditer(source))
        self.tokens, self.begins = [one[1] for one in found], [one.start(1) for one in found]
        if depth > DEEPEST:
            raise ArithmeticProblem("depth", source)

    def _wrong(self, kind: str, at: int | None = None) -> ArithmeticProblem:
        """A problem with what comes next, or with the last word where nothing does."""
        place = min(self.at if at is None else at, len(self.tokens) - 1)
        return ArithmeticProblem(kind, self.source, self.begins[place] if self.tokens else 0)

    def value(self) -> int:
        if not self.tokens:
            return 0
        found = self._comma(live=True)
        if self.at < len(self.tokens):
            raise self._wrong({"=": "lvalue"}.get(self.tokens[self.at], "rest"))
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
        if IDENTIFIER.match(name) and operator.endswith("=") and operator not in ("==", "!=", "<=", ">="):
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
            raise self._wrong("colon", self.at - (self.at == len(self.tokens)))
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
                begin = self.at
                right = self._binary(level + 1, live=live)
                left = self._reckoned(operator, left, right, begin) if live else 0
        return left

    def _reckoned(self, operator: str, left: int, right: int, begin: int) -> int:
        try:
            return wrap(OPERATIONS[operator](left, right))
        except ArithmeticProblem as problem:
            raise self._wrong(problem.kind, begin) from None

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
            raise self._wrong("depth")
        try:
            return inner()
        finally:
            self.depth -= 1

    def _name(self) -> str:
        if self.at < len(self.tokens) and IDENTIFIER.match(self.tokens[self.at]):
            self.at += 1
            return self.tokens[self.at - 1]
        return ""

    def _primary(self, *, live: bool) -> int:
        if self._next("("):
            found = self._nested(lambda: self._comma(live=live))
            if not self._next(")"):
                raise self._wrong("bracket")
            return found
        if name := self._name():
            number = self._variable(name)
            if operator := self._next("++", "--"):
                self._assign(name, number + (1 if operator == "++" else -1), live=live)
            return number
        if self.at < len(self.tokens) and self.tokens[self.at][0].isdigit():
            self.at += 1
            if (counted := _number(self.tokens[self.at - 1])) is not None:
                return counted
            raise self._wrong("base", self.at - 1)
        raise self._wrong("operand")

    def _variable(self, name: str) -> int:
        given = self.variables.get(name, "").strip()
        if not given:
            return 0
        if re.fullmatch(r"[-+]?\d+", given, re.ASCII) and (number := _number(given.lstrip("-+"))) is not None:
            return wrap(-number if given[0] == "-" else number)
        if self.plain:
            raise ArithmeticProblem("number", given)
        return value(given, self.variables, self.depth + 1)


def _number(text: str) -> int | None:
    """A number in the base that it says, None where its digits are not of that base."""
    base, _, digits = text.partition("#")
    try:
        if digits:
            return wrap(int(digits, int(base)))
        if text[:2] in ("0x", "0X"):
            return wrap(int(text, 16))
        return wrap(int(text, 8) if text[0] == "0" else int(text[:30]))
    except ValueError:
        return None
