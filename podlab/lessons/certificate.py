"""A record of one page: what was done, how long it took, with what help, and what was verified when; for printing."""

from __future__ import annotations

from html import escape
from pathlib import Path

from podlab.errors import PodlabError
from podlab.lessons.bar import told_of
from podlab.lessons.lesson import LESSONS, Lesson
from podlab.lessons.progress import Progress, items
from podlab.text import Language, Text

TITLE = Text(ko="podlab 학습 기록", en="podlab: record of learning")
VERIFIED = Text(ko="확인된 것", en="What was verified")
NAME = Text(ko="이름", en="Name")
DATE = Text(ko="날짜", en="Date")
NOTHING = Text(ko="아직 확인된 것이 없습니다", en="nothing was verified yet")
ANSWERED = Text(ko="답한 문제: {names}", en="questions answered: {names}")
HELP = Text(ko="힌트 {hints}번", en="hints: {hints}")
SOLVED = Text(ko="풀이를 보았습니다", en="solution seen")
UNWRITTEN = Text(ko="{path}에 쓸 수 없습니다: {why}", en="cannot write {path}: {why}")
ANOTHER = Text(
    ko="쓸 수 있는 폴더의 파일 이름을 적으십시오: podlab progress --export record.html",
    en="name a file in a folder of yours: podlab progress --export record.html",
)

PAGE = """<!doctype html>
<html lang="{language}"><head><meta charset="utf-8"><title>{title}</title><style>
@page {{ size: A4; margin: 10mm; }}
body {{ font: 8.5pt/1.3 system-ui, sans-serif; color: #1f2328; background: #fff; max-width: 60em; margin: 0 auto; }}
h1 {{ font-size: 15pt; margin: 0; }} h2 {{ font-size: 10.5pt; margin: 1em 0 .3em; }}
table {{ border-collapse: collapse; width: 100%; }} td {{ border-bottom: 1px solid #d0d7de; padding: .1em .4em; }}
ol {{ columns: 3; column-gap: 1.5em; padding: 0; margin: 0; list-style: none; font-size: 6pt; line-height: 1.2; }}
li span + span {{ white-space: nowrap; }}
li {{ break-inside: avoid; word-break: keep-all; overflow-wrap: anywhere; }}
@media screen {{ body {{ padding: 1em; }} ol {{ columns: 18em; font-size: 9pt; }} }}
.line {{ display: inline-block; min-width: 14em; border-bottom: 1px solid #1f2328; }}
</style></head><body>
<h1>{title}</h1>
<p>{name}: <span class="line">&nbsp;</span> · {date}: {day}</p>
<p>{sum}</p>
<table>{rows}</table>
<h2>{verified}</h2>
<ol>{proofs}</ol>
</body></html>
"""


def page(known: Progress, language: Language, day: str) -> str:
    """The record in one language as an HTML document that needs nothing else.

    Args:
        day: the date it is made, as it shall stand there.
    """
    proofs = [line for lesson in LESSONS for line in _proofs(known, lesson, language)]
    return PAGE.format(
        language=language,
        title=TITLE.in_(language),
        name=NAME.in_(language),
        date=DATE.in_(language),
        day=escape(day),
        sum=escape(known.sum().in_(language)),
        rows="".join(_row(known, lesson, language) for lesson in LESSONS),
        verified=VERIFIED.in_(language),
        proofs="".join(proofs) or f"<li>{NOTHING.in_(language)}</li>",
    )


def write(known: Progress, path: Path, language: Language, day: str) -> None:
    """Write the record into a file.

    Raises:
        PodlabError: it cannot be written.
    """
    try:
        path.write_text(page(known, language, day), encoding="utf-8")
    except OSError as error:
        raise PodlabError(UNWRITTEN.format(path=path, why=error.strerror), ANOTHER) from error


def _row(known: Progress, lesson: Lesson, language: Language) -> str:
    title = escape(f"{lesson.number} · {lesson.title.in_(language)}")
    return f"<tr><td>{title}</td><td>{escape(told_of(known, lesson).in_(language))}</td></tr>"


def _proofs(known: Progress, lesson: Lesson, language: Language) -> list[str]:
    """A line for each check, and one for a lesson's questions: so that all of it stays on one page."""
    passed = [item for item in items(lesson) if known.passed(item)]
    lines = [_proof(known, item, language) for item in passed if "?" not in item]
    names = ", ".join(item.partition("?")[2] for item in passed if "?" in item)
    told = escape(ANSWERED.format(names=names).in_(language))
    return [*lines, f"<li><b>{lesson.number}</b> {told}</li>"] if names else lines


def _proof(known: Progress, item: str, language: Language) -> str:
    """One check: what was found, on which day, and with what help."""
    entry = known.entries[item]
    hints = int(entry.get("hints", 0))
    parts = [
        (entry.get("said") or {}).get(language) or "",
        str(entry.get("at", "")).partition("T")[0],
        HELP.format(hints=hints).in_(language) if hints else "",
        SOLVED.in_(language) if entry.get("solution") else "",
    ]
    told = " · ".join(f"<span>{escape(part)}</span>" for part in parts if part)
    return f"<li><b>{escape(item)}</b> {told}</li>"
