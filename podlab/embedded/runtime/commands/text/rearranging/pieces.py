"""Files cut in pieces: split and csplit.

Upstream: GNU coreutils' src/split.c and src/csplit.c
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from podlab.embedded.runtime.commands import coreutils
from podlab.embedded.runtime.expressions import patterns
from podlab.embedded.runtime.files import FileError
from podlab.embedded.runtime.machine.stdio import Io, ended_rows, letters

UNITS = {"": 1, "b": 512, "K": 2**10, "k": 2**10, "M": 2**20, "m": 2**20, "KB": 1000, "MB": 10**6}
LONG = {"--numeric-suffixes": "-d", "--hex-suffixes": "-x", "--elide-empty-files": "-e", "--verbose": "-V"}
VALUED = {"--lines": "-l", "--bytes": "-b", "--line-bytes": "-C", "--number": "-n", "--suffix-length": "-a"}
EXHAUSTED = "output file suffixes exhausted"


@dataclass(slots=True)
class Names:
    """What pieces are called: letters, which grow longer unless their count is given, or digits."""

    prefix: str = "x"
    digits: str = "abcdefghijklmnopqrstuvwxyz"
    width: int = 2
    fixed: bool = False
    first: int = 0
    ending: str = ""

    def all(self) -> Iterator[str]:
        """One name after another, as long as there are some."""
        base, width, lead = len(self.digits), self.width, ""
        while True:
            most = base**width if self.fixed else base**width - base ** (width - 1)
            for number in itertools.count(self.first if not lead else 0):
                if number >= most:
                    break
                yield self.prefix + lead + self._written(number, width) + self.ending
            if self.fixed:
                return
            lead, width = lead + self.digits[-1], width + 1

    def _written(self, number: int, width: int) -> str:
        base = len(self.digits)
        return "".join(self.digits[number // base**place % base] for place in reversed(range(width)))


async def split(io: Io, words: list[str]) -> int:
    """`split [-l LINES|-b BYTES|-C BYTES|-n PARTS] [-a LENGTH] [-dxe] [FILE [PREFIX]]`"""
    names_, short = Names(), list[str]()
    verbose = False
    for word in words:
        name, equals, value = word.partition("=")
        if name in ("--numeric-suffixes", "--hex-suffixes") and equals:
            names_.first, word = int(value) if value.isdecimal() else 0, name
        if name == "--additional-suffix":
            names_.ending = value
        elif name in VALUED:
            short += [VALUED[name], *([value] if equals else [])]
        elif word == "--verbose":
            verbose = True
        elif word.startswith("--") and name not in LONG and word != "--":
            return io.fail(f"split: podlab does not simulate {name} of split")
        else:
            short.append(LONG.get(word, word))
    flags, values, names = letters(short, "lbCan")
    if wrong := _named(io, names_, flags, values, names):
        return io.fail(f"split: {wrong}")
    parts = await _parts(io, values, names)
    if isinstance(parts, str):
        return io.fail(f"split: {parts}")
    called = names_.all()
    for part in parts:
        name = next(called, "")
        if not name:
            return io.fail("split: suffixes exhausted" if io.busybox else f"split: {EXHAUSTED}")
        if verbose:
            io.say(f"creating file '{name}'")
        if part or "e" not in flags:
            io.process.machine.files.write(io.path(name), part)
    return 0


def _named(io: Io, called: Names, flags: set[str], values: dict[str, str], names: list[str]) -> str:
    """Set what pieces are called; what is wrong with that."""
    if odd := flags - (set() if io.busybox else {"d", "x", "e", "u"}):
        return f"podlab does not simulate split -{min(odd)}"
    if "n" in values and io.busybox:
        return "podlab does not simulate split -n"
    called.prefix = names[1] if len(names) > 1 else "x"
    called.digits = "0123456789" if "d" in flags else "0123456789abcdef" if "x" in flags else called.digits
    called.fixed = "a" in values or io.busybox or called.first > 0
    if "a" in values and not (values["a"].isdecimal() and int(values["a"])):
        return f"invalid suffix length: '{values['a']}'"
    called.width = int(values.get("a", "2"))
    if "n" in values and "a" not in values and (count := re.search(r"\d+$", values["n"])):
        while len(called.digits) ** called.width < int(count[0]) + called.first:
            called.width += 1
        called.fixed = True
    return ""


async def _parts(io: Io, values: dict[str, str], names: list[str]) -> list[bytes] | str:
    """What the pieces hold, or what is wrong."""
    by = next((key for key in "bCn" if key in values), "l")
    name = names[0] if names else "-"
    if by != "n":
        size = re.fullmatch(r"(\d{1,9})(KB|MB|[bkKmM]?)", values.get(by, "1000"))
        if not size or not int(size[1]):
            why = ": Numerical result out of range" if re.fullmatch("0+", values.get(by, "")) else ""
            told = f"invalid number of {'lines' if by == 'l' else 'bytes'}: '{values.get(by)}'{why}"
            return f"invalid number '{values.get(by)}'" if io.busybox else told
    elif name == "-":
        return "-: cannot determine file size"
    try:
        data = await io.stdin.rest() if name == "-" else await io.open(name).rest()
    except FileError as error:
        return f"{name}: {error}" if io.busybox else f"cannot open '{name}' for reading: {error}"
    if by == "n":
        return _by_number(data, values["n"])
    assert size
    count = int(size[1]) * UNITS[size[2]]
    if by == "b":
        return [data[at : at + count] for at in range(0, len(data), count)]
    rows = ended_rows(data)
    return _within(rows, count) if by == "C" else [b"".join(rows[at : at + count]) for at in range(0, len(rows), count)]


def _within(rows: list[bytes], most: int) -> list[bytes]:
    """Whole lines as long as they have room."""
    found: list[bytes] = []
    for row in rows:
        while row:
            if not found or len(found[-1]) + min(len(row), most) > most:
                found.append(b"")
            found[-1], row = found[-1] + row[:most], row[most:]
    return found


def _by_number(data: bytes, text: str) -> list[bytes] | str:
    """coreutils' `split -n N`, into so many parts; `l/N` breaks no line, `r/N` deals lines out."""
    found = re.fullmatch(r"([lr]/)?([1-9]\d{0,2})", text)
    if not found:
        wrong = re.fullmatch(r"[lr]?/?\D*0*|[^lr\d].*", text)
        why = ": Numerical result out of range" if re.fullmatch("0+", text) else ""
        return f"invalid number of chunks: '{text}'{why}" if wrong else f"podlab does not simulate split -n {text}"
    count, rows = int(found[2]), ended_rows(data)
    if found[1] == "r/":
        return [b"".join(rows[part::count]) for part in range(count)]
    size = len(data) // count
    cuts = [size * part for part in range(count)] + [len(data)]
    if found[1]:
        starts = [0, *itertools.accumulate(map(len, rows))]
        cuts = [next((start for start in starts if start >= cut), len(data)) for cut in cuts]
    return [data[begin:end] for begin, end in itertools.pairwise(cuts)]


