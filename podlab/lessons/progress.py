"""What a learner has done so far: checks, questions, hints and minutes, kept in the state folder; it never falls."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Any

from podlab.clusters import state
from podlab.lessons.check import Result
from podlab.lessons.lesson import LESSONS, Lesson
from podlab.text import LANGUAGES, Text

PAUSE = 300  # seconds: a longer gap between two deeds was no work
FULL, EMPTY = "■", "□"
LINE = Text(
    ko="{number} {bar} {done}/{all} · {minutes}분 · 힌트 {hints} · {title}",
    en="{number} {bar} {done}/{all} · {minutes} min · hints {hints} · {title}",
)
SUM = Text(
    ko="전체 {done}/{all}, 남은 것 {open}, {minutes}분, 힌트 {hints}번, 풀이 {solutions}번",
    en="in all {done}/{all}, {open} open, {minutes} min, hints: {hints}, solutions: {solutions}",
)

Entry = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Progress:
    """What is kept of each check and question (`02-ready`, `02?unique`), of each lesson's time and its start."""

    entries: Mapping[str, Entry] = field(default_factory=dict)
    seconds: Mapping[str, float] = field(default_factory=dict)
    began: Mapping[str, float] = field(default_factory=dict)

    def __str__(self) -> str:
        return "\n".join([*(str(self.line(each)) for each in LESSONS), str(self.sum())])

    def __repr__(self) -> str:
        return str(self)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        """A table to look at; a document keeps one line that a sanitizer hides whole."""
        from ipywidgets import HTML

        rows = "".join(f"<li>{escape(str(self.line(each)))}</li>" for each in LESSONS)
        page = f'<ul style="list-style:none;padding:0">{rows}</ul><p>{escape(str(self.sum()))}</p>'
        return (HTML(page)._repr_mimebundle_() or {}) | {"text/plain": f"podlab: {self.sum()}"}

    def passed(self, item: str) -> bool:
        """Whether this check or question was ever passed."""
        return bool(self.entries.get(item, {}).get("passed"))

    def done(self, lesson: Lesson) -> list[bool]:
        """For each check and question of the lesson whether it was passed."""
        return [self.passed(item) for item in items(lesson)]

    def minutes(self, lesson: Lesson) -> int:
        """How long the learner was at it, in whole minutes."""
        return round(self.seconds.get(lesson.number, 0.0) / 60)

    def count(self, what: str, lesson: Lesson | None = None) -> int:
        """How many `hints` or `solutions` were taken, in one lesson or in all."""
        inside = [items(each) for each in ([lesson] if lesson else LESSONS)]
        return sum(int(self.entries.get(item, {}).get(what, 0)) for each in inside for item in each)

    def line(self, lesson: Lesson) -> Text:
        """One lesson: its bar, minutes and hints."""
        done = self.done(lesson)
        return LINE.format(
            number=lesson.number,
            bar="".join(FULL if each else EMPTY for each in done),
            done=sum(done),
            all=len(done),
            minutes=self.minutes(lesson),
            hints=self.count("hints", lesson),
            title=lesson.title,
        )

    def sum(self) -> Text:
        """All lessons together."""
        done = [each for lesson in LESSONS for each in self.done(lesson)]
        return SUM.format(
            done=sum(done),
            all=len(done),
            open=len(done) - sum(done),
            minutes=sum(map(self.minutes, LESSONS)),
            hints=self.count("hints"),
            solutions=self.count("solution"),
        )


def items(lesson: Lesson) -> list[str]:
    """What can be done in a lesson: its checks, then its questions."""
    module = lesson.module
    checks = [f"{lesson.number}-{check.name}" for check in module.CHECKS]
    return [*checks, *(f"{lesson.number}?{question.name}" for question in module.QUESTIONS)]


def progress() -> Progress:
    """How far you are, as far as this computer knows."""
    return read(_file())


def read(path: Path) -> Progress:
    """What is kept in the file; a damaged one counts as none."""
    kept = _read(path)
    entries = {name: _entry(each) for name, each in kept.items() if not name.startswith("@")}
    seconds = {name[1:]: float(each.get("seconds", 0)) for name, each in kept.items() if _is_time(name, each)}
    began = {name[1:]: float(each["first"]) for name, each in kept.items() if _is_time(name, each) and "first" in each}
    return Progress(entries, seconds, began)


def record(name: str, found: Result) -> None:
    """Keep that a check was tried; once passed it stays so, with what was verified first."""

    def change(entry: dict[str, Any]) -> None:
        entry["tries"] = entry.get("tries", 0) + 1
        if found and not entry.get("passed"):
            said = {language: found.message.in_(language) for language in LANGUAGES}
            entry.update(passed=True, at=_stamp(), said=said)

    _keep(name, change)


def record_hint(name: str, step: int) -> None:
    """Keep that a hint was taken; the same step again counts once."""
    _keep(name, lambda entry: entry.update(hints=max(entry.get("hints", 0), step)))


def record_solution(name: str) -> None:
    """Keep that the solution was looked at."""
    _keep(name, lambda entry: entry.update(solution=1))


def record_score(name: str, right: bool) -> None:
    """Keep whether a prediction has come true."""
    _keep(name, lambda entry: entry.update(foreseen=right))


_followers: list[Callable[[], None]] = []


def follow(changed: Callable[[], None]) -> None:
    """Call this whenever something is kept, in place of what was called before."""
    _followers[:] = [changed]


def unfollow() -> None:
    """Call nothing any more."""
    _followers.clear()


def record_answer(name: str, letter: str, right: bool) -> None:
    """Keep an answer to a question, such as `02?unique`; the first right one passes it for good."""

    def change(entry: dict[str, Any]) -> None:
        entry["tries"] = entry.get("tries", 0) + 1
        entry["letter"] = letter
        if right and not entry.get("passed"):
            entry.update(passed=True, at=_stamp())

    _keep(name, change)


def attend(number: str) -> None:
    """Keep that the learner is at this lesson now."""
    _keep(f"{number}-", lambda _: None)


def _keep(name: str, change: Callable[[dict[str, Any]], None]) -> None:
    """Change an entry, and count the time since the last one; a full or read-only disk must not spoil the lesson."""
    with contextlib.suppress(OSError):
        path, clock = _file(), f"@{name[:2]}"
        kept = _read(path)
        if name[3:]:
            entry = _entry(kept.get(name))
            change(entry)
            kept[name] = entry
        kept[clock] = _later(kept.get(clock), datetime.now(UTC).timestamp())
        state.write(path, json.dumps(kept, indent=1, sort_keys=True, ensure_ascii=False) + "\n")
    for changed in _followers:
        changed()


def _later(clock: Any, now: float) -> dict[str, float]:
    """A lesson's time, when something was done at `now`."""
    known = clock if isinstance(clock, dict) else {}
    gap = now - float(known.get("last", now))
    seconds = float(known.get("seconds", 0)) + (gap if 0 <= gap <= PAUSE else 0)
    return {"seconds": seconds, "first": float(known.get("first", now)), "last": now}


def _stamp() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _entry(kept: Any) -> dict[str, Any]:
    """An entry; files of the first form hold only whether a check had passed."""
    return dict(kept) if isinstance(kept, dict) else {"passed": kept is True}


def _is_time(name: str, kept: Any) -> bool:
    return name.startswith("@") and isinstance(kept, dict)


def _file() -> Path:
    return state.home() / "progress.json"


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
