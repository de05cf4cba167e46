"""Perl's regular expressions, as `grep -P` takes them: by Python's engine, which has nearly all of them.

Upstream: PCRE2's pcre2pattern; the complaints are those of pcre2_get_error_message
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from podlab.embedded.runtime.expressions import engine
from podlab.embedded.runtime.expressions.patterns import BadPattern, Unsimulated

COMPLAINTS = {
    "missing ), unterminated subpattern": "missing closing parenthesis",
    "unterminated character set": "missing terminating ] for character class",
    "nothing to repeat": "quantifier does not follow a repeatable item",
    "multiple repeat": "quantifier does not follow a repeatable item",
    "unbalanced parenthesis": "unmatched closing parenthesis",
    "look-behind requires fixed-width pattern": "lookbehind assertion is not fixed length",
    "bad escape (end of pattern)": "\\ at end of pattern",
}
PIECE = re.compile(r"\\Q(.*?)(?:\\E|$)|\\(.)|(\[)|.", re.S)
LETTERS = {"h": r"[ \t]", "R": r"(?:\r\n|[\n\v\f\r])", "N": r"[^\n]", "z": r"\Z", "Z": r"(?=\n?\Z)", "H": r"[^ \t]"}


class Kept:
    """A pattern with `\\K`: what is before that has to fit, and is no part of what is found."""

    def __init__(self, pattern: re.Pattern[str]) -> None:
        self.pattern = pattern

    def search(self, line: str) -> Any:
        """The first place."""
        return next(self.finditer(line), None)

    def finditer(self, line: str) -> Iterator[Any]:
        """All places."""
        for found in self.pattern.finditer(line):
            yield _Found(found)


class _Found:
    """The part of a match that is kept."""

    def __init__(self, found: re.Match[str]) -> None:
        self.found = found

    def group(self) -> str:
        """Its text."""
        return self.found["_kept_"]

    def start(self) -> int:
        """Where it begins."""
        return self.found.start("_kept_")

    def end(self) -> int:
        """Where it ends."""
        return self.found.end("_kept_")


@lru_cache(maxsize=64)
def compiled(pattern: str, *, ignore_case: bool = False, whole: bool = False, word: bool = False) -> Any:
    """A pattern with `search` and `finditer`. Raises BadPattern with PCRE's complaint."""
    before, kept, after = _written(pattern)
    text = f"(?:{before})(?P<_kept_>{after})" if kept else before
    if whole:
        text = rf"\A(?:{text})\Z"
    elif word:
        text = rf"(?<!\w)(?:{text})(?!\w)"
    try:
        made = engine.backtracking(text, ignore_case=ignore_case, dots=False)
    except engine.Error as error:
        why = str(error).rpartition(f": {text}")[0]
        known = next((told for name, told in COMPLAINTS.items() if why.startswith(name)), "")
        if known:
            raise BadPattern(known) from None
        raise Unsimulated(f"podlab does not simulate this regular expression: {pattern}") from None
    return Kept(made) if kept else made


def _written(pattern: str) -> tuple[str, bool, str]:
    r"""A pattern in Python's syntax: what is before a `\K`, whether there is one, and what is after it."""
    out, at, kept = ["", ""], 0, False
    if flags := re.match(r"\(\?([imsx]+)\)", pattern):  # Python wants them before all else
        out[0], at = flags[0], flags.end()
    while at < len(pattern):
        found = PIECE.match(pattern, at)
        assert found
        if found[3]:
            text, at = _set(pattern, at)
            out[kept] += text
            continue
        at = found.end()
        if found[2] == "K":
            kept = True
        elif found[2]:
            out[kept] += LETTERS.get(found[2], found[0])
        elif found[1] is not None:
            out[kept] += re.escape(found[1])
        else:
            out[kept] += r"\Z" if found[0] == "$" else found[0]
    return out[0], kept, out[1]


def _set(pattern: str, begin: int) -> tuple[str, int]:
    """(a set of characters with Python's own words, where it ends)"""
    at, out = begin + 1 + pattern.startswith("^", begin + 1), pattern[begin : begin + 1]
    out += "^" if at > begin + 1 else ""
    first = True
    while at < len(pattern) and (first or pattern[at] != "]"):
        named = re.compile(r"\[:(\w+):\]").match(pattern, at)
        if named and named[1] in engine.CLASSES:
            out, at = out + engine.CLASSES[named[1]], named.end()
        elif pattern[at] == "\\":
            letter = pattern[at + 1 : at + 2]
            out, at = out + {"h": r" \t", "R": r"\n\r"}.get(letter, f"\\{letter}"), at + 2
        else:
            out, at = out + (f"\\{pattern[at]}" if pattern[at] in "[&~|]" else pattern[at]), at + 1
        first = False
    return out + pattern[at : at + 1], at + 1
