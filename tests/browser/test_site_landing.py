"""The first page and its links: a browser that cannot, a manifest that came with a link, JupyterLab in Korean."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.tab import Site

MANIFEST = "kind: Pod\nmetadata: {name: 파드}\n# <img src=x onerror=alert(1)>\n"
NO_WORKER = "delete Navigator.prototype.serviceWorker"
DENIED = "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError'); } })"


@pytest.mark.parametrize(("without", "named"), [(NO_WORKER, "service worker"), (DENIED, "storage")])
@pytest.mark.parametrize("place", ["", "/lab/index.html?path=ko/02-create.ipynb"])
def test_a_browser_that_cannot_gets_the_page_with_the_other_ways(
    site: Site, browser: Any, without: str, named: str, place: str
) -> None:
    page = site.page(browser)
    page.add_init_script(without)
    page.goto(site.url + place)
    page.wait_for_selector("#cannot:not([hidden])")
    for language in ("ko", "en"):
        told = page.locator(f"#cannot [lang={language}]").inner_text()
        assert named in told
        assert "make lab" in told
        assert "Chrome" in told
    assert page.locator("a:text('Start in English')").is_hidden()


def test_a_manifest_goes_by_a_link_is_shown_saved_and_never_run(site: Site, browser: Any) -> None:
    page = site.page(browser)
    page.goto(site.url)
    page.locator("#share summary").click()
    page.locator("#manifest").fill(MANIFEST)
    page.locator("#share button").click()
    link = page.locator("#share output a").get_attribute("href")
    assert len(link) < 300
    page.goto("about:blank")
    page.goto(link)
    page.wait_for_selector("#shared:not([hidden])")
    assert page.locator("#shared pre").inner_text() == MANIFEST
    assert page.locator("#shared img").count() == 0
    page.locator("#shared a:text('저장하고')").click()
    page.wait_for_selector(".lm-TabBar-tabLabel:text('shared.yaml')", timeout=240_000)
    assert "onerror" in page.locator(".jp-FileEditor .cm-content").inner_text()
    assert page.locator(".lm-MenuBar-itemLabel").first.inner_text() == "파일"
    assert page.locator(".jp-OutputArea-output").count() == 0
    assert site.elsewhere == []


@pytest.mark.parametrize("part", ["%%%", "AAAA", "A" * 70_000])
def test_a_link_that_cannot_be_read_says_so(site: Site, browser: Any, part: str) -> None:
    page = site.page(browser)
    page.goto(f"{site.url}#manifest={part}")
    page.wait_for_selector("#unreadable:not([hidden])")
    assert page.locator("#shared").is_hidden()


def test_what_is_too_large_for_a_link_is_refused(site: Site, browser: Any) -> None:
    page = site.page(browser)
    page.goto(site.url)
    page.locator("#share summary").click()
    for text, said in (("  ", "Paste a manifest first."), ("x" * 40_000, "larger than 32 KiB")):
        page.locator("#manifest").fill(text)
        page.locator("#share button").click()
        page.wait_for_selector(f"#share output:has-text('{said}')")
        assert page.locator("#share output a").count() == 0
    with pytest.raises(Exception, match="too large"):
        page.evaluate("podlab.packed('x'.repeat(40_000))")
    bomb = page.evaluate(
        """async () => {
          const zipped = new Blob(["x".repeat(9e6)]).stream().pipeThrough(new CompressionStream("deflate-raw"));
          const bytes = new Uint8Array(await new Response(zipped).arrayBuffer());
          return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
        }"""
    )
    with pytest.raises(Exception, match="too large"):
        page.evaluate("(part) => podlab.unpacked(part)", bomb)
