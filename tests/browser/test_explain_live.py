"""Explain in a real JupyterLab: three Pods with three faults of a cluster, found while the page is only looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from bench.labserver import Lab
from podlab.client import Client
from podlab.clusters import Cluster
from tests.browser import test_live

expect = pytest.importorskip("playwright.sync_api").expect

FAULTS: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "crashing": ({"image": "nginx:latest", "command": ["sh", "-c", "echo no settings; exit 3"]}, {}, "crash-loop"),
    "misspelt": ({"image": "nginx:lates"}, {}, "image-not-found"),
    "homeless": ({"image": "nginx:latest"}, {"nodeSelector": {"disk": "ssd"}}, "no-matching-node"),
}
CELLS = [
    "from ipywidgets import VBox\nfrom podlab import Client, Explain, text\ntext.use({language!r})\nclient = Client()",
    "VBox([Explain(client, name) for name in {names!r}])",
]


@pytest.fixture
def client(cluster: Cluster) -> Iterator[Client]:
    """The cluster with the three Pods, without them afterwards."""
    found = Client(cluster.kubeconfig, context=cluster.context, namespace=cluster.namespace)
    for name, (container, spec, _) in FAULTS.items():
        made = {"containers": [{"name": "app", **container}], "terminationGracePeriodSeconds": 1, **spec}
        found.request("POST", test_live.pods(found), body={"metadata": {"name": name}, "spec": made})
    yield found
    for name in FAULTS:
        test_live.clear(found, name)


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.usefixtures("client")
def test_each_fault_is_named(lab: Callable[[str], Lab], page: Any, shoot: Callable[..., None], language: str) -> None:
    lab(language).show(page, "faults.ipynb", (c.format(language=language, names=list(FAULTS)) for c in CELLS))
    panels = page.locator(".podlab-explain")
    expect(panels).to_have_count(len(FAULTS), timeout=60_000)
    for number, (_, _, finding) in enumerate(FAULTS.values()):
        panel = panels.nth(number)
        panel.scroll_into_view_if_needed()
        expect(panel.locator(f"[data-finding={finding}]")).to_be_attached(timeout=60_000)
        expect(panel.locator(".podlab-line")).to_contain_text("kubectl ")
    expect(panels.nth(0).locator(".podlab-evidence li").last).to_contain_text("no settings", timeout=30_000)
    expect(panels.nth(1).locator("p code")).to_have_text("image")  # a name in a sentence, not its backquotes
    shoot(page, f"explained-{language}")
