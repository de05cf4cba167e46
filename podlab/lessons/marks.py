"""`marks()`: the mark sheet of the tasks that are done alone, with the time that each took."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Any

from podlab.lessons.lesson import lesson
from podlab.lessons.progress import Progress, progress
from podlab.text import Text

HEAD = Text(ko="{done}/{all} 통과 · {title}", en="{done} of {all} done · {title}")
COLUMNS = Text(ko="과제|결과|시간|목표|도움", en="Task|Result|Time|Target|Help")
DONE, OPEN = Text(ko="통과", en="done"), Text(ko="아직", en="open")
HINTS = Text(ko="힌트 {hints}", en="hints: {hints}")
SEEN = Text(ko="풀이", en="solution")
MINUTES = Text(ko="{minutes}분", en="{minutes} min")
UNDER = Text(ko="1분 안", en="under 1 min")


@dataclass(frozen=True, slots=True)
class Mark:
    """One task: whether it was done, in how many seconds, with what help."""

    name: str
    done: bool
    target: int
    seconds: float | None = None
    hints: int = 0
    solution: bool = False

    def cells(self) -> list[str]:
        """Its row of the sheet."""
        sign = f"✔ {DONE}" if self.done else f"✘ {OPEN}"
        helped = [HINTS.format(hints=self.hints)] * bool(self.hints) + [SEEN] * self.solution
        told = ", ".join(map(str, helped)) or "-"
        return [self.name, sign, _time(self.seconds), str(MINUTES.format(minutes=self.target)), told]


@dataclass(frozen=True, slots=True)
class Marks:
    """The whole sheet; the same rows as text and as a table."""

    title: Text
    rows: tuple[Mark, ...]

    def __str__(self) -> str:
        lines = [" · ".join(cells) for cells in (str(COLUMNS).split("|"), *(row.cells() for row in self.rows))]
        return "\n".join([self._head(), *lines])

    __repr__ = __str__

    def _head(self) -> str:
        done = sum(row.done for row in self.rows)
        return str(HEAD.format(done=done, all=len(self.rows), title=self.title))

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        head = "".join(f'<th scope="col">{escape(each)}</th>' for each in str(COLUMNS).split("|"))
        body = "".join(f"<tr>{''.join(f'<td>{escape(each)}</td>' for each in row.cells())}</tr>" for row in self.rows)
        caption = f"<caption><b>{escape(self._head())}</b></caption>"
        table = f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        return {"text/plain": str(self), "text/html": table}


def marks(name: str = "10") -> Marks:
    """The mark sheet of a lesson of tasks, as far as this computer knows.

    Raises:
        PodlabError: there is no such lesson.
    """
    wanted = lesson(name)
    targets: Mapping[str, int] = wanted.module.MINUTES
    return Marks(wanted.title, sheet(wanted.number, targets, progress()))


def sheet(number: str, targets: Mapping[str, int], kept: Progress) -> tuple[Mark, ...]:
    """The rows, in the order of the tasks; a task's time runs from the pass before it, or from the beginning."""
    entries = {name: kept.entries.get(f"{number}-{name}", {}) for name in targets}
    passed = {name: _seconds(str(entry["at"])) for name, entry in entries.items() if entry.get("at")}
    begins = [kept.began[number]] if number in kept.began else []
    times = {
        name: at - max((t for t in [*begins, *passed.values()] if t < at), default=at) for name, at in passed.items()
    }
    return tuple(
        Mark(
            name,
            bool(entry.get("passed")),
            targets[name],
            times.get(name),
            int(entry.get("hints", 0)),
            bool(entry.get("solution")),
        )
        for name, entry in entries.items()
    )


def _seconds(stamp: str) -> float:
    return datetime.fromisoformat(stamp.replace("Z", "+00:00")).timestamp()


def _time(seconds: float | None) -> str:
    if seconds is None:
        return "-"
    return str(UNDER) if seconds < 60 else str(MINUTES.format(minutes=round(seconds / 60)))
