"""Lines as kubectl's logger writes them to standard error."""

from __future__ import annotations

import os
from datetime import UTC, datetime


def logged(where: str, text: str, severity: str = "E") -> str:
    """One line: severity, moment, process, place, text."""
    now = datetime.now(UTC).strftime("%m%d %H:%M:%S.%f")
    return f"{severity}{now} {os.getpid():>7} {where}] {text}\n"
