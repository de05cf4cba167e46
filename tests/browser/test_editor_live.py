"""A ManifestEditor in a real JupyterLab: typed into, checked by a real server, applied, while a cell is running."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from bench.labserver import ROOT, Lab
from podlab.client import Client
from podlab.clusters import Cluster
from tests.browser import test_live

expect = pytest.importorskip("playwright.sync_api").expect

NAME = "typed-pod"
SEED = (ROOT / "notebooks" / "manifests" / "nginx-pod.yaml").read_text(encoding="utf-8")
MINE = SEED.replace("nginx-pod-example", NAME).replace("      image:", "      imagee:")
CELLS = [
    "from podlab import Client, ManifestEditor, text\ntext.use({language!r})",
    "ManifestEditor(Client(), 'typed.yaml')",
    "import time\ntime.sleep({seconds})",
]


@pytest.fixture
def client(cluster: Cluster) -> Iterator[Client]:
    """The cluster, without the typed Pod afterwards."""
    found = Client(cluster.kubeconfig, context=cluster.context, namespace=cluster.namespace)
    yield found
    test_live.clear(found, NAME)


def show(lab: Lab, page: Any, language: str, seconds: int) -> Any:
    """A notebook with an editor, run to its last cell; the text area."""
    (lab.folder / "typed.yaml").write_text(MINE, encoding="utf-8")
    lab.show(page, "typed.ipynb", (text.format(language=language, seconds=seconds) for text in CELLS))
    expect(page.locator(".podlab-editor")).to_have_attribute("data-connection", "live", timeout=60_000)
    return page.locator(".podlab-text")


@pytest.mark.parametrize("language", ["ko", "en"])
def test_a_typed_manifest_is_mended_and_applied(
    lab: Callable[[str], Lab], page: Any, shoot: Callable[..., None], client: Client, language: str
) -> None:
    here = lab(language)
    area = show(here, page, language, seconds=60 if language == "en" else 0)
    expect(page.locator(".podlab-marked")).to_have_text("10", timeout=30_000)
    page.locator(".podlab-place").click()
    expect(page.locator(".podlab-meaning")).to_contain_text("imagePullPolicy", timeout=20_000)
    shoot(page.locator(".podlab-editor"), f"live-editor-wrong-{language}")
    page.keyboard.type("image: nginx:latest")
    expect(page.locator(".podlab-marked")).to_have_count(0, timeout=20_000)
    expect(page.locator(".podlab-meaning")).to_contain_text("Container image name", timeout=20_000)
    shoot(page.locator(".podlab-editor"), f"live-editor-{language}")
    page.get_by_role("button", name={"ko": "저장하고 적용", "en": "Save and apply"}[language]).click()
    expect(page.locator(".podlab-pane")).to_contain_text(f"pod/{NAME} created", timeout=20_000)
    expect(page.locator(".podlab-live-pods")).to_contain_text("Running 1/1", timeout=120_000)
    assert (here.folder / "typed.yaml").read_text(encoding="utf-8") == area.input_value()
    assert client.get(f"{test_live.pods(client)}/{NAME}")["spec"]["containers"][0]["image"] == "nginx:latest"
    shoot(page, f"live-editor-applied-{language}")


def test_the_notebooks_keys_do_nothing_in_the_text(lab: Callable[[str], Lab], page: Any, client: Client) -> None:
    area = show(lab("en"), page, "en", seconds=0)
    area.click()
    page.keyboard.press("Control+End")
    before = page.locator(".jp-Cell").count()
    page.keyboard.type("# add below: abxdd0 and zm")
    page.keyboard.press("Shift+Enter")
    page.keyboard.press("Escape")
    expect(area).to_be_focused()
    assert "# add below: abxdd0 and zm" in area.input_value()
    assert page.locator(".jp-Cell").count() == before


def test_a_file_written_elsewhere_is_never_overwritten_unasked(
    lab: Callable[[str], Lab], page: Any, client: Client
) -> None:
    here = lab("en")
    area = show(here, page, "en", seconds=0)
    area.click()
    page.keyboard.press("Control+End")
    page.keyboard.type("# mine")
    (here.folder / "typed.yaml").write_text("# theirs\n", encoding="utf-8")
    page.keyboard.press("Control+s")
    expect(page.locator(".podlab-conflict")).to_be_visible(timeout=20_000)
    assert (here.folder / "typed.yaml").read_text(encoding="utf-8") == "# theirs\n"
    page.get_by_role("button", name="Take the file's text").click()
    expect(area).to_have_value("# theirs\n", timeout=20_000)
    expect(page.locator(".podlab-conflict")).to_be_hidden()
