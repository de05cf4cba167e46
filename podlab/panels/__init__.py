"""Live panels: see what the cluster does while it does it."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from podlab.panels.anatomy.anatomy import PodAnatomy
    from podlab.panels.board.board import PodBoard
    from podlab.panels.controllers.controllers import Controllers
    from podlab.panels.editor.editor import ManifestEditor
    from podlab.panels.explain.explain import Explain
    from podlab.panels.portforward import PortForward
    from podlab.panels.timeline.timeline import Timeline
    from podlab.panels.up.up import Up

__all__ = ["Controllers", "Explain", "ManifestEditor", "PodAnatomy", "PodBoard", "PortForward", "Timeline", "Up"]
_HOMES = {
    "Controllers": "controllers.controllers",
    "Explain": "explain.explain",
    "ManifestEditor": "editor.editor",
    "PodAnatomy": "anatomy.anatomy",
    "PodBoard": "board.board",
    "PortForward": "portforward",
    "Timeline": "timeline.timeline",
    "Up": "up.up",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
