"""The one thread of a kernel that writes traits: at most ten times a second, never printing, gone with the kernel."""

from __future__ import annotations

import atexit
import contextlib
import threading
import time
from typing import Protocol

PAUSE = 0.1  # seconds between two rounds of writing


class Written(Protocol):
    """What the writer calls: a panel."""

    def write(self) -> None:
        """Put the present state into traits."""

    def expire(self, now: float) -> float | None:
        """Close the watch if no view needs it; the monotonic time to ask again, or None for never."""


_work = threading.Condition()
_dirty: dict[int, Written] = {}
_open: dict[int, Written] = {}
_thread: threading.Thread | None = None


def schedule(panel: Written, *, dirty: bool = True) -> None:
    """Have `panel` written soon (several calls become one), and asked from time to time whether it is still seen."""
    global _thread
    with _work:
        _open[id(panel)] = panel
        if dirty:
            _dirty[id(panel)] = panel
        if _thread is None or not _thread.is_alive():
            _thread = threading.Thread(target=_run, name="podlab-panels", daemon=True)
            _thread.start()
        _work.notify()


def _run() -> None:
    wake: float | None = None
    while True:
        with _work:
            if not _dirty:
                _work.wait(None if wake is None else max(0.0, wake - time.monotonic()))
            panels = list(_dirty.values())
            _dirty.clear()
        for panel in panels:
            with contextlib.suppress(Exception):  # a front-end that went away must not end the other panels
                panel.write()
        wake = _expire()
        time.sleep(PAUSE)


def _expire() -> float | None:
    """Close what nobody sees any more; when to look again."""
    now, next_look = time.monotonic(), None
    with _work:
        for key, panel in list(_open.items()):
            deadline = panel.expire(now)
            if deadline is None:
                del _open[key]
            else:
                next_look = min(deadline, next_look or deadline)
    return next_look


@atexit.register
def _forget() -> None:
    """At the interpreter's end nothing is written any more."""
    with _work:
        _dirty.clear()
        _open.clear()
