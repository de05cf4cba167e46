"""A button and a question's answers: what was pressed, and what became of it."""

from __future__ import annotations

import pytest

from podlab import text
from podlab.errors import PodlabError
from podlab.panels.press.press import Press
from podlab.text import Text

LABEL = Text(ko="확인", en="Check")


def test_a_press_of_the_view_is_done_once() -> None:
    done: list[int] = []
    button = Press(LABEL, done.append)
    for _ in range(2):
        button._heard(None, {"press": "a"}, None)
    assert done == [-1] and button.chosen == -1


def test_the_option_that_was_chosen_stays_chosen() -> None:
    done: list[int] = []
    answers = Press(LABEL, done.append, ["a", "b"])
    answers._heard(None, {"press": "a", "option": 1}, None)
    assert done == [1] and answers.chosen == 1


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (
            PodlabError(Text(ko="없음", en="none"), Text(ko="만드십시오", en="make one")),
            "That did not work: none → make one",
        ),
        (KeyError("x"), "That did not work: KeyError('x')"),
    ],
)
def test_a_deed_that_fails_says_so_until_the_next_one(error: Exception, said: str) -> None:
    errors = [error]

    def act(_: int) -> None:
        if errors:
            raise errors.pop()

    text.use("en")
    button = Press(LABEL, act)
    button.press()
    assert button.failed == said
    button.press()
    assert button.failed == ""
    text.use(None)
