"""What a tab takes of the machine after all lessons, and after hundreds of applies: ten minutes, `make test-memory`."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from podlab.lessons.lesson import LESSONS
from tests.browser import tab
from tests.browser.bidi import NOTEBOOK
from tests.browser.cdp import Chromium, chromium
from tests.browser.conftest import FLAGS, NAMES
from tests.browser.test_site import SKIPPING

pytestmark = [pytest.mark.memory, pytest.mark.timeout(1500)]
LARGEST = 620
"""MiB after all lessons, each in a notebook that stays open, when garbage is collected."""
GROWTH = 40
"""MiB that five hundred applies and deletes may add after the first hundred: their Events stay for an hour."""
APPLIES = """from pathlib import Path
from podlab import start
from podlab.lessons.lesson import MANIFEST, manifest
Path(MANIFEST).write_text(manifest(MANIFEST), encoding="utf-8")
kubectl = start("02", language="en")
for _ in range({times}):
    assert "created" in str(kubectl.apply(filename=MANIFEST))
    assert "deleted" in str(kubectl.delete("pod", "nginx-pod-example"))
"""


@pytest.fixture
def opened(site_folder: Path) -> Iterator[Chromium]:
    """The page of lesson 00, with a cluster whose time skips to what is due next."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        pytest.skip("no Chromium is installed (Debian: apt install chromium)")
    with tab.served(site_folder) as site, chromium(path, FLAGS) as running:
        running.goto(f"{site.url}/lab/index.html?path=en/02-create.ipynb")
        running.call(NOTEBOOK % tab.CONNECTED)
        silently(running, SKIPPING)
        yield running


def silently(running: Chromium, code: str) -> None:
    assert running.call(tab.SILENTLY, code) == "ok"


def test_all_lessons_in_one_tab_take_what_is_stated(opened: Chromium) -> None:
    kernel = opened.call(f"() => {tab.KERNEL}")
    for lesson in LESSONS:
        opened.call(tab.OPEN, [f"en/{lesson.slug}.ipynb", kernel])
        opened.call(tab.CONNECTED)
        ran = opened.call(tab.RUN)["cells"]
        assert any(cell.get("outputs") for cell in ran)
    taken = opened.settle()
    print(f"after all lessons: {taken} MiB")
    assert 200 < taken <= LARGEST


def test_hundreds_of_applies_and_deletes_leave_little(opened: Chromium) -> None:
    silently(opened, APPLIES.format(times=100))
    before = opened.settle()
    silently(opened, APPLIES.format(times=500))
    after = opened.settle()
    print(f"after 100 applies: {before} MiB, after 600: {after} MiB")
    assert after - before <= GROWTH
