"""One lock file around every start: a second `podlab up` waits for the first, also from another kernel."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

if sys.platform == "win32":
    import msvcrt

    def _try(file: int) -> bool:
        try:
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

elif sys.platform == "emscripten":

    def _try(file: int) -> bool:
        return True  # there are no locks in a browser, and no other process that could want one

else:
    import fcntl

    def _try(file: int) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True


@contextmanager
def held(path: Path, on_wait: Callable[[], None] = lambda: None) -> Iterator[int]:
    """Hold the lock for the block; `on_wait` is told once when somebody else holds it. A dead holder holds nothing.

    Yields:
        Its file descriptor: a child that inherits it holds the lock until it ends, too (not on Windows).
    """
    file = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600)
    try:
        if not _try(file):
            on_wait()
            while not _try(file):
                time.sleep(0.05)
        yield file
    finally:
        os.close(file)
