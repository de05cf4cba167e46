"""The site in Debian's Firefox and WebKitGTK: the first lessons with their stored outputs."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Iterator

import pytest

from podlab.lessons.lesson import LESSONS
from tests.browser import tab
from tests.browser.bidi import NOTEBOOK, Firefox, firefox
from tests.browser.tab import Site
from tests.browser.test_site import SKIPPING, hold
from tests.browser.webkit import PROGRAMS, WebKit, webkit

NO_SWITCHING = 'user_pref("javascript.options.wasm_js_promise_integration", false);'
READY = """from podlab import start
kubectl = start("02", language="en")
kubectl.run("web", image="nginx:1.27")
print(kubectl.wait("pod/web", for_="condition=Ready", timeout="60s"))
"""


@pytest.fixture
def path() -> str:
    found = shutil.which("firefox-esr")
    if found is None:
        pytest.skip("no Firefox is installed (Debian: apt install firefox-esr)")
    return found


@pytest.fixture(params=["firefox", "webkit"])
def engine(request: pytest.FixtureRequest) -> Iterator[Firefox | WebKit]:
    """A browser that has never been anywhere. WebKit has no stack switching."""
    if request.param == "firefox":
        with firefox(request.getfixturevalue("path")) as running:
            yield running
        return
    if not all(map(shutil.which, PROGRAMS)):
        pytest.skip("no WebKit is installed (Debian: apt install webkit2gtk-driver xvfb)")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    with webkit(port) as other:
        yield other


def opened(running: Firefox | WebKit, site: Site, notebook: str) -> None:
    running.goto(f"{site.url}/lab/index.html?path={notebook}.ipynb")
    running.call(NOTEBOOK % tab.CONNECTED)


@pytest.mark.timeout(900)
@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_first_lessons_say_what_their_stored_outputs_say(
    site: Site, engine: Firefox | WebKit, language: str
) -> None:
    opened(engine, site, f"{language}/{LESSONS[0].slug}")
    assert engine.call(tab.SILENTLY, SKIPPING) == "ok"
    kernel = engine.call(f"async () => {tab.KERNEL}")
    for lesson in LESSONS[:6]:
        engine.call(tab.OPEN, [f"{language}/{lesson.slug}.ipynb", kernel])
        engine.call(tab.CONNECTED)
        hold(engine.call(tab.RUN)["cells"], language, lesson.slug)


@pytest.mark.timeout(900)
def test_without_stack_switching_a_pod_gets_ready_and_doctor_says_what_is_missing(site: Site, path: str) -> None:
    with firefox(path, [NO_SWITCHING]) as running:
        opened(running, site, "en/02-create")
        assert "pod/web condition met" in running.call(tab.RUN_ONE, READY)
        assert "this browser has no stack switching (JSPI)" in running.call(tab.RUN_ONE, "!podlab doctor")
