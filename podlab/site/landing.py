"""The page around the lessons: both languages, a link to each lesson, and a word for browsers that cannot run them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from html import escape
from pathlib import Path

from podlab.lessons.lesson import LESSONS, Lesson
from podlab.text import LANGUAGES, Language

TEMPLATE = Path(__file__).with_name("landing.html")
SCRIPT, KERNEL = (Path(__file__).with_name(name) for name in ("page.js", "kernel.mjs"))
PLACE = "<!-- lessons -->"
EXTENSION = "@jupyterlite/pyodide-kernel-extension"
WORKER = f"extensions/{EXTENSION}/static/comlink.worker.*.js"
KERNEL_PLACE = "extensions/podlab/kernel.mjs"
"""Among the extensions, as JupyterLite's worker is: kernels of one site know each other by what stands before that."""


def write(out: Path) -> None:
    """Put the page where a visitor arrives, its script before JupyterLite's own, and the kernel that it begins."""
    (out / "index.html").write_text(page(), encoding="utf-8")
    settings = json.loads((out / "jupyter-lite.json").read_text(encoding="utf-8"))["jupyter-config-data"]
    options = settings["litePluginSettings"][f"{EXTENSION}:kernel"]["loadPyodideOptions"]
    (worker,) = out.glob(WORKER)
    told = {
        "@jupyterlite@": settings["appVersion"],
        "@worker@": worker.relative_to(out).as_posix(),
        '"@options@"': json.dumps(options),
    }
    (out / KERNEL_PLACE).parent.mkdir()
    for source, name in ((SCRIPT, "podlab.js"), (KERNEL, KERNEL_PLACE)):
        (out / name).write_text(_filled(source.read_text(encoding="utf-8"), told), encoding="utf-8")
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


def _filled(text: str, told: Mapping[str, str]) -> str:
    for place, value in told.items():
        text = text.replace(place, value)
    return text


def _row(lesson: Lesson) -> str:
    cells = (
        f'<td lang="{which}"><a href="{link(which, lesson)}">{escape(lesson.title.in_(which))}</a></td>'
        for which in LANGUAGES
    )
    return f'<tr><th scope="row">{lesson.number}</th>{"".join(cells)}<td>{lesson.minutes}</td></tr>'
