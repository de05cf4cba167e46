"""A PodBoard in a real JupyterLab, while the test changes the cluster behind its back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import yaml

from bench.labserver import ROOT, Lab
from podlab.client import Client
from podlab.clusters import Cluster
from podlab.errors import ApiError

expect = pytest.importorskip("playwright.sync_api").expect

SEED = yaml.safe_load((ROOT / "notebooks" / "manifests" / "nginx-pod.yaml").read_text(encoding="utf-8"))
NAME = SEED["metadata"]["name"]
ROW = f"tr[data-name={NAME}]"
CELLS = [
    "from podlab import Client, PodBoard, text\ntext.use({language!r})\nclient = Client()",
    "PodBoard(client)",
    "import time\ntime.sleep({seconds})",
]


@pytest.fixture
def client(cluster: Cluster) -> Iterator[Client]:
    """The cluster, without the seed Pod before and after."""
    found = Client(cluster.kubeconfig, context=cluster.context, namespace=cluster.namespace)
    clear(found)
    yield found
    clear(found)


def pods(client: Client) -> str:
    return f"/api/v1/namespaces/{client.namespace}/pods"


def clear(client: Client, name: str = NAME) -> None:
    """Delete a Pod, the seed Pod if none is named, at once, if it is there."""
    try:
        client.request("DELETE", f"{pods(client)}/{name}", body={"gracePeriodSeconds": 0})
    except ApiError as error:
        assert error.code == 404, error


def show(lab: Lab, page: Any, language: str, seconds: int = 0) -> None:
    """A notebook with a board, run to its end."""
    lab.show(page, "live.ipynb", (text.format(language=language, seconds=seconds) for text in CELLS))
    expect(page.locator(".podlab-board")).to_have_attribute("data-connection", "live", timeout=60_000)


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_row_turns_running_and_goes_without_touching_the_page(
    lab: Callable[[str], Lab], page: Any, shoot: Callable[..., None], client: Client, language: str
) -> None:
    show(lab(language), page, language)
    expect(page.locator("tbody tr")).to_have_count(0)
    client.request("POST", pods(client), body=SEED)
    running = page.locator(ROW).filter(has_text="Running").filter(has_text="1/1")
    expect(running).to_be_visible(timeout=120_000)
    shoot(page, f"live-{language}")
    client.request("DELETE", f"{pods(client)}/{NAME}", body={"gracePeriodSeconds": 1})
    expect(page.locator(ROW)).to_have_count(0, timeout=60_000)


def test_a_row_opens_and_deletes_while_a_cell_is_running(
    lab: Callable[[str], Lab], page: Any, shoot: Callable[..., None], client: Client
) -> None:
    client.request("POST", pods(client), body=SEED)
    show(lab("en"), page, "en", seconds=60)
    page.locator(f"{ROW} .podlab-toggle").click(timeout=60_000)
    expect(page.locator(".podlab-facts")).to_contain_text("nginx:latest", timeout=20_000)
    expect(page.locator(".podlab-facts")).to_contain_text("Started", timeout=60_000)
    page.get_by_role("button", name="Logs of container").click()
    expect(page.locator(".podlab-pane")).to_contain_text("start worker process", timeout=60_000)
    shoot(page, "live-opened-en")
    page.get_by_role("button", name="Delete", exact=True).click()
    page.get_by_role("button", name="Yes, delete it").click()
    expect(page.locator(ROW)).to_have_count(0, timeout=60_000)
    with pytest.raises(ApiError, match="not found"):
        client.get(f"{pods(client)}/{NAME}")
    assert "*" in "".join(page.locator(".jp-InputPrompt").all_inner_texts())
