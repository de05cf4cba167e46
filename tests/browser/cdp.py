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
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import psutil
from websockets.sync.client import ClientConnection, connect

LISTENING = "DevTools listening on "
MIB = 2**20
STILL = 3
"""Looks in a row that find no less: then no more is given back."""


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
        return said(self.socket, next(self.numbers), method, self.session, params)

    def settle(self) -> int:
        """Have garbage collected, in the page and its workers, until `memory()` falls no more; its least."""
        taken = [self._collected()]
        while min(taken[-STILL:]) < min(taken[:-STILL], default=taken[0] + 1):
            time.sleep(1)
            taken.append(self._collected())
        return min(taken)

    def _collected(self) -> int:
        """Each worker has a heap of its own, which the page's collection leaves alone."""
        workers: list[str] = []
        self._attach(True, lambda event: workers.append(event["params"]["sessionId"]))
        for session in (self.session, *workers):
            said(self.socket, next(self.numbers), "HeapProfiler.collectGarbage", session)
        self._attach(False)
        return self.memory()

    def _attach(self, whether: bool, heard: Callable[[dict[str, Any]], object] = lambda _: None) -> None:
        """To the workers, or from them: who is attached may keep what they load and say."""
        asked = {"autoAttach": whether, "waitForDebuggerOnStart": False, "flatten": True}
        said(self.socket, next(self.numbers), "Target.setAutoAttach", self.session, asked, heard)

    def memory(self) -> int:
        """MiB of the process that has the page and its workers; of what several processes share, its part."""
        found = [each.memory_full_info().pss for each in self.process.children(recursive=True) if _is_renderer(each)]
        return int(max(found)) // MIB


def _is_renderer(process: psutil.Process) -> bool:
    with contextlib.suppress(psutil.Error):
        return "--type=renderer" in process.cmdline()
    return False


def said(
    socket: ClientConnection,
    number: int,
    method: str,
    session: str = "",
    params: Mapping[str, object] | None = None,
    heard: Callable[[dict[str, Any]], object] = lambda _: None,
) -> dict[str, Any]:
    """Send a command; its result. Whatever is attached to meanwhile is heard of."""
    whose = {"sessionId": session} if session else {}
    socket.send(json.dumps({"id": number, "method": method, "params": params or {}, **whose}))
    while True:
        answer = json.loads(socket.recv(600))
        if answer.get("id") == number:
            assert "result" in answer, answer
            result: dict[str, Any] = answer["result"]
            return result
        if answer.get("method") == "Target.attachedToTarget":
            heard(answer)


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
                    window = {"url": "about:blank", "newWindow": True, "width": 1280, "height": 900}
                    made = said(socket, 1, "Target.createTarget", params=window)
                    asked = {"targetId": made["targetId"], "flatten": True}
                    session = said(socket, 2, "Target.attachToTarget", params=asked)["sessionId"]
                    yield Chromium(psutil.Process(process.pid), socket, session)
            finally:
                process.terminate()
