"""How a longer task is told: lines for a file, a few lines that change for a terminal."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from podlab.clusters.progress import Estimate, Failed, Layer, Pull
from podlab.commands import terminal


def test_a_file_gets_a_line_for_each_step_and_each_layer_that_came(capsys: pytest.CaptureFixture[str]) -> None:
    here, half = Layer("done", 4_000_000, 4_000_000), Layer("downloading", 1_000_000, 2_000_000)
    with terminal.steps() as report:
        for told in ("Pulling", Pull("i", (half,)), Pull("i", (half, here)), Pull("i", (here, half)), Estimate(17)):
            report(told)
    assert capsys.readouterr().err.splitlines() == [
        "· Pulling",
        "· i: 1 of 2 layers, 5 of 6 MB",
        "· It took 17 s the last time",
    ]


def test_a_terminal_gets_the_running_step_its_pull_and_the_estimate() -> None:
    shown = terminal.Shown()
    for told in ("Creating [a]", Estimate(17), Pull("nginx", (Layer("downloading", 1_000_000, 2_000_000),))):
        shown.report(told)
    paper = Console(file=io.StringIO(), width=80)
    paper.print(shown.draw())
    drawn = paper.file.getvalue()  # type: ignore[attr-defined]
    assert "Creating [a]" in drawn
    assert "nginx: 0 of 1 layers, 1 of 2 MB" in drawn
    assert "0/17 s" in drawn
    shown.end()
    assert shown.progress.running is None


def test_what_clears_up_after_a_step_that_failed_has_not_failed() -> None:
    shown = terminal.Shown()
    for told in ("Creating", Failed(), "Deleting"):
        shown.report(told)
    shown.end()
    assert [step.failed for step in shown.progress.steps] == [True, False]
    assert shown.progress.failed
