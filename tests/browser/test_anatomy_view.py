"""The PodAnatomy's drawing in a real browser."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from podlab.panels.anatomy.anatomy import LABELS, anatomy
from podlab.panels.panel import CONNECTION
from tests.browser.stage import CONTRAST, Stage

expect = pytest.importorskip("playwright.sync_api").expect
GOLDEN = Path(__file__).parents[1] / "golden"


def recorded(name: str) -> dict[str, Any]:
    """The anatomy of the last object of a recording that was not being deleted."""
    lines = (GOLDEN / name / "watch-pods.jsonl").read_text(encoding="utf-8").splitlines()
    pods = [json.loads(line)["object"] for line in lines]
    return anatomy([pod for pod in pods if not pod["metadata"].get("deletionTimestamp")][-1])


def state(pod: dict[str, Any] | None, language: str = "en", connection: str = "live") -> dict[str, Any]:
    texts = {**CONNECTION, **LABELS, "absent": LABELS["absent"].format(name="two")}
    labels = {name: text.in_("ko" if language == "ko" else "en") for name, text in texts.items()}
    return {"labels": labels, "pod": pod, "connection": connection, "server_time": 1795402830000}


def test_containers_stand_inside_the_pod_inside_the_node(page: Any) -> None:
    Stage(page, "anatomy", state(recorded("two-containers")))
    inside = page.locator(".podlab-node .podlab-pod .podlab-container")
    expect(inside).to_have_count(2)
    expect(page.locator(".podlab-pod")).to_contain_text("localhost")
    letters = page.locator(".podlab-container .podlab-letter").all_inner_texts()
    assert set(letters) == {page.locator(".podlab-volume .podlab-letter").inner_text()}


def test_it_follows_the_pod_and_says_so(page: Any) -> None:
    pod = recorded("seed")
    stage = Stage(
        page, "anatomy", state({**pod, "status": "ContainerCreating", "ready": "0/1", "tone": "waiting", "ip": ""})
    )
    expect(page.locator(".podlab-address")).to_have_text("No IP address yet")
    stage.set(pod={**pod, "status": "Running", "ready": "1/1", "tone": "ready", "ip": "10.244.0.9"})
    expect(page.locator(".podlab-address")).to_have_text("IP address 10.244.0.9")
    expect(page.locator("[aria-live=polite]")).to_have_text("Pod nginx-pod-example: Running, 1/1 ready.")
    stage.set(last={"pod": pod, "at": 1795402830000}, pod=None)
    expect(page.locator(".podlab-empty")).to_contain_text("is gone. This is how it was last seen, at ")
    expect(page.locator(".podlab-past .podlab-container")).to_have_count(1)
    stage.set(pod=pod, last=None)
    expect(page.locator(".podlab-past")).to_have_count(0)


def test_a_pod_that_never_was_has_no_picture(page: Any) -> None:
    Stage(page, "anatomy", state(None))
    expect(page.locator(".podlab-empty")).to_have_text("There is no Pod two right now.")
    expect(page.locator(".podlab-past")).to_have_count(0)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("width", [320, 800, 1600])
def test_nothing_is_cut_off(page: Any, shoot: Callable[..., None], theme: str, language: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 700})
    Stage(page, "anatomy", state(recorded("two-containers"), language), theme, language)
    expect(page.locator(".podlab-container")).to_have_count(2)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert [pair for pair in page.evaluate(CONTRAST) if pair[1] < 4.5] == []
    shoot(page, f"anatomy-{theme}-{language}-{width}")
