"""docs/coverage.md: each lesson and cell that it names is there, in both languages; no lesson is left out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from podlab.lessons.lesson import LESSONS
from tests.lessons.sources import cells

ROOT = Path(__file__).parent.parent
KOREAN, ENGLISH = (ROOT / "docs" / "coverage.md").read_text(encoding="utf-8").split("\n## English\n")
ROW = re.compile(r"^\| (?P<what>.+?) \| `(?P<lesson>\d\d-[a-z-]+)` \| `(?P<cell>[^|]+)` \|$", re.MULTILINE)


def rows(part: str) -> list[tuple[str, str]]:
    """Lesson and cell of each row."""
    return [(found["lesson"], found["cell"]) for found in ROW.finditer(part)]


def lines(lesson: str, language: str) -> list[str]:
    """The code of a lesson."""
    return [line for cell in cells(lesson, language, "code") for line in cell.splitlines()]


@pytest.mark.slow
@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize(("lesson", "cell"), rows(ENGLISH))
def test_the_cell_is_in_the_lesson(lesson: str, cell: str, language: str) -> None:
    assert any(line.startswith(cell) or f"({cell})" in line for line in lines(lesson, language))


def test_both_languages_name_the_same_cells() -> None:
    assert rows(KOREAN) == rows(ENGLISH) and len(rows(ENGLISH)) == len(re.findall(r"^\| [^w-]", ENGLISH, re.MULTILINE))


def test_no_lesson_is_left_out() -> None:
    assert {each.slug for each in LESSONS[1:]} <= {lesson for lesson, _ in rows(ENGLISH)}
