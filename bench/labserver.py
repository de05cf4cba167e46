"""JupyterLab as a learner has it: started by `podlab lab`, driven through the page."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

ROOT = Path(__file__).parents[1]
TOKEN = "podlab-test"
NOTEBOOK = ".jp-NotebookPanel:not(.lm-mod-hidden)"
IDLE = f"{NOTEBOOK} .jp-Notebook-ExecutionIndicator[data-status=idle]"
RUN_ALL = f'{NOTEBOOK} [data-command="notebook:restart-run-all"]'
WATCH = """(panel) => {
  const began = (_, watch) => {
    const prompts = [...document.querySelectorAll(panel + " .jp-CodeCell .jp-InputPrompt")];
    if (!prompts.some((prompt) => prompt.textContent.includes("*"))) return;
    window.began = true;
    watch.disconnect();
  };
  window.began = false;
  new MutationObserver(began).observe(document.body, { subtree: true, childList: true, characterData: true });
}"""
QUIET = """(panel) => {
  const prompts = [...document.querySelectorAll(panel + " .jp-CodeCell .jp-InputPrompt")];
  const idle = document.querySelector(panel + " .jp-Notebook-ExecutionIndicator[data-status=idle]");
  const quiet = idle && !prompts.some((prompt) => prompt.textContent.includes("*"));
  window.quietSince = quiet ? window.quietSince ?? Date.now() : undefined;
  return quiet && Date.now() - window.quietSince > 1500;
}"""


@dataclass(frozen=True, slots=True)
class Lab:
    """A running JupyterLab."""

    url: str
    folder: Path
    environment: Mapping[str, str]

    def open(self, page: Any, notebook: str) -> None:
        """Open a notebook of the working folder, and wait for its kernel."""
        page.goto(f"{self.url}/lab/tree/{notebook}?token={TOKEN}&reset")
        page.wait_for_selector(IDLE, timeout=90_000)
        deadline = time.monotonic() + 60
        while not self._connected(notebook) and time.monotonic() < deadline:
            page.wait_for_timeout(100)

    def _connected(self, notebook: str) -> bool:
        """Whether the notebook has a kernel that is idle and that the page listens to."""
        with urllib.request.urlopen(f"{self.url}/api/sessions?token={TOKEN}", timeout=10) as answer:
            kernels = [each["kernel"] for each in json.load(answer) if each["path"] == notebook]
        return any(kernel["execution_state"] == "idle" and kernel["connections"] for kernel in kernels)

    def run_all(self, page: Any, timeout: float = 180) -> None:
        """Restart the kernel and run every cell; returns when nothing runs any more, done or failed."""
        self.begin(page)
        page.wait_for_function(QUIET, arg=NOTEBOOK, timeout=timeout * 1000, polling=200)

    def show(self, page: Any, notebook: str, cells: Iterable[str]) -> None:
        """Write a notebook with these cells, open it, and let them run."""
        made = [nbformat.v4.new_code_cell(source) for source in cells]
        kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
        nbformat.write(nbformat.v4.new_notebook(cells=made, metadata={"kernelspec": kernel}), self.folder / notebook)
        self.open(page, notebook)
        self.begin(page)

    def begin(self, page: Any) -> None:
        """Restart the kernel and let every cell run; returns when they wait for it, the numbers of an old run gone."""
        page.evaluate(WATCH, NOTEBOOK)
        page.click(RUN_ALL)
        page.click(".jp-Dialog .jp-mod-accept")
        page.wait_for_function("window.began", timeout=60_000)

    def saved(self, page: Any, notebook: str) -> dict[str, Any]:
        """The notebook as JupyterLab saves it now."""
        path = self.folder / notebook
        before = path.stat().st_mtime_ns
        page.locator(f"{NOTEBOOK} .jp-Notebook").click(position={"x": 3, "y": 3})
        page.keyboard.press("Control+s")
        deadline = time.monotonic() + 15
        while (path.stat().st_mtime_ns == before or not _whole(path)) and time.monotonic() < deadline:
            page.wait_for_timeout(100)
        written: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return written


def _whole(path: Path) -> bool:
    """Whether nothing of a notebook is still to be written."""
    try:
        return bool(json.loads(path.read_text(encoding="utf-8")))
    except ValueError:
        return False


def unexpected(notebook: Mapping[str, Any]) -> list[str]:
    """What went wrong in a run: cells that did not run, errors not foreseen, foreseen errors that stayed away."""
    wrong = []
    for number, cell in enumerate(notebook["cells"]):
        if cell["cell_type"] != "code" or not "".join(cell["source"]).strip():
            continue
        errors = [f"{o['ename']}: {o['evalue']}" for o in cell["outputs"] if o["output_type"] == "error"]
        foreseen = "raises-exception" in cell["metadata"].get("tags", [])
        if cell["execution_count"] is None:
            wrong.append(f"cell {number} did not run")
        if bool(errors) != foreseen:
            wrong.append(f"cell {number}: {errors or 'no error where one was foreseen'}")
    return wrong


@contextlib.contextmanager
def running(folder: Path, language: str, cluster: str, home: Path) -> Iterator[Lab]:
    """`podlab lab` in a folder, until the end of the block; it must end by itself on Ctrl-C."""
    port = _free_port()
    environment = os.environ | {
        "JUPYTER_TOKEN": TOKEN,
        "JUPYTER_CONFIG_DIR": str(home / "jupyter"),
        "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
        "LANGUAGE": language,
        "PODLAB_HOME": str(home),
        "PYTHONPATH": str(ROOT),
    }
    environment.pop("PODLAB_CLUSTER", None)
    command = [sys.executable, "-m", "podlab", "lab", str(folder), "--no-browser", "--port", str(port)]
    log = (home / f"lab-{language}.log").open("w", encoding="utf-8")
    process = subprocess.Popen(
        [*command, "--language", language, "--cluster", cluster], env=environment, stdout=log, stderr=log
    )
    lab = Lab(f"http://127.0.0.1:{port}", folder, environment)
    try:
        _wait(lab.url, process, Path(log.name))
        yield lab
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=30)
        log.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(url: str, process: subprocess.Popen[bytes], log: Path, seconds: float = 180) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{url}/api", timeout=2):
            return
        try:
            process.wait(0.2)
        except subprocess.TimeoutExpired:
            continue
        break
    raise AssertionError(f"podlab lab did not come up:\n{log.read_text(encoding='utf-8')}")
