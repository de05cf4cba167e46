"""Something that does one job after another, for a panel whose handlers must answer at once."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable

from podlab.panels import background

Job = Callable[[], None]


class Worker:
    """Does jobs in the order they came; one that waits gives way to a later one of its name. Never prints."""

    def __init__(self, name: str, failed: Callable[[Exception], None]) -> None:
        """`failed` is told what a job raised."""
        self._name, self._failed = name, failed
        self._lock = threading.Lock()
        self._jobs: dict[str, Job] = {}
        self._running = False

    def do(self, name: str, job: Job, instead: str = "") -> None:
        """Have a job done soon; one of the name `instead` that still waits is not needed any more."""
        with self._lock:
            self._jobs.pop(instead, None)
            self._jobs.pop(name, None)
            self._jobs[name] = job
            if not self._running:
                self._running = True
                background.begin(self._run, self._name)

    def _run(self) -> None:
        while job := self._next():
            try:
                job()
            except Exception as error:  # the thread must go on, and somebody has to be told
                with contextlib.suppress(Exception):  # a front-end that went away must not end the thread
                    self._failed(error)

    def _next(self) -> Job | None:
        with self._lock:
            self._running = bool(self._jobs)
            return self._jobs.pop(next(iter(self._jobs))) if self._jobs else None
