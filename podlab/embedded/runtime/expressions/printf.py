"""printf's formats: what a conversion makes of a value, as C prints it."""

from __future__ import annotations

import re
from collections.abc import Callable

CONVERSION = re.compile(
    r"%(?P<flags>[-+ #0']*)(?P<width>\*|\d{0,9})(?:\.(?P<precision>\*|\d{0,9}))?[hlLjzt]*"
    r"(?:\((?P<time>[^)]*)\)T|(?P<kind>[A-Za-z%]))"
)
WIDEST = 2**20
"""Columns that one conversion may fill."""


def unknown(template: str) -> tuple[int, str] | None:
    """Where the first conversion is that busybox does not know, and what follows; None if it knows all."""
    for found in re.finditer(r"%(?:%|[-+ #0]*(?:\*|\d*)(?:\.(?:\*|\d*))?[hlLjzt]*(.?))", template, re.S):
        if found[1] is not None and (not found[1] or found[1] not in "diouxXcsbfFeEgGaA"):
            told = re.sub(r"^(%[-+ #0]*(?:\*|\d*)(?:\.(?:\*|\d*))?)[hlLjzt]+", r"\1", template[found.start() :])
            return found.start(), told
    return None


def filled(template: str, value: Callable[[str], object], *, unknown: Callable[[str], str]) -> str:
    """A template with its conversions carried out.

    `value` gives the next value for a kind (`*` for a width); `unknown` what stands for a kind that there is not.
    """

    def one(found: re.Match[str]) -> str:
        kind = found["kind"] or "s"
        if kind == "%":
            return "%"
        flags = found["flags"].replace("'", "")
        width, flags = _measure(found["width"], value, flags)
        precision, _ = _measure(found["precision"], value, "") if found["precision"] is not None else (-1, "")
        if kind not in "diouxXcsbqfFeEgGaA":
            return unknown(kind)
        return shown(kind, flags, width, precision, value(kind if found["time"] is None else f"T{found['time']}"))

    return CONVERSION.sub(one, template)


def _measure(given: str, value: Callable[[str], object], flags: str) -> tuple[int, str]:
    number = int(float(str(value("*")))) if given == "*" else int(given or 0)
    if number < 0:
        flags, number = flags + "-", -number
    return min(number, WIDEST), flags


def shown(kind: str, flags: str, width: int, precision: int, value: object) -> str:
    """One value as a conversion shows it; `precision` is -1 where none is given."""
    if kind in "sbqc":
        written = str(value)
        data = written.encode("utf-8", "surrogateescape")  # C counts bytes
        data = data[:precision] if precision >= 0 and kind != "c" else data
        return (data.ljust(width) if "-" in flags else data.rjust(width)).decode("utf-8", "surrogateescape")
    exact = f".{min(precision, 1000)}" if precision >= 0 else ""
    if kind in "diouxX":
        whole = value if isinstance(value, int) else int(float(str(value)))
        if kind in "ouxX" and whole < 0:
            whole += 2**64
        if "#" in flags and kind == "o" and whole:  # a zero before it
            exact = f".{max(precision, len(f'{whole:o}') + 1)}"
        flags = flags.replace("#", "") if kind == "o" or not whole else flags
        return f"%{flags}{width or ''}{exact}{'d' if kind in 'iu' else kind}" % whole
    return f"%{flags}{width or ''}{exact}{kind if kind not in 'aA' else 'g'}" % float(str(value))
