"""How commands speak: results to stdout, everything else to stderr, and the exit codes."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape

from podlab.clusters import NoSuchCluster, Report
from podlab.errors import PodlabError
from podlab.text import Text

DONE, FAILED, USAGE, NO_CLUSTER, INTERRUPTED = 0, 1, 2, 3, 130

err = Console(stderr=True, highlight=False, soft_wrap=True)
out = Console(highlight=False, soft_wrap=True)


def fail(error: PodlabError) -> int:
    """Print the error's line and its hint; the exit code."""
    err.print(f"[bold red]✗[/] {escape(str(error))}")
    if error.hint:
        err.print(f"  [cyan]→[/] {escape(str(error.hint))}")
    return NO_CLUSTER if isinstance(error, NoSuchCluster) else FAILED


def say(text: Text | str) -> None:
    """One line to stderr, for a person."""
    err.print(escape(str(text)))


def warn(text: Text) -> None:
    """One line that keeps nothing from working."""
    err.print(f"[yellow]![/] {escape(str(text))}")


def asks() -> bool:
    """Whether there is a person at a terminal who can be asked."""
    return err.is_terminal and sys.stdin is not None and sys.stdin.isatty()


@contextmanager
def steps() -> Iterator[Report]:
    """A `Report` that shows the running step with its time, and a line for each that is done."""
    if not err.is_terminal:
        yield lambda step: print(f"· {step}", file=sys.stderr, flush=True)
        return
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True) as progress:
        task = None
        began: tuple[str, float] | None = None

        def done(mark: str = "[green]✓[/]") -> None:
            if began:
                progress.console.print(f" {mark} {escape(began[0])} [dim]{time.monotonic() - began[1]:.1f} s[/]")

        def report(step: str) -> None:
            nonlocal task, began
            done()
            began = (step, time.monotonic())
            if task is not None:
                progress.remove_task(task)
            task = progress.add_task(escape(step))

        try:
            yield report
        except BaseException:
            done("[red]✗[/]")
            raise
        done()
