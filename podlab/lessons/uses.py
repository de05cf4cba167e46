"""How each name of a lesson is called: for the hint below a call that was none."""

from __future__ import annotations

import re

USES = {
    "start": 'start("02", language="ko")',
    "check": 'check(kubectl, "02-ready")',
    "quiz": 'quiz("02")',
    "answer": 'quiz("02").answer(1, "b")',
    "hint": 'hint("02-ready")',
    "solution": 'solution("02-ready")',
    "progress": "progress()",
    "marks": "marks()",
    "PodBoard": "PodBoard(kubectl)",
    "PodAnatomy": 'PodAnatomy(kubectl, "web")',
    "Timeline": 'Timeline(kubectl, "web")',
    "Explain": 'Explain(kubectl, "web")',
    "Controllers": "Controllers(kubectl)",
    "ManifestEditor": 'ManifestEditor(kubectl, "web.yaml")',
    "PortForward": 'PortForward(kubectl, "service/web", 80)',
    "Up": 'Up("kind")',
    "FindFault": 'FindFault(kubectl, "09-oven")',
    "guess": 'FindFault(kubectl, "09-oven").guess("a")',
    "exam": "exam(kubectl, seed=7)",
    "clear_faults": "clear_faults(kubectl)",
    "practice.start": 'practice.start("farm", workers=2)',
    "practice.running": 'practice.running("farm")',
    "practice.unplug": 'practice.unplug(farm, "farm-worker")',
    "practice.plug_in": 'practice.plug_in(farm, "farm-worker")',
    "practice.end": 'practice.end("farm")',
}
"""One example each."""


def example(name: str) -> str:
    """How it is called, or nothing where it is not podlab's; `kubectl.get` and its like tell it themselves."""
    from podlab.kubectl import Kubectl

    owner, _, verb = name.rpartition(".")
    if owner.lower() == "kubectl":
        said = re.search(r"`(\w+\([^`]*\))`", getattr(Kubectl, verb, None).__doc__ or "")
        return f"kubectl.{said[1]}" if said else ""
    return USES.get(name, "") or USES.get(f"practice.{name}", "")


def called(code: str) -> str:
    """The first of podlab's names that the code calls, or nothing."""
    for found in re.finditer(r"(?:(kubectl|practice)\.)?(\w+)(?=\s*[(\[])|\bkubectl\.\w+", code, re.I):
        if example(found[0]):
            return found[0]
    return ""
