"""The bar at the top of a lesson: what is done and open, minutes and hints; it moves when a check passes."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any

from podlab.lessons import progress
from podlab.lessons.lesson import Lesson
from podlab.lessons.progress import Progress
from podlab.text import Text

NEXT = Text(ko="다음: {item}", en="next: {item}")
ALL = Text(ko="모두 끝났습니다", en="all done")
TOLD = Text(
    ko="{done}/{all} 끝남 · {open} 남음 · {minutes}분 · 힌트 {hints}번 · 풀이 {solutions}번",
    en="{done} of {all} done · {open} open · {minutes} min · hints: {hints} · solutions: {solutions}",
)


@dataclass(frozen=True, slots=True)
class Bar:
    """How far the learner is in one lesson; a document keeps it as one line."""

    lesson: Lesson

    def __str__(self) -> str:
        return f"podlab: {progress.progress().line(self.lesson)}"

    __repr__ = __str__

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        """One line that a sanitizer hides whole, and the live view; no HTML, which would be compared."""
        from podlab.panels.head.head import Head

        shown = Head(html=html(progress.progress(), self.lesson))

        def changed() -> None:
            shown.html = html(progress.progress(), self.lesson)

        progress.follow(changed)
        view, _ = shown._repr_mimebundle_() or ({}, {})
        return view | {"text/plain": str(self)}


def html(known: Progress, lesson: Lesson) -> str:
    """The bar with its figures in words, so that no colour is needed to read it."""
    done = known.done(lesson)
    count, every = sum(done), max(1, len(done))
    first = next((item for item, passed in zip(progress.items(lesson), done, strict=True) if not passed), "")
    then = NEXT.format(item=_cell(lesson, first)) if first else ALL
    told = escape(f"{told_of(known, lesson)} · {then}")
    return (
        f'<div role="progressbar" aria-valuemin="0" aria-valuemax="{every}" aria-valuenow="{count}" '
        f'aria-label="{lesson.number} {escape(str(lesson.title))}" aria-valuetext="{told}" '
        'style="max-width:48em;border:1px solid #8c959f;border-radius:4px;overflow:hidden;height:8px;margin:.4em 0">'
        f'<div style="width:{100 * count / every:.0f}%;height:100%;background:#1a7f37"></div></div>'
        f'<div style="max-width:48em;line-height:1.4">{lesson.number} · {told}</div>'
    )


def _cell(lesson: Lesson, item: str) -> str:
    """What stands in the cell of an item: a check's name, or a question's `quiz(…)`."""
    number, asked, name = item.partition("?")
    if not asked:
        return item
    alone = any(each.name == name and each.prediction for each in lesson.module.QUESTIONS)
    return f'quiz("{number}-{name}")' if alone else f'quiz("{number}")'


def told_of(known: Progress, lesson: Lesson) -> Text:
    """The figures of a lesson in words."""
    done = known.done(lesson)
    return TOLD.format(
        done=sum(done),
        all=len(done),
        open=len(done) - sum(done),
        minutes=known.minutes(lesson),
        hints=known.count("hints", lesson),
        solutions=known.count("solution", lesson),
    )
