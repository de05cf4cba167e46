"""The lessons' sources and the notebooks made from them, each read once in a run; nobody changes what he is given."""

from __future__ import annotations

from functools import cache

import jupytext
from nbformat import NotebookNode

from podlab.lessons.lesson import notebooks
from podlab.text import Language
from tools.build_notebooks import select


@cache
def source(slug: str) -> NotebookNode:
    """A lesson as it is written, in both languages."""
    return jupytext.read(notebooks() / "src" / f"{slug}.md")


@cache
def notebook(slug: str, language: Language) -> NotebookNode:
    """What a learner of one language is given, not yet executed."""
    return select(source(slug), language, slug)


def cells(slug: str, language: Language, kind: str) -> list[str]:
    """What the cells of one kind say: `code` or `markdown`."""
    return [cell.source for cell in notebook(slug, language).cells if cell.cell_type == kind]
