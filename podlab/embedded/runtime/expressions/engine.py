"""The regular expressions of RE2: by google-re2, else, in a browser tab where it cannot be had, by Python's `re`.

Python's engine backtracks: what could keep it busy for ever (an endless repetition within another, more than a few in
one pattern) is refused, as is all syntax that RE2 does not have; the rest is written so that it means the same.
Rejected for the tab: npm's `re2js`, since each search would cross into JavaScript and back, and the page would have to
bring it.
"""

from __future__ import annotations

import re
import warnings
from typing import Any

MOST_REPEAT = 1000
"""RE2's own limit for `{n,m}`."""
MOST_ENDLESS = 4
"""Endless repetitions that one pattern may have in a tab: a search may cost so many nested loops over a line."""
PLAIN = "AbBdDwWnrtfav"
CLASSES = {
    "alnum": "0-9A-Za-z", "alpha": "A-Za-z", "ascii": r"\x00-\x7f", "blank": r"\t ", "cntrl": r"\x00-\x1f\x7f",
    "digit": "0-9", "graph": "!-~", "lower": "a-z", "print": " -~", "punct": r"!-/:-@\[-`{-~", "space": r"\t\n\v\f\r ",
    "upper": "A-Z", "word": r"\w", "xdigit": "0-9A-Fa-f",
}  # fmt: skip
SPACE = r"\t\n\f\r "  # RE2's \s has no vertical tab


class Error(ValueError):
    """What RE2 says is wrong: the problem, a colon, the part of the pattern."""


def compiled(pattern: str, *, ignore_case: bool = False, memory: int | None = None, longest: bool = False) -> Any:
    """A pattern with `search`, `fullmatch` and `finditer`, which take of several matches the `longest`, as POSIX says.

    Raises Error, UnicodeError.
    """
    try:
        import re2  # late: most clusters never need it
    except ImportError:
        return guarded(pattern, ignore_case=ignore_case)
    options = re2.Options()
    options.case_sensitive, options.log_errors, options.longest_match = not ignore_case, False, longest
    if memory:
        options.max_mem = memory
    try:
        return re2.compile(pattern, options=options)
    except re2.error as error:
        why = error.args[0]
        raise Error(why.decode() if isinstance(why, bytes) else str(why)) from None


def backtracking(pattern: str, *, ignore_case: bool = False, lines: bool = False, dots: bool = True) -> re.Pattern[str]:
    """One of Python's own patterns, with what RE2 cannot do; refused where it may take for ever. Raises Error."""
    flags = re.ASCII | re.DOTALL * dots | re.MULTILINE * lines | re.IGNORECASE * ignore_case
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            _check(re._parser.parse(pattern, flags), pattern)  # type: ignore[attr-defined]
            return re.compile(pattern, flags)
    except (re.error, OverflowError) as error:
        raise Error(f"{getattr(error, 'msg', 'invalid pattern')}: {pattern}") from None


def guarded(pattern: str, *, ignore_case: bool = False) -> re.Pattern[str]:
    """The same by Python's `re`. Raises Error."""
    written = _Writer(pattern).written()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # of sets within sets, which RE2 does not have either
            found = re.compile(written, re.ASCII | (re.IGNORECASE if ignore_case else 0))
            _check(re._parser.parse(written), pattern)  # type: ignore[attr-defined]
    except (re.error, OverflowError) as error:
        raise Error(f"{_PROBLEMS.get(getattr(error, 'msg', ''), 'invalid pattern')}: {pattern}") from None
    except RecursionError:
        raise Error(f"expression nests too deeply: {pattern}") from None
    return found


_PROBLEMS = {
    "nothing to repeat": "no argument for repetition operator",
    "multiple repeat": "bad repetition operator",
    "missing ), unterminated subpattern": "missing )",
    "unbalanced parenthesis": "unexpected )",
    "unterminated character set": "missing ]",
}


def _check(tree: Any, pattern: str) -> None:
    """Raises Error for what may take for ever."""
    if _endless(tree, False, pattern) > MOST_ENDLESS:
        raise Error(f"too many repetitions for a browser tab: {pattern}")


