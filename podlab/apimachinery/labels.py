"""Labels and their selectors: upstream's syntax, its words about wrong ones, and how they are written.

Upstream: staging/src/k8s.io/apimachinery/pkg/labels/selector.go, pkg/apis/meta/v1/helpers.go
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter
from typing import Any

from podlab.apimachinery import validation

Obj = dict[str, Any]

NONE = "<none>"
TOKEN = re.compile(r"\s*(==|!=|[=!(),<>]|[^\s=!(),<>]+)")
SYMBOLS = frozenset("=!(),<>") | {"==", "!="}
OPERATORS = ("in", "notin", "=", "==", "!=", "gt", "lt")


@dataclass(frozen=True, slots=True)
class Requirement:
    """One term of a label selector: `operator` is in, notin, exists, !, gt or lt."""

    key: str
    operator: str
    values: tuple[str, ...] = ()

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Whether labels satisfy it."""
        value = labels.get(self.key)
        if self.operator == "in":
            return value is not None and value in self.values
        if self.operator == "notin":
            return value is None or value not in self.values
        if self.operator in ("exists", "!"):
            return (value is not None) == (self.operator == "exists")
        return _compare(value, self.operator, self.values[0])


def _compare(value: str | None, operator: str, bound: str) -> bool:
    try:
        return int(value or "") > int(bound) if operator == "gt" else int(value or "") < int(bound)
    except ValueError:
        return False


class _Parser:
    def __init__(self, text: str) -> None:
        self.tokens: list[str] = [*TOKEN.findall(text), ""]
        self.at = 0

    def peek(self) -> str:
        return self.tokens[self.at]

    def take(self) -> str:
        token = self.tokens[self.at]
        self.at = min(self.at + 1, len(self.tokens) - 1)
        return token

    def requirements(self) -> list[Requirement]:
        found: list[Requirement] = []
        while token := self.peek():
            if token in SYMBOLS and token != "!":
                raise ValueError(f"found '{token}', expected: !, identifier, or 'end of string'")
            found.append(self.requirement())
            token = self.take()
            if not token:
                break
            if token != ",":
                raise ValueError(f"found '{token}', expected: ',' or 'end of string'")
            if self.peek() in SYMBOLS - {"!"} or not self.peek():
                raise ValueError(f"found '{self.peek()}', expected: identifier after ','")
        return found

    def requirement(self) -> Requirement:
        try:
            return self._requirement()
        except ValueError as error:
            raise ValueError(f"unable to parse requirement: {error}") from None

    def _requirement(self) -> Requirement:
        negated = self.peek() == "!"
        if negated:
            self.take()
        key = self.take()
        if not key or key in SYMBOLS:
            raise ValueError(f"found '{key}', expected: identifier")
        check_key(key)
        if negated or self.peek() in ("", ","):
            return Requirement(key, "!" if negated else "exists")
        operator = self.take()
        if operator in ("in", "notin"):
            values = self.values()
        elif operator in ("=", "==", "!=", "<", ">"):
            values = (self.value(),)
        else:
            raise ValueError(f"found '{operator}', expected: {', '.join(OPERATORS)}")
        return _requirement(key, operator, values)

    def value(self) -> str:
        token = self.peek()
        if token in ("", ","):
            return ""
        if token in SYMBOLS:
            raise ValueError(f"found '{self.take()}', expected: identifier")
        return self.take()

    def values(self) -> tuple[str, ...]:
        token = self.take()
        if token != "(":
            raise ValueError(f"found '{token}' expected: '('")
        found = []
        while True:
            token = self.peek()
            found.append("" if token in (",", ")") else self.take())
            token = self.take()
            if token == ")":
                return tuple(sorted(set(found)))
            if token != ",":
                raise ValueError(f"found '{token}', expected: ',' or ')'")


def _requirement(key: str, operator: str, values: tuple[str, ...]) -> Requirement:
    words = {"=": "in", "==": "in", "!=": "notin", "<": "lt", ">": "gt"}
    operator = words.get(operator, operator)
    for index, value in enumerate(values):
        if operator in ("gt", "lt"):
            if not re.fullmatch(r"-?\d+", value):
                why = "for 'Gt', 'Lt' operators, the value must be an integer"
                raise ValueError(f'values[{index}]: Invalid value: "{value}": {why}')
        elif wrong := validation.label_value(value):
            raise ValueError(f'values[{index}][{key}]: Invalid value: "{value}": {"; ".join(wrong)}')
    return Requirement(key, operator, values)


def check_key(key: str) -> None:
    """Raise ValueError if a label's key is not a qualified name."""
    if why := validation.qualified(key):
        raise ValueError(f'<nil>: Invalid value: "{key}": {"; ".join(why)}')


@lru_cache(maxsize=512)
def parse(text: str) -> tuple[Requirement, ...]:
    """Parse `app=web,tier in (a,b),!old`. Raises ValueError with upstream's words."""
    return tuple(_Parser(text).requirements())


def matches_text(text: str, labels: Mapping[str, str] | None) -> bool:
    """Whether a label selector in its text form selects labels. Raises ValueError."""
    return all(term.matches(labels or {}) for term in parse(text))


AS_TEXT = {"In": "in", "NotIn": "notin", "Exists": "exists", "DoesNotExist": "!"}
"""The operators of a LabelSelector as its text form writes them."""


def selects(selector: Obj | None, labels: Mapping[str, str] | None) -> bool:
    """Whether a LabelSelector object (matchLabels, matchExpressions) selects labels; None selects nothing."""
    if selector is None:
        return False
    labels = labels or {}
    if not (selector.get("matchLabels") or {}).items() <= labels.items():
        return False
    terms = selector.get("matchExpressions")
    return not terms or all(
        Requirement(term["key"], AS_TEXT[term["operator"]], tuple(term.get("values") or ())).matches(labels)
        for term in terms
    )


def format_labels(given: Mapping[str, Any] | None) -> str:
    """Write labels as a table does: `a=b,c=d`, `<none>`."""
    return ",".join(f"{key}={value}" for key, value in sorted((given or {}).items())) or NONE


def format_selector(given: Mapping[str, Any] | None) -> str:
    """Write a label selector as a table does."""
    parts = [(key, f"{key}={value}") for key, value in ((given or {}).get("matchLabels") or {}).items()]
    for term in (given or {}).get("matchExpressions") or []:
        key, operator, values = term.get("key", ""), term.get("operator"), ",".join(sorted(term.get("values") or []))
        words = {
            "In": f"{key} in ({values})",
            "NotIn": f"{key} notin ({values})",
            "Exists": key,
            "DoesNotExist": f"!{key}",
        }
        parts.append((key, words.get(operator, "")))
    return ",".join(text for _, text in sorted(parts, key=itemgetter(0))) or NONE
