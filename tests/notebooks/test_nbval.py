"""The committed notebooks do what they say on a cluster: strictly compared, in any order, restarted, backwards."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import nbclient
import nbformat
import pytest
from jupyter_core.utils import run_sync

from podlab.clusters import Cluster
from podlab.lessons.lesson import LESSONS
from tests.leavings import cleared
from tools.build_notebooks import same, strip

ROOT = Path(__file__).parent.parent.parent
NOTEBOOKS = ROOT / "notebooks"
LIMIT = 900  # seconds for all notebooks of one language
KIT_ERRORS = {"ApiError", "ClusterError", "JSONPathError", "ManifestError", "NoPath", "PodlabError",
              "WaitTimeout"}  # fmt: skip
NO_FILE = "FileNotFoundError"  # a manifest that an earlier cell writes

ONE_FOR_ALL = "on kind, where time is real, only 02 is restarted, once, and only 05 runs backwards"

pytestmark = pytest.mark.cluster


@pytest.fixture
def folder(tmp_path: Path, stage: Cluster, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A learner's folder, and an environment in which kernels find the checkout and the cluster, emptied afterwards."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT), prepend=os.pathsep)
    monkeypatch.setenv("PODLAB_CLUSTER", stage.name)
    yield tmp_path
    monkeypatch.chdir(tmp_path)
    cleared(stage)


def nbval(notebooks: list[Path]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-p", "podlab.testing.plugin", "--nbval", "--nbval-current-env"]
    command += ["-p", "no:cacheprovider", "--color=no", "-q", f"--rootdir={notebooks[0].parent}", *map(str, notebooks)]
    folder = notebooks[0].parent
    return subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8", timeout=LIMIT)


def copies(language: str, folder: Path) -> list[Path]:
    return [Path(shutil.copy(path, folder)) for path in sorted((NOTEBOOKS / language).glob("*.ipynb"))]


@pytest.mark.timeout(2 * LIMIT)
@pytest.mark.parametrize("language", ["ko", "en"])
def test_strictly_compared_in_order_and_then_backwards_in_the_same_folder(language, folder, request):
    on_kind = request.config.getoption("--cluster") == "kind"
    if language == "en" and on_kind:
        pytest.skip("on kind both languages run in order when the tests are done, and one of them backwards here")
    notebooks = copies(language, folder)
    for order in (notebooks[::-1],) if on_kind else (notebooks, notebooks[::-1]):
        done = nbval(order)
        assert done.returncode == 0, done.stdout[-20000:] + done.stderr[-2000:]


def run(path: Path, folder: Path, steps, *, forgive: bool = False) -> nbformat.NotebookNode:
    """Execute some cells of a notebook in the order of `steps`, where "restart" restarts the kernel."""
    notebook = nbformat.read(path, as_version=4)
    client = nbclient.NotebookClient(
        notebook,
        timeout=300,
        kernel_name="python3",
        store_widget_state=False,
        allow_errors=forgive,
        resources={"metadata": {"path": str(folder)}},
    )
    with client.setup_kernel(env=dict(os.environ)):
        for step in steps(notebook):
            if step == "restart":
                run_sync(client.km.restart_kernel)(now=True)
                run_sync(client.kc.wait_for_ready)(timeout=60)
            else:
                client.execute_cell(notebook.cells[step], step)
    strip(notebook)
    return notebook


def code(notebook: nbformat.NotebookNode) -> list[int]:
    return [i for i, cell in enumerate(notebook.cells) if cell.cell_type == "code"]


def uncounted(cell: nbformat.NotebookNode) -> list[dict]:
    return [
        {key: value for key, value in output.items() if key != "execution_count"} for output in cell.get("outputs", ())
    ]


def notebook(slug: str) -> Path:
    return NOTEBOOKS / "en" / f"{slug}.ipynb"


@pytest.mark.parametrize("lesson", LESSONS[2:], ids=lambda lesson: lesson.slug)
@pytest.mark.parametrize("part", [1 / 3, 2 / 3])
def test_a_restart_in_the_middle_needs_only_the_first_cell_again(lesson, part, folder, request):
    if (part > 0.5 or lesson.number != "02") and request.config.getoption("--cluster") == "kind":
        pytest.skip(ONE_FOR_ALL)
    path = notebook(lesson.slug)

    def steps(found):
        cells = code(found)
        middle = int(len(cells) * part)
        return [*cells[:middle], "restart", cells[0], *cells[middle:]]

    stored = nbformat.read(path, as_version=4)
    for cell, before in zip(run(path, folder, steps).cells, stored.cells, strict=True):
        assert same(uncounted(cell), uncounted(before)), cell.source


@pytest.mark.parametrize("lesson", LESSONS[2:], ids=lambda lesson: lesson.slug)
def test_backwards_a_cell_may_fail_but_only_as_kubectl_does(lesson, folder, request):
    if lesson.number != "05" and request.config.getoption("--cluster") == "kind":
        pytest.skip(ONE_FOR_ALL)
    found = run(notebook(lesson.slug), folder, lambda found: [code(found)[0], *code(found)[:0:-1]], forgive=True)
    errors = [output for i in code(found) for output in found.cells[i].outputs if output.output_type == "error"]
    assert {error.ename for error in errors} <= KIT_ERRORS | {NO_FILE}, errors