def _endless(node: Any, within: bool, pattern: str) -> int:
    """How many endless repetitions there are. Raises Error for one within another."""
    if not isinstance(node, (tuple, list)) and not hasattr(node, "data"):
        return 0
    if isinstance(node, tuple) and len(node) == 2 and str(node[0]) in ("MAX_REPEAT", "MIN_REPEAT"):
        _, most, body = node[1]
        repeats, plain = int(most), most < re._parser.MAXREPEAT  # type: ignore[attr-defined]
        if plain and repeats > MOST_REPEAT:
            raise Error(f"bad repetition operator: {pattern}")
        if within and not plain:
            raise Error(f"a repetition in a repetition is too much for a browser tab: {pattern}")
        return (not plain) + _endless(body, within or repeats > 1, pattern)
    return sum(_endless(each, within, pattern) for each in node)


class _Writer:
    """Writes a pattern of RE2 as one of Python's. Raises Error for what is none."""

    def __init__(self, pattern: str) -> None:
        self.pattern, self.at, self.lines = pattern, 0, False

    def written(self) -> str:
        out = []
        while self.at < len(self.pattern):
            out.append(self._next())
        return "".join(out)

    def _next(self) -> str:
        char = self.pattern[self.at]
        if char == "\\":
            return self._escape(False)
        if char == "[":
            return self._set()
        if self.pattern.startswith("(?", self.at):
            return self._group()
        self.at += 1
        if char == "{" and not re.match(r"\d+(,\d*)?\}", self.pattern[self.at :]):
            return r"\{"
        if char in "*+?}" and self.pattern[self.at : self.at + 1] == "+":
            raise Error(f"bad repetition operator: {char}+")
        return ("$" if self.lines else r"\Z") if char == "$" else char

    def _escape(self, inside: bool) -> str:
        rest = self.pattern[self.at : self.at + 2]
        char = rest[1:]
        self.at += 2
        if char == "":
            raise Error("trailing \\: ")
        if char in "sS" and not (inside and char == "S"):
            return SPACE if inside else f"[{'^' * (char == 'S')}{SPACE}]"
        if char == "z" and not inside:
            return r"\Z"
        if char == "Q":
            end = self.pattern.find("\\E", self.at)
            text, self.at = (
                self.pattern[self.at : end if end >= 0 else None],
                end + 2 if end >= 0 else len(self.pattern),
            )
            return re.escape(text)
        if char == "x":
            return self._hexadecimal()
        if char in PLAIN or not char.isalnum():
            return rest if char.isalnum() else re.escape(char)
        raise Error(f"invalid escape sequence: {rest}")

    def _hexadecimal(self) -> str:
        found = re.compile(r"\{([0-9A-Fa-f]{1,6})\}|([0-9A-Fa-f]{2})").match(self.pattern, self.at)
        if not found or int(found[1] or found[2], 16) > 0x10FFFF:
            raise Error("invalid escape sequence: \\x")
        self.at = found.end()
        return re.escape(chr(int(found[1] or found[2], 16)))

    def _set(self) -> str:
        start = self.at
        out = ["[^" if self.pattern.startswith("^", self.at + 1) else "["]
        self.at += len(out[0])
        while self.at < len(self.pattern):
            char = self.pattern[self.at]
            if char == "]" and len(out) > 1:
                self.at += 1
                return "".join(out) + "]"
            named = re.compile(r"\[:(\^?)(\w+):\]").match(self.pattern, self.at)
            if named:
                if named[1] or named[2] not in CLASSES:
                    raise Error(f"invalid character class range: {named[0]}")
                self.at = named.end()
                out.append(CLASSES[named[2]])
            elif char == "\\":
                out.append(self._escape(True))
            else:
                self.at += 1
                out.append(f"\\{char}" if char in "[]&~|" else char)
        raise Error(f"missing ]: {self.pattern[start:]}")

    def _group(self) -> str:
        found = re.compile(r"\(\?(?::|P?<(\w+)>|([ims]+)([:)]))").match(self.pattern, self.at)
        if not found or (found[3] == ")" and self.at):
            raise Error(f"invalid perl operator: {self.pattern[self.at : self.at + 3]}")
        self.at = found.end()
        self.lines = self.lines or "m" in (found[2] or "")
        return f"(?P<{found[1]}>" if found[1] else found[0]
