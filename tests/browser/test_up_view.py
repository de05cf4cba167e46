"""The button that starts a cluster, in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from podlab.panels.up.up import LABELS
from tests.browser.stage import CONTRAST, Stage

expect = pytest.importorskip("playwright.sync_api").expect
IDLE: dict[str, Any] = {
    "phase": "idle",
    "cancelling": False,
    "steps": [],
    "pull": None,
    "estimate": None,
    "message": "",
    "hint": "",
}
WORKING = IDLE | {
    "phase": "working",
    "steps": [
        {"text": "Creating the kind cluster podlab", "took": 0.2, "running": False},
        {"text": "Ensuring node image", "took": 3.0, "running": True},
    ],
    "pull": {"text": "kindest/node: 3 of 7 layers, 210 of 480 MB", "part": 0.437},
    "estimate": {"seconds": 17, "took": 3.2},
}
FAILED = IDLE | {"phase": "failed", "message": "no container engine", "hint": "a kind cluster needs Docker\n  or not"}


def stage(page: Any, shown: dict[str, Any], language: str = "en", theme: str = "light") -> Stage:
    labels = {
        name: each.format(kind="kind").in_("ko" if language == "ko" else "en")
        for name, each in {"start": LABELS["start"]}.items()
    }
    labels = {name: each.in_("ko" if language == "ko" else "en") for name, each in LABELS.items()} | labels
    return Stage(
        page, "up", {"labels": labels | {"command": "podlab up --cluster kind"}, "shown": shown}, theme, language
    )


def test_it_shows_steps_the_pull_and_the_estimate(page: Any, shoot: Callable[..., None]) -> None:
    on = stage(page, IDLE)
    page.get_by_role("button", name="Start the kind cluster").click()
    assert on.sent() == ["start"]
    on.set(shown=WORKING)
    expect(page.locator(".podlab-steps li")).to_have_count(2)
    expect(page.get_by_role("progressbar", name="Image pull")).to_be_visible()
    expect(page.locator(".podlab-measure").first).to_contain_text("210 of 480 MB")
    expect(page.locator(".podlab-measure").last).to_contain_text("17 s the last time")
    expect(page.locator(".podlab-spoken")).to_have_text("Ensuring node image", timeout=5_000)
    shoot(page, "up-working-en")
    page.get_by_role("button", name="Cancel").click()
    assert on.sent() == ["start", "cancel"]


def test_where_there_is_no_docker_it_says_so_and_offers_the_embedded_cluster(page: Any) -> None:
    on = stage(page, FAILED)
    expect(page.locator(".podlab-up-said")).to_have_text("no container engine")
    page.get_by_role("button", name="Start the embedded cluster").click()
    assert on.sent() == ["embedded"]
    expect(page.get_by_role("button", name="Try again")).to_be_visible()


@pytest.mark.parametrize(("phase", "last"), [("failed", "failing"), ("cancelled", "leaving"), ("done", "ready")])
def test_the_step_at_which_it_ended_has_no_tick_unless_all_went_well(page: Any, phase: str, last: str) -> None:
    steps = [{**each, "running": False} for each in WORKING["steps"]]
    stage(page, WORKING | {"phase": phase, "steps": steps})
    icons = page.locator(".podlab-steps svg")
    assert [each.get_attribute("class").split("podlab-")[-1] for each in icons.all()] == ["ready", last]


@pytest.mark.parametrize(("phase", "bad"), [("working", "failing"), ("failed", "failing"), ("cancelled", "leaving")])
def test_what_failed_is_marked_and_not_the_clearing_up(page: Any, phase: str, bad: str) -> None:
    made, cleared = ({**each, "running": False} for each in WORKING["steps"])
    stage(page, WORKING | {"phase": phase, "steps": [{**made, "failed": True}, cleared]})
    icons = page.locator(".podlab-steps svg")
    assert [each.get_attribute("class").split("podlab-")[-1] for each in icons.all()] == [bad, "ready"]


def test_when_it_is_done_it_says_what_to_do_next(page: Any) -> None:
    on = stage(page, WORKING)
    on.set(shown=IDLE | {"phase": "done", "message": "cluster podlab (kind)", "hint": "run the first cell"})
    expect(page.locator(".podlab-up-said")).to_have_text("cluster podlab (kind)")
    expect(page.get_by_role("button")).to_have_count(0)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("language", ["ko", "en"])
def test_everything_can_be_read(page: Any, language: str, theme: str) -> None:
    for shown in (IDLE, WORKING, FAILED):
        stage(page, shown, language, theme)
        faint = [each for each in page.evaluate(CONTRAST) if each[1] < 4.5]
        assert faint == []
