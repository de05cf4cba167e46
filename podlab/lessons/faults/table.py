"""All faults in the order of the lesson, and those that are drawn for an exam."""

from __future__ import annotations

import random

from podlab.errors import PodlabError
from podlab.lessons.faults.fault import Fault
from podlab.lessons.faults.leaving import LEAVING
from podlab.lessons.faults.restarting import RESTARTING
from podlab.lessons.faults.starting import STARTING
from podlab.lessons.faults.waiting import NIGHT_SHIFT, WAITING
from podlab.text import Text

FAULTS = (*STARTING, *RESTARTING, *WAITING, *LEAVING, NIGHT_SHIFT)
DRAWN = tuple(each for each in FAULTS if not each.taint)  # a closed node would stop the others' repairs


def fault(name: str) -> Fault:
    """The fault of that name, such as `oven` or `09-oven`.

    Raises:
        PodlabError: there is none.
    """
    found = next((each for each in FAULTS if each.key == name.removeprefix("09-")), None)
    if found is not None:
        return found
    raise PodlabError(
        Text(ko="{name!r}{이라는/라는} 고장은 없습니다", en="there is no fault {name!r}").format(name=name),
        Text(ko="고장: {known}", en="the faults: {known}").format(known=", ".join(each.key for each in FAULTS)),
    )


def draw(seed: int, count: int) -> tuple[Fault, ...]:
    """So many faults in an order of chance; the same seed gives the same.

    Raises:
        PodlabError: there are not so many.
    """
    if not 0 < count <= len(DRAWN):
        raise PodlabError(
            Text(ko="고장은 1개에서 {most}개까지 뽑을 수 있습니다", en="from 1 to {most} faults can be drawn").format(
                most=len(DRAWN)
            )
        )
    return tuple(random.Random(seed).sample(DRAWN, count))
