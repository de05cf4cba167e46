"""`check()`: look, say what was found, keep it, and put the hints within reach."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from podlab.lessons import hints, progress, quiz
from podlab.lessons.check import Result, look
from podlab.lessons.waiting import SETTLE, Waits, line

if TYPE_CHECKING:
    from podlab.kubectl import Kubectl

AGAIN = 0.2  # seconds between two looks


def check(kubectl: Kubectl, name: str, answer: object = "") -> Result:
    """Look at the cluster and say whether this step is done.

    Args:
        kubectl: what `start()` gave.
        name: lesson number and name of the check, such as `02-ready`.
        answer: what you found, for the checks that ask.

    Raises:
        PodlabError: no check has that name.
        TypeError: the name came first.
    """
    if isinstance(kubectl, str):
        raise TypeError("check() takes kubectl first, then the name")
    with line() as say:
        return checked(kubectl, name, answer, say)


def checked(kubectl: Kubectl, name: str, answer: object, waits: Waits) -> Result:
    """What `check()` does; `waits` is told at once what is being waited for."""
    found, deadline = look(kubectl, name, answer), time.monotonic() + SETTLE
    while found.settling and not found and time.monotonic() < deadline:
        waits(found)
        time.sleep(AGAIN)
        found = look(kubectl, name, answer)
    progress.record(name, found)
    found = quiz.scored(name, found) if found else found
    asked = hints.Asked(kubectl, name, answer)
    hints.remember(asked)
    again = (lambda waits: checked(kubectl, name, "", waits)) if answer == "" else None
    return found if found else replace(found, view=lambda: hints.view(asked, found, again))
