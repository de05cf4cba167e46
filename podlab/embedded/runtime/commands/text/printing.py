"""Commands that print what they are given: echo, printf, seq, yes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from podlab.embedded.runtime.commands import usage
from podlab.embedded.runtime.expressions import dates
from podlab.embedded.runtime.expressions import printf as formats
from podlab.embedded.runtime.expressions.octets import narrow
from podlab.embedded.runtime.machine.stdio import Io

LINES, PAUSE = 200, 0.01
BULK = 2**15
TRY = "Try 'seq --help' for more information."
"""Lines that a command without an end writes at once, and seconds until it writes more."""
DASH = re.compile(r".*: \d+: (printf|echo):")
"""How dash complains: the one shell whose printf knows no `\\x`."""
ESCAPE = re.compile(r"\\(?:0?([0-7]{1,3})|x([0-9a-fA-F]{1,2})|(u[0-9a-fA-F]{1,4}|U[0-9a-fA-F]{1,8}|.))", re.S)
ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v", "\\": "\\", "e": "\x1b"}
NUMBER = re.compile(r"\s*([-+]?)(0[xX][0-9a-fA-F]+|0[0-7]*|\d+)")


def _coded(written: str) -> str:
    """A character by its code: where nobody has chosen a language, what is not ASCII is shown by its code alone."""
    code = int(written[1:], 16)
    return chr(code) if code < 128 else f"\\u{code:04X}" if code < 2**16 else f"\\U{code:08X}"


def unescaped(text: str, *, hexadecimal: bool = True, quoted: bool = False, wide: bool = False) -> str:
    """A text with its backslashes carried out, with `wide` those of long codes; what is no character stays a byte."""

    def one(found: re.Match[str]) -> str:
        if found[1] or (found[2] and hexadecimal):
            number = int(found[1], 8) if found[1] else int(found[2], 16)
            return bytes([number & 255]).decode(errors="surrogateescape")
        if len(found[3] or "") > 1:
            return _coded(found[3]) if wide else found[0]
        return '"' if quoted and found[3] == '"' else ESCAPED.get(found[3] or "", found[0])

    return ESCAPE.sub(one, text)


async def echo(io: Io, words: list[str]) -> int:
    """`echo [-neE] WORD…`; dash's takes backslashes without `-e`."""
    dash = bool(DASH.fullmatch(io.speaker))
    newline, escapes = True, dash
    while words and re.fullmatch("-n" if dash else "-[neE]+", words[0]):
        newline = newline and "n" not in words[0]
        escapes = ("e" in words[0] or escapes) and "E" not in words[0]
        words = words[1:]
    text = " ".join(words)
    if escapes:
        text, stop, _ = text.partition("\\c")
        text, newline = unescaped(text, hexadecimal=not dash, wide="line " in io.speaker), newline and not stop
    io.out(text.encode(errors="surrogateescape") + (b"\n" if newline else b""))
    return 0


async def printf(io: Io, words: list[str]) -> int:
    """`printf FORMAT [VALUE]…`: the format is used again until no value is left."""
    words = words[1:] if words[:1] == ["--"] else words
    dash, bash = bool(DASH.fullmatch(io.speaker)), io.by_bash
    if not words and bash:
        return io.fail("printf: usage: printf [-v var] format [arguments]", 2)
    if not words and not io.busybox and not dash:
        return io.complain("printf", "missing operand\nTry 'printf --help' for more information.")
    if not words:
        return io.complain("printf", f"usage: printf {'FORMAT [ARGUMENT...]' if io.busybox else 'format [arg ...]'}", 2)
    asked = (BASH_UNKNOWN if bash else DASH_UNKNOWN if dash else UNKNOWN).finditer(words[0])
    cut = next((found for found in asked if found[0] != "%%" and found[0][-2:] != ")T"), None)
    odd = formats.unknown(words[0]) if io.busybox else (cut.start(), "") if cut else None
    whole = words[0][: odd[0]] if odd else words[0]
    template = unescaped(whole, hexadecimal=not dash, quoted=True, wide=not dash and not io.busybox)
    values = _Values(io, list(words[1:]), bash=bash)
    while True:
        left = len(values.left)
        io.out(formats.filled(template, values.next, unknown=lambda kind: "").encode(errors="surrogateescape"))
        if odd and io.busybox:
            return io.complain("printf", f"{odd[1]}: invalid format")
        if cut and not io.busybox:
            return _undirected(io, cut, bash=bash)
        if not values.left or len(values.left) == left:
            return values.code


UNKNOWN = re.compile(r"%%|%[-+ #0']*+(?>\*|\d*+)(?:\.(?>\*|\d*+))?+[hlLjzt]*+([^%diouxXcsbfFeEgGaA]|$)")
DASH_UNKNOWN = re.compile(UNKNOWN.pattern.replace("[hlLjzt]*+", ""))
BASH_UNKNOWN = re.compile(
    UNKNOWN.pattern.replace("([^%", "(?!\\([^)]*\\)T)([^%qQ").replace("%%|", r"%%|(?:%[-\d]*\([^)]*\)T)|")
)
"""A conversion that a shell does not know."""


def _undirected(io: Io, cut: re.Match[str], *, bash: bool) -> int:
    """What dash and bash say where a format's conversion is none."""
    if not cut[1]:
        return io.complain(
            "printf", f"`{cut[0]}': missing format character" if bash else "missing format character", 2 - bash
        )
    if bash:
        return io.complain("printf", f"`{cut[1]}': invalid format character", 1)
    return io.complain("printf", f"{cut[0]}: invalid directive", 2)


