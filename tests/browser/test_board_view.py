"""The PodBoard's drawing in a real browser: rows, ages, words for screen readers, widths and themes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from podlab.apimachinery.duration import human_duration
from podlab.panels.board.board import CAPTION, LABELS
from podlab.panels.board.detail import LABELS as DETAIL_LABELS
from podlab.panels.board.detail import about, detail
from podlab.panels.panel import CONNECTION, module
from podlab.panels.row import row as row_of
from podlab.panels.simulated import NOTE
from tests.browser.stage import CONTRAST, Stage

expect = pytest.importorskip("playwright.sync_api").expect


def row(name: str = "web", **changes: Any) -> dict[str, Any]:
    base = {
        "uid": name,
        "name": name,
        "ready": "1/1",
        "status": "Running",
        "restarts": 0,
        "restarted": "",
        "tone": "ready",
    }
    return base | {"created": "2026-11-23T03:00:00Z", "ip": "10.244.0.5", "node": "n1"} | changes


def state(*rows: dict[str, Any], language: str = "en", connection: str = "live") -> dict[str, Any]:
    caption = CAPTION.format(namespace="default")
    texts = {**CONNECTION, **DETAIL_LABELS, **LABELS, "caption": caption}
    labels = {name: text.in_("ko" if language == "ko" else "en") for name, text in texts.items()}
    return {"labels": labels, "rows": list(rows), "details": {}, "connection": connection, "server_time": 1795402830000}


STARTING = row("b", ready="0/1", status="ContainerCreating", tone="waiting")
CRASHING = row(
    "c", ready="0/1", status="CrashLoopBackOff", tone="failing", restarts=3, restarted="2026-11-23T03:00:20Z"
)
LEAVING = row("d", status="Terminating", tone="leaving")
DONE = row("e", ready="0/1", status="Completed", tone="done")
ALL = [row("nginx-pod-example"), STARTING, CRASHING, LEAVING, DONE]


def test_a_row_turns_running(page: Any) -> None:
    stage = Stage(page, "board", state(STARTING))
    line = page.locator("tr[data-name=b]")
    expect(line).to_contain_text("ContainerCreating")
    expect(line.locator("svg.podlab-waiting")).to_be_visible()
    stage.set(rows=[row("b")])
    expect(line).to_contain_text("Running")
    expect(line.locator("svg.podlab-ready")).to_be_visible()
    expect(page.locator("[aria-live=polite]")).to_have_text("Pod b: Running, 1/1 ready.")


def test_rows_come_in_order_and_leave_visibly(page: Any) -> None:
    stage = Stage(page, "board", state(row("a"), row("c")))
    expect(page.locator(".podlab-tag:not(:empty)")).to_have_count(0)
    stage.set(rows=[row("a"), row("b"), row("c")])
    expect(page.locator("tr[data-name=b]")).to_contain_text("new")
    assert page.locator("tbody th").all_inner_texts() == ["a", "bnew", "c"]
    stage.set(rows=[row("b"), row("c")])
    expect(page.locator("tr[data-name=a]")).to_contain_text("Deleted")
    expect(page.locator("tr[data-name=a]")).to_have_count(0)
    assert page.locator("tbody tr").count() == 2


def test_a_pod_of_the_same_name_made_anew_is_another_row(page: Any) -> None:
    stage = Stage(page, "board", state(row("a", uid="1")))
    stage.set(rows=[row("a", uid="2")])
    assert page.locator("tr[data-name=a]").count() == 2
    expect(page.locator("tr[data-name=a]")).to_have_count(1)


def test_what_has_left_is_not_called_new(page: Any) -> None:
    stage = Stage(page, "board", state())
    stage.set(rows=[row("b")])
    expect(page.locator("tr[data-name=b] .podlab-tag")).to_have_text("new")
    stage.set(rows=[])
    expect(page.locator("tr[data-name=b]")).to_contain_text("Deleted")
    expect(page.locator("tr[data-name=b] .podlab-tag")).to_have_text("")


def test_a_pod_that_only_comes_into_sight_is_not_called_new(page: Any) -> None:
    stage = Stage(page, "board", state())
    stage.set(rows=[row("old", created="2026-11-23T02:50:00Z"), row("young")])
    expect(page.locator("tr[data-name=young]")).to_contain_text("new")
    expect(page.locator("tr[data-name=old] .podlab-tag")).to_have_text("")


def test_a_kernel_that_is_gone_is_said_and_ages_stand_still(page: Any) -> None:
    Stage(page, "board", state(row("a")))
    page.evaluate(
        """() => { window.model.send = () => { throw new Error('Cannot send'); };
                   window.model.fire('comm_live_update'); }"""
    )
    expect(page.locator(".podlab-connection")).to_have_text("Disconnected: run this cell again")
    expect(page.locator("[aria-live=polite]")).to_have_text("Disconnected: run this cell again")
    before = page.locator(".podlab-age").inner_text()
    page.wait_for_timeout(1500)
    assert page.locator(".podlab-age").inner_text() == before


def test_the_empty_board_says_so_and_a_connecting_one_does_not(page: Any) -> None:
    stage = Stage(page, "board", state(connection="connecting"))
    expect(page.get_by_text("There are no Pods right now.")).to_be_hidden()
    expect(page.get_by_text("Connecting")).to_be_visible()
    stage.set(connection="live")
    expect(page.get_by_text("There are no Pods right now.")).to_be_visible()


def test_ages_tick_by_the_servers_clock(page: Any) -> None:
    Stage(page, "board", state(row("a")))
    cell = page.locator("tr[data-name=a] .podlab-age")
    assert cell.inner_text() in ("30s", "31s")
    expect(cell).to_have_text("32s")


def test_a_reading_of_the_clock_that_comes_late_does_not_put_it_back(page: Any) -> None:
    now = state()["server_time"]
    stage = Stage(page, "board", state(row("a")))
    stage.set(server_time=now - 5000)
    cell = page.locator("tr[data-name=a] .podlab-age")
    expect(cell).to_have_text(re.compile("3[1-3]s"))
    stage.set(server_time=now - 40_000)  # that far, the clock itself was set; and nothing is younger than now
    expect(cell).to_have_text("0s")


def test_ages_are_kubectls(page: Any) -> None:
    from datetime import timedelta

    seconds = [
        0,
        59,
        119,
        120,
        121,
        599,
        600,
        10799,
        10800,
        28799,
        28800,
        172799,
        172800,
        691199,
        691200,
        63071999,
        63072000,
    ]
    Stage(page, "board", state())
    drawn = page.evaluate(
        """async ([source, all]) => {
          const url = URL.createObjectURL(new Blob([source + "\\nexport { age };"], {type: "text/javascript"}));
          return all.map((await import(url)).age);
        }""",
        [module("board/detail", "board/board"), seconds],
    )
    assert drawn == [human_duration(timedelta(seconds=s)) for s in seconds]


def test_names_are_text_not_html(page: Any) -> None:
    Stage(page, "board", state(row("<img src=x onerror=alert(1)>")))
    assert page.locator("img").count() == 0


def test_the_view_tells_the_kernel_when_it_is_seen(page: Any) -> None:
    stage = Stage(page, "board", state(row("a")))
    assert stage.sent() == ["show"]
    page.evaluate("document.querySelector('#at').style.marginTop = '5000px'")
    page.wait_for_function("window.model.sent.length == 2")
    stage.set(rows=[row("a", status="Error", tone="failing")])
    assert "Error" not in page.locator("tbody").inner_text()
    page.evaluate("document.querySelector('#at').style.marginTop = '0'")
    expect(page.locator("tbody")).to_contain_text("Error")
    page.evaluate("window.leave()")
    assert stage.sent() == ["show", "hide", "show", "gone"]
    assert page.evaluate("window.model.listeners()") == 0


def test_a_lost_connection_is_said_in_words(page: Any) -> None:
    stage = Stage(page, "board", state(row("a")))
    stage.set(connection="lost")
    expect(page.locator(".podlab-connection")).to_contain_text("Connection lost, trying again")
    expect(page.locator("[aria-live=polite]")).to_contain_text("Connection lost")


def test_address_and_node_fold_away_where_it_is_narrow(page: Any) -> None:
    Stage(page, "board", state(row("a"), row("b", ip="", node="")))
    line = page.locator("tr[data-name=a]")
    expect(line.locator(".podlab-ip")).to_have_text("10.244.0.5")
    expect(line.locator(".podlab-node")).to_have_text("n1")
    expect(page.locator("tr[data-name=b] .podlab-ip")).to_have_text("<none>")
    page.set_viewport_size({"width": 640, "height": 420})
    expect(line.locator(".podlab-ip")).to_be_hidden()


def test_a_simulated_cluster_says_what_it_leaves_out(page: Any) -> None:
    shown = state(row("a"))
    Stage(page, "board", {**shown, "labels": {**shown["labels"], "note": str(NOTE.in_("en"))}})
    expect(page.locator(".podlab-note")).to_contain_text("Simulated kubelet")


def test_a_kernel_that_cannot_be_reached_is_no_error_of_the_page(page: Any) -> None:
    Stage(page, "board", state(row("a")))
    page.evaluate("() => { window.model.send = () => { throw new Error('Cannot send'); }; }")
    page.locator(".podlab-toggle").click()
    expect(page.get_by_text("Waiting for the kernel.")).to_be_visible()
    page.evaluate("window.leave()")


def test_the_keyboard_reaches_the_table(page: Any) -> None:
    Stage(page, "board", state(row("a")))
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "podlab-scroll"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "podlab-toggle"


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("width", [320, 640, 1600])
def test_nothing_is_cut_off(page: Any, shoot: Callable[..., None], theme: str, language: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 420})
    Stage(page, "board", state(*ALL, language=language), theme, language)
    expect(page.locator("tbody tr")).to_have_count(len(ALL))
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for cell in page.locator("tbody :is(th, td):visible").all():
        box = cell.bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= width
    shoot(page.locator(".podlab-panel"), f"board-{theme}-{language}-{width}")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_contrast_is_aa(page: Any, theme: str) -> None:
    Stage(page, "board", state(*ALL), theme)
    page.wait_for_selector("tbody tr")
    ratios = page.evaluate(CONTRAST)
    assert len(ratios) > 20
    assert [pair for pair in ratios if pair[1] < 4.5] == []


def test_a_hundred_pods_are_drawn_quickly(page: Any) -> None:
    Stage(page, "board", state(*(row(f"p{n:03}") for n in range(100))))
    took = page.evaluate(
        """() => Array.from({ length: 20 }, (_, turn) => {
          const turned = (row, n) => (n % 20 === turn ? { ...row, restarts: turn + 1 } : { ...row });
          const rows = window.model.get("rows").map(turned);
          const begun = performance.now();
          window.model.set({ rows });
          document.body.offsetHeight;
          return performance.now() - begun;
        }).sort((a, b) => a - b)"""
    )
    assert took[10] < 100, took


def detail_of(name: str, pane: str = "") -> dict[str, Any]:
    """The detail of the last Pod of a recording that was not being deleted, with all its Events."""
    pod, events = last_pod(name), {event["metadata"]["uid"]: event for event in recorded(name, "events")}
    return detail(pod, about(pod, list(events.values())), pane, "", datetime(2026, 11, 23, 4, tzinfo=UTC))


def last_pod(name: str) -> dict[str, Any]:
    """The last state of a recording's Pod before it was deleted."""
    return [pod for pod in recorded(name, "pods") if not pod["metadata"].get("deletionTimestamp")][-1]


