"""An API server that is killed in the middle of a watch and started again: the panel on the page recovers by itself."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bench.labserver import Lab
from podlab import clusters
from podlab.client import Client
from podlab.clusters import Cluster, state
from tests.browser import test_live

expect = pytest.importorskip("playwright.sync_api").expect


@pytest.fixture
def mortal(cluster: Cluster) -> Iterator[Cluster]:
    """The embedded cluster, running again afterwards whatever happens."""
    if not cluster.simulated:
        pytest.skip("a real cluster's API server is not ours to kill")
    yield cluster
    clusters.up("embedded", cluster.name)


def kill(cluster: Cluster) -> None:
    """End the server's process at once."""
    path: Path = state.folder(cluster.name) / "pid"
    os.kill(int(path.read_text(encoding="utf-8").strip()), signal.SIGKILL)


def test_a_panel_recovers_when_its_server_was_killed(
    lab: Callable[[str], Lab], page: Any, shoot: Callable[..., None], mortal: Cluster
) -> None:
    client = Client(mortal.kubeconfig, context=mortal.context, namespace=mortal.namespace)
    test_live.clear(client)
    client.request("POST", test_live.pods(client), body=test_live.SEED)
    test_live.show(lab("en"), page, "en")
    running = page.locator(test_live.ROW).filter(has_text="Running").filter(has_text="1/1")
    expect(running).to_be_visible(timeout=120_000)
    board = page.locator(".podlab-board")
    kill(mortal)
    expect(board).to_have_attribute("data-connection", "lost", timeout=60_000)
    expect(page.locator(".podlab-connection")).to_contain_text("Connection lost, trying again")
    expect(running).to_be_visible()
    shoot(page, "lost-en")
    clusters.up("embedded", mortal.name)
    expect(board).to_have_attribute("data-connection", "live", timeout=60_000)
    client.request("DELETE", f"{test_live.pods(client)}/{test_live.NAME}", body={"gracePeriodSeconds": 0})
    expect(page.locator(test_live.ROW)).to_have_count(0, timeout=60_000)
    shoot(page, "recovered-en")


def test_a_panel_says_at_once_that_its_kernel_was_restarted(
    lab: Callable[[str], Lab], page: Any, cluster: Cluster
) -> None:
    test_live.show(lab("en"), page, "en")
    said = page.locator(".podlab-connection")
    expect(said).to_contain_text("Live", timeout=120_000)
    page.evaluate("() => void window.jupyterapp.commands.execute('kernelmenu:restart')")
    page.click(".jp-Dialog .jp-mod-accept")
    expect(said).to_have_text("Disconnected: run this cell again", timeout=5_000)  # before the next heartbeat
