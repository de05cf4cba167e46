"""Checks and questions of 00-welcome."""

from __future__ import annotations

from podlab.lessons.check import Check, Result, Seen
from podlab.lessons.quiz import Option, Question
from podlab.text import Text


def _cell(seen: Seen) -> Result:
    """There is an answer, whatever it is: the learner has run a cell of their own."""
    if seen.answer:
        good = Text(ko="셀을 실행했고, 답은 {answer}입니다", en="you have run the cell, and the answer is {answer}")
        return Result(True, good.format(answer=seen.answer))
    missing = Text(ko="답이 비어 있습니다", en="the answer is empty")
    return Result(False, missing, Text(ko="`1 + 1`을 넘겨 보십시오", en="hand over `1 + 1`"))


CHECKS = (Check("cell", _cell, solution='check(kubectl, "00-cell", 1 + 1)'),)

QUESTIONS = (
    Question(
        "ready",
        Text(ko="확인 셀이 “아직입니다”라고 하면 어떻게 합니까?", en="A check says “Not yet”. What do you do?"),
        (
            Option(
                Text(ko="처음부터 다시 설치한다", en="install everything again"),
                Text(ko="다시 설치할 일은 없습니다.", en="No need for that."),
            ),
            Option(
                Text(
                    ko="화살표(→) 뒤의 안내를 따라 하고 다시 확인한다",
                    en="do what it says after the arrow (→), then check again",
                ),
                Text(ko="확인은 몇 번이든 다시 할 수 있습니다.", en="You can check as often as you like."),
                right=True,
            ),
        ),
    ),
)
