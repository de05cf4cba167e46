"""awk's values: texts, numbers, and texts that look like numbers because they were read."""

from __future__ import annotations

import math
import re

NUMBER = re.compile(r"\s*[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
Value = str | float | None
"""A text, a number, or None for a variable that nothing was assigned to."""


class Read(str):
    """A text that came from outside: it compares as a number where it looks like one."""

    __slots__ = ()


def number(value: Value) -> float:
    """What a value counts as."""
    if value is None:
        return 0.0
    if isinstance(value, str):
        found = NUMBER.match(value)
        return _float(found[0]) if found else 0.0
    return value


def _float(text: str) -> float:
    try:
        return float(text)
    except (ValueError, OverflowError):
        return 0.0


def looks_numeric(value: Value) -> bool:
    """Whether it compares as a number."""
    if isinstance(value, Read):
        found = NUMBER.match(value)
        return bool(found) and not value[found.end() :].strip()  # type: ignore[union-attr]
    return not isinstance(value, str)


def text(value: Value, form: str = "%.6g") -> str:
    """What a value looks like; whole numbers without a point."""
    if value is None:
        return ""
    if isinstance(value, str):
        return str(value)
    if value != value:
        return "-nan" if math.copysign(1, value) < 0 else "nan"
    if value in (float("inf"), float("-inf")):
        return str(value)
    if value == int(value) and abs(value) < 1e16:
        return str(int(value))
    try:
        return form % value
    except (ValueError, TypeError):
        return f"{value:.6g}"


def true(value: Value) -> bool:
    """Whether a condition holds."""
    if value is None:
        return False
    if isinstance(value, str) and not looks_numeric(value):
        return bool(value)
    return number(value) != 0


def compare(left: Value, right: Value) -> int:
    """-1, 0 or 1."""
    if looks_numeric(left) and looks_numeric(right):
        a, b = number(left), number(right)
        return (a > b) - (a < b)
    one, other = text(left), text(right)
    return (one > other) - (one < other)
