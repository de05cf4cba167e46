"""The timeline in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from podlab import text
from podlab.panels.panel import CONNECTION
from podlab.panels.timeline.life import Moment
from podlab.panels.timeline.timeline import LABELS, layout
from tests.browser.stage import CONTRAST, Stage

expect = pytest.importorskip("playwright.sync_api").expect
BEGIN = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
LIFE = (
    (0.0, "created", "", ""),
    (0.1, "scheduled", "", ""),
    (0.6, "pulling", "app", ""),
    (2.2, "pulled", "app", ""),
    (2.4, "started", "app", ""),
    (2.5, "ready", "", ""),
    (6.0, "ended", "app", "Error 1"),
    (6.1, "unready", "", ""),
    (6.2, "backoff", "app", ""),
    (12.0, "started", "app", ""),
    (12.1, "ready", "", ""),
    (15.0, "terminating", "", ""),
    (16.0, "ended", "app", "Completed 0"),
    (16.4, "gone", "", ""),
)


def state(language: str = "en", until: float = 99.0) -> dict[str, Any]:
    named = {key: LABELS[key].format(name="crash") for key in ("title", "absent")}
    labels = {
        name: each.in_("ko" if language == "ko" else "en") for name, each in (CONNECTION | LABELS | named).items()
    }
    text.use("ko" if language == "ko" else "en")
    try:
        happened = [Moment(BEGIN + timedelta(seconds=at), *rest) for at, *rest in LIFE if at <= until]  # type: ignore[arg-type]
        life = layout(happened)
    finally:
        text.use(None)
    now = BEGIN.timestamp() * 1000 + min(until, 16.4) * 1000
    return {"labels": labels, "life": life, "connection": "live", "server_time": now}


def test_lanes_and_moments_are_drawn_with_durations(page: Any) -> None:
    Stage(page, "timeline", state())
    expect(page.locator(".podlab-lane")).to_have_count(2)
    expect(page.locator(".podlab-moments li")).to_have_count(len(LIFE))
    expect(page.locator(".podlab-span.podlab-ready").first).to_have_attribute("title", "Ready: 3.6s")


def test_a_legend_says_what_narrow_bars_mean(page: Any) -> None:
    Stage(page, "timeline", state())
    words = {word.split(":")[0] for word in page.locator(".podlab-span").evaluate_all("all => all.map((e) => e.title)")}
    assert len(words) > 3
    assert set(page.locator(".podlab-legend > span").all_inner_texts()) == words


def test_a_life_that_goes_on_grows_and_is_announced(page: Any) -> None:
    stage = Stage(page, "timeline", state(until=3.0))
    expect(page.locator(".podlab-moments li")).to_have_count(6)
    stage.set(life=state(until=6.0)["life"])
    expect(page.locator("[aria-live=polite]")).to_have_text("app: container ended (Error 1)")


def test_the_slider_goes_back_in_time(page: Any) -> None:
    Stage(page, "timeline", state())
    slider = page.get_by_role("slider", name="Point in time")
    slider.fill("500")
    expect(page.locator(".podlab-moments li:not(.podlab-later)")).to_have_count(9)
    page.get_by_role("button", name="Replay").click()
    expect(page.locator(".podlab-later")).to_have_count(0, timeout=20_000)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("width", [320, 720, 1600])
def test_nothing_is_cut_off(page: Any, shoot: Callable[..., None], theme: str, language: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 620})
    Stage(page, "timeline", state(language), theme, language)
    expect(page.locator(".podlab-lane")).to_have_count(2)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert [pair for pair in page.evaluate(CONTRAST) if pair[1] < 4.5] == []
    shoot(page.locator(".podlab-panel"), f"timeline-{theme}-{language}-{width}")
