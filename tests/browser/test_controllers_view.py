"""The tree of Controllers in a real browser: a rollout side by side, keys, words for screen readers, widths, themes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from podlab import text
from podlab.panels.controllers.controllers import CAPTION, LABELS
from podlab.panels.panel import CONNECTION
from tests.browser.stage import CONTRAST, Stage
from tests.panels.controllers.recording import trees

expect = pytest.importorskip("playwright.sync_api").expect


def state(roots: list[dict[str, Any]] | None, language: str = "en", connection: str = "live") -> dict[str, Any]:
    texts = {**CONNECTION, **LABELS, "caption": CAPTION.format(namespace="default")}
    labels = {name: each.in_("ko" if language == "ko" else "en") for name, each in texts.items()}
    shown = {"labels": labels, "controllers": roots, "refused": "", "connection": connection}
    return shown | {"server_time": 1795402830000}


def told(name: str, language: str = "en") -> list[list[dict[str, Any]]]:
    """The trees of a recording, in a language."""
    text.use(language)
    try:
        return [roots for roots in trees(name) if roots]
    finally:
        text.use(None)


def rollout(language: str = "en") -> list[dict[str, Any]]:
    """A moment at which both ReplicaSets have Pods."""
    return next(
        roots
        for roots in told("deployment", language)
        if len(roots[0]["children"]) == 2 and all(child["pods"] for child in roots[0]["children"])
    )


def everything(language: str = "en") -> list[dict[str, Any]]:
    """A rollout, the other controllers, and Pods that nobody owns."""
    others = max(told("statefulset-daemonset-job", language), key=lambda roots: len({root["kind"] for root in roots}))
    alone = {**others[0], "uid": "alone", "kind": "", "name": "Pods without a controller", "wanted": 0}
    return [*rollout(language), *others, alone | {"pods": [others[0]["pods"][0] | {"uid": "own", "name": "mine"}]}]


def test_old_and_new_stand_side_by_side(page: Any) -> None:
    Stage(page, "controllers", state(rollout()))
    sets = page.locator('[data-kind="ReplicaSet"]')
    expect(sets).to_have_count(2)
    left, right = (sets.nth(n).bounding_box() for n in (0, 1))
    assert left["y"] == right["y"] and left["x"] + left["width"] <= right["x"]
    expect(sets.nth(0).locator(".podlab-tag").first).to_have_text("old")
    expect(sets.nth(1).locator(".podlab-tag").first).to_have_text("new")
    page.set_viewport_size({"width": 400, "height": 800})
    left, right = (sets.nth(n).bounding_box() for n in (0, 1))
    assert left["y"] == right["y"] and right["x"] + right["width"] <= 400


def test_a_whole_rollout_is_followed_and_said(page: Any) -> None:
    stages = [roots for roots in told("deployment") if roots[0]["kind"] == "Deployment" and roots[0]["wanted"]]
    Stage(page, "controllers", state(stages[0]))
    # in one go: what is said is gathered for a second
    page.evaluate("(stages) => stages.forEach((controllers) => window.model.set({ controllers }))", stages[1:])
    last = stages[-1][0]
    present = page.locator(".podlab-leaf:not(.podlab-gone)")
    expect(present).to_have_count(sum(len(child["pods"]) for child in last["children"]))
    expect(page.locator("[aria-live=polite]")).to_contain_text("changes of controllers")


def test_what_goes_stays_in_sight_for_a_moment(page: Any) -> None:
    roots = rollout()
    stage = Stage(page, "controllers", state(roots))
    gone = roots[0]["children"][0]["pods"][0]["name"]
    old = {**roots[0]["children"][0], "pods": []}
    stage.set(controllers=[{**roots[0], "children": [old, roots[0]["children"][1]]}])
    leaf = page.locator(f'.podlab-leaf[data-name="{gone}"]')
    expect(leaf).to_contain_text("deleted")
    expect(leaf).to_have_count(0)


def test_a_replicaset_that_is_kept_empty_is_not_called_deleted(page: Any) -> None:
    roots = rollout()
    stage = Stage(page, "controllers", state(roots))
    old, new = roots[0]["children"]
    stage.set(controllers=[{**roots[0], "children": [new], "resting": [old["uid"]]}])
    box = page.locator(f'[data-name="{old["name"]}"][data-kind=ReplicaSet]')
    expect(box).to_contain_text("emptied, and kept")
    expect(box).not_to_contain_text("deleted")
    expect(box).to_have_count(0)


def test_a_controller_that_goes_is_said(page: Any) -> None:
    stage = Stage(page, "controllers", state(rollout()))
    stage.set(controllers=[])
    expect(page.locator("[aria-live=polite]")).to_have_text("Deployment web is gone.")
    expect(page.get_by_text("There are no controllers and no Pods right now.")).to_be_visible()


def test_the_keyboard_walks_and_folds(page: Any) -> None:
    stage = Stage(page, "controllers", state(everything()))
    page.keyboard.press("Tab")
    expect(page.locator(".podlab-toggle").first).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.locator('[data-kind="ReplicaSet"] .podlab-toggle').first).to_be_focused()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowLeft")
    top = page.locator(".podlab-toggle").first
    expect(top).to_have_attribute("aria-expanded", "false")
    expect(page.locator('[data-kind="ReplicaSet"]').first).to_be_hidden()
    stage.set(controllers=everything()[:2])
    expect(top).to_be_focused()
    expect(top).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("ArrowRight")
    expect(page.locator('[data-kind="ReplicaSet"]').first).to_be_visible()
    page.keyboard.press("End")
    last = page.locator(".podlab-owner:not(.podlab-gone) .podlab-toggle").last
    expect(last).to_be_focused()
    page.keyboard.press("Enter")
    expect(last).to_have_attribute("aria-expanded", "false")


def test_nothing_is_drawn_before_the_first_answer(page: Any) -> None:
    stage = Stage(page, "controllers", state(None, connection="connecting"))
    expect(page.get_by_text("There are no controllers")).to_be_hidden()
    stage.set(controllers=[], connection="live")
    expect(page.get_by_text("There are no controllers")).to_be_visible()


def test_names_are_text_not_html(page: Any) -> None:
    nasty = "<img src=x onerror=alert(1)>"
    root = rollout()[0]
    child = {**root["children"][0], "name": nasty, "said": nasty, "image": nasty}
    Stage(page, "controllers", state([{**root, "name": nasty, "said": nasty, "kept": nasty, "children": [child]}]))
    assert page.locator("img").count() == 0


def test_it_leaves_nothing_behind(page: Any) -> None:
    stage = Stage(page, "controllers", state(rollout()))
    page.evaluate("window.leave()")
    assert stage.sent() == ["show", "gone"]
    assert page.evaluate("window.model.listeners()") == 0


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("width", [320, 400, 1280])
def test_nothing_is_cut_off(page: Any, shoot: Callable[..., None], theme: str, language: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    Stage(page, "controllers", state(everything(language), language), theme, language)
    expect(page.locator(".podlab-leaf").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert [pair for pair in page.evaluate(CONTRAST) if pair[1] < 4.5] == []
    shoot(page.locator(".podlab-panel"), f"controllers-{theme}-{language}-{width}")
