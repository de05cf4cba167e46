"""Every fault of lesson 09 found and repaired in a real JupyterLab: by mouse, by keys, wide, narrow, light, dark."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bench.labserver import NOTEBOOK, Lab
from podlab.client import Client
from podlab.clusters import Cluster
from podlab.commands import clock
from podlab.kubectl import Kubectl
from podlab.lessons.faults import bench
from podlab.lessons.faults.fault import Fault
from podlab.lessons.faults.table import DRAWN, FAULTS
from tests.browser.axe import THEME, violations

expect = pytest.importorskip("playwright.sync_api").expect

BEGIN = 'from podlab import FindFault, check, start\nkubectl = start("09", language="{language}")'
CHECK, HINT, PASSED = {"ko": "확인", "en": "Check"}, {"ko": "힌트", "en": "Hint"}, {"ko": "통과", "en": "Passed"}
FIRST = {"ko": "1/3", "en": "1 of 3"}
ORDER = (*DRAWN, *(each for each in FAULTS if each.taint))  # what closes the nodes comes last
MARK = """(panel) => {
  document.querySelectorAll("[data-looked-at]").forEach((before) => before.removeAttribute("data-looked-at"));
  panel.setAttribute("data-looked-at", "");
}"""
SPEED = 8  # back-offs and grace periods end sooner
LOOKS = {
    "light": ("ko", "JupyterLab Light", 1280, ORDER[::2]),
    "dark": ("en", "JupyterLab Dark", 400, ORDER[1::2]),
}


@pytest.fixture
def kubectl(cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Kubectl]:
    """kubectl in a folder of its own; every fault is gone afterwards."""
    monkeypatch.chdir(tmp_path)
    found = Kubectl(Client(cluster.kubeconfig, context=cluster.context, namespace=cluster.namespace))
    clock.change(cluster, clock.Action.RESUME, speed=SPEED)
    yield found
    bench.clear_faults(found)
    clock.change(cluster, clock.Action.RESUME, speed=1)


class Desk:
    """A notebook in which each cell is written and run by the keyboard."""

    def __init__(self, lab: Lab, page: Any, language: str, theme: str, width: int) -> None:
        self.page, self.language = page, language
        lab.show(page, f"faults-{language}.ipynb", [BEGIN.format(language=language)])
        expect(page.locator(".podlab-head")).to_be_visible(timeout=60_000)
        page.keyboard.press("Control+b")  # the list of files
        page.evaluate(THEME, theme)
        expect(page.locator("body")).to_have_attribute("data-jp-theme-light", str("Light" in theme).lower())
        page.set_viewport_size({"width": width, "height": 900})

    def run(self, source: str) -> Any:
        """Write a new cell below the last one and run it; what it shows."""
        cells = self.page.locator(f"{NOTEBOOK} .jp-CodeCell")
        count = cells.count()
        self.page.evaluate("() => window.jupyterapp.shell.currentWidget.content.activate()")
        for key in ("Escape", "Control+End", "b", "Enter"):
            self.page.keyboard.press(key)
        expect(cells).to_have_count(count + 1)
        self.page.keyboard.insert_text(source)
        self.page.keyboard.press("Control+Enter")
        # by the number that it gets when it has run: the last cell in the page may be another, kept out of sight
        ran = cells.filter(has=self.page.locator(".jp-InputPrompt", has_text=f"[{count + 1}]:"))
        return ran.locator(".jp-OutputArea").first

    def press(self, button: Any, key: str = "Enter", by: str = "Tab") -> None:
        """Go to it by the Tab key, and press a key."""
        for _ in range(40):
            if button.evaluate("each => each === document.activeElement"):
                break
            self.page.keyboard.press(by)
        assert button.evaluate("each => each === document.activeElement"), "no way there by the Tab key"
        self.page.keyboard.press(key)


class Mouse:
    """Answers and presses by clicks; the wrong answer first."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def answer(self, radios: Any, right: int) -> None:
        radios.nth(right - 1).click()
        expect(said(radios.page, "✘")).to_be_visible()
        radios.nth(right).click()

    def press(self, button: Any, back: bool = False) -> None:
        button.click()


class Keys:
    """Answers and presses by keys alone, from the cell that was run."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def answer(self, radios: Any, right: int) -> None:
        self.desk.press(radios.first, "Space")
        for n in range(right):
            expect(radios.nth(n)).to_be_checked()
            self.desk.page.keyboard.press("ArrowDown")

    def press(self, button: Any, back: bool = False) -> None:
        self.desk.press(button, by="Shift+Tab" if back else "Tab")


def said(where: Any, words: str) -> Any:
    """What was announced with these words."""
    return where.get_by_role("status").filter(has_text=words).first


def pressed(press: Callable[[], None], where: Any, words: str) -> None:
    """Press once, and wait until these words are announced."""
    press()
    expect(said(where, words)).to_be_visible(timeout=30_000)


def bring_all(kubectl: Kubectl, faults: tuple[Fault, ...]) -> None:
    """Break all Pods at once; their symptoms come while the page is opened."""
    for each in faults:
        if not each.taint:
            Path(each.file).write_text(each.manifest, encoding="utf-8")
            kubectl.apply(each.file)
    for each in faults:
        if each.deleted:
            kubectl.wait(f"pod/{each.key}", for_="condition=Ready", timeout=bench.LIMIT)
            kubectl.delete("pod", each.key, wait=False)


def find_and_repair(desk: Desk, fault: Fault, hand: Mouse | Keys, shoot: Callable[..., None]) -> None:
    """One fault from its panel to the passed check."""
    desk.run(f'FindFault(kubectl, "09-{fault.key}")')
    named = desk.page.locator("b", has_text=re.compile(f"^{fault.key}$"))
    panel = desk.page.locator(".podlab-words", has=named).first
    radios, button = panel.locator("input[type=radio]"), panel.locator("button", has_text=CHECK[desk.language]).first
    expect(radios).to_have_count(len(fault.guesses), timeout=60_000)
    assert panel.locator(".podlab-explain").count() == 0
    hand.answer(radios, next(n for n, each in enumerate(fault.guesses) if each.right))
    expect(said(panel, "✔")).to_be_visible()
    expect(panel.locator(".podlab-explain [data-finding]")).to_be_attached(timeout=30_000)
    pressed(lambda: hand.press(button), panel, "✘")
    hint = panel.locator("button", has_text=HINT[desk.language]).first
    pressed(lambda: hand.press(hint), panel, FIRST[desk.language])
    shoot(panel, f"fault-{fault.key}-{desk.language}")
    assert panel.evaluate("box => box.scrollWidth <= box.clientWidth + 1")
    panel.evaluate(MARK)
    assert violations(desk.page, "[data-looked-at]") == []
    repaired = desk.run(fault.steps)
    expect(said(repaired, PASSED[desk.language])).to_be_visible(timeout=60_000)
    pressed(lambda: hand.press(button, back=True), panel, PASSED[desk.language])


@pytest.mark.parametrize("look", sorted(LOOKS))
def test_faults_by_mouse_and_by_keyboard(
    lab: Callable[[str], Lab], page: Any, shoot: Callable[..., None], kubectl: Kubectl, look: str
) -> None:
    language, theme, width, faults = LOOKS[look]
    bring_all(kubectl, faults)
    desk = Desk(lab(language), page, language, theme, width)
    for n, fault in enumerate(faults):
        find_and_repair(desk, fault, (Mouse, Keys)[n % 2](desk), shoot)
    shoot(page, f"fault-page-{language}")
