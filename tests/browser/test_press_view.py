"""A press is never silently lost: busy at once, said again, and told when nobody answers."""

from __future__ import annotations

from typing import Any

import pytest

from podlab.panels.presses import LABELS
from tests.browser.stage import CONTRAST, Stage

expect = pytest.importorskip("playwright.sync_api").expect


def stage(page: Any, language: str = "en", theme: str = "light", **traits: Any) -> Stage:
    page.clock.install()
    labels = {name: each.in_("ko" if language == "ko" else "en") for name, each in LABELS.items()}
    state = {"labels": labels | {"label": "Check"}, "options": [], "chosen": -1, "failed": "", "shown": True}
    on = Stage(page, "press", state | traits, theme, language)
    page.evaluate("window.model.deaf = true")
    return on


def presses(on: Stage) -> list[str]:
    return [str(name) for name in on.page.evaluate("window.model.sent.map((m) => m.press)")]


def answer(on: Stage, event: str, press: str) -> None:
    on.page.evaluate("(answer) => window.model.say(answer)", {"event": event, "press": press})


def test_it_is_busy_until_the_kernel_has_done_it(page: Any) -> None:
    on = stage(page)
    button = page.get_by_role("button", name="Check")
    button.click()
    button.click()
    root = page.locator(".podlab-press")
    expect(root).to_have_attribute("aria-busy", "true")
    expect(page.get_by_role("status").first).to_have_text("Working on it…")
    (name,) = presses(on)
    answer(on, "heard", name)
    page.clock.run_for(60_000)
    assert presses(on) == [name]
    expect(root).to_have_attribute("aria-busy", "true")
    answer(on, "done", name)
    expect(root).to_have_attribute("aria-busy", "false")
    expect(page.get_by_role("status").first).to_be_empty()
    button.click()
    assert len(set(presses(on))) == 2


def test_what_was_not_heard_is_said_again_under_the_same_name(page: Any) -> None:
    on = stage(page)
    page.get_by_role("button", name="Check").click()
    page.clock.run_for(3_000)
    first, second = presses(on)
    assert first == second
    answer(on, "heard", first)
    answer(on, "done", first)
    page.clock.run_for(60_000)
    assert len(presses(on)) == 2


def test_where_nobody_answers_it_says_so_and_can_be_pressed_again(page: Any) -> None:
    on = stage(page)
    button = page.get_by_role("button", name="Check")
    button.click()
    page.clock.run_for(60_000)
    assert len(presses(on)) == 4
    expect(page.get_by_role("status").first).to_contain_text("run this cell again")
    expect(page.locator(".podlab-press")).to_have_attribute("aria-busy", "false")
    button.click()
    name = presses(on)[-1]
    assert name != presses(on)[0]
    answer(on, "done", name)
    expect(page.get_by_role("status").first).to_be_empty()


def test_a_kernel_that_is_gone_is_told_at_once(page: Any) -> None:
    on = stage(page)
    on.page.evaluate("() => { window.model.send = () => { throw new Error('Kernel is dead'); }; }")
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_role("status").first).to_have_text("Disconnected: run this cell again")


def test_what_stands_together_says_once_that_its_kernel_is_gone(page: Any) -> None:
    on = stage(page)
    page.evaluate("document.querySelector('main').classList.add('podlab-words', 'jupyter-widgets-disconnected')")
    page.evaluate("window.model.fire('comm_live_update')")
    page.clock.run_for(100)
    assert page.evaluate("document.querySelector('main').dataset.severed") == "Disconnected: run this cell again"
    told = "getComputedStyle(document.querySelector('main'), '::before').content"
    assert "⚠" in page.evaluate(told)
    assert page.locator("[data-severed]").count() == 1
    on.page.evaluate("window.leave()")
    assert page.evaluate("window.model.listeners()") == 0


def test_an_answer_that_is_chosen_anew_takes_the_place_of_the_one_before(page: Any) -> None:
    on = stage(page, options=["a) `nginx`", "b) busybox"])
    radios = page.get_by_role("radio")
    radios.nth(0).click()
    radios.nth(1).click()
    page.clock.run_for(3_000)
    assert page.evaluate("window.model.sent.map((m) => m.option)") == [0, 1, 1]
    on.set(chosen=1)
    expect(radios.nth(1)).to_be_checked()
    expect(page.locator("label code")).to_have_text("nginx")


def test_it_goes_and_says_what_failed(page: Any) -> None:
    on = stage(page)
    on.set(failed="That did not work: none")
    expect(page.get_by_role("status").last).to_have_text("That did not work: none")
    on.set(shown=False)
    expect(page.get_by_role("button")).to_have_count(0)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("language", ["ko", "en"])
def test_everything_can_be_read(page: Any, language: str, theme: str) -> None:
    stage(page, language, theme, options=["a", "b"], failed="x")
    page.evaluate("document.querySelector('.podlab-press').classList.add('podlab-panel')")  # what the measure looks at
    assert [each for each in page.evaluate(CONTRAST) if each[1] < 4.5] == []
