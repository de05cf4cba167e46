"""The static site in a real Chromium: Python and the kit in the tab, and nothing from another host."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from podlab.errors import PodlabError
from podlab.lessons.lesson import LESSONS
from podlab.site import build
from tests.browser import tab
from tests.browser.tab import Site

KIT = """import sys, podlab
from podlab import PodBoard, check, quiz, start
import podlab.embedded.server
print(sys.platform, podlab.__version__)"""


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The site, built now."""
    folder = tmp_path_factory.mktemp("site") / "out"
    try:
        build.build(folder, print)
    except PodlabError as error:
        pytest.skip(f"the site cannot be built here: {error}")
    with tab.served(folder) as running:
        yield running


def test_a_cell_in_the_tab_imports_the_kit(site: Site, browser: Any) -> None:
    page = site.page(browser)
    site.open(page, "en/00-welcome.ipynb")
    assert site.run(page, KIT).split() == ["emscripten", "0.1.0"]
    assert site.elsewhere == []


def test_the_landing_page_leads_to_every_lesson(site: Site, browser: Any) -> None:
    page = site.page(browser)
    page.goto(site.url)
    assert page.locator("#cannot").is_hidden()
    links = {link.get_attribute("href") for link in page.locator("tbody a").all()}
    assert links == {f"lab/index.html?path={which}/{each.slug}.ipynb" for which in ("ko", "en") for each in LESSONS}
    page.locator("tbody a[href*='ko/02-create']").click()
    page.wait_for_selector(tab.READY, timeout=90_000)
    assert "02-create.ipynb" in page.locator(".lm-TabBar-tab.jp-mod-current").first.inner_text()
    assert site.elsewhere == []
