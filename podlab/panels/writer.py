"""The one writer of a kernel's traits: at most ten times a second, never printing, gone with the kernel.

It is a thread, or, where there are none, a timer of the loop that the whole process lives on.
"""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import threading
import time
from typing import Protocol

from podlab.kubeconfig.eventloop import EventLoop, shared

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
_timer: tuple[EventLoop, asyncio.TimerHandle] | None = None
_last = 0.0


def schedule(panel: Written, *, dirty: bool = True) -> None:
    """Have `panel` written soon (several calls become one), and asked from time to time whether it is still seen."""
    global _thread
    with _work:
        _open[id(panel)] = panel
        if dirty:
            _dirty[id(panel)] = panel
        if loop := shared():
            _arm(loop, None)
            return
        if _thread is None or not _thread.is_alive():
            _thread = threading.Thread(target=_run, name="podlab-panels", daemon=True)
            _thread.start()
        _work.notify()


def _arm(loop: EventLoop, wake: float | None) -> None:
    """Have a round after the pause, or at the time when somebody is to be asked again."""
    global _timer
    now = loop.time()
    due = min(_last, now) + PAUSE if _dirty or wake is None else now + max(0.0, wake - time.monotonic())
    if _timer and _timer[0] is loop:
        if _timer[1].when() <= due:
            return
        _timer[1].cancel()
    _timer = loop, loop.call_at(due, _fire, loop)


def _fire(loop: EventLoop) -> None:
    global _timer, _last
    _timer, _last = None, loop.time()
    wake = _round()
    if _dirty or wake is not None:
        _arm(loop, wake)


def _run() -> None:
    wake: float | None = None
    while True:
        with _work:
            if not _dirty:
                _work.wait(None if wake is None else max(0.0, wake - time.monotonic()))
        wake = _round()
        time.sleep(PAUSE)


def _round() -> float | None:
    """Write what has changed; when to look again."""
    with _work:
        panels = list(_dirty.values())
        _dirty.clear()
    for panel in panels:
        with contextlib.suppress(Exception):  # a front-end that went away must not end the other panels
            panel.write()
    return _expire()


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
