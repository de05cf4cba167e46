"""Build notebooks/ko and notebooks/en from notebooks/src: choose a language, execute, store what a run may be held to.

Usage: build_notebooks.py [LESSON …] [--language ko|en] [--check]

Executes on the cluster that PODLAB_CLUSTER names; without one, on an embedded cluster whose clock steps. An output that
differs from the committed one only in what the sanitizer hides stays as it is; with --from-nothing, on the stepping
cluster, it is written anew.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import jupytext
import nbclient
import nbformat
from nbformat import NotebookNode
from nbval.plugin import coalesce_streams
from pytest import MonkeyPatch

from podlab.clusters.embedded import Embedded
from podlab.lessons import glossary
from podlab.lessons.lesson import LESSONS, Lesson
from podlab.testing.sanitizer import sanitize
from podlab.text import LANGUAGES, Language

NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"
NAME = "podlab"  # as kind's default, so that the node is called the same
SEED = "1"
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
CELL_TIMEOUT = 600  # seconds; a first pull of nginx may take minutes


def main(arguments: list[str] | None = None) -> int:
    """Build or check; the exit code is 1 where a check finds a difference."""
    options = _options(arguments)
    different = []
    for source in _sources(options.lessons):
        for language in options.language or LANGUAGES:
            target = NOTEBOOKS / language / f"{source.stem}.ipynb"
            with fresh_cluster() as reproducible:
                built = build(source, language, target, reproducible, options.from_nothing)
            if built != _committed(target):
                different.append(target)
            if not options.check:
                target.parent.mkdir(exist_ok=True)
                target.write_bytes(built)
            print(f"{language}/{target.name}: {'changed' if target in different else 'as committed'}", flush=True)
    if options.check and different:
        print("a rebuild differs: run `make notebooks` and look at the difference", file=sys.stderr)
        return 1
    return 0


def build(source: Path, language: Language, target: Path, reproducible: bool, from_nothing: bool = False) -> bytes:
    """The bytes of one notebook, executed."""
    notebook = select(jupytext.read(source), language, source.stem)
    with tempfile.TemporaryDirectory() as folder:
        execute(notebook, Path(folder))
    strip(notebook)
    committed = _committed(target)
    if committed and not (reproducible and from_nothing):
        settle(notebook, nbformat.reads(committed.decode("utf-8"), as_version=4))
    return serialize(notebook)


def select(source: NotebookNode, language: Language, slug: str = "") -> NotebookNode:
    """The cells of one language and those of both, dressed for reading, with ids made from their text."""
    cells = [_plain(cell) for cell in source.cells if language_of(cell) in (None, language)]
    _dress([cell for cell in cells if cell.cell_type == "markdown"], language, slug)
    seen: dict[str, int] = {}
    for cell in cells:
        key = hashlib.sha256(f"{cell.cell_type}\n{cell.source}".encode()).hexdigest()[:8]
        seen[key] = seen.get(key, 0) + 1
        cell["id"] = key if seen[key] == 1 else f"{key}-{seen[key]}"
    metadata = {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    return nbformat.v4.new_notebook(cells=cells, metadata=metadata)


def _dress(texts: list[NotebookNode], language: Language, slug: str) -> None:
    """Explain each term where it is first used, and link the neighbours at both ends of the notebook."""
    met: set[str] = set()
    for cell in texts:
        cell.source = glossary.mark(cell.source, language, met)
    links = _links(slug, language)
    if texts and links:
        title, _, rest = texts[0].source.partition("\n")
        texts[0].source = f"{title}\n\n{links}\n{rest}"
        texts[-1].source = f"{texts[-1].source}\n\n---\n\n{links}"


def _links(slug: str, language: Language) -> str:
    """The lesson before and the one after, by their titles; where there is none, the first."""
    place = next((i for i, each in enumerate(LESSONS) if each.slug == slug), None)
    if place is None:
        return ""
    before = [f"← {_link(LESSONS[place - 1], language)}"] if place else []
    return " · ".join([*before, f"{_link(LESSONS[(place + 1) % len(LESSONS)], language)} →"])


def _link(lesson: Lesson, language: Language) -> str:
    return f"[{lesson.number} · {lesson.title.in_(language)}]({lesson.slug}.ipynb)"


def language_of(cell: NotebookNode) -> str | None:
    """The language of a source cell: `lang` of a text, a tag of a code cell, none where both share it."""
    tags = cell.metadata.get("tags", ())
    return cell.metadata.get("lang") or next((each for each in LANGUAGES if each in tags), None)


def _plain(cell: NotebookNode) -> NotebookNode:
    tags = [tag for tag in cell.metadata.get("tags", ()) if tag not in LANGUAGES]
    make = nbformat.v4.new_code_cell if cell.cell_type == "code" else nbformat.v4.new_markdown_cell
    return make(source=cell.source, metadata={"tags": tags} if tags else {})


def execute(notebook: NotebookNode, folder: Path) -> None:
    """Run all cells in a fresh kernel whose working folder is `folder`."""
    client = nbclient.NotebookClient(
        notebook,
        timeout=CELL_TIMEOUT,
        kernel_name="python3",
        store_widget_state=False,
        record_timing=False,
        resources={"metadata": {"path": str(folder)}},
    )
    path = os.pathsep.join((str(NOTEBOOKS.parent), os.environ.get("PYTHONPATH", "")))
    client.execute(env=os.environ | {"PYTHONPATH": path})


def strip(notebook: NotebookNode) -> None:
    """Take out what belongs to this one run only: widget views, timings, lines that a later one has overwritten."""
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        cell.outputs = coalesce_streams(cell.outputs)
        for output in cell.outputs:
            output.pop("transient", None)
            if "data" in output:
                output.data.pop(WIDGET_VIEW, None)
                output.metadata = {}
        cell.outputs = [each for each in cell.outputs if each.get("data") != {}]  # what is there only while it waits
        cell.metadata.pop("execution", None)
    notebook.metadata = {"kernelspec": KERNEL, "language_info": {"name": "python"}}


def settle(notebook: NotebookNode, committed: NotebookNode) -> None:
    """Keep a committed output where the new one says the same, so that a rebuild changes only what has changed."""
    before = {cell.get("id"): cell for cell in committed.cells if cell.cell_type == "code"}
    for cell in notebook.cells:
        old = before.get(cell.get("id"))
        if cell.cell_type == "code" and old is not None and same(cell.outputs, old.outputs):
            cell.outputs = old.outputs


def same(left: Any, right: Any) -> bool:
    """Whether two outputs are equal but for what the sanitizer hides."""
    if isinstance(left, str) and isinstance(right, str):
        return sanitize(left) == sanitize(right)
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same, left, right))
    return bool(left == right)


def serialize(notebook: NotebookNode) -> bytes:
    """The file's bytes: keys sorted, one newline at the end, the same on every system."""
    nbformat.validate(notebook)
    return (nbformat.writes(notebook, version=nbformat.NO_CONVERT).rstrip("\n") + "\n").encode("utf-8")


