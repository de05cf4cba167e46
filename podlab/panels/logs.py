"""A container's log, followed in the background until somebody stops it."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

from podlab.answers import NOTHING
from podlab.errors import PodlabError
from podlab.kubeconfig.eventloop import shared
from podlab.panels import background

if TYPE_CHECKING:
    from podlab.client import Client

LINES = 200  # the last lines that are kept and shown
SILENCE = 20.0  # seconds without a line until the log is asked for anew


class Tail:
    """The last lines of one container's log; `changed` is called from there when there are new ones."""

    def __init__(self, client: Client, pod: str, container: str, changed: Callable[[], None]) -> None:
        """Begin to follow. `pod` is the Pod's path, such as `/api/v1/namespaces/default/pods/web`."""
        self._client, self._path, self._changed = client, f"{pod}/log", changed
        self._query = {"container": container, "follow": "true", "tailLines": LINES}
        self._stopped = threading.Event()
        self._lines: deque[str] = deque(maxlen=LINES)
        background.repeat(self._steps, f"podlab-logs {pod}", self._stopped, client.news)

    @property
    def text(self) -> str:
        """The lines so far."""
        return "\n".join(list(self._lines))

    def stop(self) -> None:
        """Follow no longer."""
        self._stopped.set()

    def _steps(self) -> background.Rests:
        waits = shared() is None
        while not self._stopped.is_set():
            fresh = True
            try:
                for line in self._client.lines(self._path, query=self._query, timeout=SILENCE, waits=waits):
                    if line is NOTHING:
                        yield None
                    if self._stopped.is_set():
                        return
                    if line is NOTHING:
                        continue
                    if fresh:
                        self._lines.clear()
                    fresh = False
                    self._say(line.decode("utf-8", "replace"))
            except PodlabError as error:
                if fresh and not self._lines:
                    self._say(str(error))
            yield 1.0

    def _say(self, line: str) -> None:
        self._lines.append(line)
        self._changed()
