"""What a lesson's head does for the notebook around it, in a real JupyterLab."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from bench.labserver import NOTEBOOK, Lab

expect = pytest.importorskip("playwright.sync_api").expect

PICTURE = f"{NOTEBOOK} .jp-RenderedMermaid img"
CHANGE = "(theme) => window.jupyterapp.commands.execute('apputils:change-theme', { theme })"
FIRST = """() => {
  const content = window.jupyterapp.shell.currentWidget.content;
  content.activeCellIndex = 1;
  return content.activeCell?.model.type === "code" && content.activeCell.isAttached;
}"""
"""Goes to the first cell of code, as soon as it is there."""
TEXT = """(image) => decodeURIComponent(image.src).match(/\\.messageText\\s*\\{[^}]*fill:\\s*([^;}]+)/)[1]"""


def test_pictures_follow_the_theme(lab: Callable[[str], Lab], page: Any, shoot: Callable[..., None]) -> None:
    here = lab("ko")
    here.open(page, "ko/05-delete.ipynb")
    page.wait_for_function(FIRST)
    page.evaluate("() => window.jupyterapp.commands.execute('notebook:run-cell')")
    expect(page.locator(".podlab-head")).to_be_attached(timeout=60_000)
    picture = page.locator(PICTURE).first
    picture.scroll_into_view_if_needed()
    light = picture.evaluate(TEXT)
    for theme, same in (("JupyterLab Dark", False), ("JupyterLab Light", True)):
        page.evaluate(CHANGE, theme)
        page.wait_for_function(
            f"([at, light]) => (({TEXT})(document.querySelector(at)) === light) === {str(same).lower()}",
            arg=[PICTURE, light],
            timeout=30_000,
        )
        shoot(page, f"picture-{theme[-5:].strip().lower()}")
    expect(page.locator(f"{NOTEBOOK} .jp-MarkdownOutput abbr").first).to_be_attached()
