"""Questions: one right answer each, a stable text, a widget that answers, and predictions that keep quiet."""

from __future__ import annotations

import pytest

from podlab import text
from podlab.errors import PodlabError
from podlab.lessons import progress
from podlab.lessons.check import Result
from podlab.lessons.lesson import LESSONS
from podlab.lessons.quiz import Quiz, quiz, scored
from podlab.text import Text

QUESTIONS = [(lesson, question) for lesson in LESSONS for question in lesson.module.QUESTIONS]
EACH = pytest.mark.parametrize(
    ("lesson", "question"), QUESTIONS, ids=lambda each: getattr(each, "name", "") or each.number
)
VIEW = "application/vnd.jupyter.widget-view+json"


@pytest.fixture(autouse=True)
def english(tmp_path, monkeypatch):
    monkeypatch.setenv("PODLAB_HOME", str(tmp_path))
    text.use("en")
    yield
    text.use(None)


@EACH
def test_exactly_one_option_is_right_and_each_says_why(lesson, question):
    assert sum(option.right for option in question.options) == 1
    assert 2 <= len(question.options) <= 4
    for option in question.options:
        assert option.text.ko and option.text.en and option.why.ko and option.why.en


@EACH
def test_the_right_letter_passes_and_the_others_do_not(lesson, question):
    if question.prediction:
        pytest.skip("a prediction is neither")
    verdicts = [question.judge(letter).passed for letter in "abcd"[: len(question.options)]]
    assert verdicts == [option.right for option in question.options]


@EACH
def test_a_prediction_gives_nothing_away(lesson, question):
    if not question.prediction:
        pytest.skip("no prediction")
    shown = str(quiz(f"{lesson.number}-{question.name}")._repr_mimebundle_()[0])
    for letter, option in zip("abcd", question.options, strict=False):
        assert option.why.en not in shown
        assert option.why.en not in str(question.judge(letter))


def test_the_place_of_the_right_answer_cannot_be_guessed():
    places = [next(i for i, option in enumerate(q.options) if option.right) for _, q in QUESTIONS]
    assert max(places.count(place) for place in set(places)) <= len(places) * 0.6


@pytest.mark.parametrize("answer", ["", "z", "ab", "3", " "])
def test_a_strange_answer_is_a_result(answer):
    assert not quiz("02-ports").answer(answer)


def test_answering_without_widgets():
    assert quiz("02").answer(1, "b")
    assert not quiz("02").answer(1, "a")
    assert not quiz("02").answer(9, "a")
    assert "choose one of a, b" in str(quiz("02").answer(1, "z"))
    assert quiz("02-unique").answer(" B ")


def test_an_answer_is_called_right_or_wrong_once_and_a_prediction_neither():
    said = {letter: quiz("02").answer(1, letter) for letter in "ab"}
    assert str(said["b"]).startswith("✔ Right. ") and str(said["a"]).startswith("✘ Not quite. ")
    foreseen = quiz("02-ports").answer("a")
    assert str(foreseen).startswith("✎ You predict: ")
    assert not any(word in each.html() for each in (*said.values(), foreseen) for word in ("Passed", "Not yet"))
    assert str(quiz("02").answer(1, "z")).startswith("✘ Not yet: ")


def test_the_text_is_the_same_every_time_and_has_every_option():
    first, second = (quiz("02")._repr_mimebundle_()[0] for _ in range(2))
    assert first["text/plain"] == second["text/plain"] == str(quiz("02"))
    assert first["text/html"] == second["text/html"]
    for question in quiz("02").questions:
        for option in question.options:
            assert str(option.text) in first["text/plain"]


def test_there_is_a_live_view_that_answers():
    pytest.importorskip("ipywidgets")
    from podlab.lessons.quiz import _question

    question = quiz("02-unique").questions[0]
    _, buttons, said = _question(question).children
    assert 'role="status"' in said.value
    buttons.press(0)
    assert "✘" in said.value and "AlreadyExists" in said.value
    buttons.press(1)
    assert "✔" in said.value
    assert VIEW in quiz("02-unique")._repr_mimebundle_()[0]


def test_both_languages():
    english = str(quiz("02"))
    text.use("ko")
    assert str(quiz("02")) != english


def test_an_unknown_question_names_those_that_there_are():
    with pytest.raises(PodlabError) as error:
        quiz("02-nothing")
    assert "02-ports" in str(error.value.hint)


def test_a_quiz_is_a_value():
    assert quiz("02") == quiz("02") and isinstance(quiz("02"), Quiz)


PASSED = Result(True, Text(ko="통과", en="it came about"))


def test_a_prediction_is_scored_when_its_check_passes():
    assert quiz("02-ports").answer("a")
    assert scored("02-ready", PASSED) == PASSED
    told = scored("02-mine", PASSED)
    assert told.passed and told.look.en.startswith("Not as you predicted (No: a port the manifest does not open")
    quiz("02-ports").answer("b")
    assert scored("02-mine", PASSED).look.en.startswith("As you predicted: Yes")
    assert progress.progress().entries["02?ports"]["foreseen"] is True


def test_without_a_prediction_the_result_stays_as_it_is():
    assert scored("02-mine", PASSED) == PASSED


@EACH
def test_what_decides_a_prediction_is_a_check_of_the_lesson(lesson, question):
    assert bool(question.shown_by) is question.prediction
    if question.prediction:
        assert question.shown_by in [each.name for each in lesson.module.CHECKS]


def test_answers_count_as_progress_when_they_are_right_and_for_good():
    quiz("02").answer(1, "a")
    assert not progress.progress().passed("02?created")
    quiz("02").answer(1, "b")
    quiz("02").answer(1, "a")
    assert progress.progress().passed("02?created")
