"""Bytes made visible: od, hexdump, xxd."""

from __future__ import annotations

import re
from dataclasses import dataclass

from podlab.embedded.runtime.machine.stdio import Io, inputs

NAMED = {0: "\\0", 7: "\\a", 8: "\\b", 9: "\\t", 10: "\\n", 11: "\\v", 12: "\\f", 13: "\\r"}
ROW = 16
FORMS = {"b": "o1", "o": "o2", "d": "u2", "x": "x2", "c": "c", "a": "a", "i": "d4", "l": "d8", "s": "d2", "h": "x2"}
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


ASCII = "nul soh stx etx eot enq ack bel bs ht nl vt ff cr so si dle dc1 dc2 dc3 dc4 nak syn etb can em sub esc fs gs rs us sp".split()  # noqa: SIM905, E501
SIZES = {"C": 1, "S": 2, "I": 4, "L": 8, "": 4}
TYPE = re.compile(r"([acdoux])([1248CSIL]?)(z?)")
OD_LONG = {"--address-radix": "-A", "--format": "-t", "--read-bytes": "-N", "--skip-bytes": "-j", "--width": "-w"}


@dataclass(frozen=True, slots=True)
class Form:
    """How values are shown: their kind and bytes, and whether the text stands beside them."""

    kind: str
    size: int = 1
    text: bool = False

    @property
    def width(self) -> int:
        """Columns of a value, without the blank before it."""
        return 3 if self.kind in "ac" else WIDTHS[self.kind][self.size]

    def cell(self, part: bytes) -> str:
        """A value."""
        if self.kind == "c":
            byte = part[0]
            return NAMED.get(byte) or (chr(byte) if 32 <= byte < 127 else f"{byte:03o}")
        if self.kind == "a":
            low = part[0] & 127
            return ASCII[low] if low <= 32 else "del" if low == 127 else chr(low)
        value = int.from_bytes(part.ljust(self.size, b"\0"), "little", signed=self.kind == "d")
        return str(value) if self.kind in "ud" else f"{value:0{self.width}{self.kind}}"


async def od(io: Io, words: list[str]) -> int:
    """`od [-abcdox] [-t TYPE]… [-A RADIX] [-N BYTES] [-j SKIP] [-w[BYTES]] [-v] [FILE]…`"""
    given, names = _od_words(words)
    forms, known = list[Form](), FORMS | ({"i": "d2", "l": "d4"} if io.busybox else {})
    for letter, value in given:
        read = _types(value) if letter == "t" else _types(known[letter]) if letter in known else []
        if read is None:
            return io.fail(f"od: invalid character '{value[:1]}' in type string '{value}'")
        forms += read
    found, failed = await inputs(io, "od", names)
    if failed and not found:
        return 1
    values = dict(given)
    skip = _number(values.get("j", ""), 0)
    data = b"".join(content for _, content in found)[skip:]
    data = data[: _number(values["N"], len(data))] if "N" in values else data
    width = _number(values["w"] or "32", ROW) if "w" in values else ROW
    radix = {"n": "", "x": "06x", "d": "07d"}.get(values.get("A", "o"), "07o")
    for at, row in _rows(data, every="v" in values, width=width):
        if not row:
            io.say("*")
        for number, form in enumerate((forms or [Form("o", 2)]) if row else ()):
            place = format(at + skip, radix) if radix else ""
            io.say((place if number == 0 else " " * len(place)) + _line(row, form, forms or [form], width))
    if radix:
        io.say(format(len(data) + skip, radix))
    return int(failed > 0)


def _od_words(words: list[str]) -> tuple[list[tuple[str, str]], list[str]]:
    """(options with their values, files)"""
    found, names, left = list[tuple[str, str]](), list[str](), list(words)
    while left:
        word = left.pop(0)
        name, equals, value = word.partition("=")
        if name in OD_LONG:
            word = OD_LONG[name] + value if equals or not left else OD_LONG[name] + left.pop(0)
        if not re.match(r"-.", word):
            names.append(word)
            continue
        for at, letter in enumerate(word[1:], 1):
            if letter in "tANjS":
                found.append((letter, word[at + 1 :] or (left.pop(0) if left else "")))
                break
            if letter == "w":
                found.append((letter, word[at + 1 :]))
                break
            found.append((letter, ""))
    return found, names


def _types(text: str) -> list[Form] | None:
    """The forms that a type string names; None where it is none."""
    found, at = list[Form](), 0
    while at < len(text):
        one = TYPE.match(text, at)
        if not one:
            return None
        plain = one[1] in "ac"
        size = 1 if plain else SIZES.get(one[2]) or int(one[2])
        found.append(Form(one[1], size, bool(one[3])))
        at = one.end()
    return found


def _line(row: bytes, form: Form, forms: list[Form], width: int) -> str:
    """A row's values, in columns that the values of all forms share."""
    block = max(one.size for one in forms)
    widest = max((one.width + 1) * (block // one.size) for one in forms)
    fields = max(1, width // form.size)
    left = pad = (widest - (form.width + 1) * (block // form.size)) * (width // block)
    out = ""
    for at in range(0, len(row), form.size):
        rest = pad * (fields - at // form.size - 1) // fields
        out += f"{form.cell(row[at : at + form.size]):>{form.width + 1 + left - rest}}"
        left = rest
    if form.text:
        shown = len(row) // form.size + (len(row) % form.size > 0)
        out += " " * (widest // (block // form.size) * (fields - shown)) + f"  >{_plain(row)}<"
    return out


def _rows(data: bytes, *, every: bool, width: int = ROW) -> list[tuple[int, bytes]]:
    """(offset, bytes) of each row; of rows that are the same again only one, without bytes."""
    found: list[tuple[int, bytes]] = []
    before = b""
    for at in range(0, len(data), width):
        row = data[at : at + width]
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
