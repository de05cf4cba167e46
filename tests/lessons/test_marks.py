"""The mark sheet: the time of each task, and the same rows as text and as a table."""

from __future__ import annotations

from podlab import text
from podlab.lessons.marks import Marks, sheet
from podlab.lessons.progress import Progress
from podlab.text import Text


def test_the_clock_of_a_task_starts_when_the_one_before_has_passed():
    entries = {
        "10-a": {"passed": True, "at": "1970-01-01T00:05:00Z"},
        "10-b": {"passed": True, "at": "1970-01-01T00:02:00Z", "hints": 2, "solution": 1},
        "10-c": {"tries": 3},
    }
    rows = sheet("10", {"a": 1, "b": 2, "c": 3}, Progress(entries, {}, {"10": 60.0}))
    assert [(row.name, row.done, row.seconds, row.hints, row.solution) for row in rows] == [
        ("a", True, 180.0, 0, False),
        ("b", True, 60.0, 2, True),
        ("c", False, None, 0, False),
    ]


def test_the_sheet_is_the_same_as_text_and_as_a_table():
    text.use("en")
    try:
        shown = Marks(Text(ko="혼자", en="Alone"), sheet("10", {"a": 1}, Progress({"10-a": {"passed": True}})))
        bundle = shown._repr_mimebundle_()
    finally:
        text.use(None)
    assert bundle["text/plain"].startswith("1 of 1 done · Alone")
    assert "<td>✔ done</td><td>-</td><td>1 min</td>" in bundle["text/html"]


def test_help_is_one_column_so_that_the_sheet_fits_a_narrow_screen():
    entries = {"10-a": {"hints": 2, "solution": 1}, "10-b": {"solution": 1}, "10-c": {"hints": 1}}
    text.use("en")
    try:
        rows = [row.cells() for row in sheet("10", {"a": 1, "b": 1, "c": 1, "d": 1}, Progress(entries))]
    finally:
        text.use(None)
    assert [row[4:] for row in rows] == [["hints: 2, solution"], ["solution"], ["hints: 1"], ["-"]]
