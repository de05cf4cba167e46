"""A press is answered each time that it is said, and done once."""

from __future__ import annotations

from typing import Any

import pytest

from podlab.panels.presses import Presses


@pytest.fixture
def told() -> list[dict[str, Any]]:
    return []


def test_it_is_heard_before_it_is_done_and_done_once_however_often_it_is_said(told: list[dict[str, Any]]) -> None:
    presses = Presses(told.append)
    for _ in range(3):
        presses.take({"press": "a"}, lambda: told.append({"event": "deed"}))
    events = [each["event"] for each in told]
    assert events == ["heard", "deed", "done", "done", "done"]
    assert {each.get("press", "a") for each in told} == {"a"}


def test_what_is_said_again_while_it_is_being_done_is_only_heard(told: list[dict[str, Any]]) -> None:
    presses = Presses(told.append)
    presses.take({"press": "a"}, lambda: presses.take({"press": "a"}, lambda: told.append({"event": "twice"})))
    assert [each["event"] for each in told] == ["heard", "heard", "done"]


def test_another_press_is_another_deed(told: list[dict[str, Any]]) -> None:
    presses = Presses(lambda _: None)
    for name in "ab":
        presses.take({"press": name}, lambda: told.append({}))
    assert len(told) == 2


def test_it_is_done_with_when_the_deed_fails(told: list[dict[str, Any]]) -> None:
    def fail() -> None:
        raise ValueError

    with pytest.raises(ValueError):
        Presses(told.append).take({"press": "a"}, fail)
    assert told[-1] == {"event": "done", "press": "a"}


def test_what_is_no_press_is_done_without_an_answer(told: list[dict[str, Any]]) -> None:
    Presses(lambda _: pytest.fail("nobody asked")).take({"event": "show"}, lambda: told.append({}))
    assert told
