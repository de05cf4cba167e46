"""Where podlab keeps what it remembers from one command to the next."""

from __future__ import annotations

import os
import sys
from pathlib import Path

DRIVE = Path("/drive")
"""Where JupyterLite mounts what the browser keeps: the notebooks, and podlab's state beside them."""


def home() -> Path:
    """The state folder: PODLAB_HOME, else the platform's own place for state; made when first asked for."""
    override = os.environ.get("PODLAB_HOME")
    if override:
        path = Path(override).expanduser().absolute()
    elif sys.platform == "emscripten" and DRIVE.is_dir():
        path = DRIVE / ".podlab"
    else:
        import platformdirs

        path = platformdirs.user_state_path("podlab", appauthor=False)
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path
