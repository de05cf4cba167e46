"""Ages differ between honest runs; but `5s` is an age only in an AGE column or before "ago": elsewhere it is a fact.

Upstream: apimachinery/pkg/util/duration (HumanDuration), which writes all of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

AGE = "AGE"
COLUMNS = frozenset({"AGE", "LAST SEEN", "LAST SCHEDULE", "DURATION", "SINCE CREATION", "만들어진 뒤"})
"""Headings, in capitals, under which ages stand: kubectl's, and those of the panels' twins."""
DURATION = (
    r"(?=\d)(?:\d+y)?(?:\d{1,3}d)?(?:(?:[1-3]?\d|4[0-7])h)?"
    r"(?:(?:1[0-7]\d|\d{1,2})m)?(?:(?:1[01]\d|\d{1,2})s)?(?<=[ydhms])"
)
"""What HumanDuration writes: 500m is no age, which would be 8h20m."""
PLAIN = re.compile(rf"{DURATION}(?: \(x\d+ over {DURATION}\))?", re.ASCII)
KOREAN = r"(?=\d)(?:\d+년 ?)?(?:\d+일 ?)?(?:\d+시간 ?)?(?:\d+분 ?)?(?:\d+초)?(?<=[년일간분초])"
BEFORE_AGO = re.compile(rf"(?<![\w.:/+=-])(?:{DURATION}(?= ago\b)|{KOREAN}(?= 전\b))")
OVER = re.compile(rf"(\(x\d+ over ){DURATION}(?=\))", re.ASCII)
CELL_OF_TEXT = re.compile(r"\S+(?: \S+)*")
GAP = re.compile(r"[ ]{2,}")
ROW = re.compile(r"<tr\b.*?</tr>", re.DOTALL)
CELL = re.compile(r"(?P<tag><t(?P<kind>[hd])\b[^>]*>)(?P<text>[^<]*)(?P<end></t[hd]>)")


def hide(text: str) -> str:
    """The text with AGE for every age in it, of tables of kubectl, of descriptions, and of panels' HTML."""
    text = ROW.sub(_html_rows(), text) if "<table" in text else "".join(_lines(text))
    return OVER.sub(rf"\1{AGE}", BEFORE_AGO.sub(AGE, text))


def _lines(text: str) -> Iterator[str]:
    """Line by line: a row belongs to the heading that was seen last, until an empty line."""
    heading, starts = list[str](), list[int]()
    for line in text.splitlines(keepends=True):
        cells = GAP.split(line.strip())
        if not line.strip():
            heading = []
        elif any(cell.upper() in COLUMNS for cell in cells):
            heading, starts = [cell.upper() for cell in cells], _starts(line)
        elif len(cells) == len(heading):
            line = _hidden(line, [name in COLUMNS for name in heading])
        elif heading and set(_starts(line)) <= set(starts):  # some cells are empty
            line = _hidden(line, [heading[starts.index(at)] in COLUMNS for at in _starts(line)])
        yield line


def _starts(line: str) -> list[int]:
    return [cell.start() for cell in CELL_OF_TEXT.finditer(line)]


def _hidden(line: str, ages: list[bool]) -> str:
    """The line with its cells replaced that are ages and stand in such a column."""
    cells = iter(ages)

    def cell(found: re.Match[str]) -> str:
        return AGE if next(cells) and PLAIN.fullmatch(found[0]) else found[0]

    return CELL_OF_TEXT.sub(cell, line)


def _html_rows() -> Callable[[re.Match[str]], str]:
    """Replaces the ages in the rows of tables, each by the headings that were seen last."""
    heading: list[str] = []

    def row(found: re.Match[str]) -> str:
        cells = list(CELL.finditer(found[0]))
        if cells and all(cell["kind"] == "h" for cell in cells):
            heading[:] = [cell["text"].strip().upper() for cell in cells]
            return found[0]
        names = iter(heading if len(cells) == len(heading) else [""] * len(cells))

        def hidden(cell: re.Match[str]) -> str:
            old = next(names) in COLUMNS and PLAIN.fullmatch(cell["text"].strip())
            return f"{cell['tag']}{AGE}{cell['end']}" if old else cell[0]

        return CELL.sub(hidden, found[0])

    return row
