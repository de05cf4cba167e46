"""`fmt`: paragraphs in lines of about the same length.

Upstream: GNU coreutils' src/fmt.c: what a break costs is as there, so that the same breaks are chosen
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from podlab.embedded.runtime.commands import coreutils
from podlab.embedded.runtime.machine.stdio import Io, inputs, letters, plain_rows

LEEWAY = 7
"""Per cent by which lines are shorter than they may be, on average."""
LINE, SENTENCE, NO_BREAK, PAREN, PUNCTUATION = 70**2, 50**2, 600**2, 40**2, 40**2
MOST_WORDS = 1000
"""Words of a paragraph that are weighed together."""


@dataclass(slots=True)
class Word:
    """A word: `end` says that a sentence ends with it, `stop` that it looks so; `after` are the blanks after it."""

    text: str
    after: int = 1
    stop: bool = False
    end: bool = False


@dataclass(frozen=True, slots=True)
class Shape:
    """How wide lines may be and should be, and which lines belong together."""

    width: int
    goal: int
    flags: set[str]


async def fmt(io: Io, words: list[str]) -> int:
    """`fmt [-cstu] [-WIDTH] [-w WIDTH] [-g GOAL] [FILE]…`"""
    words = [f"-w{word[1:]}" if at == 0 and re.fullmatch(r"-\d+", word) else word for at, word in enumerate(words)]
    flags, values, names = letters(words, "wgp")
    if "p" in values:
        return io.fail("fmt: podlab does not simulate -p of fmt")
    for key, what in (("w", "width"), ("g", "goal")):
        if not re.fullmatch(r"\d{1,4}", values.get(key, "1")):
            return io.fail(f"fmt: invalid {what}: '{values[key]}'")
    if flags - set("cstu"):
        return io.fail(f"fmt: invalid option -- '{min(flags - set('cstu'))}'\n{coreutils.hint('fmt')}")
    goal = int(values["g"]) if "g" in values else 0
    width = int(values["w"]) if "w" in values else goal + 10 if goal else 75
    shape = Shape(width, goal or width * (2 * (100 - LEEWAY) + 1) // 200, flags)
    found, failed = await inputs(io, "fmt", names)
    for _, data in found:
        io.out("".join(f"{line}\n" for line in _made(data, shape)).encode(errors="surrogateescape"))
    return int(failed > 0)


def _made(data: bytes, shape: Shape) -> list[str]:
    out: list[str] = []
    lines = [line.expandtabs() for line in plain_rows(data.decode(errors="surrogateescape"))]
    while lines:
        if not lines[0].strip():
            out.append("")
            lines.pop(0)
            continue
        taken = _paragraph(lines, shape.flags)
        out += _filled(lines[:taken], shape)
        del lines[:taken]
    return out


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _paragraph(lines: list[str], flags: set[str]) -> int:
    """How many lines the first paragraph has: those that are indented alike, in -c and -t from the second one on."""
    if "s" in flags or len(lines) < 2 or not lines[1].strip():
        return 1
    first, second = _indent(lines[0]), _indent(lines[1])
    if "t" in flags and second == first:
        return 1
    wanted = second if flags & {"c", "t"} else first
    count = 1
    while count < len(lines) and lines[count].strip() and _indent(lines[count]) == wanted:
        count += 1
    return count


def _filled(lines: list[str], shape: Shape) -> list[str]:
    first = _indent(lines[0])
    other = _indent(lines[1]) if len(lines) > 1 else first
    if "t" in shape.flags and len(lines) == 1:
        other = 3 if first == 0 else 0
    words = [word for line in lines for word in _words(line, uniform="u" in shape.flags)]
    words[-1].stop = words[-1].end = True
    out: list[str] = []
    while words:
        part, words = words[:MOST_WORDS], words[MOST_WORDS:]
        for begin, end in _breaks(part, first, other, shape):
            row = "".join(word.text + " " * word.after for word in part[begin:end]).rstrip(" ")
            out.append(" " * (other if out else first) + row)
        first = other
    return out


def _words(line: str, *, uniform: bool) -> list[Word]:
    found = []
    for match in re.finditer(r"(\S+)( *)", line):
        text, blanks = match[1], len(match[2])
        last = match.end() == len(line)
        stop = text[:1] + text[1:].rstrip(")]'\"")
        word = Word(text, blanks, stop=stop[-1] in ".?!")
        word.end = word.stop and (last or blanks > 1)
        if last or uniform:
            word.after = 2 if word.end else 1
        found.append(word)
    return found


def _breaks(words: list[Word], first: int, other: int, shape: Shape) -> list[tuple[int, int]]:
    """Where each line begins and ends, at the least cost for all of them."""
    count = len(words)
    cost, length, following = [0] * (count + 1), [0] * (count + 1), [count] * (count + 1)
    for begin in reversed(range(count)):
        width, best = (other if begin else first) + len(words[begin].text), -1
        for end in range(begin + 1, count + 1):
            found = cost[end]
            if end < count:
                found += ((shape.goal - width) * 10) ** 2
                if following[end] != count:
                    found += ((width - length[end]) * 10) ** 2 // 2
            if best < 0 or found < best:
                best, following[begin], length[begin] = found, end, width
            if end == count:
                break
            width += words[end - 1].after + len(words[end].text)
            if width >= shape.width:
                break
        cost[begin] = best + _base(words, begin)
    rows, at = list[tuple[int, int]](), 0
    while at < count:
        rows.append((at, following[at]))
        at = following[at]
    return rows


def _base(words: list[Word], at: int) -> int:
    """What it costs to begin a line with a word."""
    cost, word = LINE, words[at]
    if at:
        before = words[at - 1]
        if before.stop:
            cost += -SENTENCE if before.end else NO_BREAK
        elif not before.text[-1].isalnum() and before.text[-1].isascii() and before.text[-1].isprintable():
            cost -= PUNCTUATION
        elif at > 1 and words[at - 2].end:
            cost += 200**2 // (len(before.text) + 2)
    if word.text[0] in "(['`\"":
        return cost - PAREN
    return cost + 150**2 // (len(word.text) + 2) if word.end else cost
