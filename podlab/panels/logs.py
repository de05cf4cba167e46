"""A container's log, followed in a thread of its own until somebody stops it."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

from podlab.errors import PodlabError

if TYPE_CHECKING:
    from podlab.client import Client

LINES = 200  # the last lines that are kept and shown
SILENCE = 20.0  # seconds without a line until the log is asked for anew


class Tail:
    """The last lines of one container's log; `changed` is called from the thread when there are new ones."""

    def __init__(self, client: Client, pod: str, container: str, changed: Callable[[], None]) -> None:
        """Begin to follow. `pod` is the Pod's path, such as `/api/v1/namespaces/default/pods/web`."""
        self._client, self._path, self._changed = client, f"{pod}/log", changed
        self._query = {"container": container, "follow": "true", "tailLines": LINES}
        self._stopped = threading.Event()
        self._lines: deque[str] = deque(maxlen=LINES)
        threading.Thread(target=self._run, name=f"podlab-logs {pod}", daemon=True).start()

    @property
    def text(self) -> str:
        """The lines so far."""
        return "\n".join(list(self._lines))

    def stop(self) -> None:
        """Follow no longer."""
        self._stopped.set()

    def _run(self) -> None:
        while not self._stopped.is_set():
            fresh = True
            try:
                for line in self._client.lines(self._path, query=self._query, timeout=SILENCE):
                    if self._stopped.is_set():
                        return
                    if fresh:
                        self._lines.clear()
                    fresh = False
                    self._say(line.decode("utf-8", "replace"))
            except PodlabError as error:
                if fresh and not self._lines:
                    self._say(str(error))
            self._stopped.wait(1.0)

    def _say(self, line: str) -> None:
        self._lines.append(line)
        self._changed()
