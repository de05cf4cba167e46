"""What doctor says about one thing it looked at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from podlab.clusters.machine.probe import Probe
from podlab.text import Text

Severity = Literal["ok", "note", "error"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. `note` keeps nothing from working that is needed here; `fix` is empty when `ok`."""

    id: str
    severity: Severity
    seen: Text
    why: Text | None = None
    fix: Text | None = None

    def as_dict(self) -> dict[str, Any]:
        """The same for JSON: each sentence in both languages."""
        said = {"seen": self.seen, "why": self.why, "fix": self.fix}
        texts = {key: {"ko": text.ko, "en": text.en} if text else None for key, text in said.items()}
        return {"id": self.id, "severity": self.severity, **texts}


Check = Callable[[Probe, Path], Finding | None]
"""Looks at one thing, given the machine and the state folder; None where it does not apply."""
