"""The glossary: every term of a lesson is explained at its first use, once, and nothing else is touched."""

from __future__ import annotations

import re

import pytest

from podlab.lessons.glossary import CLOSED, TERMS, mark
from podlab.lessons.lesson import LESSONS
from podlab.text import LANGUAGES
from tests.lessons.sources import cells

EACH = [(lesson, language) for lesson in LESSONS for language in LANGUAGES]
ASKED = [
    "container",
    "image",
    "nginx",
    "namespace",
    "kubelet",
    "scheduler",
    "object",
    "registry",
    "probe",
    "admission",
    "mount",
    "port",
    "control plane",
    "uid",
    "YAML",
]


def prose(slug: str, language: str) -> str:
    return "\n\n".join(cells(slug, language, "markdown"))


def test_the_words_that_newcomers_asked_for_are_there():
    there = {term.word.en for term in TERMS}
    assert there >= {*ASKED, "API server", "init container", "sidecar"}
    assert len(there) == len(TERMS) == len({term.word.ko for term in TERMS})


@pytest.mark.parametrize("term", TERMS, ids=lambda term: term.word.en)
def test_a_meaning_is_one_short_line_in_both_languages(term):
    for language in LANGUAGES:
        meaning = term.meaning.in_(language)
        assert 5 < len(meaning) <= 140 and "\n" not in meaning and '"' not in meaning
        assert re.search(term.regex(language), f" {term.word.in_(language)} ")
    assert re.search("[가-힣]", term.meaning.ko) and not re.search("[가-힣]", term.meaning.en)


@pytest.mark.slow
@pytest.mark.parametrize(("lesson", "language"), EACH, ids=lambda each: getattr(each, "number", each))
def test_each_term_of_a_lesson_is_explained_once_and_at_its_first_use(lesson, language):
    text = prose(lesson.slug, language)
    bare = re.sub(r"\*\*[^*\n]*\*\*|(?s:" + CLOSED.pattern + ")", lambda m: " " * len(m[0]), text, flags=re.M)
    for term in TERMS:
        shown = term.meaning.in_(language).replace("'", "&#x27;")
        places = [match.start() for match in re.finditer(re.escape(f'title="{shown}"'), text)]
        first = re.search(term.regex(language), bare)
        assert len(places) <= 1, term.word.en
        if first:
            assert places and places[0] < first.start(), f"{term.word.en} is not explained at its first use"


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_the_tags_the_text_is_what_was_written(language):
    text = "# 파드 Pod\n\n**파드**는 `Pod` 컨테이너, **노드의 이미지**에 [파드](a.md) Pods on **nodes** images\n"
    marked = mark(text, language, set())
    assert re.sub(r"</?abbr[^>]*>", "", marked) == text
    assert marked.count("<abbr") >= 2
    assert marked.startswith("# 파드 Pod\n") and "[파드](a.md)" in marked and "`Pod`" in marked


def test_bold_stays_bold():
    assert mark("**파드**는", "ko", set()).endswith("**파드**</abbr>는")
    assert "</abbr>**" not in mark("**가까운 노드**에 노드", "ko", set())


def test_a_term_that_was_met_is_left_alone():
    met: set[str] = set()
    assert "<abbr" in mark("a Pod", "en", met)
    assert mark("a Pod", "en", met) == "a Pod"
