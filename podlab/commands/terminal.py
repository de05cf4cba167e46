"""How commands speak: results to stdout, everything else to stderr, and the exit codes."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape
from rich.progress_bar import ProgressBar
from rich.spinner import Spinner
from rich.table import Table

from podlab.clusters import NoSuchCluster, Report, Told
from podlab.clusters.doctor.finding import Finding
from podlab.clusters.progress import Failed, Progress, Pull
from podlab.errors import PodlabError
from podlab.text import Text

DONE, FAILED, USAGE, NO_CLUSTER, INTERRUPTED = 0, 1, 2, 3, 130

MARKS = {"ok": "[green]✓[/]", "note": "[yellow]![/]", "error": "[bold red]✗[/]"}

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


def show(finding: Finding) -> None:
    """What doctor found, and where it is amiss why that matters and what mends it."""
    out.print(f"{MARKS[finding.severity]} {escape(str(finding.seen))}")
    if finding.severity == "ok":
        return
    for label, text in ((Text(ko="이유", en="why"), finding.why), (Text(ko="해결", en="fix"), finding.fix)):
        if text:
            out.print(f"    [dim]{label}:[/] {escape(str(text))}")


def asks() -> bool:
    """Whether there is a person at a terminal who can be asked."""
    return err.is_terminal and sys.stdin is not None and sys.stdin.isatty()


@contextmanager
def steps() -> Iterator[Report]:
    """A `Report` that shows the running step, its pull and the estimate; a line stays for each step that is done."""
    if not err.is_terminal:
        yield _Lines().report
        return
    from rich.live import Live

    shown = Shown()
    with Live(get_renderable=shown.draw, console=err, transient=True, refresh_per_second=8):
        try:
            yield shown.report
        except BaseException:
            shown.end("[green]✓[/]" if shown.progress.failed else "[red]✗[/]")
            raise
        shown.end()


class _Lines:
    """What is told as lines, for a file or another program: a pull whenever a layer is there."""

    def __init__(self) -> None:
        self.layers = 0

    def report(self, told: Told) -> None:
        """Take in what was told."""
        if isinstance(told, Pull):
            if told.done == self.layers:
                return
            self.layers = told.done
        print(f"· {told}", file=sys.stderr, flush=True)


class Shown:
    """What is told as a few lines that change."""

    def __init__(self) -> None:
        self.progress = Progress()
        self.spinner = Spinner("dots")

    def report(self, told: Told) -> None:
        """Take in what was told."""
        if isinstance(told, Failed):
            self.end("[red]✗[/]", failed=True)
        elif isinstance(told, str):
            self.end()
        self.progress = self.progress.after(told, time.monotonic())

    def end(self, mark: str = "[green]✓[/]", failed: bool = False) -> None:
        """Leave a line for the running step."""
        if running := self.progress.running:
            now = time.monotonic()
            err.print(f" {mark} {escape(running.text)} [dim]{now - running.began:.1f} s[/]")
            self.progress = self.progress.ended(now, failed)

    def draw(self) -> Table:
        """The lines as they are now."""
        now, grid = time.monotonic(), Table.grid(padding=(0, 1))
        if running := self.progress.running:
            grid.add_row(self.spinner, escape(running.text), f"[dim]{now - running.began:.0f} s[/]")
        if pull := self.progress.pull:
            whole = pull.total or len(pull.layers) or 1
            grid.add_row("", ProgressBar(whole, pull.current if pull.total else pull.done, width=40))
            grid.add_row("", f"[dim]{escape(str(pull))}[/]")
        if estimate := self.progress.estimate:
            took = now - self.progress.estimated
            grid.add_row(
                "", ProgressBar(estimate, min(took, estimate), width=40), f"[dim]{took:.0f}/{estimate:.0f} s[/]"
            )
        return grid
