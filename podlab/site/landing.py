"""The page around the lessons: both languages, a link to each lesson, and a word for browsers that cannot run them."""

from __future__ import annotations

import json
from html import escape
from pathlib import Path

from podlab.lessons.lesson import LESSONS, Lesson
from podlab.text import LANGUAGES, Language

TEMPLATE = Path(__file__).with_name("landing.html")
SCRIPT = Path(__file__).with_name("page.js")
PLACE = "<!-- lessons -->"


def write(out: Path) -> None:
    """Put the page where a visitor arrives, and its script before JupyterLite's own."""
    (out / "index.html").write_text(page(), encoding="utf-8")
    version = json.loads((out / "jupyter-lite.json").read_text(encoding="utf-8"))["jupyter-config-data"]["appVersion"]
    (out / "podlab.js").write_text(SCRIPT.read_text(encoding="utf-8").replace("@jupyterlite@", version), "utf-8")
    lab = out / "lab" / "index.html"
    lab.write_text(with_script(lab.read_text(encoding="utf-8")), encoding="utf-8")


def page() -> str:
    """The page with a row for each lesson."""
    return TEMPLATE.read_text(encoding="utf-8").replace(PLACE, "\n".join(map(_row, LESSONS)))


def with_script(html: str) -> str:
    """JupyterLite's page with ours in it: after the element with its settings, which it changes, and before its own."""
    settings, found, rest = html.partition("</script>")
    assert found
    assert 'id="jupyter-config-data"' in settings
    return f'{settings}{found}\n    <script src="../podlab.js"></script>{rest}'


def link(language: Language, lesson: Lesson) -> str:
    """The address of a lesson, seen from the page."""
    return f"lab/index.html?path={language}/{lesson.slug}.ipynb"


def _row(lesson: Lesson) -> str:
    cells = (
        f'<td lang="{which}"><a href="{link(which, lesson)}">{escape(lesson.title.in_(which))}</a></td>'
        for which in LANGUAGES
    )
    return f'<tr><th scope="row">{lesson.number}</th>{"".join(cells)}<td>{lesson.minutes}</td></tr>'
