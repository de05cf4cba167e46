"""Presses in a real JupyterLab whose messages are lost on their way to the kernel, or wait for a running cell."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from bench.labserver import Lab

expect = pytest.importorskip("playwright.sync_api").expect
CELL = """
import time
from IPython.display import display
from ipywidgets import HTML, VBox
from podlab import text
from podlab.panels.press.press import Press
from podlab.text import Text
text.use("en")
times = []
said = HTML("<p id='times'>0</p>")
def act(_):
    times.append(1)
    said.value = f"<p id='times'>{len(times)}</p>"
display(VBox([Press(Text(ko="누름", en="Press"), act), said]))
"""


class Leak:
    """Lets through all that a page says to its kernels, but for some presses."""

    def __init__(self, page: Any) -> None:
        self.losing = self.lost = 0
        page.route_web_socket(lambda url: "/channels" in url, self._route)

    def _route(self, socket: Any) -> None:
        server = socket.connect_to_server()

        def said(message: str | bytes) -> None:
            if self.lost < self.losing and b'"press":' in (message if isinstance(message, bytes) else message.encode()):
                self.lost += 1
            else:
                server.send(message)

        socket.on_message(said)


@pytest.fixture
def leak(lab: Callable[[str], Lab], page: Any) -> Leak:
    """A notebook with a button, on a line that can be told to lose presses."""
    made = Leak(page)
    lab("en").show(page, "press.ipynb", [CELL])
    expect(page.get_by_role("button", name="Press", exact=True)).to_be_visible(timeout=60_000)
    return made


def test_a_press_that_is_lost_twice_arrives_once(leak: Leak, page: Any) -> None:
    leak.losing = 2
    page.get_by_role("button", name="Press", exact=True).click()
    expect(page.locator("#times")).to_have_text("1", timeout=20_000)
    assert leak.lost == 2
    expect(page.locator(".podlab-press")).to_have_attribute("aria-busy", "false")
    page.get_by_role("button", name="Press", exact=True).click()
    expect(page.locator("#times")).to_have_text("2", timeout=20_000)


def test_where_all_is_lost_it_says_so_and_the_next_press_counts(leak: Leak, page: Any) -> None:
    leak.losing = 4
    page.get_by_role("button", name="Press", exact=True).click()
    expect(page.locator(".podlab-press")).to_contain_text("run this cell again", timeout=20_000)
    page.get_by_role("button", name="Press", exact=True).click()
    expect(page.locator("#times")).to_have_text("1", timeout=20_000)


def test_it_is_done_while_a_cell_is_running(lab: Callable[[str], Lab], page: Any) -> None:
    lab("en").show(
        page, "busy.ipynb", [CELL, "while not times: time.sleep(0.1)\ntime.sleep(1)\nprint('over', len(times))"]
    )
    page.get_by_role("button", name="Press", exact=True).click(timeout=60_000)
    expect(page.locator("#times")).to_have_text("1", timeout=20_000)
    expect(page.get_by_text("over 1")).to_be_visible(timeout=20_000)
