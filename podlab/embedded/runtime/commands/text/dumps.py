"""Bytes made visible: od, hexdump, xxd."""

from __future__ import annotations

import re

from podlab.embedded.runtime.machine.stdio import Io, inputs

NAMED = {0: "\\0", 7: "\\a", 8: "\\b", 9: "\\t", 10: "\\n", 11: "\\v", 12: "\\f", 13: "\\r"}
ROW = 16
FORMS = {"b": "o1", "o": "o2", "d": "u2", "x": "x2", "c": "c", "a": "c", "i": "d4", "l": "d8", "s": "d2", "h": "x2"}
WIDTHS = {"o": {1: 3, 2: 6, 4: 11, 8: 22}, "x": {1: 2, 2: 4, 4: 8, 8: 16}, "u": {1: 3, 2: 5, 4: 10, 8: 20}}
WIDTHS["d"] = {1: 4, 2: 6, 4: 11, 8: 20}


def _taken(words: list[str], letters: str) -> tuple[dict[str, str], list[str]]:
    """(options with their values, files): `letters` are those that have a value."""
    found: dict[str, str] = {}
    rest, words = [], list(words)
    while words:
        word = words.pop(0)
        if not word.startswith("-") or word == "-":
            rest.append(word)
            continue
        for at, letter in enumerate(word[1:], 1):
            if letter in letters:
                found[letter] = word[at + 1 :] or (words.pop(0) if words else "")
                break
            found[letter] = ""
    return found, rest


def _number(text: str, usual: int) -> int:
    try:
        return int(text, 0)
    except ValueError:
        return usual


async def od(io: Io, words: list[str]) -> int:
    """`od [-abcdox] [-t TYPE] [-A RADIX] [-N BYTES] [-j SKIP] [-v] [FILE]…`"""
    given, names = _taken(words, "tANjwS")
    found, failed = await inputs(io, "od", names)
    if failed and not found:
        return 1
    skip = _number(given.get("j", ""), 0)
    data = b"".join(content for _, content in found)[skip:]
    data = data[: _number(given["N"], len(data))] if "N" in given else data
    form = next((FORMS[letter] for letter in given if letter in FORMS), "o2")
    if kind := re.fullmatch(r"([acdoux])([1248CSIL]?)z?", given.get("t", "")):
        size = {"C": "1", "S": "2", "I": "4", "L": "8"}.get(kind[2], kind[2] or "4")
        form = "c" if kind[1] in "ac" else kind[1] + size
    radix = {"n": "", "x": "06x", "d": "07d"}.get(given.get("A", "o"), "07o")
    rows = _rows(data, every="v" in given)
    for at, row in rows:
        io.say("*" if not row else (format(at + skip, radix) if radix else "") + "".join(_cells(row, form)))
    if radix:
        io.say(format(len(data) + skip, radix))
    return int(failed > 0)


def _rows(data: bytes, *, every: bool) -> list[tuple[int, bytes]]:
    """(offset, bytes) of each row; of rows that are the same again only one, without bytes."""
    found: list[tuple[int, bytes]] = []
    before = b""
    for at in range(0, len(data), ROW):
        row = data[at : at + ROW]
        if every or row != before:
            found.append((at, row))
        elif found[-1][1]:
            found.append((at, b""))
        before = row
    return found


def _cells(row: bytes, form: str) -> list[str]:
    """One row's values, each with the blanks before it."""
    if form == "c":
        return [f"{NAMED.get(b) or (chr(b) if 32 <= b < 127 else f'{b:03o}'):>4}" for b in row]
    kind, size = form[0], int(form[1])
    width = WIDTHS[kind][size]
    parts = [row[at : at + size].ljust(size, b"\0") for at in range(0, len(row), size)]
    values = [int.from_bytes(part, "little", signed=kind == "d") for part in parts]
    if kind in "ud":
        return [f" {value:>{width}}" for value in values]
    return [f" {value:0{width}{kind}}" for value in values]


async def hexdump(io: Io, words: list[str]) -> int:
    """`hexdump [-C] [-n BYTES] [-v] [FILE]…`"""
    given, names = _taken(words, "nsef")
    found, failed = await inputs(io, "hexdump", names)
    data = b"".join(content for _, content in found)
    data = data[: _number(given["n"], len(data))] if "n" in given else data
    for at, row in _rows(data, every="v" in given):
        shown = _canonical(at, row) if "C" in given else f"{at:07x}{''.join(_cells(row, 'x2')):40}"
        io.say(shown if row else "*")
    if data:
        io.say(f"{len(data):08x}" if "C" in given else f"{len(data):07x}")
    return int(failed > 0)


def _canonical(at: int, row: bytes) -> str:
    pairs = [f"{byte:02x}" for byte in row]
    left, right = " ".join(pairs[:8]), " ".join(pairs[8:])
    return f"{at:08x}  {left:23}  {right:23}  |{_plain(row)}|"


def _plain(row: bytes) -> str:
    return "".join(chr(byte) if 32 <= byte < 127 else "." for byte in row)


async def hd(io: Io, words: list[str]) -> int:
    """`hexdump -C`"""
    return await hexdump(io, ["-C", *words])


async def _undumped(io: Io, names: list[str], *, plain: bool) -> int:
    """`xxd -r [-p]`: the bytes that a dump stands for."""
    found, failed = await inputs(io, "xxd", names)
    for line in b"".join(data for _, data in found).decode(errors="replace").splitlines():
        digits = line if plain else line.partition(":")[2].strip().partition("  ")[0]
        pairs = re.match(r"(?:\s*[0-9a-fA-F]{2})*", digits)
        io.out(bytes.fromhex(pairs[0]) if pairs else b"")
    return int(failed > 0)


async def xxd(io: Io, words: list[str]) -> int:
    """`xxd [-r] [-p] [-l BYTES] [FILE]`"""
    given, names = _taken(words, "lcgos")
    if "r" in given:
        return await _undumped(io, names[:1], plain="p" in given)
    found, failed = await inputs(io, "xxd", names[:1])
    data = b"".join(content for _, content in found)
    data = data[: _number(given["l"], len(data))] if "l" in given else data
    if "p" in given:
        for at in range(0, len(data), 30):
            io.say(data[at : at + 30].hex())
        return int(failed > 0)
    for at in range(0, len(data), ROW):
        row = data[at : at + ROW]
        pairs = " ".join(row[pair : pair + 2].hex() for pair in range(0, len(row), 2))
        io.say(f"{at:08x}: {pairs:39}  {_plain(row)}")
    return int(failed > 0)
