"""The lessons in a browser tab: seconds to the first cell, and from a change in the tab's cluster to the page's row.

`python -m bench.tab [FOLDER]`: of the site in the folder, else of one that is built now; exit 1 where a goal is missed.
"""

from __future__ import annotations

import json
import shutil
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from bench import churn
from podlab.site import build, serve

RATE, SECONDS, RUNS = 20, 15, 3
COLD, WARM, GOAL = 25.0, 8.0, 400.0  # seconds to the first cell; milliseconds from a change to its row, p99
NOTEBOOK = "lab/index.html?path=en/02-create.ipynb"
RUN = """async ([which, code]) => {
  await window.jupyterapp.restored;
  const panel = window.jupyterapp.shell.currentWidget;
  await panel.context.ready; await panel.sessionContext.ready;
  const cells = panel.content.widgets;
  const index = which === "first" ? cells.findIndex((cell) => cell.model.type === "code")
    : cells.findLastIndex((cell) => cell.model.type === "code");
  if (code !== null) cells[index].model.sharedModel.setSource(code);
  panel.content.deselectAll();
  panel.content.activeCellIndex = index;
  await window.jupyterapp.commands.execute("notebook:run-cell");
  const ran = cells[index].model.toJSON();
  if (!ran.execution_count || ran.outputs.some((output) => output.output_type === "error"))
    throw new Error(`the cell failed: ${JSON.stringify(ran.outputs)}`);
}"""
BOARD = f"""
import json, time
from podlab import PodBoard
sent, client, PODS = {{}}, kubectl.client, "/api/v1/namespaces/default/pods"
containers = [{{"name": "nginx", "image": "nginx:latest"}}]
for number in range({churn.MANY}):
    metadata = {{"name": f"churn-{{number:03}}", "labels": {{"app": "bench"}}}}
    pod = {{"metadata": metadata, "spec": {{"schedulerName": "none", "containers": containers}}}}
    client.request("POST", PODS, body={{"apiVersion": "v1", "kind": "Pod", **pod}})
def change(name, restarts, status):
    merge = "application/merge-patch+json"
    client.request("PATCH", f"{{PODS}}/{{name}}/status", body=status, content_type=merge)
    sent[f"{{name}} {{restarts}}"] = time.time() * 1000
PodBoard(kubectl, selector="app=bench")"""
# the kernel is asked without waiting for its answer, as a cluster changes without waiting for a page
CHURN = """async ([changes, every]) => {
  const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
  let told = "", last;
  for (const [index, code] of changes.entries()) {
    const begun = performance.now();
    last = kernel.requestExecute({ code, silent: true, store_history: false });
    await new Promise((go) => setTimeout(go, Math.max(0, every - (performance.now() - begun))));
  }
  await last.done;
  await new Promise((go) => setTimeout(go, 1000));
  last = kernel.requestExecute({ code: "print(json.dumps(sent))", silent: true, store_history: false });
  last.onIOPub = (message) => { told += message.content.text ?? ""; };
  await last.done;
  return JSON.parse(told);
}"""


def main() -> int:
    """Build the site where none is given, and measure it."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        print("  the tab                        not measured: no Chromium")
        return 0
    with tempfile.TemporaryDirectory() as made:
        folder = Path(sys.argv[1] if sys.argv[1:] else f"{made}/site")
        if not folder.exists():
            build.build(folder, print)
        return 0 if run(folder, chromium) else 1


def run(folder: Path, chromium: str) -> bool:
    """Print the figures; whether each is within its goal."""
    with _served(folder) as url, sync_playwright() as running:
        browser = running.chromium.launch(executable_path=chromium, args=list(churn.FLAGS))
        page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
        cold = _first_cell(page, url)
        warm = _first_cell(page, url)
        page.evaluate(RUN, ["last", BOARD])
        rows = f"document.querySelectorAll('.podlab-board tbody tr').length >= {churn.MANY}"
        page.wait_for_function(rows, timeout=90_000)
        page.evaluate(churn.OBSERVE)
        late = [_late(page, turn) for turn in range(RUNS)]
        browser.close()
    middle = statistics.median(late)
    print(f"  first cell, nothing cached     {cold:8.1f} s (goal: {COLD:g})")
    print(f"  first cell, cached             {warm:8.1f} s (goal: {WARM:g})")
    runs = ", ".join(f"{each:.0f}" for each in late)
    print(f"  change to row, p99, {churn.MANY} Pods   {middle:8.0f} ms (goal: {GOAL:g}; runs: {runs})")
    return cold <= COLD and warm <= WARM and middle <= GOAL


def _first_cell(page: Any, url: str) -> float:
    """Seconds from asking for a lesson until its first code cell has run."""
    began = time.monotonic()
    page.goto(f"{url}/{NOTEBOOK}")
    page.wait_for_function("window.jupyterapp?.shell.currentWidget?.sessionContext", timeout=120_000)
    page.evaluate(RUN, ["first", None])
    return time.monotonic() - began


def _late(page: Any, turn: int) -> float:
    """The p99 of the milliseconds from an answered change to its row.

    Raises:
        AssertionError: a change did not reach the page.
    """
    first = 1 + turn * RATE * SECONDS
    changes = []
    for number in range(RATE * SECONDS):
        name, restarts = f"churn-{number % churn.MANY:03}", first + number
        changes.append(f"change({name!r}, {restarts}, json.loads({json.dumps(churn.status(restarts))!r}))")
    sent = page.evaluate(CHURN, [changes, 1000 / RATE])
    shown = page.evaluate("window.shown")
    late = sorted(shown[key] - at for key, at in sent.items() if key in shown and int(key.split()[1]) >= first)
    assert len(late) == RATE * SECONDS, f"{len(late)} of {RATE * SECONDS} changes reached the page"
    return float(late[int(len(late) * 0.99)])


@contextmanager
def _served(folder: Path) -> Iterator[str]:
    with serve.server(folder, 0) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{running.server_address[1]}"
        finally:
            running.shutdown()
            thread.join()


if __name__ == "__main__":
    sys.exit(main())