@dataclass(slots=True)
class _Values:
    """The values that a format's conversions take, one after another."""

    io: Io
    left: list[str]
    bash: bool
    code: int = 0

    def next(self, kind: str) -> object:
        given = self.left.pop(0) if self.left else None
        if kind in ("s", "c"):
            return (given or "")[:1] if kind == "c" else given or ""
        if kind in ("b", "q"):
            return (
                unescaped(given or "")
                if kind == "b"
                else backslashed(given or "")
                if self.bash
                else _quoted(given or "")
            )
        if kind.startswith("T"):
            seconds = int(given) if given and given.lstrip("-").isdecimal() else -1
            moment = datetime.fromtimestamp(self.io.process.time if seconds < 0 else seconds, UTC)
            return dates.shown(kind[1:] or "%X", moment)
        found, wrong = _number(given or "", whole=kind in "diouxX*")
        if self.io.busybox and (wrong or not given) and kind != "*":
            found, wrong = 0, True
        if wrong:
            self.code = self.io.complain("printf", wrong_number(self.io, given or ""))
        return found


def wrong_number(io: Io, given: str) -> str:
    """What a shell says of a value that is no number."""
    if io.busybox:
        return f"invalid number '{given}'"
    if io.by_bash:
        return f"{given}: invalid {'octal ' * bool(re.fullmatch('0[0-9]+', given))}number"
    return f"{given}: {'not completely converted' if NUMBER.match(given) else 'expected numeric value'}"


def _quoted(text: str) -> str:
    return text if re.fullmatch(r"[\w./:-]+", text) else "'" + text.replace("'", "'\\''") + "'"


def backslashed(text: str) -> str:
    """A text as bash's `%q` quotes it for a shell."""
    if not text:
        return "''"
    if re.search(r"[\x00-\x1f\x7f]", text):
        shown = "".join(ANSI.get(char, char if char >= " " else f"\\{ord(char):03o}") for char in text)
        return f"$'{shown}'"
    return re.sub(r"[^\w@%+=:./~-]|^~", r"\\\g<0>", text).replace("\\#", "#") if text[0] != "#" else f"\\{text}"


ANSI = {"\n": "\\n", "\t": "\\t", "\r": "\\r", "\a": "\\a", "\b": "\\b", "\f": "\\f", "\v": "\\v", "\x1b": "\\E"}
ANSI |= {"'": "\\'", "\\": "\\\\"}


def _number(given: str, *, whole: bool) -> tuple[int | float, bool]:
    """(the number that a word begins with, whether it is not one altogether)"""
    if given[:1] in ("'", '"'):
        shown = narrow(given)
        return (ord(shown[1]) & (0xFF if shown[1] >= "\udc80" else -1) if len(shown) > 1 else 0), False
    if not given:
        return 0, False
    if not whole:
        try:
            return float(given), False
        except ValueError:
            found = re.match(r"\s*[-+]?\d*\.?\d+", given)
            return (float(found[0]) if found else 0.0), True
    match = NUMBER.match(given)
    if not match:
        return 0, True
    digits = match[2]
    base = 16 if digits[:2] in ("0x", "0X") else 8 if digits.startswith("0") and len(digits) > 1 else 10
    number = int(digits, base) * (-1 if match[1] == "-" else 1)
    return max(-(2**63), min(2**64 - 1, number)), match.end() != len(given)


async def seq(io: Io, words: list[str]) -> int:
    """`seq [-w] [-s SEPARATOR] [FIRST [STEP]] LAST`"""
    separator, wide, words = "\n", False, list(words)
    form = ""
    while words and re.match(r"-[wsf]", words[0]) and not (io.busybox and words[0].startswith("-f")):
        option = words.pop(0)
        wide = wide or "w" in option[:2]
        form = (option[2:] or (words.pop(0) if words else "")) if option.startswith("-f") else form
        separator = (option[2:] or (words.pop(0) if words else "")) if option.startswith("-s") else separator
    wrong = next((word for word in words if not re.fullmatch(r"[-+]?(\d+\.?\d*|\.\d+)", word)), None)
    if wrong is not None:
        return (
            usage.show(io, "seq") if io.busybox else io.fail(f"seq: invalid floating point argument: '{wrong}'\n{TRY}")
        )
    if not 1 <= len(words) <= 3:
        return io.fail("seq: missing operand" if not words else f"seq: extra operand '{words[3]}'")
    numbers = [float(word) for word in words]
    first, step, last = (1.0, 1.0, numbers[0]) if len(words) == 1 else (numbers[0], numbers[1], numbers[-1])
    step = 1.0 if len(words) < 3 else step
    if step == 0:
        return io.fail(f"seq: invalid Zero increment value: '{words[1]}'")
    places = max(len(word.partition(".")[2]) for word in words[:2] if word)
    width = max(len(f"{number:.{places}f}") for number in (first, last)) if wide else 0
    count = int((last - first) / step + 1e-9) + 1 if (last - first) * step >= 0 else 0
    for start in range(0, count, LINES):
        await io.process.work()
        values = [first + at * step for at in range(start, min(start + LINES, count))]
        rows = [_shaped(form, value) if form else f"{value:0{width}.{places}f}" for value in values]
        io.out(((separator if start else "") + separator.join(rows)).encode())
        await io.process.sleep(PAUSE * (start > 0))
    io.out(b"\n" if count > 0 else b"")
    return 0


async def yes(io: Io, words: list[str]) -> int:
    """`yes [WORD]…`, for ever."""
    line = (" ".join(words) or "y").encode() + b"\n"
    while True:
        await io.process.work()
        io.out(line * max(1, BULK // len(line)))
        await io.process.sleep(PAUSE)


def _shaped(form: str, value: float) -> str:
    """A number as `seq -f` shows it."""
    return formats.filled(form, lambda kind: value, unknown=lambda kind: f"%{kind}")
