"""Reads `$'…'`, in which a backslash begins what C has, and finds where an index ends."""

from __future__ import annotations

import re

ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v", "e": "\x1b", "E": "\x1b"}
NUMBERS = re.compile(r"x[0-9a-fA-F]{1,2}|u[0-9a-fA-F]{1,4}|[0-7]{1,3}")


def ansi(text: str, at: int) -> tuple[str, int] | None:
    """(what is quoted from a place on, the place behind the mark that ends it); None without one."""
    out = []
    while (char := text[at : at + 1]) != "'":
        if not char:
            return None
        at += 1
        if char != "\\":
            out.append(char)
        elif found := NUMBERS.match(text, at):
            at = found.end()
            digits = found[0].lstrip("xu")
            out.append(chr(int(digits, 16 if found[0][0] in "xu" else 8)))
        else:
            char = text[at : at + 1]
            at += 1
            out.append(ESCAPES.get(char, char if char in "\\'\"?" else f"\\{char}"))
    return "".join(out), at + 1


def indexed_to(text: str, at: int) -> int:
    """Where the index ends that a bracket opens there, brackets and quotations in it counted; -1 where none does."""
    depth, begin = 0, at
    while text[begin : begin + 1] == "[" and at < len(text) and text[at] != "\n":
        char = text[at]
        depth += (char == "[") - (char == "]")
        if depth == 0:
            return at + 1 if at > begin + 1 else -1
        at = text.find(char, at + 1) if char in "\"'" else at + (char == "\\")
        if at < 0:
            return -1
        at += 1
    return -1
