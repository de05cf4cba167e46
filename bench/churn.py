"""A PodBoard in JupyterLab while 100 Pods change 50 times a second: from the API server's answer to the page's row."""

from __future__ import annotations

import json
import shutil
import statistics
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bench import labserver
from bench.wire import PODS, Wire, pod
from podlab.clusters import Cluster

MANY, RATE, SECONDS, RUNS = 100, 50, 15, 3
GOAL, ANSWER = 250.0, 100.0  # milliseconds: event to row, p99; the tab's longest silence
CELLS = ("from podlab import Client, PodBoard", "PodBoard(Client(), selector='app=bench')")
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")
OBSERVE = """() => {
  window.shown = {}; window.silences = [];
  const note = () => {
    for (const tr of document.querySelectorAll(".podlab-board tbody tr[data-name]")) {
      const key = tr.dataset.name + " " + parseInt(tr.querySelector(".podlab-restarts").textContent, 10);
      window.shown[key] ??= Date.now();
    }
  };
  new MutationObserver(note).observe(document.querySelector(".podlab-board tbody"), {
    subtree: true, childList: true, characterData: true });
  let last = performance.now();
  setInterval(() => { const now = performance.now(); window.silences.push(now - last - 20); last = now; }, 20);
}"""
ROWS = """() => Object.fromEntries([...document.querySelectorAll(".podlab-board tbody tr[data-name]")].map((tr) => [
  tr.dataset.name, parseInt(tr.querySelector(".podlab-restarts").textContent, 10)]))"""


def run(cluster: Cluster, home: Path) -> bool:
    """Print the median of the runs; whether the goals are met (True where there is no Chromium)."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        print("  churn                          there is no Chromium here")
        return True
    from playwright.sync_api import sync_playwright

    wire = Wire(cluster.kubeconfig)
    for number in range(MANY):
        wire.call("POST", PODS, pod(f"churn-{number:03}", "none"))
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as running:
        where = f"{cluster.kind}:{cluster.name}"
        with labserver.running(Path(folder), "en", where, home) as lab:
            browser = running.chromium.launch(executable_path=chromium, args=list(FLAGS))
            page = _opened(browser, lab)
            runs = [_churn(page, wire, turn) for turn in range(RUNS)]
            equal = _settled(page, wire)
            browser.close()
    wire.call("DELETE", f"{PODS}?labelSelector=app%3Dbench&gracePeriodSeconds=0")
    latency, silence = (statistics.median(each[n] for each in runs) for n in (0, 1))
    seen = min(each[2] for each in runs)
    print(f"  event to row, p99, {MANY} Pods    {latency:8.0f} ms (goal: {GOAL:g}; runs: {_listed(runs, 0)})")
    print(f"  the tab's longest silence      {silence:8.0f} ms (goal: {ANSWER:g}; runs: {_listed(runs, 1)})")
    print(f"  changes that reached the page  {seen:8.1%}, and at the end the rows {'equal' if equal else 'DIFFER'}")
    return latency <= GOAL and silence <= ANSWER and equal


def _listed(runs: list[tuple[float, float, float]], number: int) -> str:
    return ", ".join(f"{each[number]:.0f}" for each in runs)


def _opened(browser: Any, lab: labserver.Lab) -> Any:
    """A page with the board of all Pods on it."""
    empty: dict[str, Any] = {"cell_type": "code", "metadata": {}, "execution_count": None, "outputs": []}
    cells = [empty | {"id": f"cell-{number}", "source": text} for number, text in enumerate(CELLS)]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": kernel}, "cells": cells}
    (lab.folder / "churn.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    lab.open(page, "churn.ipynb")
    lab.begin(page)
    page.wait_for_function(f"document.querySelectorAll('.podlab-board tbody tr').length >= {MANY}", timeout=90_000)
    page.evaluate(OBSERVE)
    return page


def _churn(page: Any, wire: Wire, turn: int) -> tuple[float, float, float]:
    """The p99 from answer to row and the longest silence, in milliseconds, and the share of changes that were shown."""
    page.evaluate("() => { window.silences = []; }")
    sent: dict[str, float] = {}
    began = time.perf_counter()
    for number in range(RATE * SECONDS):
        name, restarts = f"churn-{number % MANY:03}", 1 + turn * RATE * SECONDS + number
        wire.call("PATCH", f"{PODS}/{name}/status", status(restarts))
        sent[f"{name} {restarts}"] = time.time() * 1000
        time.sleep(max(0.0, began + (number + 1) / RATE - time.perf_counter()))
    page.wait_for_timeout(1000)
    shown: Mapping[str, float] = page.evaluate("window.shown")
    late = sorted(shown[key] - at for key, at in sent.items() if key in shown)
    return late[int(len(late) * 0.99)], max(page.evaluate("window.silences")), len(late) / len(sent)


def status(restarts: int) -> dict[str, Any]:
    """The status of a Pod whose container has restarted so often."""
    state = {"running": {"startedAt": "2026-01-01T00:00:00Z"}}
    container = {"name": "nginx", "image": "nginx:latest", "imageID": "", "ready": True, "restartCount": restarts}
    return {"status": {"phase": "Running", "containerStatuses": [container | {"state": state}]}}


def _settled(page: Any, wire: Wire) -> bool:
    """Whether the rows are what a list says."""
    items = wire.call("GET", f"{PODS}?labelSelector=app%3Dbench")["items"]
    listed = {each["metadata"]["name"]: each["status"]["containerStatuses"][0]["restartCount"] for each in items}
    return json.dumps(page.evaluate(ROWS), sort_keys=True) == json.dumps(listed, sort_keys=True)
