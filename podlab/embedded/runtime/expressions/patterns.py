"""Regular expressions of grep, sed, awk and `[[ =~ ]]`, matched in linear time: no pattern can keep the server busy.

POSIX's basic and extended syntax is written as RE2's. RE2 has no back references; they are refused.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from podlab.embedded.runtime.expressions import engine

SWAPPED = "(){}+?|"
"""What basic expressions escape to give it a meaning, and extended ones to take it away."""
MEMORY = 2**20


class BadPattern(ValueError):
    """No regular expression, or one that is not supported here."""


@lru_cache(maxsize=64)
def compiled(pattern: str, *, extended: bool = False, ignore_case: bool = False) -> Any:
    """A pattern with `search`, `fullmatch` and `finditer`. Raises BadPattern."""
    try:
        return engine.compiled(pattern if extended else _basic(pattern), ignore_case=ignore_case, memory=MEMORY)
    except (engine.Error, UnicodeError) as error:
        raise BadPattern(str(error)) from None


def literals(texts: list[str], *, ignore_case: bool = False, whole: bool = False) -> Any:
    """A pattern that finds just one of these texts, or all of a line that is one."""
    found = "|".join(map(_quoted, texts))
    return compiled(f"^({found})$" if whole else found, extended=True, ignore_case=ignore_case)


def _quoted(text: str) -> str:
    return "".join(char if char.isalnum() or char in " _" or ord(char) > 127 else f"\\{char}" for char in text)


def _basic(pattern: str) -> str:
    """A basic expression in extended syntax."""
    out, index, start = [], 0, True
    while index < len(pattern):
        char, after = pattern[index], pattern[index + 1 : index + 2]
        if char == "[":
            end = _bracket(pattern, index)
            out.append(pattern[index:end])
            index, start = end, False
            continue
        if char == "\\" and after:
            out.append(after if after in SWAPPED else "\\b" if after in "<>" else char + after)
            index, start = index + 2, after in "(|"
            continue
        plain = char in SWAPPED or (char == "*" and start)
        out.append(f"\\{char}" if plain else char)
        index, start = index + 1, char == "^" and start
    return "".join(out)


def _bracket(pattern: str, start: int) -> int:
    """Where a bracket expression ends."""
    index = start + 1 + (pattern[start + 1 : start + 2] == "^")
    index += pattern[index : index + 1] == "]"
    while index < len(pattern) and pattern[index] != "]":
        closing = pattern[index + 1 : index + 2]
        if pattern[index] == "[" and closing in (":", ".", "=") and closing:
            index = max(pattern.find(closing + "]", index + 2), index) + 1
        index += 1
    return index + 1
