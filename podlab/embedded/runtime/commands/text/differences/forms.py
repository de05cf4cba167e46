"""The forms in which differences are told.

Upstream: GNU diffutils' src/normal.c, src/context.c and src/side.c
"""

from __future__ import annotations

from podlab.embedded.runtime.commands.text.differences.hunks import Hunk

NO_END = "\n\\ No newline at end of file\n"
TAB, GUTTER = 8, 3


def _marked(mark: str, lines: list[str]) -> list[str]:
    return [f"{mark}{line}" if line.endswith("\n") else f"{mark}{line}{NO_END}" for line in lines]


def _span(begin: int, end: int) -> str:
    """Lines by number; of none the one before."""
    return str(end) if end <= begin + 1 else f"{begin + 1},{end}"


def plain(left: list[str], right: list[str], found: list[Hunk]) -> list[str]:
    """As `diff` tells without an option."""
    out: list[str] = []
    for a, b, c, d in found:
        kind = "a" if a == b else "d" if c == d else "c"
        out.append(f"{_span(a, b)}{kind}{_span(c, d)}\n")
        out += _marked("< ", left[a:b]) + ["---\n"] * (kind == "c") + _marked("> ", right[c:d])
    return out


def _groups(found: list[Hunk], lines: int) -> list[list[Hunk]]:
    """Changes that share lines around them."""
    groups: list[list[Hunk]] = []
    for hunk in found:
        if groups and hunk[0] - groups[-1][-1][1] <= 2 * lines:
            groups[-1].append(hunk)
        else:
            groups.append([hunk])
    return groups


def _around(group: list[Hunk], left: list[str], right: list[str], lines: int) -> Hunk:
    before = min(lines, group[0][0])
    after = min(lines, len(left) - group[-1][1], len(right) - group[-1][3])
    return group[0][0] - before, group[-1][1] + after, group[0][2] - before, group[-1][3] + after


def _short(begin: int, end: int) -> str:
    return str(end) if end == begin + 1 else f"{begin if end == begin else begin + 1},{end - begin}"


def unified(left: list[str], right: list[str], found: list[Hunk], heads: tuple[str, str], lines: int) -> list[str]:
    """As `diff -u` tells."""
    out = [f"--- {heads[0]}\n", f"+++ {heads[1]}\n"] if found else []
    for group in _groups(found, lines):
        at, end, other, last = _around(group, left, right, lines)
        out.append(f"@@ -{_short(at, end)} +{_short(other, last)} @@\n")
        for a, b, c, d in group:
            out += _marked(" ", left[at:a]) + _marked("-", left[a:b]) + _marked("+", right[c:d])
            at = b
        out += _marked(" ", left[at:end])
    return out


def context(left: list[str], right: list[str], found: list[Hunk], heads: tuple[str, str], lines: int) -> list[str]:
    """As `diff -c` tells."""
    out = [f"*** {heads[0]}\n", f"--- {heads[1]}\n"] if found else []
    for group in _groups(found, lines):
        a, b, c, d = _around(group, left, right, lines)
        out.append(f"***************\n*** {_span(a, b)} ****\n")
        gone = [(hunk[0], hunk[1], "- " if hunk[2] == hunk[3] else "! ") for hunk in group]
        out += _side(left, gone, a, b)
        out.append(f"--- {_span(c, d)} ----\n")
        out += _side(right, [(hunk[2], hunk[3], "+ " if hunk[0] == hunk[1] else "! ") for hunk in group], c, d)
    return out


def _side(lines: list[str], changes: list[tuple[int, int, str]], begin: int, end: int) -> list[str]:
    out: list[str] = []
    if all(first == last for first, last, _ in changes):
        return out
    for first, last, mark in changes:
        out += _marked("  ", lines[begin:first]) + _marked(mark, lines[first:last])
        begin = last
    return out + _marked("  ", lines[begin:end])


def beside(left: list[str], right: list[str], found: list[Hunk], width: int, *, brief: bool) -> list[str]:
    """As `diff -y` tells: one text beside the other."""
    offset = (width + TAB + GUTTER) // (2 * TAB) * TAB
    half = max(0, min(offset - GUTTER, width - offset))
    columns = (half, offset if half else width)
    out, at, other = list[str](), 0, 0
    for a, b, c, d in [*found, (len(left), len(left), len(right), len(right))]:
        if not brief:
            out += [_row(one, " ", two, columns) for one, two in zip(left[at:a], right[other:c], strict=False)]
        both = min(b - a, d - c)
        out += [_row(left[a + row], "|", right[c + row], columns) for row in range(both)]
        out += [_row(left[row], "<", None, columns) for row in range(a + both, b)]
        out += [_row(None, ">", right[row], columns) for row in range(c + both, d)]
        at, other = b, d
    return out


def _row(left: str | None, sign: str, right: str | None, columns: tuple[int, int]) -> str:
    half, second = columns
    row, at = _half(left or "", 0, half)
    if sign != " ":
        row += _filled(at, (half + second - 1) // 2) + sign
        at = (half + second - 1) // 2 + 1
    if right is not None and right != "\n":
        row += _filled(at, second) + _half(right, second, half)[0]
    return row + "\n"


def _half(line: str, begin: int, width: int) -> tuple[str, int]:
    """(as much of a line as there is room for, the column after it)"""
    out, at = "", 0
    for char in line.rstrip("\n"):
        wide = TAB - at % TAB if char == "\t" else 1
        if at + wide > width:
            break
        out, at = out + (" " * wide if char == "\t" and begin else char), at + wide
    return out, at


def _filled(at: int, to: int) -> str:
    """Tabs and blanks to a column."""
    out = ""
    while (tab := at + TAB - at % TAB) <= to:
        out, at = out + "\t", tab
    return out + " " * (to - at)
