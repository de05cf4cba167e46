"""The site in Debian's WebKitGTK, which has no stack switching: the first lessons with their stored outputs."""

from __future__ import annotations

import shutil
import socket

import pytest

from podlab.lessons.lesson import LESSONS
from tests.browser import tab
from tests.browser.bidi import NOTEBOOK
from tests.browser.tab import Site
from tests.browser.test_site import SKIPPING, hold
from tests.browser.webkit import PROGRAMS, webkit


@pytest.fixture
def port() -> int:
    if not all(map(shutil.which, PROGRAMS)):
        pytest.skip("no WebKit is installed (Debian: apt install webkit2gtk-driver xvfb)")
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


@pytest.mark.timeout(900)
@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_first_lessons_say_what_their_stored_outputs_say(site: Site, port: int, language: str) -> None:
    with webkit(port) as running:
        running.goto(f"{site.url}/lab/index.html?path={language}/{LESSONS[0].slug}.ipynb")
        running.call(NOTEBOOK % tab.CONNECTED)
        assert running.call(tab.SILENTLY, SKIPPING) == "ok"
        kernel = running.call(f"async () => {tab.KERNEL}")
        for lesson in LESSONS[:6]:
            running.call(tab.OPEN, [f"{language}/{lesson.slug}.ipynb", kernel])
            running.call(tab.CONNECTED)
            hold(running.call(tab.RUN)["cells"], language, lesson.slug)
