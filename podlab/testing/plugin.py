"""A pytest plugin beside nbval: a cell that cannot be compared is a failing test (`-p podlab.testing.plugin`)."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat import NotebookNode

from podlab.testing import ages, kernels
from podlab.testing.guard import Finding, findings
from podlab.testing.sanitizer import FILE

ESCAPE = "\x1b"
Output = dict[str, Any]
Compare = Callable[..., bool]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Settings of the plugin, in pytest's configuration file."""
    parser.addini("notebook_output_timeout", "seconds to wait for each output of a cell (nbval's own: 5)", default="60")
    parser.addini(
        "notebook_cell_timeout", "seconds a cell may run where --nbval-cell-timeout is not given", default="600"
    )
    parser.addini("notebook_hide_ages", "hide ages with a sanitizer of your own too", type="bool", default=False)


def pytest_configure(config: pytest.Config) -> None:
    """Fill in what nbval was not told: the sanitizer, and a time limit a widget cannot hang beyond."""
    options = config.option
    if not _strict(config):
        return
    if not (options.nbval_sanitize_with or options.sanitize_with):
        options.nbval_sanitize_with = str(FILE)
    if not _given(config, "--nbval-cell-timeout"):  # nbval's default: 33 minutes for one cell
        options.nbval_cell_timeout = float(config.getini("notebook_cell_timeout"))


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """One guard for each notebook that nbval compares."""
    if file_path.suffix == ".ipynb" and _strict(parent.config):
        return GuardedNotebook.from_parent(parent, path=file_path)
    return None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Give outputs longer than the 5 seconds that nbval has built in; compare what an error says; hide ages."""
    with_ours = _strict(config) and config.option.nbval_sanitize_with == str(FILE)
    for item in items:
        if hasattr(item, "output_timeout"):
            item.output_timeout = float(config.getini("notebook_output_timeout"))
            cell: Any = item
            cell.compare_outputs = with_tracebacks(cell.compare_outputs, cell.parent.skip_compare)
            if with_ours or config.getini("notebook_hide_ages"):
                cell.sanitize = without_ages(cell.sanitize)


def pytest_runtest_call(item: pytest.Item) -> None:
    """Notice a kernel that dies under this cell."""
    cell: Any = item
    if kernel := getattr(item.parent, "kernel", None):

        def died(why: str) -> None:
            cell.parent.timed_out = True  # nbval expects the cells after it to fail
            cell.raise_cell_error(why)

        kernels.watch(kernel, died)


def without_ages(sanitize: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """nbval's sanitizer, after the ages are hidden where ages stand."""
    return lambda text: sanitize(ages.hide(text) if isinstance(text, str) else text)


def with_tracebacks(compare: Compare, skip: tuple[str, ...]) -> Compare:
    """nbval's comparison, but of tracebacks too where both are words for people, as of an error with a hint.

    A Python traceback, known by its colours, holds paths and line numbers, and stays out.
    """

    def compare_outputs(test: list[Output], reference: list[Output], skip_compare: Any = None) -> bool:
        outputs = [*test, *reference]
        if any(ESCAPE in line for output in outputs for line in output.get("traceback", ())):
            return compare(test, reference, skip_compare or skip)
        return compare(_joined(test), _joined(reference), tuple(key for key in skip if key != "traceback"))

    return compare_outputs


def _joined(outputs: list[Output]) -> list[Output]:
    """The outputs with each traceback as one text, which nbval sanitizes as any other."""
    return [
        NotebookNode(output, traceback="\n".join(output["traceback"]))  # type: ignore[no-untyped-call]
        if "traceback" in output
        else output
        for output in outputs
    ]


class GuardedNotebook(pytest.File):
    """A notebook, looked at but not run."""

    def collect(self) -> Iterator[pytest.Item]:
        """One test: can nbval compare every cell of it?"""
        yield Guard.from_parent(self, name="guard")


class Guard(pytest.Item):
    """Fails when the notebook has cells that nbval would pass without comparing."""

    def runtest(self) -> None:
        """Read the notebook and look for such cells."""
        try:
            # as nbval does: older formats are brought up
            notebook = nbformat.read(self.path, as_version=4)  # type: ignore[no-untyped-call]
        except (ValueError, nbformat.ValidationError) as error:
            raise NotComparable([Finding(0, f"this is not a notebook: {error}", "")]) from error
        found = findings(notebook)
        if found:
            raise NotComparable(found)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The cells and what is wrong with them, instead of a traceback."""
        if isinstance(excinfo.value, NotComparable):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        """How pytest calls this test."""
        return self.path, 0, f"{self.path.name}::guard"


class NotComparable(Exception):
    """Cells of a notebook that nbval would pass without comparing."""

    def __init__(self, found: list[Finding]) -> None:
        super().__init__("\n".join(map(str, found)))


def _given(config: pytest.Config, option: str) -> bool:
    """Whether an option was given by hand: on the command line, in PYTEST_ADDOPTS, or in pytest's configuration."""
    words = [*config.invocation_params.args, *os.environ.get("PYTEST_ADDOPTS", "").split(), *config.getini("addopts")]
    return any(str(word).startswith(option) for word in words)


def _strict(config: pytest.Config) -> bool:
    return bool(getattr(config.option, "nbval", False))
