"""Every lesson, in both languages, run to its end in a real JupyterLab in a real browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from bench.labserver import Lab, unexpected
from podlab.clusters import Cluster
from podlab.commands import clock
from podlab.lessons.start import REAL, SIMULATED
from tests.browser import axe

playwright = pytest.importorskip("playwright.sync_api")

LESSONS = ("00-welcome", "01-what-is-a-pod", "02-create", "03-get", "04-describe", "05-delete")
LATER = (
    ("06-containers-in-a-pod", "ko"),
    ("07-pods-come-and-go", "en"),
    ("08-reach-a-pod", "ko"),
    ("09-find-the-fault", "en"),
    ("10-on-your-own", "ko"),
)
"""Each in one language: the other one has the same panels."""
SPEED = 8  # back-offs end sooner
LOOKS = {"ko": ("JupyterLab Light", 1280), "en": ("JupyterLab Dark", 400)}
COLOURED = "() => jupyterapp.shell.currentWidget.content.widgets.some((each) => each.model.mimeType === 'text/x-yaml')"
"""Whether JupyterLab colours a cell as YAML: those with `%%manifest`."""
POD = "tr[data-name=nginx-pod-example]"


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("lesson", LESSONS)
def test_a_lesson_runs_to_its_end(
    lab: Callable[[str], Lab], page: Any, shoot: Callable[..., None], cluster: Cluster, lesson: str, language: str
) -> None:
    here = lab(language)
    notebook = f"{language}/{lesson}.ipynb"
    here.open(page, notebook)
    here.run_all(page)
    shoot(page, f"{lesson}-{language}")
    saved = here.saved(page, notebook)
    assert unexpected(saved) == []
    kubelets = [each.in_(language) for each in (REAL, SIMULATED) if each.in_(language) in said(saved)]
    assert kubelets == [(SIMULATED if cluster.simulated else REAL).in_(language)]
    if cluster.simulated:  # it looks the same on kind
        axe.show_all(page, *LOOKS[language])
        assert axe.violations(page) == []


@pytest.mark.usefixtures("hurry")
@pytest.mark.parametrize(("lesson", "language"), LATER)
def test_a_later_lesson_reads_well_to_its_end(lab: Callable[[str], Lab], page: Any, lesson: str, language: str) -> None:
    here = lab(language)
    notebook = f"{language}/{lesson}.ipynb"
    here.open(page, notebook)
    here.run_all(page)
    assert unexpected(here.saved(page, notebook)) == []
    axe.show_all(page, *LOOKS[language])
    assert axe.violations(page) == []


@pytest.fixture
def hurry(cluster: Cluster) -> Iterator[None]:
    """Time goes faster meanwhile."""
    if not cluster.simulated:
        pytest.skip("a real cluster's time is not ours")
    clock.change(cluster, clock.Action.RESUME, speed=SPEED)
    yield
    clock.change(cluster, clock.Action.RESUME, speed=1)


def said(notebook: Mapping[str, Any]) -> str:
    """What its cells printed."""
    outputs = [each for cell in notebook["cells"] for each in cell.get("outputs", [])]
    return "".join(line for each in outputs if each["output_type"] == "stream" for line in each["text"])


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_row_turns_running_by_itself(
    lab: Callable[[str], Lab], page: Any, shoot: Callable[..., None], language: str
) -> None:
    here = lab(language)
    here.open(page, f"{language}/02-create.ipynb")
    here.begin(page)
    board = page.locator(".podlab-board").first
    board.wait_for(state="attached", timeout=120_000)
    row = board.locator(POD).filter(has_text="Running").filter(has_text="1/1")
    for attempt in range(60):  # JupyterLab scrolls on to the running cell; off the screen a panel draws nothing
        board.scroll_into_view_if_needed()
        if attempt == 59 or _attached(row, 2_000):
            break
    playwright.expect(row).to_be_attached()
    page.wait_for_function(COLOURED)
    shoot(page, f"02-create-board-{language}")


def _attached(row: Any, milliseconds: int) -> bool:
    """Whether the row comes in time."""
    try:
        row.wait_for(state="attached", timeout=milliseconds)
    except playwright.TimeoutError:
        return False
    return True
