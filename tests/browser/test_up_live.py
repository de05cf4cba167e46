"""The button that starts a cluster in a real JupyterLab: while a cell is running, and on kind for a real cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import pytest

from bench.labserver import NOTEBOOK, Lab
from podlab import clusters
from podlab.client import Client
from podlab.clusters import Cluster, state
from podlab.clusters.kind import kind
from tests.browser import test_live

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

FIRST = 'from podlab import Up, clusters, start\nkubectl = start(language="en")\nkubectl.get("nodes", output="name")'
REAL = "Up(up=lambda kind, report: clusters.up(kind, {name!r}, report=report))"


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


@pytest.fixture
def fresh(cluster: Cluster) -> Iterator[str]:
    """The name of a kind cluster that is not there yet, nor afterwards."""
    if cluster.kind != "kind":
        pytest.skip("a real cluster is made where the others run on one: --cluster kind")
    taken = kind.Kind().names()
    name = next(each for number in count(1) if (each := f"{cluster.name}-button-{number}") not in taken)
    yield name
    if state.cluster_named(name):
        clusters.down(name)


def test_the_button_makes_a_kind_cluster(
    lab: Callable[[str], Lab], page: Any, shoot: Callable[..., None], fresh: str
) -> None:
    lab("en").show(page, "up-kind.ipynb", (FIRST, REAL.format(name=fresh)))
    first = page.locator(f"{NOTEBOOK} .jp-CodeCell").first
    expect(first).to_contain_text("-control-plane", timeout=60_000)
    expect(first).not_to_contain_text(fresh)
    page.get_by_role("button", name="Start the kind cluster").click(timeout=60_000)
    expect(page.locator(".podlab-steps")).to_contain_text(f"Creating the kind cluster {fresh}", timeout=20_000)
    said = page.locator(".podlab-up-said")
    expect(said).to_contain_text(f"cluster {fresh} (kind), Kubernetes v1.", timeout=180_000)
    expect(said).to_contain_text("real containers")
    shoot(page, "up-kind-en")
    first.locator(".jp-InputArea-editor").click()
    page.keyboard.press("Shift+Enter")
    expect(first).to_contain_text(f"podlab: cluster {fresh} (kind)", timeout=90_000)
    expect(first).to_contain_text(f"node/{fresh}-control-plane")
    runs(fresh)


def runs(name: str) -> None:
    """See the seed Pod become Ready there."""
    made = state.cluster_named(name)
    assert made
    client = Client(made.kubeconfig)
    path = test_live.pods(client)
    client.request("POST", path, body=test_live.SEED)
    events = client.watch(path, query={"fieldSelector": f"metadata.name={test_live.NAME}"}, timeout=120)
    conditions = (each for event in events for each in event["object"].get("status", {}).get("conditions", []))
    assert any(each["type"] == "Ready" and each["status"] == "True" for each in conditions)
