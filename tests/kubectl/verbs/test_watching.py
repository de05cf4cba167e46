"""A watch has an end where nobody sees what it prints before it is over."""

from __future__ import annotations

from typing import Any

import pytest

from podlab import text
from podlab.kubectl.command import Command
from podlab.kubectl.verbs import watching


@pytest.mark.parametrize(
    ("asked", "seen", "seconds"),
    [(None, True, None), (None, False, watching.UNSEEN), (5.0, False, 5.0), (5.0, True, 5.0)],
)
def test_only_a_watch_that_is_unseen_and_endless_gets_an_end(
    asked: float | None, seen: bool, seconds: float | None
) -> None:
    nothing: Any = None
    command = Command(nothing, nothing, nothing, "default", echo=(lambda text, where: None) if seen else None)
    assert watching.until(command, asked) == seconds


def test_it_says_so_and_what_to_do() -> None:
    text.use("en")
    assert "stopped after 30 s" in watching.ended() and "PodBoard(kubectl)" in watching.ended()
    text.use(None)
