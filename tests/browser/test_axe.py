"""axe-core finds nothing wrong with a panel, in either theme."""

from __future__ import annotations

from pathlib import Path
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
from tests.browser.stage import Stage

AXE = Path(__file__).parents[2] / "build" / "npm" / "node_modules" / "axe-core" / "axe.min.js"
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
