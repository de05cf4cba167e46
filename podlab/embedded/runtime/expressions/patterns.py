"""Regular expressions of grep, sed, awk and `[[ =~ ]]`, matched in linear time: no pattern can keep the server busy.

POSIX's basic and extended syntax is written as RE2's. RE2 has no back references; what has some is left to Python's
engine where that surely ends.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from podlab.embedded.runtime.expressions import engine, posix

MEMORY = 2**20


class BadPattern(ValueError):
    """No regular expression: what glibc says of it, and as it is written."""

    def __init__(self, told: str, written: str = "") -> None:
        super().__init__(told)
        self.written = written


class Unsimulated(BadPattern):
    """A regular expression that is not supported here."""


@lru_cache(maxsize=64)
def compiled(
    pattern: str, *, extended: bool = False, ignore_case: bool = False, program: str = "", lines: bool = False
) -> Any:
    """A pattern with `search`, `fullmatch` and `finditer`, as a program reads it. Raises BadPattern."""
    try:
        written = posix.Writer(pattern, extended, posix.PROGRAMS[program]).written()
    except posix.Malformed as error:
        raise BadPattern(str(error), pattern) from None
    try:
        if written.refers:
            return engine.backtracking(written.text, ignore_case=ignore_case, lines=lines)
        mode = "(?ms)" if lines else "(?s)"
        return engine.compiled(mode + written.text, ignore_case=ignore_case, memory=MEMORY, longest=True)
    except (engine.Error, UnicodeError) as error:
        raise Unsimulated(f"podlab does not simulate this regular expression: {error}") from None


def warned(pattern: str, *, extended: bool) -> list[str]:
    """What grep says of a pattern that it takes. Raises BadPattern."""
    try:
        return posix.Writer(pattern, extended, posix.PROGRAMS["grep"]).written().warnings
    except posix.Malformed as error:
        raise BadPattern(str(error)) from None


@lru_cache(maxsize=64)
def perl(pattern: str, *, ignore_case: bool = False) -> Any:
    """A pattern of Perl's, as nginx takes it. Raises BadPattern."""
    try:
        return engine.compiled(pattern, ignore_case=ignore_case, memory=MEMORY)
    except (engine.Error, UnicodeError) as error:
        raise BadPattern(str(error)) from None


def literals(texts: list[str], *, ignore_case: bool = False, whole: bool = False, word: bool = False) -> Any:
    """A pattern that finds just one of these texts, or all of a line that is one, or one that is a word."""
    found = "|".join(map(_quoted, texts))
    found = f"^({found})$" if whole else f"\\b({found})\\b" if word else found
    return compiled(found, extended=True, ignore_case=ignore_case)


def _quoted(text: str) -> str:
    return "".join(f"\\{char}" if char in r"\.[]^$*+?{}()|" else char for char in text)
