"""What is wrong with a stored notebook, as far as its file tells: cells whose outputs nobody would compare."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Cell = Mapping[str, Any]

MARKERS = ("NBVAL_IGNORE_OUTPUT", "NBVAL_SKIP", "PYTEST_VALIDATE_IGNORE_OUTPUT")
RAISES = "NBVAL_RAISES_EXCEPTION"
NEVER_COMPARED = ("application/vnd.jupyter.widget-view+json", "image/png", "image/jpeg")


@dataclass(frozen=True, slots=True)
class Finding:
    """One cell that cannot be compared; code cells count from 1, and 0 is the notebook as a whole."""

    cell: int
    problem: str
    source: str

    def __str__(self) -> str:
        where = f"code cell {self.cell}" if self.cell else "notebook"
        line = next((line for line in self.source.splitlines() if line.strip()), "")
        return f"{where}: {self.problem}" + (f"\n    {line}" if line else "")


def findings(notebook: Mapping[str, Any]) -> list[Finding]:
    """Everything in this notebook that nbval would pass without comparing it."""
    cells = [cell for cell in notebook.get("cells", ()) if cell.get("cell_type") == "code" and _source(cell).strip()]
    found = [Finding(n, problem, _source(cell)) for n, cell in enumerate(cells, 1) for problem in _problems(cell)]
    if not cells:
        found.append(Finding(0, "it has no code cells, so nothing is tested", ""))
    elif not any(cell.get("outputs") for cell in cells):
        found.append(Finding(0, "no cell has an output: execute it and store the outputs", ""))
    return found


def _problems(cell: Cell) -> Iterator[str]:
    if cell.get("execution_count") is None:
        yield "was not executed, so its output is never compared"
    marks = list(_marks(cell))
    yield from (f"is ignored by the {how} {mark}" for how, mark in marks if _marker(mark) in MARKERS)
    for output in cell.get("outputs", ()):
        mimes = tuple(output.get("data", {}))
        if mimes and all(mime in NEVER_COMPARED for mime in mimes):
            yield f"shows only {', '.join(mimes)}, which is never compared"
    errors = any(output.get("output_type") == "error" for output in cell.get("outputs", ()))
    if not errors and any(_marker(mark) == RAISES or mark == "raises-exception" for _, mark in marks):
        yield "is marked to raise an exception, but none is stored"


def _marks(cell: Cell) -> Iterator[tuple[str, str]]:
    """nbval's markers of a cell in both their forms: (tag or comment, as it is written)."""
    yield from (("tag", tag) for tag in _tags(cell))
    comments = (line.strip() for line in _source(cell).splitlines())
    yield from (("comment", line.lstrip("#").strip()) for line in comments if line.startswith("#"))


def _marker(mark: str) -> str:
    """The comment that a tag stands for: nbval's tags are its comments in small letters with hyphens."""
    return mark.upper().replace("-", "_") if mark == mark.lower() else mark


def _tags(cell: Cell) -> tuple[str, ...]:
    tags = cell.get("metadata", {}).get("tags") or ()
    return tuple(tags) if isinstance(tags, list) else ()


def _source(cell: Cell) -> str:
    source = cell.get("source", "")
    return source if isinstance(source, str) else "".join(source)
