"""Chromium as a learner has it, for measuring: nothing watches its network, whose answers its renderer would keep all.

Playwright has it do so: of the site's files, in base64, that is 60 MiB and more in the very process that is measured.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import psutil
from websockets.sync.client import ClientConnection, connect

LISTENING = "DevTools listening on "
MIB = 2**20


@dataclass(frozen=True, slots=True)
class Chromium:
    """One tab of a Chromium that has never been anywhere."""

    process: psutil.Process
    socket: ClientConnection
    session: str
    numbers: Iterator[int] = field(default_factory=lambda: count(10))

    def goto(self, url: str) -> None:
        """Open a page; it may not be there yet."""
        self.ask("Page.navigate", url=url)

    def call(self, function: str, *arguments: object) -> Any:
        """What a JavaScript function returns, as JSON has it."""
        given = ", ".join(map(json.dumps, arguments))
        asked: dict[str, Any] = {"expression": f"({function})({given})", "awaitPromise": True, "returnByValue": True}
        found = self.ask("Runtime.evaluate", **asked)
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    def ask(self, method: str, **params: object) -> dict[str, Any]:
        """Give the tab a command."""
        return said(self.socket, next(self.numbers), method, self.session, **params)

    def settle(self) -> None:
        """Have garbage collected, and what that frees given back."""
        for _ in range(2):
            self.ask("HeapProfiler.collectGarbage")
            time.sleep(1)

    def memory(self) -> int:
        """MiB of the process that has the page and its workers; of what several processes share, its part."""
        found = [each.memory_full_info().pss for each in self.process.children(recursive=True) if _is_renderer(each)]
        return int(max(found)) // MIB


def _is_renderer(process: psutil.Process) -> bool:
    with contextlib.suppress(psutil.Error):
        return "--type=renderer" in process.cmdline()
    return False


def said(socket: ClientConnection, number: int, method: str, session: str = "", **params: object) -> dict[str, Any]:
    """Send a command; its result."""
    whose = {"sessionId": session} if session else {}
    socket.send(json.dumps({"id": number, "method": method, "params": params, **whose}))
    while True:
        answer = json.loads(socket.recv(600))
        if answer.get("id") == number:
            assert "result" in answer, answer
            result: dict[str, Any] = answer["result"]
            return result


@contextlib.contextmanager
def chromium(path: str, flags: Sequence[str]) -> Iterator[Chromium]:
    """A Chromium without a window, until the end of the block."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        command = [path, "--headless", f"--user-data-dir={profile}", "--remote-debugging-port=0", *flags]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, encoding="utf-8") as process:
            try:
                assert process.stderr
                address = next(line.partition(LISTENING)[2].strip() for line in process.stderr if LISTENING in line)
                threading.Thread(target=process.stderr.read, daemon=True).start()  # or it would fill up
                with connect(address, max_size=None, open_timeout=60) as socket:
                    made = said(
                        socket, 1, "Target.createTarget", url="about:blank", newWindow=True, width=1280, height=900
                    )
                    asked = {"targetId": made["targetId"], "flatten": True}
                    session = said(socket, 2, "Target.attachToTarget", **asked)["sessionId"]
                    yield Chromium(psutil.Process(process.pid), socket, session)
            finally:
                process.terminate()
