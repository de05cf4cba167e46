"""bc's expressions: numbers of any length, with as many places as `scale` says.

Upstream: POSIX bc, as busybox's miscutils/bc.c carries it out
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import ROUND_DOWN, Decimal

TOKEN = re.compile(r"\s*(\d[\dA-F]*\.?\d*|\.\d+|[A-F][\dA-F]+|[a-z_]\w*|\+\+|--|[-+*/%^<>=!]=|&&|\|\||[-+*/%^<>=!(),])")
UNKNOWN = frozenset(["read", "limits"])
LONGEST = 10_000
"""Digits that a result may have."""
ROW = 69
SPECIAL = ("scale", "ibase", "obase", "last")
LEVELS = (("||",), ("&&",), ("==", "!=", "<", ">", "<=", ">="), ("+", "-"), ("*", "/", "%"))


class Wrong(Exception):
    """What bc says of an expression."""


def _unknown(name: str, given: list[Decimal]) -> Decimal:
    raise Wrong(f"undefined function: {name}()")


class Calculator:
    """Variables, and what expressions are worth."""

    def __init__(self, *, library: bool) -> None:
        self.library = library
        self.known: dict[str, Decimal] = {"scale": Decimal(20 if library else 0), "last": Decimal(0)}
        self.known |= {"ibase": Decimal(10), "obase": Decimal(10)}
        self.user: Callable[[str, list[Decimal]], Decimal] = _unknown
        self._tokens: list[str] = []

    @property
    def scale(self) -> int:
        """Digits behind the point of what is divided."""
        return int(self.known["scale"])

    def value(self, words: list[str]) -> tuple[Decimal, bool]:
        """(what an expression's words are worth, whether it is shown). Raises Wrong."""
        outer, self._tokens = self._tokens, list(words)
        try:
            return self._whole()
        finally:
            self._tokens = outer

    def _whole(self) -> tuple[Decimal, bool]:
        if self._tokens and self._tokens[0] in UNKNOWN:
            raise Wrong(f"podlab does not simulate `{self._tokens[0]}'")
        silent = len(self._tokens) > 1 and self._tokens[0].isidentifier() and self._tokens[1].endswith("=")
        silent = silent and self._tokens[1] not in ("==", "<=", ">=", "!=")
        result = self._assignment()
        if self._tokens:
            raise Wrong(f"bad expression at '{self._tokens[0]}'")
        if not silent:
            self.known["last"] = result
        return result, not silent

    def shown(self, number: Decimal) -> str:
        """A number as bc prints it."""
        base = int(self.known["obase"])
        text = f"{number:f}" if base == 10 else _based(int(number), base)
        text = re.sub(r"^(-?)0(?=\.)", r"\1", text)
        text = "0" if not text.strip("-0.") else text
        rows = [text[at : at + ROW] for at in range(0, len(text), ROW)]
        return "\\\n".join(rows)

    def _take(self, *wanted: str) -> str:
        if self._tokens and self._tokens[0] in wanted:
            return self._tokens.pop(0)
        return ""

    def _assignment(self) -> Decimal:
        tokens = self._tokens
        if len(tokens) > 1 and tokens[0].isidentifier() and re.fullmatch(r"[-+*/%^]?=", tokens[1]):
            name, operator = tokens.pop(0), tokens.pop(0)
            given = self._assignment()
            before = self.known.get(name, Decimal(0))
            self.known[name] = given if operator == "=" else self._applied(operator[0], before, given)
            return self.known[name]
        return self._level(0)

    def _level(self, depth: int) -> Decimal:
        if depth == len(LEVELS):
            return self._power()
        left = self._level(depth + 1)
        while operator := self._take(*LEVELS[depth]):
            left = self._applied(operator, left, self._level(depth + 1))
        return left

    def _power(self) -> Decimal:
        if self._take("-"):
            return -self._power()
        if self._take("!"):
            return Decimal(not self._power())
        left = self._primary()
        return self._applied("^", left, self._power()) if self._take("^") else left

    def _primary(self) -> Decimal:
        if not self._tokens:
            raise Wrong("bad expression")
        token = self._tokens.pop(0)
        if token == "(":
            found = self._assignment()
            if not self._take(")"):
                raise Wrong("bad expression")
            return found
        if token in ("++", "--") and self._tokens:
            name = self._tokens.pop(0)
            self.known[name] = self.known.get(name, Decimal(0)) + (1 if token == "++" else -1)
            return self.known[name]
        if token[0].isdigit() or token[0] == "." or (token.isupper() and token.isalnum()):
            return self._number(token)
        if not token.isidentifier():
            raise Wrong(f"bad expression at '{token}'")
        return self._called(token) if self._take("(") else self._variable(token)

    def _number(self, token: str) -> Decimal:
        base = int(self.known["ibase"])
        if base == 10 and not re.search("[A-F]", token):
            return Decimal(token)
        try:
            return Decimal(int(token, base))
        except ValueError:
            raise Wrong(f"bad number '{token}'") from None

    def _variable(self, name: str) -> Decimal:
        before = self.known.get(name, Decimal(0))
        if step := self._take("++", "--"):
            self.known[name] = before + (1 if step == "++" else -1)
        return before

    def _called(self, name: str) -> Decimal:
        several = self._given()
        if len(several) != 1 or name not in ("sqrt", "length", "scale", *(LIBRARY if self.library else ())):
            return self.user(name, several)
        given = several[0]
        if name == "sqrt" and given < 0:
            raise Wrong("negative number")
        if name == "sqrt":
            return cut(given.sqrt(), max(self.scale, places(given)))
        if name in ("length", "scale"):
            digits = len(f"{abs(given):f}".replace(".", "").lstrip("0")) or 1
            return Decimal(places(given) if name == "scale" else digits)
        if name == "l" and given <= 0:
            raise Wrong(f"undefined function: {name}()")
        return cut(LIBRARY[name](given), self.scale)

    def _given(self) -> list[Decimal]:
        """What a function is called with, up to the closing bracket."""
        if self._take(")"):
            return []
        found = [self._assignment()]
        while self._take(","):
            found.append(self._assignment())
        if not self._take(")"):
            raise Wrong("bad expression")
        return found

    def _applied(self, operator: str, left: Decimal, right: Decimal) -> Decimal:
        if operator in COMPARING:
            return Decimal(COMPARING[operator](left, right))
        if operator in "/%" and not right:
            raise Wrong("divide by zero")
        if operator == "^":
            return self._raised(left, right)
        quotient = cut(left / right, self.scale) if operator in "/%" else Decimal(0)
        if operator == "*":
            exact = places(left) + places(right)
            return cut(left * right, min(exact, max(self.scale, places(left), places(right))))
        if operator == "/":
            return quotient
        return {"+": left + right, "-": left - right}.get(operator, left - quotient * right)

    def _raised(self, left: Decimal, right: Decimal) -> Decimal:
        if right != int(right):
            raise Wrong("not an integer")
        power = int(right)
        if abs(power) * len(left.as_tuple().digits) > LONGEST:
            raise Wrong("podlab does not simulate numbers of more than 10000 digits")
        if power < 0:
            return cut(1 / left**-power, self.scale)
        return cut(left**power, min(places(left) * power, max(self.scale, places(left))))


COMPARING: dict[str, Callable[[Decimal, Decimal], bool]] = {
    "==": lambda a, b: a == b, "!=": lambda a, b: a != b, "<": lambda a, b: a < b, ">": lambda a, b: a > b,
    "<=": lambda a, b: a <= b, ">=": lambda a, b: a >= b, "&&": lambda a, b: bool(a and b),
    "||": lambda a, b: bool(a or b),
}  # fmt: skip


def places(number: Decimal) -> int:
    """Digits behind the point."""
    exponent = number.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def cut(number: Decimal, count: int) -> Decimal:
    """A number with so many places, the others dropped."""
    return number.quantize(Decimal(1).scaleb(-count), rounding=ROUND_DOWN)


def _series(angle: Decimal, term: Decimal, first: int) -> Decimal:
    total, number = Decimal(0), first
    while abs(term) > Decimal(10) ** -60:
        total += term
        term, number = -term * angle * angle / ((number + 1) * (number + 2)), number + 2
    return total


def _arctangent(number: Decimal) -> Decimal:
    halved = number
    for _ in range(4):  # until the series is short: atan(x) = 2 atan(x / (1 + sqrt(1 + x²)))
        halved = halved / (1 + (1 + halved * halved).sqrt())
    total, power, odd = Decimal(0), halved, 1
    while abs(power) > Decimal(10) ** -60:
        total += power / odd if odd % 4 == 1 else -power / odd
        power, odd = power * halved * halved, odd + 2
    return total * 16


LIBRARY: dict[str, Callable[[Decimal], Decimal]] = {
    "s": lambda x: _series(x, x, 1),
    "c": lambda x: _series(x, Decimal(1), 0),
    "a": _arctangent,
    "l": Decimal.ln,
    "e": Decimal.exp,
}
"""The functions of `bc -l`."""


def _based(number: int, base: int) -> str:
    digits, left = "", abs(number)
    while left:
        digits, left = "0123456789ABCDEF"[left % base] + digits if base <= 16 else digits, left // base
    return ("-" if number < 0 else "") + (digits or "0")
