"""Questions: predictions before a reveal, and a short quiz; a widget where there is one, always a stable text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from html import escape
from typing import Any

from podlab.errors import PodlabError
from podlab.kubectl.lookalikes import plain
from podlab.lessons import progress
from podlab.lessons.check import WORDS, Result
from podlab.lessons.lesson import lesson
from podlab.text import Text

LETTERS = "abcdefgh"
CHOOSE = Text(ko="답을 고르십시오", en="choose an answer")
AMONG = Text(ko="{letters} 가운데 하나를 고르십시오", en="choose one of {letters}")
NO_QUESTION = Text(ko="{n}번 문제는 없습니다", en="there is no question {n}")
HOW = Text(ko='이렇게 답합니다: `quiz("02").answer(1, "b")`', en='answer like this: `quiz("02").answer(1, "b")`')
ANSWERS = Text(ko="답 보기", en="show the answers")
RIGHT = Text(ko="맞습니다. {why}", en="Right. {why}")
WRONG = Text(ko="아닙니다. {why}", en="Not quite. {why}")
NOTED = Text(
    ko="예측: {option}. 맞는지는 바로 아래에서 드러납니다.",
    en="You predict: {option}. Go on below, and you will see.",
)
FORESEEN = Text(ko="예측한 대로입니다: {option}. {why}", en="As you predicted: {option}. {why}")
OTHERWISE = Text(ko="예측과 다릅니다({option}). {why}", en="Not as you predicted ({option}). {why}")
NO_OPTION = Text(ko="{letter!r}{이라는/라는} 답은 없습니다", en="there is no answer {letter!r}")


@dataclass(frozen=True, slots=True)
class Option:
    """One possible answer, and what to say to somebody who chooses it."""

    text: Text
    why: Text
    right: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """A question with exactly one right option; a prediction keeps quiet about which, until the lesson shows it.

    Attributes:
        shown_by: the check whose passing shows in the cluster what came of a prediction.
    """

    name: str
    prompt: Text
    options: tuple[Option, ...]
    prediction: bool = False
    shown_by: str = ""

    def judge(self, letter: str) -> Result:
        """What there is to say about this answer (`a`, `b`, …); a wrong one is a result, never an error."""
        index = LETTERS.find(letter.strip().lower())
        if len(letter.strip()) != 1 or not 0 <= index < len(self.options):
            letters = ", ".join(LETTERS[: len(self.options)])
            return Result(False, NO_OPTION.format(letter=letter), AMONG.format(letters=letters))
        chosen = self.options[index]
        if self.prediction:
            return Result(True, NOTED.format(option=chosen.text), sign="✎")
        told, sign = (RIGHT, "✔") if chosen.right else (WRONG, "✘")
        return Result(chosen.right, told.format(why=chosen.why), sign=sign)

    def __str__(self) -> str:
        options = (f"  {letter}) {option.text}" for letter, option in zip(LETTERS, self.options, strict=False))
        return "\n".join((str(self.prompt), *options))


@dataclass(frozen=True)
class Quiz:
    """Some questions on one page. `answer("b")`, or `answer(2, "b")` for the second question, works without widgets."""

    questions: tuple[Question, ...]
    number: str = ""

    def answer(self, *answer: int | str) -> Result:
        """Judge one answer: its letter, after the question's number where there are several."""
        if not answer:
            return Result(False, CHOOSE, HOW)
        number = int(answer[0]) if len(answer) > 1 and str(answer[0]).isdecimal() else 1 if len(answer) == 1 else 0
        if not 0 < number <= len(self.questions):
            return Result(False, NO_QUESTION.format(n=answer[0]), HOW)
        return judged(self.questions[number - 1], self.number, str(answer[-1]))

    def __str__(self) -> str:
        if len(self.questions) == 1:
            return str(self.questions[0])
        return "\n\n".join(f"{n}. {question}" for n, question in enumerate(self.questions, 1))

    __repr__ = __str__

    def _repr_mimebundle_(self, **_: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        bundle: dict[str, Any] = {"text/plain": str(self), "text/html": "\n".join(map(twin, self.questions))}
        view = _widget(self.questions, self.number)._repr_mimebundle_() or {}
        return bundle | {mime: value for mime, value in view.items() if mime not in bundle}, {}


def quiz(name: str) -> Quiz:
    """The questions of a lesson: one by its name (`02-ports`), or all but the predictions by the number (`02`).

    Raises:
        PodlabError: no question has that name.
    """
    number, _, rest = plain(str(name)).replace("_", "-").partition("-")
    questions: tuple[Question, ...] = lesson(number).module.QUESTIONS
    chosen = tuple(each for each in questions if (each.name == rest if rest else not each.prediction))
    if chosen:
        return Quiz(chosen, lesson(number).number)
    known = ", ".join(f"{number}-{each.name}" for each in questions) or "-"
    raise PodlabError(
        Text(ko="{name!r}{이라는/라는} 문제는 없습니다", en="there is no question {name!r}").format(name=name),
        Text(ko="이 수업의 문제: {known}", en="the questions of this lesson: {known}").format(known=known),
    )


def judged(question: Question, number: str, letter: str) -> Result:
    """What there is to say about an answer, kept with the progress of the lesson of that number."""
    found = question.judge(letter)
    if number and found.look is None:
        progress.record_answer(f"{number}?{question.name}", letter.strip().lower(), found.passed)
    return found


def scored(name: str, found: Result) -> Result:
    """The result of a check that passed, and beside it what became of the prediction that it decides."""
    of = lesson(name.partition("-")[0])
    for question in of.module.QUESTIONS:
        item = f"{of.number}?{question.name}"
        letter = progress.progress().entries.get(item, {}).get("letter")
        if question.shown_by == name.partition("-")[2] and letter:
            option = question.options[LETTERS.index(letter)]
            progress.record_score(item, option.right)
            told = (FORESEEN if option.right else OTHERWISE).format(option=option.text, why=option.why)
            return replace(found, look=told)
    return found


def twin(question: Question) -> str:
    """The question as HTML for GitHub and paper; answers are folded away, predictions have none."""
    options = "".join(f"<li>{_code(option.text)}</li>" for option in question.options)
    page = f'<p><b>{_code(question.prompt)}</b></p>\n<ol type="a">{options}</ol>'
    if question.prediction:
        return page
    right = next(i for i, option in enumerate(question.options) if option.right)
    why = f"<b>{LETTERS[right]})</b> {_code(question.options[right].why)}"
    return f"{page}\n<details><summary>{ANSWERS}</summary>{why}</details>"


def _widget(questions: tuple[Question, ...], number: str) -> Any:
    from ipywidgets import VBox

    return VBox([_question(question, number) for question in questions]).add_class(WORDS)


def _question(question: Question, number: str = "") -> Any:
    """One question whose answers are kept with the progress of the lesson."""
    return ask(question, lambda letter: judged(question, number, letter))


def ask(question: Question, judge: Callable[[str], Result]) -> Any:
    """One question as radio buttons; choosing answers it, and a screen reader hears what is said about it."""
    from ipywidgets import HTML, Layout, VBox

    from podlab.panels.press.press import Press

    said = HTML('<div role="status" aria-live="polite"></div>')

    def choose(option: int) -> None:
        said.value = _said(question, judge(LETTERS[option]))

    labels = [f"{letter}) {option.text}" for letter, option in zip(LETTERS, question.options, strict=False)]
    prompt = HTML(f"<b>{_code(question.prompt)}</b>")
    return VBox([prompt, Press(question.prompt, choose, labels), said], layout=Layout(margin="0 0 1em 0"))


def _said(question: Question, result: Result) -> str:
    sign = "✎" if question.prediction else "✔" if result.passed else "✘"
    colour = "#0969da" if question.prediction else "#1a7f37" if result.passed else "#9a6700"
    frame = (
        f"border-left:4px solid {colour};padding:.4em .8em;font-size:var(--jp-content-font-size1,14px);line-height:1.5"
    )
    return f'<div role="status" aria-live="polite" style="{frame}">{sign} {_code(result.message)}</div>'


def _code(text: Text) -> str:
    """HTML of a sentence in which `backticks` mark code."""
    parts = escape(str(text)).split("`")
    return "".join(f"<code>{part}</code>" if i % 2 else part for i, part in enumerate(parts))
