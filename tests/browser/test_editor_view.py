"""The ManifestEditor's drawing in a real browser: typing, lines, keys, what is said, widths and themes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from bench.labserver import ROOT
from podlab import text
from podlab.panels.editor.editor import LABELS, told
from podlab.panels.editor.problems import CAUSES, PERHAPS, UNKNOWN, Problem
from podlab.panels.editor.review import Plan, Review
from podlab.panels.panel import CONNECTION
from tests.browser.stage import CONTRAST, Stage

expect = pytest.importorskip("playwright.sync_api").expect

SEED = (ROOT / "notebooks" / "manifests" / "nginx-pod.yaml").read_text(encoding="utf-8")
WRONG = SEED.replace("image:", "imagee:").replace("80", "99999")
MEANING = {
    "path": "spec.containers.image",
    "known": True,
    "type": "string",
    "required": False,
    "description": "Container image name. More info: https://kubernetes.io/docs/concepts/containers/images This field "
    "is optional to allow higher level config management to default or override container images in workload "
    "controllers like Deployments and StatefulSets.",
    "values": [],
    "fields": [],
    "command": "kubectl explain pod.spec.containers.image",
}
POD = {"name": "nginx-pod-example", "status": "Running", "ready": "1/1", "tone": "ready", "uid": "1"}


def review(language: str = "en") -> dict[str, Any]:
    """What is told of WRONG."""
    text.use(language)
    try:
        unknown = f"{UNKNOWN.format(field='imagee')} {PERHAPS.format(name='image')}"
        range_ = CAUSES["FieldValueInvalid"].format(field="spec.containers[0].ports[0].containerPort")
        port = f"{range_} (Invalid value: 99999: must be between 1 and 65535, inclusive)"
        return told(Review((Problem(10, unknown), Problem(12, port))))
    finally:
        text.use(None)


GOOD = {**told(Review(plans=(Plan("Pod", "nginx-pod-example", "created"),))), "turn": 0}


def state(written: str = WRONG, language: str = "en", **traits: Any) -> dict[str, Any]:
    named = {key: LABELS[key].format(name="nginx-pod.yaml") for key in ("text", "conflict")}
    which: Any = "ko" if language == "ko" else "en"
    return {
        "labels": {name: each.in_(which) for name, each in (CONNECTION | LABELS | named).items()},
        "document": {"text": written, "turn": 0, "by": ""},
        "file": {"state": "saved", "name": "nginx-pod.yaml"},
        "verdict": review(language),
        "meaning": MEANING,
        "pods": [POD],
        "connection": "live",
        "server_time": 1795402830000,
    } | traits


def test_yaml_is_coloured_beneath_what_is_typed(page: Any) -> None:
    written = 'kind: Pod # one\nspec:\n  - "a b"\n  - {port: 80, on: true}\n  text: |\n    key: no key\n  end: x\n'
    Stage(page, "editor", state(written))
    parts = {
        name: page.locator(f".podlab-yaml-{name}").all_inner_texts() for name in ("key", "string", "number", "comment")
    }
    assert parts["key"] == ["kind", "spec", "text", "end"]
    assert parts["string"] == ['"a b"', "    key: no key"]
    assert parts["number"] == ["80", "true"] and [each.strip() for each in parts["comment"]] == ["# one"]
    page.locator(".podlab-text").fill("a: 1\n")
    assert page.locator(".podlab-colours > div").all_inner_texts()[0].strip("\u200b") == "a: 1"
    lines = page.locator(".podlab-colours > div").count()
    assert lines == page.locator(".podlab-gutter > div").count() == 2


def test_problems_stand_at_their_lines_and_lead_there(page: Any) -> None:
    Stage(page, "editor", state())
    expect(page.locator(".podlab-marked")).to_have_text(["10", "12"])
    expect(page.locator(".podlab-text")).to_have_attribute("aria-invalid", "true")
    page.get_by_role("button", name="line 10").click()
    assert page.evaluate("document.getSelection().toString()") == "imagee: nginx:latest"
    assert page.evaluate("document.activeElement.className") == "podlab-text"


def test_what_is_typed_is_sent_once_and_answered(page: Any) -> None:
    stage = Stage(page, "editor", state())
    area = page.locator(".podlab-text")
    area.fill(SEED.replace("80", "8"))
    expect(page.locator(".podlab-verdict")).to_contain_text("Checking")
    expect(page.locator(".podlab-title")).to_have_text("nginx-pod.yaml: not saved yet")
    page.wait_for_function("window.model.sent.filter((m) => m.event === 'text').length === 1")
    sent = page.evaluate("window.model.sent.find((m) => m.event === 'text')")
    assert sent["text"] == SEED.replace("80", "8") and sent["line"] == 13
    stage.set(verdict=GOOD)
    expect(page.locator(".podlab-verdict")).to_contain_text("Checking")  # that was about an older text
    stage.set(verdict={**GOOD, "turn": sent["turn"]})
    expect(page.locator(".podlab-verdict")).to_contain_text("would be created")
    expect(page.locator("[aria-live=polite]")).to_contain_text("The API server would accept this.")
    expect(page.locator(".podlab-marked")).to_have_count(0)


def test_a_view_that_was_there_before_the_first_answer_counts_on(page: Any) -> None:
    stage = Stage(page, "editor", state(document={}, file={}, verdict=None, meaning=None, pods=[]))
    stage.set(document={"text": SEED, "turn": 0, "by": ""})
    page.locator(".podlab-text").press_sequentially("#")
    page.wait_for_function("window.model.sent.some((each) => each.event === 'text')")
    assert page.evaluate("window.model.sent.find((each) => each.event === 'text').turn") == 1


def test_a_text_from_python_comes_in_but_never_over_one_being_typed(page: Any) -> None:
    stage = Stage(page, "editor", state())
    area = page.locator(".podlab-text")
    stage.set(document={"text": "kind: Pod\n", "turn": 1, "by": ""})
    expect(area).to_have_value("kind: Pod\n")
    area.press_sequentially("a")
    stage.set(document={"text": "kind: Service\n", "turn": 2, "by": "another view"})
    assert "a" in area.input_value()


def test_enter_keeps_the_indentation_and_tab_moves_on(page: Any) -> None:
    Stage(page, "editor", state("spec:"))
    area = page.locator(".podlab-text")
    area.focus()
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    page.keyboard.type("containers:")
    page.keyboard.press("Enter")
    page.keyboard.type("- name: web")
    page.keyboard.press("Enter")
    page.keyboard.type("image: nginx")
    expect(area).to_have_value("spec:\n  containers:\n    - name: web\n      image: nginx")
    page.keyboard.press("Control+z")
    assert area.input_value() != "spec:\n  containers:\n    - name: web\n      image: nginx"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") != ""
    assert page.evaluate("document.activeElement.className") != "podlab-text"
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("document.activeElement.className") == "podlab-text"


def test_keys_stay_in_the_text_and_ctrl_s_saves(page: Any) -> None:
    stage = Stage(page, "editor", state())
    page.evaluate("document.addEventListener('keydown', (e) => { window.escaped = e.key; })")
    page.locator(".podlab-text").focus()
    page.keyboard.press("Control+s")
    page.keyboard.press("d")
    assert page.evaluate("window.escaped") is None
    assert "save" in stage.sent()


def test_the_buttons_send_what_is_written(page: Any) -> None:
    Stage(page, "editor", state())
    page.locator(".podlab-text").fill("kind: Pod\n")
    for name, event in [("Save", "save"), ("Save and apply", "apply"), ("Compare with the cluster", "diff")]:
        page.get_by_role("button", name=name, exact=True).click()
        sent = page.evaluate("(event) => window.model.sent.findLast((m) => m.event === event)", event)
        assert sent["text"] == "kind: Pod\n"
    page.evaluate("window.model.say({event: 'diff', text: '$ kubectl diff -f a.yaml\\n-old\\n+new\\n same'})")
    expect(page.locator(".podlab-added")).to_have_text("+new")
    expect(page.locator(".podlab-removed")).to_have_text("-old")
    page.get_by_role("button", name="Close").click()
    expect(page.locator(".podlab-pane")).to_be_hidden()


def test_a_press_is_acknowledged_at_once(page: Any) -> None:
    stage = Stage(page, "editor", state())
    page.get_by_role("button", name="Save and apply").click()
    assert page.locator(".podlab-said").inner_text() == "Working on it…"
    stage.set(verdict=GOOD)
    assert page.locator(".podlab-said").inner_text() == "Working on it…"
    page.evaluate("window.model.say({event: 'output', text: '$ kubectl apply -f a.yaml'})")
    expect(page.locator(".podlab-said")).to_be_empty()


def test_a_kernel_that_does_not_answer_is_said(page: Any) -> None:
    stage = Stage(page, "editor", state())
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".podlab-said")).to_contain_text("Waiting for the kernel")
    page.evaluate("window.model.say({event: 'said', text: 'Saved as nginx-pod.yaml.'})")
    expect(page.locator(".podlab-said")).to_have_text("Saved as nginx-pod.yaml.")
    assert stage.sent()[-1] == "save"


def test_a_file_that_changed_elsewhere_asks(page: Any) -> None:
    stage = Stage(page, "editor", state())
    expect(page.locator(".podlab-conflict")).to_be_hidden()
    stage.set(file={"state": "changed", "name": "nginx-pod.yaml"})
    expect(page.locator(".podlab-conflict")).to_contain_text("Which one is to stay?")
    page.get_by_role("button", name="Take the file's text").click()
    assert stage.sent()[-1] == "load"
    page.get_by_role("button", name="Save what is written here").click()
    assert page.evaluate("window.model.sent.at(-1).over") is True


def test_what_a_cluster_says_is_text(page: Any) -> None:
    nasty = "<img src=x onerror=alert(1)>"
    problem = {"line": 1, "text": nasty, "severity": "error"}
    verdict = {"turn": 0, "problems": [problem], "plans": [nasty], "summary": nasty}
    Stage(page, "editor", state(nasty, verdict=verdict, meaning={**MEANING, "description": nasty}))
    expect(page.locator(".podlab-verdict")).to_contain_text("<img")
    page.evaluate("(text) => window.model.say({event: 'output', text})", nasty)
    assert page.locator("img").count() == 0


def test_a_view_that_goes_takes_its_last_words_along(page: Any) -> None:
    stage = Stage(page, "editor", state())
    page.locator(".podlab-text").fill("kind: Pod\n")
    page.evaluate("window.leave()")
    assert stage.sent()[-2:] == ["text", "gone"]
    assert page.evaluate("window.model.listeners()") == 0


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("width", [320, 900, 1600])
def test_nothing_is_cut_off(page: Any, shoot: Callable[..., None], theme: str, language: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    Stage(page, "editor", state(language=language), theme, language)
    page.evaluate("window.model.say({event: 'diff', text: '$ kubectl diff -f nginx-pod.yaml\\n-  app: a\\n+  app: b'})")
    expect(page.locator(".podlab-added")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert [pair for pair in page.evaluate(CONTRAST) if pair[1] < 4.5] == []
    shoot(page.locator(".podlab-panel"), f"editor-{theme}-{language}-{width}")
