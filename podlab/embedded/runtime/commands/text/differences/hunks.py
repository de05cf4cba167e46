"""Which lines of two texts differ: the fewest, and where there is a choice, as diffutils moves them.

Upstream: GNU diffutils' lib/diffseq.h (the algorithm of Myers) and src/analyze.c (shift_boundaries)
"""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher

MOST_CHANGES = 600
"""Changes up to which the fewest are looked for; beyond, roughly the fewest will do."""
Hunk = tuple[int, int, int, int]
"""Lines of the left text from one to before another, and those of the right that take their place."""


def hunks(left: Sequence[str], right: Sequence[str]) -> list[Hunk]:
    """What differs, from the top."""
    removed, added = _changed(left, right)
    _shifted(left, removed, added)
    _shifted(right, added, removed)
    found, a, b = list[Hunk](), 0, 0
    while a < len(left) or b < len(right):
        begin, other = a, b
        while a < len(left) and removed[a]:
            a += 1
        while b < len(right) and added[b]:
            b += 1
        if (a, b) == (begin, other):
            a, b = a + 1, b + 1
        else:
            found.append((begin, a, other, b))
    return found


def _changed(left: Sequence[str], right: Sequence[str]) -> tuple[list[bool], list[bool]]:
    """Whether each line has no counterpart."""
    first, last, short = 0, 0, min(len(left), len(right))
    while first < short and left[first] == right[first]:
        first += 1
    while last < short - first and left[-1 - last] == right[-1 - last]:
        last += 1
    inner = _matched(left[first : len(left) - last], right[first : len(right) - last])
    removed, added = [False] * len(left), [False] * len(right)
    removed[first : len(left) - last] = [True] * (len(left) - last - first)
    added[first : len(right) - last] = [True] * (len(right) - last - first)
    for a, b in inner:
        removed[first + a] = added[first + b] = False
    return removed, added


def _matched(left: Sequence[str], right: Sequence[str]) -> list[tuple[int, int]]:
    """The pairs of lines that stay."""
    reach, trace = {1: 0}, list[dict[int, int]]()
    for changes in range(min(len(left) + len(right), MOST_CHANGES) + 1):
        trace.append(dict(reach))
        for line in range(-changes, changes + 1, 2):
            down = line == -changes or (line != changes and reach[line - 1] < reach[line + 1])
            a = reach[line + 1] if down else reach[line - 1] + 1
            while a < len(left) and a - line < len(right) and left[a] == right[a - line]:
                a += 1
            reach[line] = a
            if a >= len(left) and a - line >= len(right):
                return _walked_back(trace, len(left), len(right))
    blocks = SequenceMatcher(None, left, right, autojunk=False).get_matching_blocks()
    return [(block.a + at, block.b + at) for block in blocks for at in range(block.size)]


def _walked_back(trace: list[dict[int, int]], a: int, b: int) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for changes in reversed(range(len(trace))):
        reach, line = trace[changes], a - b
        down = line == -changes or (line != changes and reach[line - 1] < reach[line + 1])
        before = line + 1 if down else line - 1
        start = reach[before] if changes else 0
        stop = (start if down else start + 1) if changes else 0
        while a > stop:
            a, b = a - 1, b - 1
            found.append((a, b))
        a, b = start, start - before
    return found[::-1]


def _shifted(lines: Sequence[str], changed: list[bool], other: list[bool]) -> None:
    """Move each run of changed lines as far down as it goes, or to the last place beside a change of the other text."""
    changed.append(False)
    other.append(False)
    at = beside = 0
    while True:
        while at < len(lines) and not changed[at]:
            while other[beside]:
                beside += 1
            at, beside = at + 1, beside + 1
        if at == len(lines):
            break
        begin = at
        while changed[at]:
            at += 1
        while other[beside]:
            beside += 1
        at, beside = _settled(lines, changed, other, (begin, at, beside))
    changed.pop()
    other.pop()


def _settled(
    lines: Sequence[str], changed: list[bool], other: list[bool], run: tuple[int, int, int]
) -> tuple[int, int]:
    """Where a run ends when it has been moved, and the place in the other text beside it."""
    begin, at, beside = run
    length = -1
    meets = len(lines)
    while length != at - begin:
        length = at - begin
        while begin and lines[begin - 1] == lines[at - 1]:
            begin, at, beside = _up(changed, other, (begin, at, beside))
            while begin and changed[begin - 1]:
                begin -= 1
        meets = at if beside and other[beside - 1] else len(lines)
        while at < len(lines) and lines[begin] == lines[at]:
            changed[begin], changed[at] = False, True
            begin, at, beside = begin + 1, at + 1, beside + 1
            while changed[at]:
                at += 1
            while other[beside]:
                meets, beside = at, beside + 1
    while meets < at:
        begin, at, beside = _up(changed, other, (begin, at, beside))
    return at, beside


def _up(changed: list[bool], other: list[bool], run: tuple[int, int, int]) -> tuple[int, int, int]:
    begin, at, beside = run[0] - 1, run[1] - 1, run[2] - 1
    changed[begin], changed[at] = True, False
    while beside > 0 and other[beside]:
        beside -= 1
    return begin, at, beside
