"""axe-core finds nothing wrong with a panel, in either theme."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser import (
    test_anatomy_view,
    test_board_view,
    test_controllers_view,
    test_editor_view,
    test_explain_view,
    test_timeline_view,
)
from tests.browser.axe import AXE
from tests.browser.stage import Stage

PANELS = {
    "board": test_board_view.state(*test_board_view.ALL),
    "editor": test_editor_view.state(file={"state": "changed", "name": "nginx-pod.yaml"}),
    "anatomy": test_anatomy_view.state(test_anatomy_view.recorded("two-containers")),
    "controllers": test_controllers_view.state(test_controllers_view.everything()),
    "timeline": test_timeline_view.state(),
    "explain": test_explain_view.state(test_explain_view.finding("crash-loop", "crash")),
}


OPENED = {**PANELS["board"], "details": {"c": test_board_view.detail_of("crash-loop", "yaml")}}


@pytest.mark.skipif(
    not AXE.exists(), reason="no axe-core here: `python tools/npm.py axe-core` installs it where there is npm"
)
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("panel", [*sorted(PANELS), "opened"])
def test_axe_finds_no_violations(page: Any, panel: str, theme: str) -> None:
    if panel == "opened":
        Stage(page, "board", OPENED, theme)
        page.wait_for_selector(".podlab-pane")
    else:
        Stage(page, panel, PANELS[panel], theme)
    page.wait_for_selector(".podlab-icon")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document.querySelector('#at'))")
    assert [(v["id"], [n["html"] for n in v["nodes"]]) for v in found["violations"]] == []
    assert len(found["passes"]) > 5


GONE = {"pod": None, "last": {"pod": PANELS["anatomy"]["pod"], "at": 1795402830000}}


@pytest.mark.skipif(not AXE.exists(), reason="no axe-core here: `python tools/npm.py axe-core` installs it")
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("panel", [*sorted(PANELS), "gone"])
def test_what_is_greyed_can_still_be_read(page: Any, panel: str, theme: str) -> None:
    """A panel whose kernel is gone, and the last picture of a Pod that is."""
    if panel == "gone":
        Stage(page, "anatomy", {**PANELS["anatomy"], **GONE}, theme)
        page.wait_for_selector(".podlab-past")
    else:
        Stage(page, panel, PANELS[panel], theme)
        page.evaluate("document.querySelector('.podlab-panel').classList.add('podlab-severed')")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document.querySelector('#at'), { runOnly: ['color-contrast'] })")
    assert [[n["html"], n["failureSummary"]] for v in found["violations"] for n in v["nodes"]] == []
    assert found["passes"]


@pytest.mark.skipif(not AXE.exists(), reason="no axe-core here: `python tools/npm.py axe-core` installs it")
@pytest.mark.parametrize("panel", sorted(PANELS))
def test_two_of_a_kind_may_stand_on_one_page(page: Any, panel: str) -> None:
    """A lesson shows some panels twice: landmarks of one name would be hard to tell apart."""
    Stage(page, panel, PANELS[panel])
    page.wait_for_selector(".podlab-icon")
    page.evaluate("document.querySelector('main').append(document.querySelector('.podlab-panel').cloneNode(true))")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run({ runOnly: ['landmark-unique'] })")
    assert [v["id"] for v in found["violations"]] == []
    assert page.locator(".podlab-panel").count() == 2
