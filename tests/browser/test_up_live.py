"""The button that starts a cluster in a real JupyterLab, while a cell is running; the start itself is a short one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from labserver import Lab

expect = pytest.importorskip("playwright.sync_api").expect

UP = """
from podlab import Up, clusters, text
text.use("en")

def up(kind, report):
    if kind == "kind":
        report("Creating")
        raise clusters.NoSuchCluster("no container engine")
    report("Starting the embedded cluster")
    return clusters.choose()[0]

Up(up=up)
"""
BUSY = "import time\ntime.sleep(60)"


def test_the_button_works_while_a_cell_runs(lab: Callable[[str], Lab], page: Any, shoot: Callable[..., None]) -> None:
    here = lab("en")
    here.show(page, "up.ipynb", (UP, BUSY))
    page.get_by_role("button", name="Start the kind cluster").click(timeout=60_000)
    expect(page.locator(".podlab-up-said")).to_have_text("no container engine", timeout=20_000)
    page.get_by_role("button", name="Start the embedded cluster").click()
    expect(page.locator(".podlab-up-said")).to_contain_text("Kubernetes v1.", timeout=30_000)
    expect(page.locator(".podlab-up-hint")).to_contain_text("first cell")
    shoot(page, "up-live-en")
    assert "*" in "".join(page.locator(".jp-InputPrompt").all_inner_texts())
