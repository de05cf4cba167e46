"""awk's own functions that need no program: of numbers and texts."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from podlab.embedded.runtime.commands.text.awk.values import Value, number, text
from podlab.embedded.runtime.expressions import printf
from podlab.embedded.runtime.expressions.octets import narrow, widen


def substr(words: list[Value]) -> Value:
    """`substr(s, m[, n])`, counted from one; what begins before the text begins with it."""
    whole, first = narrow(text(words[0])), max(_whole(number(words[1])), 1)
    last = first + _whole(number(words[2])) if len(words) > 2 else len(whole) + 1
    return widen(whole[first - 1 : last - 1]) if last > first else ""


def _whole(value: float) -> int:
    return int(max(-1e15, min(1e15, value))) if value == value else 0


def _guarded(act: Callable[[float], float]) -> Callable[[list[Value]], Value]:
    def found(words: list[Value]) -> Value:
        try:
            return act(number(words[0]))
        except (ValueError, OverflowError):
            zero = act is math.log and number(words[0]) == 0
            return math.inf if act is math.exp else -math.inf if zero else -math.nan

    return found


def strftime(words: list[Value], now: float) -> Value:
    """`strftime([format[, seconds]])`"""
    moment = datetime.fromtimestamp(number(words[1]) if len(words) > 1 else now, UTC)
    return moment.strftime(text(words[0]) if words else "%a %b %e %H:%M:%S UTC %Y")


PLAIN: Mapping[str, Callable[[list[Value]], Value]] = MappingProxyType(
    {
        "atan2": lambda words: math.atan2(number(words[0]), number(words[1])),
        "cos": _guarded(math.cos),
        "exp": _guarded(math.exp),
        "index": lambda words: float(narrow(text(words[0])).find(narrow(text(words[1]))) + 1),
        "int": lambda words: float(math.trunc(max(-1e18, min(1e18, number(words[0]))))),
        "log": _guarded(math.log),
        "sin": _guarded(math.sin),
        "sqrt": _guarded(math.sqrt),
        "substr": substr,
        "tolower": lambda words: text(words[0]).lower(),
        "toupper": lambda words: text(words[0]).upper(),
    }
)
"""Functions of their arguments alone."""
NEED = {"atan2": 2, "index": 2, "substr": 2, "split": 2, "sub": 2, "gsub": 2, "match": 2, "sprintf": 1}
"""How many arguments a function has at least, where it is not one."""


def formatted(words: list[Value]) -> str:
    """What `printf` prints."""
    rest = list(words[1:])

    def value(kind: str) -> Any:
        given = rest.pop(0) if rest else None
        if kind in "sbq":
            return text(given)
        if kind == "c":
            return chr(int(number(given)) & 0x10FFFF) if isinstance(given, float) else text(given)[:1] or "\0"
        found = number(given)
        return int(max(-(2.0**63), min(2.0**63, found))) if kind in "diouxX*" and found == found else found

    return printf.filled(text(words[0]) if words else "", value, unknown=lambda kind: f"%{kind}")


NEEDS = re.compile(r"%(?:%|[-+ #0]*(\*?)\d*(?:\.(?:(\*)|\d*))?[hlL]*(.?))", re.S)


def fault(words: list[Value]) -> tuple[str, str]:
    """(what mawk prints of a format before it fails, what it says); two empty texts where it does not."""
    template, left, count = text(words[0]) if words else "", len(words) - 1, 0
    for found in NEEDS.finditer(template):
        if found[0] == "%%":
            continue
        count += 1
        left -= bool(found[1]) + bool(found[2]) + 1
        before = formatted([template[: found.start()], *words[1:]])
        if left < 0:
            return before, f'not enough arguments passed to printf("{template}")'
        if found[3] not in "diouxXcsfFeEgG" or not found[3]:
            return before, f'improper conversion(number {count}) in printf("{template}")'
    return "", ""


def replaced(found: re.Match[str], replacement: str) -> str:
    """What takes a match's place: `&` is the match, `\\&` an ampersand."""

    def piece(part: re.Match[str]) -> str:
        return {"&": found.group(), "\\&": "&", "\\\\": "\\"}[part[0]]

    return re.sub(r"\\\\|\\&|&", piece, replacement)
