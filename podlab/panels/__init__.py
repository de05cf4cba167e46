"""Live panels: see what the cluster does while it does it."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from podlab.panels.anatomy import PodAnatomy
    from podlab.panels.board import PodBoard
    from podlab.panels.editor import ManifestEditor
    from podlab.panels.explain import Explain
    from podlab.panels.timeline import Timeline
    from podlab.panels.up import Up

__all__ = ["Explain", "ManifestEditor", "PodAnatomy", "PodBoard", "Timeline", "Up"]
_HOMES = {
    "Explain": "explain",
    "ManifestEditor": "editor",
    "PodAnatomy": "anatomy",
    "PodBoard": "board",
    "Timeline": "timeline",
    "Up": "up",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
