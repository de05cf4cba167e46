"""podlab: learn Kubernetes Pods by doing, in Jupyter, in Korean and English.

The names below are resolved when first used, so that `import podlab` costs next to nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from podlab.client import Client
    from podlab.errors import ApiError, ClusterError, ManifestError, PodlabError, WaitTimeout
    from podlab.kubectl import Kubectl
    from podlab.kubectl.output import Output
    from podlab.lessons.checking import check
    from podlab.lessons.faults.bench import clear_faults
    from podlab.lessons.faults.exam import exam
    from podlab.lessons.faults.panel import FindFault
    from podlab.lessons.hints import hint, solution
    from podlab.lessons.marks import marks
    from podlab.lessons.progress import progress
    from podlab.lessons.quiz import quiz
    from podlab.lessons.start import start
    from podlab.panels import Controllers, Explain, ManifestEditor, PodAnatomy, PodBoard, PortForward, Timeline, Up
    from podlab.text import Text

__version__ = "0.1.0"
__all__ = [
    "ApiError",
    "Client",
    "ClusterError",
    "Controllers",
    "Explain",
    "FindFault",
    "Kubectl",
    "ManifestEditor",
    "ManifestError",
    "Output",
    "PodAnatomy",
    "PodBoard",
    "PodlabError",
    "PortForward",
    "Text",
    "Timeline",
    "Up",
    "WaitTimeout",
    "check",
    "clear_faults",
    "exam",
    "hint",
    "marks",
    "progress",
    "quiz",
    "solution",
    "start",
]

_HOMES = {
    "ApiError": "errors",
    "Client": "client",
    "ClusterError": "errors",
    "Controllers": "panels",
    "Explain": "panels",
    "FindFault": "lessons.faults.panel",
    "Kubectl": "kubectl",
    "ManifestEditor": "panels",
    "ManifestError": "errors",
    "Output": "kubectl.output",
    "PodAnatomy": "panels",
    "PodBoard": "panels",
    "PodlabError": "errors",
    "PortForward": "panels",
    "Text": "text",
    "Timeline": "panels",
    "Up": "panels",
    "WaitTimeout": "errors",
    "check": "lessons.checking",
    "clear_faults": "lessons.faults.bench",
    "exam": "lessons.faults.exam",
    "hint": "lessons.hints",
    "marks": "lessons.marks",
    "progress": "lessons.progress",
    "quiz": "lessons.quiz",
    "solution": "lessons.hints",
    "start": "lessons.start",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
