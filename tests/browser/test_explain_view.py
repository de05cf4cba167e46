"""The diagnosis in a real browser."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from podlab import text
from podlab.diagnosis import diagnose
from podlab.panels.board.detail import about
from podlab.panels.explain.explain import LABELS, told
from podlab.panels.panel import CONNECTION
from tests.browser.stage import CONTRAST, Stage

expect = pytest.importorskip("playwright.sync_api").expect
GOLDEN = Path(__file__).parents[1] / "golden"


def finding(name: str, pod_name: str, language: str = "en", last_line: str = "") -> dict[str, Any]:
    """What is told of the last state of a recorded Pod before its deletion."""
    pods, events = (
        [json.loads(line)["object"] for line in (GOLDEN / name / f"watch-{kind}.jsonl").read_text("utf-8").splitlines()]
        for kind in ("pods", "events")
    )
    kept = [each for each in pods if each["metadata"]["name"] == pod_name]
    pod = [each for each in kept if not each["metadata"].get("deletionTimestamp")][-1]
    pod["metadata"]["namespace"] = "default"
    text.use("ko" if language == "ko" else "en")
    try:
        return told(pod, diagnose(pod, about(pod, events)), last_line)  # type: ignore[arg-type]
    finally:
        text.use(None)


def state(found: dict[str, Any] | None, language: str = "en", connection: str = "live") -> dict[str, Any]:
    named = {key: LABELS[key].format(name="crash") for key in ("title", "absent")}
    labels = {
        name: each.in_("ko" if language == "ko" else "en") for name, each in (CONNECTION | LABELS | named).items()
    }
    return {"labels": labels, "finding": found, "connection": connection, "server_time": 1795402830000}


@pytest.mark.parametrize(
    ("recording", "pod", "words"),
    [
        ("crash-loop", "crash", "exit code 1"),
        ("config-env", "missing", "needs the configmap nothing-here"),
        ("unschedulable", "big", "No node has as much"),
    ],
)
def test_it_says_what_is_going_on(page: Any, recording: str, pod: str, words: str) -> None:
    found = finding(recording, pod)
    Stage(page, "explain", state(found))
    expect(page.locator(".podlab-explain-sentence")).to_contain_text(words)
    expect(page.locator(".podlab-line")).to_have_text(found["command"])


def test_it_follows_the_pod_and_keeps_the_focus(page: Any) -> None:
    stage = Stage(page, "explain", state(None))
    expect(page.locator(".podlab-empty")).to_have_text("There is no Pod crash right now.")
    stage.set(finding=finding("crash-loop", "crash"))
    copy = page.get_by_role("button", name="Copy the kubectl line")
    copy.focus()
    stage.set(finding=finding("bad-image", "bad"))
    expect(copy).to_be_focused()
    expect(page.locator("[aria-live=polite]")).not_to_be_empty()


def test_what_a_cluster_says_is_text(page: Any) -> None:
    Stage(page, "explain", state(finding("crash-loop", "crash") | {"evidence": ["<img src=x onerror=alert(1)>"]}))
    expect(page.locator(".podlab-evidence")).to_contain_text("<img")
    assert page.locator("img").count() == 0


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("width", [320, 720, 1600])
def test_nothing_is_cut_off(page: Any, shoot: Callable[..., None], theme: str, language: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 420})
    line = "cannot open /data/settings.json: no such file or directory"
    Stage(page, "explain", state(finding("crash-loop", "crash", language, line), language), theme, language)
    page.wait_for_selector(".podlab-evidence li")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert [pair for pair in page.evaluate(CONTRAST) if pair[1] < 4.5] == []
    shoot(page.locator(".podlab-panel"), f"explain-{theme}-{language}-{width}")
