"""Bringing back: a lesson as it was, or the cluster without what lessons made in it."""

from __future__ import annotations

from pathlib import Path

from podlab import clusters, workbook
from podlab.clusters import reset
from podlab.commands import terminal
from podlab.text import Language, Text

OPEN = Text(
    ko="이 수업이 JupyterLab에 열려 있다면 메뉴에서 파일 → 디스크에서 Notebook 다시 불러오기를 고르고, 첫 코드 셀부터 "
    "실행하십시오",
    en="if the lesson is open in JupyterLab, choose File → Reload Notebook from Disk, and begin with "
    "its first code cell",
)


def lesson(name: str, folder: Path | None, language: Language) -> None:
    """Restore a lesson and say where it is. Raises PodlabError: there is none of that name."""
    restored, kept = workbook.restore(folder.absolute() if folder else workbook.working(Path.cwd()), name, language)
    terminal.say(Text(ko="되돌린 수업: {path}", en="restored: {path}").format(path=restored))
    if kept:
        terminal.say(Text(ko="이전 사본: {path}", en="what was there: {path}").format(path=kept))
        terminal.say(OPEN)


def cluster() -> None:
    """Delete all that lessons made in the cluster."""
    with terminal.steps() as report:
        chosen, _ = clusters.choose(report=report)
        deleted = reset.empty(chosen, report)
    terminal.say(
        Text(
            ko="{namespace} 네임스페이스에서 지운 오브젝트: {count}",
            en="objects deleted in the namespace {namespace}: {count}",
        ).format(namespace=chosen.namespace, count=len(deleted))
    )
