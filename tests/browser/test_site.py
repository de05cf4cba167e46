"""The static site in a real Chromium: Python and the kit in the tab, and nothing from another host."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from podlab import workbook
from podlab.lessons.lesson import LESSONS
from podlab.testing.sanitizer import sanitize
from tests.browser import tab
from tests.browser.tab import Site

KIT = """import sys, podlab
from podlab import PodBoard, check, quiz, start
import podlab.embedded.server
print(sys.platform, podlab.__version__)"""


# what is fetched when a cell asks for it
CLIENT = """from kubernetes import client
spec = client.V1PodSpec(containers=[client.V1Container(name="c")])
pod = client.V1Pod(metadata=client.V1ObjectMeta(name="web"), spec=spec)
print(client.CoreV1Api.__name__, client.ApiClient().sanitize_for_serialization(pod)["metadata"])"""
# the cluster's time skips to whatever is due next, as when the outputs were stored
SKIPPING = """from podlab.clusters.tab import Tab
from podlab.embedded.stepping import SteppingClock
Tab(SteppingClock).up("lab")"""
Cells = list[dict[str, Any]]
LARGEST = 40 * 2**20
"""Bytes of the whole site, each file compressed."""


def test_a_cell_in_the_tab_imports_the_kit(site: Site, browser: Any) -> None:
    page = site.page(browser)
    site.open(page, "en/00-welcome.ipynb")
    assert site.run(page, KIT).split() == ["emscripten", "0.1.0"]
    assert site.run(page, CLIENT) == "CoreV1Api {'name': 'web'}\n"
    assert site.elsewhere == []


def test_the_landing_page_leads_to_every_lesson(site: Site, browser: Any) -> None:
    page = site.page(browser)
    page.goto(site.url)
    assert page.locator("#cannot").is_hidden()
    links = {link.get_attribute("href") for link in page.locator("tbody a").all()}
    assert links == {f"lab/index.html?path={which}/{each.slug}.ipynb" for which in ("ko", "en") for each in LESSONS}
    page.locator("tbody a[href*='ko/02-create']").click()
    page.wait_for_selector(tab.READY, timeout=1000 * tab.PATIENCE)
    assert "02-create.ipynb" in page.locator(".lm-TabBar-tab.jp-mod-current").first.inner_text()
    assert site.elsewhere == []


def test_a_lesson_in_real_time_says_what_its_stored_outputs_say(site: Site, browser: Any) -> None:
    page = site.page(browser)
    site.open(page, "en/02-create.ipynb")
    hold(site.run_all(page)["cells"], "en", "02-create")
    page.context.close()


@pytest.fixture(scope="module", params=["ko", "en"])
def learner(request: pytest.FixtureRequest, site: Site, browser: Any) -> Iterator[tuple[str, Any]]:
    """A language, and a page whose kernel takes one lesson after the other."""
    page = site.page(browser)
    site.open(page, f"{request.param}/{LESSONS[0].slug}.ipynb")
    site.silently(page, SKIPPING)
    yield request.param, page
    page.context.close()


@pytest.mark.parametrize("slug", [lesson.slug for lesson in LESSONS])
def test_a_lesson_says_what_its_stored_outputs_say(site: Site, learner: tuple[str, Any], slug: str) -> None:
    language, page = learner
    site.follow(page, f"{language}/{slug}.ipynb")
    hold(site.run_all(page)["cells"], language, slug)
    assert site.elsewhere == []


def test_the_site_is_small_enough(site_folder: Path) -> None:
    files = [path for path in site_folder.rglob("*") if path.is_file()]
    assert 0 < sum(len(zlib.compress(path.read_bytes(), 6)) for path in files) <= LARGEST


def hold(ran: Cells, language: str, slug: str) -> None:
    """Hold what a notebook's cells said against what is stored."""
    stored = json.loads((workbook.source() / language / f"{slug}.ipynb").read_text(encoding="utf-8"))["cells"]
    found = compared(ran, stored)
    assert len(found) > 5
    assert [(source, got, wanted) for source, got, wanted in found if got != wanted] == []


def compared(ran: Cells, stored: Cells) -> list[tuple[str, list[str], list[str]]]:
    """Each code cell: its source, what it said, and what it should say."""
    return [
        (_text(cell["source"]), _said(got), _said(cell))
        for got, cell in zip(ran, stored, strict=True)
        if cell["cell_type"] == "code"
    ]


def _said(cell: Mapping[str, Any]) -> list[str]:
    """What a cell showed as text: streams, results, the words of errors."""
    return [sanitize(_words(output)).rstrip("\n") for output in cell["outputs"]]


def _words(output: Mapping[str, Any]) -> str:
    if output["output_type"] == "error":
        return str(output["evalue"])
    return _text(output["text"] if output["output_type"] == "stream" else output["data"].get("text/plain", ""))


def _text(lines: str | list[str]) -> str:
    return "".join(lines)
