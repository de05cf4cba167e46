"""What a browser keeps of the site: the cluster, for all tabs and after their ends, and every file for when offline."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import pytest

from tests.browser import tab

START = 'from podlab import start\nkubectl = start("02", language="en")\n'
ROLLOUT = """import base64, zlib
from podlab.clusters import state
from podlab.kubeconfig.eventloop import pause
kubectl.create("deployment", "web", image="nginx:1.27", replicas=3)
kubectl.patch("deployment", "web", patch='{"spec": {"minReadySeconds": 8}}')
kubectl.wait("deployment/web", for_="jsonpath={.status.readyReplicas}=3", timeout="60s")
kept = state.folder("lab") / "state.txt"  # what was written in the last second before the end may be lost
while b'"readyReplicas":3' not in zlib.decompress(base64.b64decode(kept.read_bytes())):
    pause(0.1)
print(kubectl.get("deployments", no_headers=True))
"""
WAIT = 'print(kubectl.rollout("status", "deployment/web", timeout="120s"))'
KERNELS = """() => {
  const open = [...window.jupyterapp.shell.widgets("main")].map((each) => each.sessionContext?.session?.kernel?.id);
  return open.length === 2 && open.every(Boolean) && new Set(open).size;
}"""
FILLED = "document.documentElement.dataset.podlabOffline === 'filled'"


@pytest.mark.timeout(900)
def test_a_second_tab_goes_on_with_the_cluster_of_one_that_is_killed_and_a_reload_needs_no_server(
    site_folder: Path, browser: Any
) -> None:
    with contextlib.ExitStack() as serving:
        site = serving.enter_context(tab.served(site_folder))
        one = site.page(browser)
        site.open(one, "en/02-create.ipynb")
        assert "in this browser tab" in site.run(one, START)
        two = one.context.new_page()
        site.open(two, "en/03-get.ipynb")
        told = site.run(two, START + ROLLOUT)
        assert "shared with another tab, which runs it" in told
        assert "3/3   3     0" in told
        one.close(run_before_unload=False)
        assert 'deployment "web" successfully rolled out' in site.run(two, WAIT)
        assert "in this browser tab" in site.run(two, START)
        two.wait_for_function(FILLED, timeout=60_000)
    two.reload()
    two.wait_for_selector(tab.READY, timeout=90_000)
    kernels = two.wait_for_function(KERNELS, timeout=90_000).json_value()
    assert kernels == 1, "each notebook that is open again has its own Python"
    again = site.run(two, START + 'print(kubectl.get("deployments"))')
    assert "3/3" in again
    assert "in this browser tab" in again