def _committed(target: Path) -> bytes:
    return target.read_bytes().replace(b"\r\n", b"\n") if target.exists() else b""


def _sources(lessons: list[str]) -> list[Path]:
    every = sorted((NOTEBOOKS / "src").glob("[0-9][0-9]-*.md"))
    return [path for path in every if not lessons or any(path.stem.startswith(lesson) for lesson in lessons)]


@contextmanager
def fresh_cluster() -> Iterator[bool]:
    """A cluster for one notebook; yields whether what is built on it is the same to the byte every time."""
    with tempfile.TemporaryDirectory() as home, MonkeyPatch.context() as patch:
        if os.environ.get("PODLAB_CLUSTER"):
            patch.setenv("PODLAB_HOME", os.environ.get("PODLAB_HOME") or home)
            yield False
            return
        patch.setenv("PODLAB_HOME", home)
        patch.setenv("PODLAB_CLUSTER", NAME)
        provider = Embedded(("--stepping", "--seed", SEED))
        cluster = provider.up(NAME)
        try:
            yield True
        finally:
            provider.down(cluster)


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("lessons", nargs="*", metavar="LESSON", help="such as 02; all where none is named")
    parser.add_argument("--language", action="append", choices=LANGUAGES)
    parser.add_argument("--check", action="store_true", help="write nothing; fail where a rebuild would differ")
    parser.add_argument("--from-nothing", action="store_true", help="keep no committed output, not even an equal one")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
