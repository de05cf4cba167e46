"""Texts as programs take them where nobody has chosen a language: a character is a byte.

What lies outside of ASCII is then as many characters as it has bytes in UTF-8; written out they are what they were.
"""

from __future__ import annotations


def narrow(text: str) -> str:
    """A text with a character for each of its bytes."""
    return text if text.isascii() else text.encode("utf-8", "surrogateescape").decode("ascii", "surrogateescape")


def widen(text: str) -> str:
    """The letters that such bytes are; those that are none stay bytes."""
    return text if text.isascii() else text.encode("utf-8", "surrogateescape").decode("utf-8", "surrogateescape")
