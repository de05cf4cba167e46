"""A real Chromium for every test here: one browser per session, one page per test, screenshots in build/screenshots."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bench import labserver
from bench.labserver import Lab
from podlab.clusters import Cluster
from podlab.errors import PodlabError
from tests.browser import tab
from tests.browser.tab import Site

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install playwright")

SCREENSHOTS = Path(__file__).parents[2] / "build" / "screenshots"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # a service worker's requests pass by what playwright can see
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]
NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = f"{Path(__file__).parent}{os.sep}"
    for item in items:
        if str(item.path).startswith(here):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """The system's Chromium, without a window."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        pytest.skip("no Chromium is installed (Debian: apt install chromium fonts-nanum)")
    with playwright.sync_playwright() as running:
        chromium = running.chromium.launch(executable_path=path, args=FLAGS)
        yield chromium
        chromium.close()


JUPYTER = re.compile(r"/(static|extensions)/")
"""A stack that stands in JupyterLab's own scripts; what one of ours calls has `blob:` in its stack, too."""
KNOWN = re.compile(r"Canceled future for |Kernel connection is disposed|Disposed|The kernel .* is dead")
"""What JupyterLab rejects, without any stack, when its kernel is restarted or its page is left."""


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """An empty page of 1280 × 900; an error fails the test, unless it is known to be JupyterLab's own."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-US")
    opened = context.new_page()
    troubles: list[str] = []
    opened.on("pageerror", lambda error: troubles.append(_told(error)) if _is_ours(error) else None)
    opened.on("console", lambda line: troubles.append(line.text) if _is_our_complaint(line) else None)
    yield opened
    context.close()
    assert not troubles, troubles


def _told(error: Any) -> str:
    return f"{error}\n{getattr(error, 'stack', '')}"


def _is_ours(error: Any) -> bool:
    stack = str(getattr(error, "stack", "") or "")
    print(f"page error: {_told(error)[:500]}")
    if "blob:" in stack:  # a panel's module has such an address
        return True
    return not (JUPYTER.search(stack) or KNOWN.search(str(error)))


def _is_our_complaint(line: Any) -> bool:
    return line.type == "error" and str(line.location.get("url", "")).startswith("blob:")


@pytest.fixture(scope="session")
def shoot() -> Callable[[Any, str], None]:
    """Keeps a picture of a page or an element under a name."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)

    def take(what: Any, name: str) -> None:
        what.screenshot(path=str(SCREENSHOTS / f"{name}.png"))

    return take


@pytest.fixture(scope="session")
def lab(
    cluster: Cluster, podlab_home: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], Lab]]:
    """Gives JupyterLab in a language, started by `podlab lab`, once a session."""
    with contextlib.ExitStack() as running:
        labs: dict[str, Lab] = {}

        def start(language: str) -> Lab:
            if language not in labs:
                folder = tmp_path_factory.mktemp(f"lessons-{language}")
                where = f"{cluster.kind}:{cluster.name}"
                labs[language] = running.enter_context(labserver.running(folder, language, where, podlab_home))
            return labs[language]

        yield start


@pytest.fixture(scope="session")
def site_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site: PODLAB_SITE names a folder that has it, else it is built now, which must not fail where CI is set."""
    from podlab.site import build

    if there := os.environ.get("PODLAB_SITE"):
        return Path(there)
    folder = tmp_path_factory.mktemp("site") / "out"
    try:
        build.build(folder, print)
    except PodlabError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"the site cannot be built here: {error}")
    return folder


@pytest.fixture(scope="session")
def site(site_folder: Path) -> Iterator[Site]:
    """The site, served."""
    with tab.served(site_folder) as running:
        yield running
