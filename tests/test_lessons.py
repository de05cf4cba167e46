"""The lessons hold together: both languages, slugs, names, headings, links, and the modules beside them."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
import yaml

from podlab.lessons.lesson import LESSONS, MANIFEST, Lesson, manifest
from podlab.lessons.progress import items
from tests.lessons import sources
from tools.build_notebooks import LANGUAGES, language_of

SOURCES = Path(__file__).parent.parent / "notebooks" / "src"
HANGUL = re.compile(r"[가-힣]")
TASKS = LESSONS[-1]  # no steps, no predictions, no foreseen mistakes: the learner is alone
LESSON = pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.slug)


def code(lesson: Lesson, language: str) -> list[str]:
    return sources.cells(lesson.slug, language, "code")


def texts(lesson: Lesson, language: str) -> str:
    return "\n".join(sources.cells(lesson.slug, language, "markdown"))


def test_every_source_is_a_lesson_and_every_lesson_has_a_source():
    assert sorted(path.stem for path in SOURCES.glob("*.md")) == [lesson.slug for lesson in LESSONS]


@pytest.mark.slow
@LESSON
def test_each_korean_cell_is_followed_at_once_by_its_english_cell(lesson):
    cells = [(language_of(cell), cell.cell_type) for cell in sources.source(lesson.slug).cells]
    while cells:
        (language, kind), *cells = cells
        if language is None:
            assert kind == "code", "text that has no language"
            continue
        assert language == "ko"
        assert cells and cells[0] == ("en", kind)
        cells = cells[1:]


@LESSON
def test_text_is_in_the_language_it_says(lesson):
    for cell in sources.source(lesson.slug).cells:
        if language_of(cell) == "ko" and cell.cell_type == "markdown":
            assert HANGUL.search(cell.source)
        if language_of(cell) != "ko":
            assert not HANGUL.search(cell.source), cell.source


@pytest.mark.slow
@LESSON
def test_code_differs_between_languages_only_in_comments_and_the_language(lesson):
    def bare(cell: str) -> str:
        if cell.startswith("%%manifest"):
            name, _, text = cell.partition("\n")
            return f"{name}\n{yaml.safe_load(text)}"
        return re.sub(r'language="(ko|en)"', "", cell)

    korean, english = (list(map(bare, code(lesson, language))) for language in LANGUAGES)
    assert korean == english


@LESSON
@pytest.mark.parametrize("language", LANGUAGES)
def test_size(lesson, language):
    """40 cells, 10 lines of code in one; a manifest is a file, not code, and as long as it has to be."""
    assert len(sources.notebook(lesson.slug, language).cells) <= 40
    for cell in code(lesson, language):
        assert len(cell.splitlines()) <= (15 if cell.startswith("%%manifest") else 10), cell


@LESSON
def test_no_cell_asks_for_what_it_shows_anyway(lesson):
    """Lesson 02 says that each line shows its answer: `display` would be one more word to explain."""
    assert not any("display(" in cell for cell in code(lesson, "en"))


@LESSON
@pytest.mark.parametrize("language", LANGUAGES)
def test_stored_bars_count_what_there_is_now(lesson, language):
    """The sanitizer hides these lines whole: no run would notice an old one."""
    stored = (SOURCES.parent / language / f"{lesson.slug}.ipynb").read_text(encoding="utf-8")
    assert f"0/{len(items(lesson))} ·" in stored
    if lesson is LESSONS[0]:
        assert f"1/{sum(len(items(each)) for each in LESSONS)}," in stored


def test_no_sentence_of_a_check_is_markdown():
    """Of what checks, hints and questions say only backticks are read: stars would be shown as they stand."""
    sources = (SOURCES.parents[1] / "podlab" / "lessons").rglob("*.py")
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in sources]
    said = [node.value for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    assert len(said) > 1000
    assert not [each for each in said if isinstance(each, str) and re.search(r"\*\*\S", each)]


@LESSON
def test_no_functions_are_defined_in_a_notebook(lesson):
    for cell in code(lesson, "en"):
        if not cell.startswith("%"):
            assert not any(
                isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Lambda) for node in ast.walk(ast.parse(cell))
            )


@LESSON
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_title_and_the_minutes_are_those_of_the_table(lesson, language):
    text = texts(lesson, language)
    assert text.startswith(f"# {lesson.number} · {lesson.title.in_(language)}\n")
    minutes = {"ko": f"**약 {lesson.minutes}분.**", "en": f"**About {lesson.minutes} minutes.**"}[language]
    assert minutes in text


@LESSON
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_next_lesson_is_linked_by_its_title(lesson, language):
    following = LESSONS[(LESSONS.index(lesson) + 1) % len(LESSONS)]
    assert f"[{following.number} · {following.title.in_(language)}]({following.slug}.ipynb)" in texts(lesson, language)


@LESSON
@pytest.mark.parametrize("language", LANGUAGES)
def test_links_to_notebooks_lead_somewhere(lesson, language):
    linked = re.findall(r"\]\(([^)]+)\.ipynb\)", texts(lesson, language))
    assert set(linked) <= {each.slug for each in LESSONS}


@LESSON
def test_it_starts_itself(lesson):
    for language in LANGUAGES:
        assert f'start("{lesson.number}", language="{language}")' in code(lesson, language)[0]


@LESSON
def test_every_check_and_question_is_used_once_and_every_use_exists(lesson):
    cells = "\n".join(code(lesson, "en"))
    uses = re.findall(r'(check|FindFault)\(\w+, "([^"]+)"', cells)
    # a fault's panel may be asked for again, so that each cell stands alone
    once = [name for at, (how, name) in enumerate(uses) if how == "check" or (how, name) not in uses[:at]]
    assert once == [f"{lesson.number}-{check.name}" for check in lesson.module.CHECKS]
    asked = re.findall(r'quiz\("([^"]+)"\)', cells)
    questions = lesson.module.QUESTIONS
    rest = [lesson.number] if questions else []
    assert asked == [*(f"{lesson.number}-{each.name}" for each in questions if each.prediction), *rest]


@LESSON
def test_each_step_of_a_lesson_that_acts_has_a_check(lesson):
    if lesson.number in ("00", "01"):
        pytest.skip("this lesson only explains")
    if lesson is TASKS:
        pytest.skip("this lesson only asks")
    step, checked = "", {}
    for cell in sources.notebook(lesson.slug, "en").cells:
        if cell.cell_type == "markdown":
            for heading in re.findall(r"^## (.*)$", cell.source, re.MULTILINE):
                step, checked[heading] = heading, False
        elif re.search(r"\b(check|FindFault)\(", cell.source):  # a fault brings its check along
            checked[step] = True
    without = [heading for heading, found in checked.items() if not found]
    assert [heading.split(":")[0] for heading in without] == [
        "Aside",
        "Test yourself",
        "On your own",
        "Further reading",
    ]


@pytest.mark.parametrize("lesson", LESSONS[2:-1], ids=lambda lesson: lesson.slug)
def test_a_lesson_that_acts_has_a_prediction_a_mistake_a_cell_to_change_and_the_official_client(lesson):
    assert any(question.prediction for question in lesson.module.QUESTIONS)
    assert any(
        "raises-exception" in cell.metadata.get("tags", ()) for cell in sources.notebook(lesson.slug, "en").cells
    )
    assert "is yours to change" in texts(lesson, "en")
    assert re.search("고치는 셀|고쳐 보는 셀|고쳐 보십시오", texts(lesson, "ko"))
    assert any("CoreV1Api" in cell for cell in code(lesson, "en"))


@LESSON
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_words_of_a_picture_are_crossed_by_the_line_of_who_says_them(lesson, language):
    assert re.findall(r"^ *(\w+) *-+>>? *\1 *:.*", texts(lesson, language), re.M) == []


def test_the_learner_writes_the_manifest_that_the_kit_brings():
    (cell,) = [cell for cell in code(LESSONS[2], "en") if cell.startswith(f"%%manifest {MANIFEST}")]
    assert yaml.safe_load(cell.partition("\n")[2]) == yaml.safe_load(manifest(MANIFEST))