def recorded(name: str, kind: str) -> list[dict[str, Any]]:
    """The objects of a recording's watch stream."""
    stream = Path(__file__).parents[1] / "golden" / name / f"watch-{kind}.jsonl"
    return [json.loads(line)["object"] for line in stream.read_text("utf-8").splitlines()]


def opened(page: Any, language: str = "en", theme: str = "light", pane: str = "") -> Stage:
    """A board with one row opened by a click, and what Python sends for it."""
    crash = {**row_of(last_pod("crash-loop")).as_dict(), "uid": "crash"}
    given = {**state(crash, language=language), "server_time": 1795403750000}  # a minute after what was recorded
    stage = Stage(page, "board", given, theme, language)
    page.locator(".podlab-toggle").click()
    stage.set(details={"crash": detail_of("crash-loop", pane)})
    return stage


def test_a_row_opens_and_closes_by_keyboard(page: Any) -> None:
    stage = Stage(page, "board", state(row("crash")))
    toggle = page.locator(".podlab-toggle")
    toggle.focus()
    page.keyboard.press("Enter")
    expect(toggle).to_have_attribute("aria-expanded", "true")
    expect(page.get_by_text("Waiting for the kernel.")).to_be_visible()
    stage.set(details={"crash": detail_of("crash-loop")})
    expect(page.get_by_text("Waiting for the kernel.")).to_be_hidden()
    expect(page.locator(".podlab-facts")).to_contain_text("exit code")
    expect(page.locator(".podlab-facts")).to_contain_text("BackOff")
    page.keyboard.press("Enter")
    expect(page.locator(".podlab-detail")).to_have_count(0)
    assert stage.sent() == ["show", "open", "shut"]


