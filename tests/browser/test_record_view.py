"""The record of one who has done all of it, printed: one page, in both languages."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from podlab.lessons import certificate
from podlab.lessons.lesson import LESSONS
from podlab.lessons.progress import Entry, Progress, items
from podlab.text import LANGUAGES

SAID = {
    "ko": "늦게 시작한 second 컨테이너가 실패해 다시 시작했습니다",
    "en": "a new Pod came up on the node that is left: two are serving",
}
DONE: Entry = {"passed": True, "said": SAID, "at": "2026-11-28T02:42:54Z", "hints": 3, "solution": True}


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_that_can_be_verified_is_printed_on_one_page(page: Any, tmp_path: Path, language: str) -> None:
    everything = {item: DONE for lesson in LESSONS for item in items(lesson)}
    certificate.write(Progress(everything, {}, {}), tmp_path / "record.html", language, "2026-11-28")
    page.goto(f"file://{tmp_path}/record.html")
    assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True))) == 1


def test_on_a_narrow_screen_it_can_be_read(page: Any, tmp_path: Path) -> None:
    everything = {item: DONE for lesson in LESSONS for item in items(lesson)}
    certificate.write(Progress(everything, {}, {}), tmp_path / "record.html", "en", "2026-11-28")
    page.set_viewport_size({"width": 400, "height": 900})
    page.goto(f"file://{tmp_path}/record.html")
    assert page.evaluate("document.documentElement.scrollWidth") <= 400
    lines = page.locator("li").evaluate_all("all => all.map((each) => each.getBoundingClientRect().left)")
    assert len(set(lines)) == 1 and lines[0] > 8
    assert page.locator("li").first.evaluate("each => parseFloat(getComputedStyle(each).fontSize)") >= 11
