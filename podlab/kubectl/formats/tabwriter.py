"""Elastic tab stops: a column is as wide as its widest cell among the adjacent lines that have it."""

from __future__ import annotations


def align(text: str, *, min_width: int = 0, padding: int = 2, remembered: list[int] | None = None) -> str:
    """Replace the tabs of `text` by spaces; what follows a line's last tab belongs to no column.

    Args:
        remembered: widths of the columns so far, never undercut and updated in place, so that the lines of a watch
            stay below each other.

    Upstream: Go's text/tabwriter.
    """
    lines = [line.split("\t") for line in text.split("\n")]
    widths: list[list[int]] = [[] for _ in lines]
    _format(lines, widths, 0, len(lines), 0, min_width, padding, remembered)
    return "\n".join(_padded(cells, columns) for cells, columns in zip(lines, widths, strict=True))


def _format(
    lines: list[list[str]],
    widths: list[list[int]],
    first: int,
    end: int,
    column: int,
    min_width: int,
    padding: int,
    remembered: list[int] | None,
) -> None:
    """Find the blocks of adjacent lines that have `column`, measure each, then go one column deeper inside it."""
    at = first
    while at < end:
        if column >= len(lines[at]) - 1:
            at += 1
            continue
        start = at
        while at < end and column < len(lines[at]) - 1:
            at += 1
        width = remembered[column] if remembered and column < len(remembered) else min_width
        width = max([width] + [len(cells[column]) + padding for cells in lines[start:at]])
        if remembered is not None:
            remembered[column : column + 1] = [width]
        for columns in widths[start:at]:
            columns.append(width)
        _format(lines, widths, start, at, column + 1, min_width, padding, remembered)


def _padded(cells: list[str], columns: list[int]) -> str:
    return "".join(cell.ljust(width) for cell, width in zip(cells, columns, strict=False)) + cells[-1]


def escape(text: str) -> str:
    """What a terminal would obey, made visible.

    Upstream: staging/src/k8s.io/cli-runtime/pkg/printers/terminal.go
    """
    return text.replace("\x1b", "^[").replace("\r", "\\r")
