"""The site in Debian's Firefox: a lesson with its stored outputs, and a browser without stack switching."""

from __future__ import annotations

import json
import shutil
from typing import Any

import pytest

from podlab import workbook
from tests.browser import tab
from tests.browser.bidi import NOTEBOOK, Firefox, firefox
from tests.browser.tab import Site
from tests.browser.test_site import compared

NO_SWITCHING = 'user_pref("javascript.options.wasm_js_promise_integration", false);'
START = 'from podlab import start\nkubectl = start("02", language="en")\n'
READY = """from podlab import start
kubectl = start("02", language="en")
kubectl.run("web", image="nginx:1.27")
print(kubectl.wait("pod/web", for_="condition=Ready", timeout="60s"))
"""


@pytest.fixture(scope="module")
def path() -> str:
    found = shutil.which("firefox-esr")
    if found is None:
        pytest.skip("no Firefox is installed (Debian: apt install firefox-esr)")
    return found


def opened(running: Firefox, site: Site, lesson: str) -> None:
    running.goto(f"{site.url}/lab/index.html?path={lesson}.ipynb")
    running.call(NOTEBOOK % tab.CONNECTED)


@pytest.mark.timeout(900)
def test_a_lesson_says_what_its_stored_outputs_say(site: Site, path: str) -> None:
    with firefox(path) as running:
        opened(running, site, "en/02-create")
        ran = json.loads(running.call(f"async () => JSON.stringify(await ({tab.RUN})())"))["cells"]
    stored: list[dict[str, Any]] = json.loads(
        (workbook.source() / "en" / "02-create.ipynb").read_text(encoding="utf-8")
    )["cells"]
    found = compared(ran, stored)
    assert len(found) > 20
    assert [(source, got, wanted) for source, got, wanted in found if got != wanted] == []


@pytest.mark.timeout(900)
def test_without_stack_switching_a_pod_gets_ready_and_doctor_says_what_is_missing(site: Site, path: str) -> None:
    with firefox(path, [NO_SWITCHING]) as running:
        opened(running, site, "en/02-create")
        assert "pod/web condition met" in running.call(tab.RUN_ONE, READY)
        assert "this browser has no stack switching (JSPI)" in running.call(tab.RUN_ONE, "!podlab doctor")