@dataclass(slots=True)
class Cuts:
    """csplit at work: lines, the number of the next one, and the pieces so far."""

    rows: list[bytes]
    at: int = 0
    pieces: list[bytes] = field(default_factory=list)

    def cut(self, end: int, *, kept: bool) -> None:
        """A piece up to a line; nothing of it is `kept` where it is only passed over."""
        if kept:
            self.pieces.append(b"".join(self.rows[self.at : end]))
        self.at = end


class Uncut(Exception):
    """What csplit cannot do."""


async def csplit(io: Io, words: list[str]) -> int:
    """`csplit [-ksqz] [-f PREFIX] [-b FORMAT] [-n DIGITS] FILE PATTERN…`"""
    longs = {"--prefix": "-f", "--digits": "-n", "--suffix-format": "-b", "--quiet": "-q", "--silent": "-q"}
    longs |= {"--keep-files": "-k", "--elide-empty-files": "-z", "--suppress-matched": "-M"}
    short = [part for word in words for part in _short(word, longs)]
    flags, values, names = letters(short, "fbn")
    if len(names) < 2:
        missing = f"missing operand after '{names[0]}'" if names else "missing operand"
        return io.fail(f"csplit: {missing}\n{coreutils.hint('csplit')}")
    try:
        cuts = Cuts(ended_rows(await io.stdin.rest() if names[0] == "-" else await io.open(names[0]).rest()))
    except FileError as error:
        return io.fail(f"csplit: cannot open '{names[0]}' for reading: {error}")
    wrong, before = "", ""
    try:
        for number, pattern in enumerate(names[1:]):
            if re.fullmatch(r"\{(\d+|\*)\}", pattern) and number:
                _repeated(cuts, before, pattern[1:-1])
            else:
                _at(cuts, pattern)
                before = pattern
    except (Uncut, patterns.BadPattern) as error:
        wrong = str(error)
    cuts.cut(len(cuts.rows), kept=True)
    if wrong.startswith("podlab"):
        return io.fail(f"csplit: {wrong}")
    pieces = [piece for piece in cuts.pieces if piece or "z" not in flags]
    form, width = values.get("b", ""), int(values.get("n", "2")) if values.get("n", "2").isdecimal() else 2
    for number, piece in enumerate(pieces):
        name = values.get("f", "xx") + (form % number if form else f"{number:0{width}}")
        if not flags & {"q", "s"}:
            io.say(str(len(piece)))
        if not wrong or "k" in flags:
            io.process.machine.files.write(io.path(name), piece)
    return io.fail(f"csplit: {wrong}") if wrong else 0


def _short(word: str, longs: dict[str, str]) -> list[str]:
    name, equals, value = word.partition("=")
    return [longs[name], *([value] if equals else [])] if name in longs else [word]


def _at(cuts: Cuts, pattern: str) -> None:
    """One piece up to a line by number or by an expression. Raises Uncut."""
    if pattern.isdecimal():
        number = int(pattern)
        if number - 1 < cuts.at:
            raise Uncut(f"line number '{number}' is smaller than preceding line number, {cuts.at + 1}")
        if number > len(cuts.rows):
            raise Uncut(f"'{number}': line number out of range")
        cuts.cut(number - 1, kept=True)
        return
    found = re.fullmatch(r"([/%])(.*)\1([+-]?\d+)?", pattern)
    if not found:
        raise Uncut(f"{pattern}: invalid pattern")
    expression, begin = patterns.compiled(found[2]), cuts.at + (cuts.at > 0)
    for line in range(begin, len(cuts.rows)):
        if expression.search(cuts.rows[line].decode(errors="surrogateescape").removesuffix("\n")):
            cuts.cut(min(max(line + int(found[3] or 0), cuts.at), len(cuts.rows)), kept=found[1] == "/")
            return
    raise Uncut(f"'{pattern}': match not found")


def _repeated(cuts: Cuts, pattern: str, count: str) -> None:
    """The pattern before again, so often or as long as it fits. Raises Uncut."""
    step = int(pattern) if pattern.isdecimal() else 0
    number = 0
    while count == "*" or number < int(count):
        number += 1
        try:
            _at(cuts, str(step * (number + 1)) if step else pattern)
        except Uncut as error:
            if count == "*":
                return
            raise Uncut(f"{error} on repetition {number}".replace(": ", ": ", 1)) from None
