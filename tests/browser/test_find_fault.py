"""Faults solved in a real JupyterLab, by mouse and by keyboard, in both themes and on a narrow page."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bench.labserver import Lab
from podlab.client import Client
from podlab.clusters import Cluster
from podlab.kubectl import Kubectl
from podlab.lessons.faults import bench
from podlab.lessons.faults.table import fault
from tests.browser.test_axe import AXE

expect = pytest.importorskip("playwright.sync_api").expect

CELLS = [
    "from podlab import FindFault, start\nkubectl = start(language={language!r})",
    'FindFault(kubectl, "09-courier")',
]
PANEL = ".jp-OutputArea-output .widget-vbox"


@pytest.fixture
def kubectl(cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Kubectl]:
    """kubectl in a folder of its own; every fault is gone afterwards."""
    monkeypatch.chdir(tmp_path)
    found = Kubectl(Client(cluster.kubeconfig, context=cluster.context, namespace=cluster.namespace))
    yield found
    bench.clear_faults(found)


def repair(kubectl: Kubectl) -> None:
    """What a learner does in the file and in a cell."""
    each = fault("courier")
    Path(each.file).write_text(each.solution, encoding="utf-8")
    kubectl.replace(each.file, force=True)
    kubectl.wait("pod/courier", for_="condition=Ready", timeout="60s")


@pytest.mark.parametrize("language", ["ko", "en"])
def test_by_mouse(
    lab: Callable[[str], Lab], page: Any, shoot: Callable[..., None], kubectl: Kubectl, language: str
) -> None:
    lab(language).show(page, f"fault-{language}.ipynb", (each.format(language=language) for each in CELLS))
    panel = page.locator(PANEL).first
    expect(panel.locator("input[type=radio]")).to_have_count(3, timeout=60_000)
    assert panel.locator(".podlab-explain").count() == 0
    panel.locator("input[type=radio]").nth(2).click()
    expect(panel.get_by_role("status").filter(has_text="✘")).to_be_visible()
    expect(panel.locator(".podlab-explain [data-finding=no-matching-node]")).to_be_attached(timeout=30_000)
    panel.locator("button", has_text="확인" if language == "ko" else "Check").click()
    expect(panel.get_by_role("status").filter(has_text="linus").first).to_be_visible()
    panel.locator("button", has_text="힌트" if language == "ko" else "Hint").click()
    expect(panel.get_by_role("status").filter(has_text="FailedScheduling").last).to_be_visible()
    shoot(panel, f"fault-{language}")
    page.keyboard.press("Control+b")  # the list of files
    page.set_viewport_size({"width": 400, "height": 900})
    shoot(page, f"fault-{language}-400")
    assert panel.evaluate("box => box.scrollWidth <= box.clientWidth + 1")
    page.set_viewport_size({"width": 1280, "height": 900})
    repair(kubectl)
    panel.locator("button", has_text="확인" if language == "ko" else "Check").click()
    expect(panel.get_by_role("status").filter(has_text="통과" if language == "ko" else "Passed")).to_be_visible()


def test_by_keyboard(lab: Callable[[str], Lab], page: Any, kubectl: Kubectl, shoot: Callable[..., None]) -> None:
    lab("en").show(page, "fault-keys.ipynb", (each.format(language="en") for each in CELLS))
    panel = page.locator(PANEL).first
    expect(panel.locator("input[type=radio]")).to_have_count(3, timeout=60_000)
    panel.locator("input[type=radio]").first.focus()
    page.keyboard.press("Space")
    expect(panel.get_by_role("status").filter(has_text="✔")).to_be_visible()
    expect(panel.locator(".podlab-explain")).to_have_count(1)
    repair(kubectl)
    button = panel.locator("button", has_text="Check")
    for _ in range(12):
        page.keyboard.press("Tab")
        if button.evaluate("each => each === document.activeElement"):
            break
    page.keyboard.press("Enter")
    expect(panel.get_by_role("status").filter(has_text="Passed")).to_be_visible()


@pytest.mark.skipif(not AXE.exists(), reason="no axe-core here: `python tools/npm.py axe-core` installs it")
@pytest.mark.usefixtures("kubectl")
@pytest.mark.parametrize("theme", ["Light", "Dark"])
def test_axe_finds_no_violations(
    lab: Callable[[str], Lab], page: Any, shoot: Callable[..., None], podlab_home: Path, theme: str
) -> None:
    settings = podlab_home / "settings" / "@jupyterlab" / "apputils-extension" / "themes.jupyterlab-settings"
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_text(json.dumps({"theme": f"JupyterLab {theme}"}), encoding="utf-8")
    lab("en").show(page, "fault-axe.ipynb", (each.format(language="en") for each in CELLS))
    panel = page.locator(PANEL).first
    expect(panel.locator("input[type=radio]")).to_have_count(3, timeout=60_000)
    expect(page.locator("body")).to_have_attribute("data-jp-theme-light", str(theme == "Light").lower())
    panel.locator("input[type=radio]").first.click()
    expect(panel.locator(".podlab-explain")).to_have_count(1)
    panel.locator("button", has_text="Check").click()
    expect(panel.get_by_role("status").filter(has_text="linus").first).to_be_visible()
    shoot(panel, f"fault-{theme.lower()}")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("panel => axe.run(panel)", panel.element_handle())
    settings.unlink()
    assert [(v["id"], [n["html"] for n in v["nodes"]]) for v in found["violations"]] == []
