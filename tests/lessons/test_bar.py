"""The bar and the record: figures in words, one line in a document, moving when a check passes."""

from __future__ import annotations

import re
from html import escape

import pytest

from podlab import text
from podlab.errors import PodlabError
from podlab.lessons import bar, certificate, progress
from podlab.lessons.check import Result
from podlab.lessons.lesson import LESSONS, lesson
from podlab.testing.sanitizer import sanitize
from podlab.text import LANGUAGES, Text

PASSED = Result(True, Text(ko="파드가 <Ready>입니다", en="the Pod is <Ready>"))


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("PODLAB_HOME", str(tmp_path))
    text.use("en")
    yield tmp_path
    text.use(None)
    progress.unfollow()


def test_a_document_keeps_one_line_that_is_never_compared():
    shown = bar.Bar(LESSONS[2])._repr_mimebundle_()
    progress.record("02-ready", PASSED)
    later = bar.Bar(LESSONS[2])._repr_mimebundle_()
    assert shown["text/plain"] != later["text/plain"]
    assert sanitize(shown["text/plain"]) == sanitize(later["text/plain"])
    assert "text/html" not in shown


def test_it_says_what_is_open_and_where_to_go_on():
    progress.record("02-clear", PASSED)
    page = bar.html(progress.progress(), LESSONS[2])
    assert 'aria-valuenow="1"' in page and 'aria-valuemax="12"' in page
    assert "1 of 12 done · 11 open" in page and "next: 02-manifest" in page


@pytest.mark.parametrize(("number", "cell"), [("00", 'quiz("00")'), ("01", 'quiz("01-localhost")')])
def test_a_question_is_named_as_in_its_cell(number, cell):
    for check in lesson(number).module.CHECKS:
        progress.record(f"{number}-{check.name}", PASSED)
    assert f"next: {escape(cell)}" in bar.html(progress.progress(), lesson(number))


def test_it_moves_when_something_passes():
    told = []
    progress.follow(lambda: told.append(bar.html(progress.progress(), LESSONS[2])))
    progress.record("02-clear", PASSED)
    assert "1 of 12" in told[-1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_record_says_what_was_verified_in_its_language(language):
    progress.record("02-ready", PASSED)
    progress.record_hint("02-ready", 2)
    progress.record_solution("02-ready")
    page = certificate.page(progress.progress(), language, "2026-11-27")
    assert f'<html lang="{language}">' in page
    assert page.count("<tr>") == len(LESSONS)
    proof = re.search(r"<li><b>02-ready</b>(.*?)</li>", page)[1]
    assert "&lt;Ready&gt;" in proof
    assert {"ko": "힌트 2번 · 풀이를 보았습니다", "en": "hints: 2 · solution seen"}[language] in re.sub(
        "<.*?>", "", proof
    )
    assert re.search(r"<span>\d{4}-\d\d-\d\d</span>", proof), "a date is never broken"
    assert re.search("[가-힣]", page) is None or language == "ko"
    assert "http" not in page and "<script" not in page


def test_an_empty_record_is_a_page_too(home):
    path = home / "record.html"
    certificate.write(progress.progress(), path, "en", "2026-11-27")
    assert "nothing was verified yet" in path.read_text(encoding="utf-8")
    with pytest.raises(PodlabError, match="cannot write"):
        certificate.write(progress.progress(), home, "en", "2026-11-27")
