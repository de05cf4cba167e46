"""Which servers have said what they serve: kubectl keeps their answers for six hours, podlab that they have answered.

Upstream: staging/src/k8s.io/client-go/discovery/cached/disk/cached_discovery.go
"""

from __future__ import annotations

import re
import time
from contextlib import suppress
from pathlib import Path

from podlab.home import home

KEPT = 6 * 3600.0
"""Seconds."""


def note(server: str) -> None:
    """Keep in mind that the server has answered."""
    if not is_known(server):
        with suppress(OSError):  # as kubectl: what cannot be kept is asked again
            _mark(server).parent.mkdir(exist_ok=True)
            _mark(server).touch()


def is_known(server: str) -> bool:
    """Whether kubectl would not need to ask the server for its resources."""
    try:
        return time.time() - _mark(server).stat().st_mtime < KEPT
    except OSError:
        return False


def _mark(server: str) -> Path:
    return home() / "discovered" / re.sub(r"[^\w.]", "_", re.sub("^https?://", "", server))
