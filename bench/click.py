"""How long a click in a lesson takes until its answer is on the page: a question's, a check's, a hint's."""

from __future__ import annotations

import shutil
import statistics
from pathlib import Path
from typing import Any

from bench import labserver
from podlab.clusters import Cluster

GOAL = 300.0  # milliseconds
TIMES = 7
CELLS = (
    'from podlab import FindFault, quiz, start\nkubectl = start("09", language="en")',
    'FindFault(kubectl, "09-courier")',
    'quiz("09")',
)
# A click, and the time until it is done and drawn: a button says at once that it is working on it, and takes that back
# after its answer. (An answer that says the same as before changes nothing on the page.)
CLICK = """([cell, control]) => new Promise((done) => {
  const busy = () => cell.querySelector("[aria-busy=true]");
  const seen = new MutationObserver(() => {
    if (busy()) return;
    seen.disconnect();
    requestAnimationFrame(() => done(performance.now() - begun));
  });
  const begun = performance.now();
  control.click();
  if (!busy()) throw new Error("the click was not heard");
  seen.observe(cell, { subtree: true, attributeFilter: ["aria-busy"] });
})"""


def run(cluster: Cluster, home: Path) -> bool:
    """Print the medians; whether each is within the goal."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        chromium = None
    if chromium is None:
        print("  from a click to its answer     not measured: no Chromium, or no playwright")
        return True
    where = f"{cluster.kind}:{cluster.name}"
    with labserver.running(home / "clicks", "en", where, home) as lab, sync_playwright() as running:
        browser = running.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1280, "height": 1600})
        lab.show(page, "clicks.ipynb", CELLS)
        page.wait_for_function(labserver.QUIET, arg=labserver.NOTEBOOK, timeout=120_000, polling=200)
        took = _clicks(page)
        browser.close()
    for what, each in took.items():
        print(f"  from a click to the {what:<10} {statistics.median(each):8.0f} ms (goal: {GOAL:g})")
    return all(statistics.median(each) <= GOAL for each in took.values())


def _clicks(page: Any) -> dict[str, list[float]]:
    """The milliseconds of several clicks each; the first of each kind, which loads modules, is not counted."""
    fault, questions = (page.locator(f"{labserver.NOTEBOOK} .jp-CodeCell").nth(n) for n in (1, 2))
    radios, check = questions.locator("input[type=radio]"), fault.locator("button", has_text="Check the repair")
    took: dict[str, list[float]] = {"answer": [], "check": [], "hint": []}
    for n in range(TIMES + 1):
        took["answer"].append(_click(page, questions, radios.nth(n)))
        took["check"].append(_click(page, fault, check))
        took["hint"].append(_click(page, fault, fault.locator("button", has_text="Hint").first))
    return {what: each[1:] for what, each in took.items()}


def _click(page: Any, cell: Any, control: Any) -> float:
    took: float = page.evaluate(CLICK, [cell.element_handle(), control.element_handle()])
    page.wait_for_timeout(100)
    return took
