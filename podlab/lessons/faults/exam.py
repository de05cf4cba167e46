"""An exam: faults drawn by a seed, found and repaired without being told which they are."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from podlab.lessons.faults.bench import NotHere
from podlab.lessons.faults.panel import FindFault
from podlab.lessons.faults.table import DRAWN, draw
from podlab.text import Text

if TYPE_CHECKING:
    from podlab.kubectl import Kubectl

SEEDS = 10_000
TITLE = Text(
    ko="시험 {seed}번: 고장 {count}개. 같은 번호로 다시 뽑으면 같은 고장이 나옵니다.",
    en="Exam {seed}: {count} faults. The same number draws the same faults again.",
)
ROW = Text(
    ko="{name:<12} 첫 짐작 {guess} · 고침 {repaired}",
    en="{name:<12} first guess {guess} · repaired {repaired}",
)
SUM = Text(
    ko="첫 짐작 {guessed}/{count}, 고침 {repaired}/{count}",
    en="first guesses {guessed}/{count}, repaired {repaired}/{count}",
)
YES, NO, OPEN = "✔", "✘", "–"


class Exam:
    """So many faults at once; `sheet()` tells how it went so far."""

    def __init__(self, kubectl: Kubectl, seed: int, count: int) -> None:
        self.seed = seed
        self.faults = tuple(self._made(kubectl, count))

    def _made(self, kubectl: Kubectl, count: int) -> Iterator[FindFault]:
        """So many of those that were drawn; for one that cannot be made here comes another, drawn by the same seed."""
        drawn = draw(self.seed, count)
        others = [each for each in draw(self.seed, len(DRAWN)) if each not in drawn]
        made = 0
        for each in (*drawn, *others):
            with contextlib.suppress(NotHere):
                yield FindFault(kubectl, each.key)
                made += 1
            if made == count:
                return

    def __str__(self) -> str:
        return "\n\n".join([str(TITLE.format(seed=self.seed, count=len(self.faults))), *map(str, self.faults)])

    __repr__ = __str__

    def sheet(self) -> str:
        """For each fault whether the first guess was right and whether it was repaired; then the sums."""
        rows = [
            str(ROW.format(name=each.fault.key, guess=_first(each), repaired=YES if each.repaired else OPEN))
            for each in self.faults
        ]
        guessed = sum(_first(each) == YES for each in self.faults)
        repaired = sum(each.repaired for each in self.faults)
        return "\n".join([*rows, str(SUM.format(guessed=guessed, repaired=repaired, count=len(rows)))])

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        from ipywidgets import HTML, VBox

        title = HTML(f"<p><b>{TITLE.format(seed=self.seed, count=len(self.faults))}</b></p>")
        view = VBox([title, *(each.box() for each in self.faults)])._repr_mimebundle_() or {}
        return {**view, "text/plain": str(self)}


def exam(kubectl: Kubectl, *, seed: int | None = None, count: int = 3) -> Exam:
    """Draw faults and bring them all; the same seed draws the same, none draws by chance.

    Raises:
        PodlabError: there are not so many faults, or the symptom of one does not come.
        TypeError: kubectl was left out.
    """
    if isinstance(kubectl, str):
        raise TypeError("exam() takes kubectl first")
    return Exam(kubectl, random.randrange(SEEDS) if seed is None else seed, count)


def _first(each: FindFault) -> str:
    return OPEN if not each.guesses else YES if each.guesses[0] else NO