@pytest.mark.parametrize("width", [640, 1280])
def test_an_opened_row_leaves_the_name_its_place(page: Any, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    stage = opened(page)
    wide = page.locator("thead th").first.bounding_box()["width"]
    page.locator(".podlab-toggle").click()
    assert page.locator("thead th").first.bounding_box()["width"] == wide
    page.locator(".podlab-toggle").click()
    page.set_viewport_size({"width": 700, "height": 900})
    stage.set(details={"crash": detail_of("crash-loop")})
    last = page.locator("thead th:visible").last.bounding_box()
    whole = page.locator("table").bounding_box()
    assert abs(last["x"] + last["width"] - whole["x"] - whole["width"]) < 1


def test_the_ages_of_events_go_on_and_containers_are_named(page: Any) -> None:
    opened(page)
    first = page.locator(".podlab-facts [data-time]").first
    expect(page.locator(".podlab-facts li:has([data-time]) strong").first).to_have_text("app")
    before = first.inner_text()
    page.evaluate("window.model.set({ server_time: window.model.get('server_time') + 3600000 })")
    expect(first).not_to_have_text(before)


def test_delete_asks_first(page: Any) -> None:
    stage = opened(page)
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(page.get_by_text("Really delete the Pod crash?")).to_be_visible()
    page.get_by_role("button", name="No", exact=True).click()
    assert "delete" not in stage.sent()
    page.get_by_role("button", name="Delete", exact=True).click()
    page.get_by_role("button", name="Yes, delete it").click()
    assert stage.sent()[-1] == "delete"
    page.evaluate("window.model.say({event: 'said', uid: 'crash', text: '$ kubectl delete pod crash'})")
    expect(page.locator(".podlab-said")).to_have_text("$ kubectl delete pod crash")


def test_a_pane_shows_the_kubectl_line_and_its_text(page: Any) -> None:
    stage = opened(page, pane="describe")
    expect(page.locator(".podlab-pane")).to_contain_text("$ kubectl describe pod crash")
    expect(page.get_by_role("button", name="Describe")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Describe").click()
    assert page.evaluate("window.model.sent.at(-1).pane") == ""
    page.get_by_role("button", name="Logs of container").click()
    assert page.evaluate("window.model.sent.at(-1).pane").startswith("logs:")
    stage.set(details={"crash": detail_of("crash-loop")})
    expect(page.locator(".podlab-pane")).to_be_hidden()


def test_focus_stays_when_the_detail_changes(page: Any) -> None:
    stage = opened(page)
    logs = page.get_by_role("button", name="Logs of container")
    logs.focus()
    stage.set(details={"crash": {**detail_of("crash-loop"), "ip": "10.0.0.1"}})
    expect(logs).to_be_focused()


def test_what_a_cluster_says_is_text_in_the_detail_too(page: Any) -> None:
    stage = opened(page)
    nasty = detail_of("crash-loop", "yaml")
    nasty["text"] = nasty["events"][0]["message"] = nasty["containers"][0]["message"] = "<img src=x onerror=alert(1)>"
    stage.set(details={"crash": nasty})
    expect(page.locator(".podlab-pane")).to_contain_text("<img")
    assert page.locator("img").count() == 0


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("width", [320, 900])
def test_an_opened_row_fits(page: Any, shoot: Callable[..., None], theme: str, language: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    opened(page, language, theme, "describe")
    expect(page.locator(".podlab-pane")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert [pair for pair in page.evaluate(CONTRAST) if pair[1] < 4.5] == []
    shoot(page, f"detail-{theme}-{language}-{width}")
