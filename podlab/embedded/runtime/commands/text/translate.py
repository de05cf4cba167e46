"""tr: characters of one set become those of another, go, or stand once."""

from __future__ import annotations

import re

from podlab.embedded.runtime.machine.stdio import Io

ESCAPE = re.compile(r"\\([0-7]{1,3}|.)|\[:(\w+):\]|\[=(.)=\]|(.)", re.S)
ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v", "\\": "\\"}
LOWER, UPPER, DIGITS = "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789"
CONTROL = "".join(map(chr, [*range(32), 127]))
PRINTED = "".join(map(chr, range(33, 127)))
CLASSES = {
    "alnum": DIGITS + UPPER + LOWER, "alpha": UPPER + LOWER, "blank": "\t ", "cntrl": CONTROL,
   
    "digit": DIGITS, "graph": PRINTED, "lower": LOWER, "print": " " + PRINTED, "space": "\t\n\v\f\r ", "upper": UPPER,
    "punct": "".join(char for char in PRINTED if not char.isalnum()), "xdigit": DIGITS + "ABCDEFabcdef",
}  # fmt: skip
ALL = "".join(map(chr, range(256)))


def characters(written: str) -> str:
    """The characters of a set: with ranges, classes and escapes."""
    units: list[str] = []
    for found in ESCAPE.finditer(written):
        if found[1]:
            code = found[1]
            units.append(chr(int(code, 8) & 255) if code.isdigit() and code < "8" else ESCAPED.get(code, code))
        else:
            units.append(CLASSES.get(found[2], "") if found[2] else found[3] or found[4])
    out, at = list[str](), 0
    while at < len(units):
        if at + 2 < len(units) and units[at + 1] == "-" and len(units[at]) == len(units[at + 2]) == 1:
            out += [chr(code) for code in range(ord(units[at]), ord(units[at + 2]) + 1)]
            at += 3
        else:
            out.append(units[at])
            at += 1
    return "".join(out)


async def tr(io: Io, words: list[str]) -> int:
    """`tr [-cds] SET1 [SET2]`: bytes, whatever language is set."""
    flags, words = set[str](), list(words)
    while words and re.fullmatch(r"-[cCdst]+", words[0]):
        flags |= set(words.pop(0)[1:].lower())
    if len(words) == 1 and not flags & {"d", "s"} and io.busybox:
        words.append(words[0])
    sets = [characters(word.encode("utf-8", "surrogateescape").decode("latin-1")) for word in words[:2]]
    if "c" in flags:
        sets[0] = "".join(char for char in ALL if char not in set(sets[0]))
    table = _table(flags, sets)
    squeezed = set(sets[-1]) if "s" in flags else set()
    last = ""
    while data := await io.stdin.take(2**16):
        text = data.decode("latin-1").translate(table)
        if squeezed:
            text, last = _squeezed(text, squeezed, last)
        io.out(text.encode("latin-1"))
        await io.process.work()
    return 0


USAGE = "BusyBox multi-call binary.\n\nUsage: tr [-cds] STRING1 [STRING2]"
MISSING = (
    "tr: missing operand\nTry 'tr --help' for more information.",
    "Two strings must be given when translating.\nTry 'tr --help' for more information.",
)


def _table(flags: set[str], sets: list[str]) -> dict[int, str | None]:
    if "d" in flags:
        return dict.fromkeys(map(ord, sets[0]))
    if len(sets) < 2 or not sets[1]:
        return {}
    target = sets[1] + sets[1][-1] * max(0, len(sets[0]) - len(sets[1]))
    table: dict[int, str | None] = {}
    for char, to in zip(sets[0], target, strict=False):
        table.setdefault(ord(char), to)
    return table


def _squeezed(text: str, squeezed: set[str], last: str) -> tuple[str, str]:
    out = []
    for char in text:
        if char != last or char not in squeezed:
            out.append(char)
        last = char
    return "".join(out), last
