"""Texts as programs take them: letters where a language in UTF-8 is set and they heed it, else a character is a byte.

What lies outside of ASCII is then as many characters as it has bytes in UTF-8; written out they are what they were.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

NAMES = ("LC_ALL", "LC_CTYPE", "LANG")
"""The variables that choose letters, the first that is set before the others."""
KNOWN = re.compile(r"C\.(?i:utf-?8)")
"""The language in UTF-8 that the images have: with any other their programs go on as if none was set."""
HEEDING = {False: frozenset(["bash", "expr", "find", "rev", "wc"]), True: frozenset(["rev", "wc"])}
"""Debian's programs that heed the language, and busybox's; awk, cut, dash and others have only bytes."""

_LETTERS: ContextVar[bool] = ContextVar("_LETTERS", default=False)


@contextmanager
def spoken(name: str, env: Mapping[str, str], *, busybox: bool) -> Iterator[None]:
    """While a program of this name runs, whether it takes letters."""
    before = _LETTERS.set(name in HEEDING[busybox] and _chosen(env))
    try:
        yield
    finally:
        _LETTERS.reset(before)


def choose(env: Mapping[str, str]) -> None:
    """Heed from now on what a program has been told of languages meanwhile."""
    _LETTERS.set(_chosen(env))


def _chosen(env: Mapping[str, str]) -> bool:
    return KNOWN.fullmatch(next((env[name] for name in NAMES if env.get(name)), "")) is not None


def narrow(text: str) -> str:
    """A text with a character for each of its bytes, or of its letters."""
    if text.isascii() or _LETTERS.get():
        return text
    return text.encode("utf-8", "surrogateescape").decode("ascii", "surrogateescape")


def widen(text: str) -> str:
    """The letters that such bytes are; those that are none stay bytes."""
    return text if text.isascii() else text.encode("utf-8", "surrogateescape").decode("utf-8", "surrogateescape")
