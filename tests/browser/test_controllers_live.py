"""Controllers in a real JupyterLab: a rollout as it happens, at 400 px, and what is said when the kernel is gone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from bench.labserver import Lab
from podlab.client import Client
from podlab.clusters import Cluster
from podlab.errors import ApiError

expect = pytest.importorskip("playwright.sync_api").expect

LABELS = {"app": "live-web"}
CELLS = (
    "from podlab import Client, Controllers, text\ntext.use('en')\nclient = Client()",
    "Controllers(client)",
    "print('NAME   ' + 'COLUMN   ' * 20)",
)


def deployment(image: str) -> dict[str, Any]:
    template = {"metadata": {"labels": LABELS}, "spec": {"containers": [{"name": "web", "image": image}]}}
    spec = {"replicas": 2, "selector": {"matchLabels": LABELS}, "template": template}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "live-web"}, "spec": spec}


@pytest.fixture
def client(cluster: Cluster) -> Iterator[Client]:
    """The cluster, without the Deployment afterwards."""
    found = Client(cluster.kubeconfig, context=cluster.context, namespace=cluster.namespace)
    yield found
    try:
        found.request("DELETE", f"{path(found)}/live-web", body={"propagationPolicy": "Foreground"})
    except ApiError as error:
        assert error.code == 404, error


def path(client: Client) -> str:
    return f"/apis/apps/v1/namespaces/{client.namespace}/deployments"


def test_a_rollout_is_seen_and_a_kernel_that_is_gone_is_said(
    lab: Callable[[str], Lab], page: Any, shoot: Callable[..., None], client: Client
) -> None:
    lab("en").show(page, "controllers.ipynb", CELLS)
    web = page.locator('.podlab-owner[data-name="live-web"]')
    client.request("POST", path(client), body=deployment("nginx:1.27"))
    expect(web).to_contain_text("2 of 2 ready", timeout=120_000)
    client.request("PUT", f"{path(client)}/live-web", body=deployment("nginx:no-such-version"))
    sets = web.locator('[data-kind="ReplicaSet"]')
    expect(sets).to_have_count(2, timeout=60_000)
    expect(sets.nth(1)).to_contain_text("ErrImagePull", timeout=60_000)
    shoot(page, "controllers-live-1280")
    page.set_viewport_size({"width": 400, "height": 900})
    table = page.locator('.jp-RenderedText[data-mime-type*="stdout"], .jp-RenderedText').last
    expect(table).to_be_visible()
    shoot(page, "controllers-live-400")
    page.set_viewport_size({"width": 1280, "height": 900})
    page.locator('[data-command="notebook:restart-kernel"]').click()
    page.locator(".jp-Dialog .jp-mod-accept").click()
    expect(page.locator(".podlab-connection")).to_have_text("Disconnected: run this cell again", timeout=60_000)
