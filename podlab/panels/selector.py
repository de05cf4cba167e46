"""Label selectors, decided here so that panels with different selectors can share one watch."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

Matcher = Callable[[Mapping[str, str]], bool]

_KEY = r"[A-Za-z0-9][A-Za-z0-9._/-]*"
_EQUALS = re.compile(rf"^({_KEY})\s*(==|=|!=)\s*([A-Za-z0-9._-]*)$")
_SET = re.compile(rf"^({_KEY})\s+(in|notin)\s*\(([^()]*)\)$")
_EXISTS = re.compile(rf"^(!?)\s*({_KEY})$")


def matcher(selector: str | None) -> Matcher:
    """The test for one selector, such as `app=web,tier in (a, b),!canary`.

    Raises:
        ValueError: it is no label selector.
    """
    tests = [_requirement(part.strip()) for part in re.split(r",(?![^()]*\))", selector or "") if part.strip()]
    return lambda labels: all(test(labels) for test in tests)


def _requirement(text: str) -> Matcher:
    if found := _EQUALS.match(text):
        key, operator, value = found.groups()
        return (
            (lambda labels: labels.get(key) != value) if operator == "!=" else (lambda labels: labels.get(key) == value)
        )
    if found := _SET.match(text):
        key, operator, listed = found.groups()
        values = {value.strip() for value in listed.split(",")}
        return lambda labels: (labels.get(key) in values) == (operator == "in")
    if found := _EXISTS.match(text):
        absent, key = found.groups()
        return lambda labels: (key in labels) != bool(absent)
    raise ValueError(f"unable to parse requirement: {text!r}")
