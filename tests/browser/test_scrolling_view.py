"""Outputs that are wider than the page: reached by the Tab key, named, scrolled by keys; narrow ones left alone."""

from __future__ import annotations

from typing import Any

import pytest

from podlab.panels.head.head import LABELS
from tests.browser.axe import AXE
from tests.browser.stage import Stage

expect = pytest.importorskip("playwright.sync_api").expect

LINE = "NAME                READY   STATUS    RESTARTS   AGE   IP           NODE"
OUTPUTS = f"""() => {{
  const output = (text) =>
    `<div class="jp-RenderedText jp-OutputArea" data-mime-type="text/plain"><pre>${{text}}</pre></div>`;
  const heads = "<th>head</th>".repeat(9);
  const table = `<div class="jp-RenderedMarkdown"><table><thead><tr>${{heads}}</tr></thead></table></div>`;
  const outputs = document.createElement("div");
  const style = document.createElement("style"); // as JupyterLab has it
  style.textContent = ".jp-RenderedText pre {{ margin: 0; overflow-x: auto; }}";
  document.head.append(style);
  outputs.innerHTML = output("$ kubectl get pods -o wide\\n{LINE}") + output("{LINE}") + output("short") + table;
  document.querySelector("main").append(outputs);
}}"""


@pytest.mark.parametrize("language", ["ko", "en"])
def test_what_is_wider_than_the_page_can_be_reached_and_scrolled_by_keys(page: Any, language: str) -> None:
    page.set_viewport_size({"width": 400, "height": 600})
    labels = {name: each.in_("ko" if language == "ko" else "en") for name, each in LABELS.items()}
    Stage(page, "head", {"html": "<h1>02</h1>", "labels": labels}, language=language)
    page.evaluate(OUTPUTS)
    wide = page.locator(".podlab-scrolls")
    expect(wide).to_have_count(3)
    names = [labels["command"].replace("{line}", "kubectl get pods -o wide"), labels["output"], labels["table"]]
    assert [each.get_attribute("aria-label") for each in wide.all()] == names
    assert [each.get_attribute("role") for each in wide.all()] == ["group", "group", None]
    for n in range(3):
        page.keyboard.press("Tab")
        expect(wide.nth(n)).to_be_focused()
        page.keyboard.press("ArrowRight")
        page.wait_for_function("document.activeElement.scrollLeft > 0")
    if AXE.exists():
        page.evaluate(AXE.read_text(encoding="utf-8"))
        assert [each["id"] for each in page.evaluate("axe.run('main')")["violations"]] == []
    page.set_viewport_size({"width": 1280, "height": 600})
    expect(wide).to_have_count(0)
    expect(page.locator("[tabindex], [role=group]")).to_have_count(0)
