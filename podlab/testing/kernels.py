"""A kernel that dies while a cell runs ends that cell within seconds, and the test says so."""

from __future__ import annotations

import time
from collections.abc import Callable
from queue import Empty
from typing import Any

LOOK = 1.0
"""Seconds between two looks at a kernel that says nothing."""


def watch(kernel: Any, died: Callable[[str], None]) -> None:
    """Make nbval's RunningKernel call `died(why)`, which raises, instead of waiting for one that is gone."""
    if hasattr(kernel, "unwatched"):
        kernel.died = died
        return
    kernel.unwatched, kernel.died = kernel.get_message, died

    def get_message(stream: str, timeout: float | None = None) -> Any:
        end = None if timeout is None else time.monotonic() + timeout
        while True:
            left = LOOK if end is None else min(LOOK, max(0.0, end - time.monotonic()))
            try:
                return kernel.unwatched(stream, timeout=left)
            except Empty:
                if not kernel.is_alive():
                    kernel.died("The kernel died while this cell was running.")
                if end is not None and time.monotonic() >= end:
                    raise

    kernel.get_message = get_message
