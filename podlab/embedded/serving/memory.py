"""What many connections leave in memory goes back to the machine: by itself garbage is rarely looked for."""

from __future__ import annotations

import contextlib
import gc
import sys

ENOUGH = 100
"""So many connections are worth it: with thousands of Pods, looking takes half a second."""


def tidy(connections: int) -> bool:
    """Drop what so many connections that came have left, if they are enough; whether they were."""
    if connections < ENOUGH:
        return False
    gc.collect()
    if sys.platform == "linux":
        import ctypes

        with contextlib.suppress(AttributeError, OSError):  # a C library without it
            ctypes.CDLL(None).malloc_trim(0)
    return True
