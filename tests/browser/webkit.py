"""Debian's WebKitGTK, driven by WebDriver, on a display that nobody sees."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import urllib3

BROWSER = "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser"
PROGRAMS = ("WebKitWebDriver", "Xvfb", BROWSER)
PATIENCE = 300
"""Seconds that a page may take."""
PLAIN = {"WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1", "WEBKIT_DISABLE_DMABUF_RENDERER": "1"}
"""What it needs where it is root and has no graphics card."""
WAITED = "const done = arguments[arguments.length - 1]; (%s)(...%s).then(done, (error) => done(`failed: ${error}`));"


@dataclass(frozen=True, slots=True)
class WebKit:
    """One tab of a WebKit that has never been anywhere."""

    session: str

    def goto(self, url: str) -> None:
        """Open a page and wait until it is loaded."""
        said(f"{self.session}/url", url=url)

    def call(self, function: str, *arguments: object) -> Any:
        """What an asynchronous JavaScript function returns."""
        return said(f"{self.session}/execute/async", script=WAITED % (function, json.dumps(arguments)), args=[])


def said(address: str, /, **params: object) -> Any:
    """Send a command; its result."""
    answer = urllib3.request(
        "POST", address, json=params, timeout=PATIENCE, retries=urllib3.Retry(connect=20, backoff_factor=0.1)
    )
    assert answer.status == 200, answer.data
    return answer.json()["value"]


@contextlib.contextmanager
def webkit(port: int) -> Iterator[WebKit]:
    """A WebKit until the end of the block; the port is free."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home, contextlib.ExitStack() as running:
        begun = subprocess.Popen(["Xvfb", "-displayfd", "1"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        running.callback(begun.terminate)
        assert begun.stdout
        shown = {"DISPLAY": f":{begun.stdout.readline().decode().strip()}", "HOME": home}
        command = ["WebKitWebDriver", f"--port={port}"]
        driver = subprocess.Popen(command, env=os.environ | PLAIN | shown, stderr=subprocess.DEVNULL)
        running.callback(driver.terminate)
        options = {"binary": BROWSER, "args": ["--automation"]}
        asked = {"alwaysMatch": {"browserName": "MiniBrowser", "webkitgtk:browserOptions": options}}
        at = f"http://127.0.0.1:{port}/session"
        made = WebKit(f"{at}/{said(at, capabilities=asked)['sessionId']}")
        running.callback(urllib3.request, "DELETE", made.session)
        said(f"{made.session}/timeouts", script=1000 * PATIENCE, pageLoad=1000 * PATIENCE)
        yield made
