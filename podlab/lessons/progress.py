"""What a learner has done so far: which checks passed, kept in the state folder."""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from podlab.clusters import state
from podlab.lessons.lesson import LESSONS, Lesson


@dataclass(frozen=True, slots=True)
class Progress:
    """For each lesson how many of its checks have passed."""

    passed: frozenset[str]

    def __str__(self) -> str:
        return "\n".join(_line(each, self.passed) for each in LESSONS if each.module.CHECKS)

    def __repr__(self) -> str:
        return str(self)


def progress() -> Progress:
    """How far you are, as far as this computer knows."""
    return Progress(frozenset(name for name, passed in _read(_file()).items() if passed))


def record(name: str, passed: bool) -> None:
    """Keep the latest result of a check; a full or read-only disk must not spoil the lesson."""
    with contextlib.suppress(OSError):
        path = _file()
        state.write(path, json.dumps(_read(path) | {name: passed}, indent=1, sort_keys=True) + "\n")


def _line(lesson: Lesson, passed: frozenset[str]) -> str:
    done = [f"{lesson.number}-{check.name}" in passed for check in lesson.module.CHECKS]
    boxes = "".join("■" if each else "□" for each in done)
    return f"{lesson.number} {boxes} {sum(done)}/{len(done)} {lesson.title}"


def _file() -> Path:
    return state.home() / "progress.json"


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
