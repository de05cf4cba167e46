"""`podlab progress`: how far the learner is, and the record to print."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from podlab import text
from podlab.commands import terminal
from podlab.commands.options import LanguageOption, speak
from podlab.lessons import certificate
from podlab.lessons.progress import progress
from podlab.text import Text

WRITTEN = Text(ko="기록을 썼습니다: {path}", en="the record is in {path}")


def run(
    export: Annotated[
        Path | None,
        typer.Option("--export", help="Write a page to print. 한 쪽짜리 인쇄용 문서를 만듭니다.", show_default=False),
    ] = None,
    language: LanguageOption = None,
) -> None:
    """Show what is done and open, minutes and hints. 끝난 것과 남은 것, 시간과 힌트를 보여 줍니다."""
    speak(language)
    known = progress()
    if export is None:
        print(known)
        return
    certificate.write(known, export, text.language(), date.today().isoformat())
    terminal.say(WRITTEN.format(path=export))
