"""The page around the lessons: both languages, a link to each lesson, and a word for browsers that cannot run them."""

from __future__ import annotations

from html import escape
from pathlib import Path

from podlab.lessons.lesson import LESSONS, Lesson
from podlab.text import LANGUAGES, Language

TEMPLATE = Path(__file__).with_name("landing.html")
PLACE = "<!-- lessons -->"


def write(out: Path) -> None:
    """Put the page where a visitor arrives."""
    (out / "index.html").write_text(page(), encoding="utf-8")


def page() -> str:
    """The page with a row for each lesson."""
    return TEMPLATE.read_text(encoding="utf-8").replace(PLACE, "\n".join(map(_row, LESSONS)))


def link(language: Language, lesson: Lesson) -> str:
    """The address of a lesson, seen from the page."""
    return f"lab/index.html?path={language}/{lesson.slug}.ipynb"


def _row(lesson: Lesson) -> str:
    cells = (
        f'<td lang="{which}"><a href="{link(which, lesson)}">{escape(lesson.title.in_(which))}</a></td>'
        for which in LANGUAGES
    )
    return f'<tr><th scope="row">{lesson.number}</th>{"".join(cells)}<td>{lesson.minutes}</td></tr>'
