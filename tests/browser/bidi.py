"""Debian's Firefox, driven by WebDriver BiDi: what playwright drives is a Firefox of its own."""

from __future__ import annotations

import contextlib
import json
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

LISTENING = "WebDriver BiDi listening on "
PATIENCE = 300.0
"""Seconds that a page may take."""
PLAIN = "async (given) => JSON.stringify((await (%s)(...JSON.parse(given))) ?? null)"
NOTEBOOK = """async () => {
  const later = () => new Promise((done) => setTimeout(done, 200));
  while (!window.jupyterapp) await later();
  await window.jupyterapp.restored;
  while (!window.jupyterapp.shell.currentWidget?.sessionContext) await later();
  await (%s)();
}"""


@dataclass(frozen=True, slots=True)
class Firefox:
    """One tab of a Firefox that has never been anywhere."""

    socket: ClientConnection
    tab: str
    numbers: Iterator[int] = field(default_factory=lambda: count(10))

    def goto(self, url: str) -> None:
        """Open a page and wait until it is loaded."""
        said(self.socket, next(self.numbers), "browsingContext.navigate", context=self.tab, url=url, wait="complete")

    def call(self, function: str, *arguments: object) -> Any:
        """What an asynchronous JavaScript function returns."""
        given = [{"type": "string", "value": json.dumps(arguments)}]
        asked: dict[str, Any] = {"functionDeclaration": PLAIN % function, "arguments": given, "awaitPromise": True}
        found = said(self.socket, next(self.numbers), "script.callFunction", target={"context": self.tab}, **asked)
        assert found["type"] == "success", found
        return json.loads(found["result"]["value"])


def said(socket: ClientConnection, number: int, method: str, **params: Any) -> dict[str, Any]:
    """Send a command; its result."""
    socket.send(json.dumps({"id": number, "method": method, "params": params}))
    while True:
        answer = json.loads(socket.recv(PATIENCE))
        if answer.get("id") == number:
            assert answer["type"] == "success", answer
            result: dict[str, Any] = answer["result"]
            return result


@contextlib.contextmanager
def firefox(path: str, preferences: Sequence[str] = ()) -> Iterator[Firefox]:
    """A Firefox without a window, until the end of the block."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        Path(profile, "user.js").write_text("\n".join(preferences), encoding="utf-8")
        command = [path, "--headless", "--no-remote", "--profile", profile, "--remote-debugging-port", "0"]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, encoding="utf-8") as process:
            try:
                assert process.stderr
                address = next(line.partition(LISTENING)[2].strip() for line in process.stderr if LISTENING in line)
                threading.Thread(target=process.stderr.read, daemon=True).start()  # or it would fill up
                with connect(f"{address}/session", max_size=None, open_timeout=60) as socket:
                    said(socket, 1, "session.new", capabilities={})
                    yield Firefox(socket, said(socket, 2, "browsingContext.create", type="tab")["context"])
            finally:
                process.terminate()
