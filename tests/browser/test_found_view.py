"""What a check has found, with its buttons: what is there, what is pressed, where the focus goes."""

from __future__ import annotations

from typing import Any

import pytest

from podlab.panels.presses import LABELS
from tests.browser.stage import CONTRAST, Stage
from tests.browser.test_press_view import answer, presses

expect = pytest.importorskip("playwright.sync_api").expect

DEEDS = {"again": "Check again", "hint": "Hint", "solution": "Show a solution"}


def stage(page: Any, theme: str = "light", **traits: Any) -> Stage:
    labels = {name: each.en for name, each in LABELS.items()} | DEEDS
    state = {"labels": labels, "deeds": [*DEEDS], "shown": ["again", "hint"], "found": "<p>not yet</p>", "said": ""}
    on = Stage(page, "found", state | {"failed": ""} | traits, theme)
    page.evaluate("window.model.deaf = true")
    return on


def test_only_the_buttons_that_help_now_are_there_and_one_press_goes_at_a_time(page: Any) -> None:
    on = stage(page)
    assert page.get_by_role("button").all_text_contents() == ["Check again", "Hint"]
    page.get_by_role("button", name="Hint").click()
    page.get_by_role("button", name="Check again").click()
    assert page.evaluate("window.model.sent.map((m) => m.deed)") == ["hint"]
    on.set(said="<p>look there</p>", shown=["again", "hint", "solution"])
    answer(on, "done", presses(on)[0])
    expect(page.get_by_text("look there")).to_be_visible()
    page.get_by_role("button", name="Show a solution").click()
    assert page.evaluate("window.model.sent.map((m) => m.deed)") == ["hint", "solution"]


def test_the_focus_stays_by_the_answer_when_its_button_goes(page: Any) -> None:
    on = stage(page)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    on.set(found="<p>it is so</p>", shown=[])
    assert page.evaluate("document.activeElement.textContent") == "it is so"
    page.evaluate("window.leave()")
    assert page.evaluate("window.model.listeners()") == 0


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_everything_can_be_read(page: Any, theme: str) -> None:
    stage(page, theme, failed="x", said="<p>hint</p>")
    page.evaluate("document.querySelector('.podlab-found').classList.add('podlab-panel')")  # what the measure looks at
    assert [each for each in page.evaluate(CONTRAST) if each[1] < 4.5] == []
