"""Go's package fmt on values of the API: Sprint, Sprintln, Sprintf, and the names of types.

Upstream: the Go library's fmt/print.go, fmt/format.go
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial
from typing import Any

from podlab.apimachinery.gotext import quote

VERB = re.compile(r"%([-+# 0]*)(\*|\d+)?(?:\.(\*|\d+)?)?(.)?", re.S)
TYPES = (
    (bool, "bool"), (int, "int64"), (float, "float64"), (str, "string"), (list, "[]interface {}"),
    (dict, "map[string]interface {}"),
)  # fmt: skip


def type_name(value: Any) -> str:
    """The Go type that a value of the API has after decoding; a template's own numbers are the same here."""
    return next((name for kind, name in TYPES if isinstance(value, kind)), "<nil>")


def text_of(value: Any) -> str:
    """A value as `%v` writes it."""
    if value is None:
        return "<nil>"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return float_text(value)
    if isinstance(value, dict):
        return "map[" + " ".join(f"{key}:{text_of(value[key])}" for key in sorted(value)) + "]"
    if isinstance(value, list):
        return "[" + " ".join(map(text_of, value)) + "]"
    return str(value) if isinstance(value, (int, str)) else "<no value>"


def float_text(value: float) -> str:
    """A float as `%v` writes it: the shortest, with an exponent where it is far from one."""
    if value != value or value in (float("inf"), float("-inf")):
        return {"nan": "NaN", "inf": "+Inf", "-inf": "-Inf"}[str(value)]
    if value == 0:
        return "0"
    digits = repr(value)
    exponent = int(f"{value:e}".partition("e")[2])
    if exponent < -4 or exponent >= 21:
        shortest = next(f"{value:.{n}e}" for n in range(18) if float(f"{value:.{n}e}") == value)
        mantissa, _, power = shortest.partition("e")
        return f"{mantissa}e{power[0]}{abs(int(power)):02d}"
    if "e" in digits:
        return f"{value:.{max(0, 17 - exponent)}f}".rstrip("0").rstrip(".") if exponent < 0 else f"{value:.0f}"
    return digits.removesuffix(".0")


def sprint(values: Sequence[Any]) -> str:
    """Values side by side; a space between two of which neither is a text."""
    text = ""
    for at, value in enumerate(values):
        if at and not isinstance(value, str) and not isinstance(values[at - 1], str):
            text += " "
        text += text_of(value)
    return text


LARGEST = 1_000_000
"""Of widths and precisions, as Go's fmt has it (tooLarge)."""


def sprintln(values: Sequence[Any]) -> str:
    """Values with a space between them, and a line break."""
    return " ".join(map(text_of, values)) + "\n"


def sprintf(pattern: str, values: Sequence[Any]) -> str:
    """Go's printf, with its complaints about what does not fit."""
    left = list(values)
    used = 0

    def one(match: re.Match[str]) -> str:
        nonlocal used
        flags, width, precision, verb = match.groups()
        dotted = "." in match[0][: -len(verb)] if verb else "." in match[0]
        if verb == "%":
            return "%"
        if verb is None:
            return "%!(NOVERB)"
        if width == "*":
            width, used = str(left[used]) if used < len(left) else "0", used + 1
        if precision == "*":
            precision, used = str(left[used]) if used < len(left) else "0", used + 1
        width, precision = _size(width), _size(precision)
        if used >= len(left):
            return f"%!{verb}(MISSING)"
        value = left[used]
        used += 1
        return _padded(_formatted(value, verb, flags, (precision or "0") if dotted else None), flags, width, value)

    text = VERB.sub(one, pattern)
    if used < len(left):
        extra = ", ".join(f"{type_name(each).replace('int64', 'int')}={text_of(each)}" for each in left[used:])
        text += f"%!(EXTRA {extra})"
    return text


def _size(given: str | None) -> str | None:
    """A width or precision; one that is none, or that Go finds too large, does nothing."""
    return given if given is None or (given.isdigit() and int(given) <= LARGEST) else "0"


def _padded(text: str, flags: str, width: str | None, value: Any) -> str:
    if not width:
        return text
    if "-" in flags:
        return text.ljust(int(width))
    if "0" in flags and isinstance(value, (int, float)):
        sign = text[0] if text[:1] in "+-" else ""
        return sign + text[len(sign) :].rjust(int(width) - len(sign), "0")
    return text.rjust(int(width), "0" if "0" in flags else " ")


def _formatted(value: Any, verb: str, flags: str, precision: str | None) -> str:
    if verb == "v":
        return text_of(value)
    if verb == "T":
        return type_name(value)
    if isinstance(value, list):
        return "[" + " ".join(_formatted(each, verb, flags, precision) for each in value) + "]"
    if isinstance(value, dict):
        one = partial(_formatted, verb=verb, flags=flags, precision=precision)
        return "map[" + " ".join(f"{one(key)}:{one(value[key])}" for key in sorted(value)) + "]"
    if isinstance(value, bool):
        return text_of(value) if verb == "t" else _wrong(value, verb)
    if isinstance(value, str):
        return _string(value, verb, precision)
    if isinstance(value, int):
        return _integer(value, verb, flags)
    if isinstance(value, float):
        return _float(value, verb, flags, precision)
    return f"%!{verb}(<nil>)"


def _wrong(value: Any, verb: str) -> str:
    return f"%!{verb}({type_name(value).replace('int64', 'int')}={text_of(value)})"


def _string(value: str, verb: str, precision: str | None) -> str:
    cut = value[: int(precision)] if precision is not None else value
    if verb == "s":
        return cut
    if verb == "q":
        return quote(cut)
    if verb in "xX":
        digits = cut.encode().hex()
        return digits.upper() if verb == "X" else digits
    return _wrong(value, verb)


def _letter(value: int) -> str:
    """A number as a letter; what is none is the replacement character, as in Go."""
    return chr(value) if 0 <= value < 0x110000 else "\ufffd"


def _integer(value: int, verb: str, flags: str) -> str:
    sign = "+" if "+" in flags and value >= 0 else " " if " " in flags and value >= 0 else ""
    if verb in "dxXob":
        return sign + format(value, verb)
    if verb == "c":
        return _letter(value)
    if verb == "q":
        return f"'{_letter(value)}'"
    if verb == "U":
        return f"U+{value:04X}"
    return _wrong(value, verb)


def _float(value: float, verb: str, flags: str, precision: str | None) -> str:
    sign = "+" if "+" in flags and value >= 0 else ""
    if verb in "feEF":
        return sign + format(value, f".{precision if precision is not None else 6}{verb}")
    if verb in "gG":
        return sign + (float_text(value) if precision is None else format(value, f".{precision}{verb}"))
    return _wrong(value, verb)
