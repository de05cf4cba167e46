"""`hint()` and `solution()`: three steps that fit what is wrong now, then the cells that do it, both kept in mind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from podlab.errors import PodlabError
from podlab.lessons import progress
from podlab.lessons.check import Check, Result, coded, find, look
from podlab.lessons.waiting import Waits, waiting
from podlab.text import Text

if TYPE_CHECKING:
    from podlab.kubectl import Kubectl

STEPS = 3
Again = Callable[[Waits], Result]
"""Checks once more; what it is handed is told at once what is being waited for."""
HEAD = Text(ko="힌트 {step}/{steps}: {text}", en="Hint {step} of {steps}: {text}")
OVER = Text(
    ko="힌트 {steps}개를 모두 보았고, 더는 없습니다. 마지막 힌트: {text}",
    en="You have seen all {steps} hints, and there are no more. The last was: {text}",
)
LAST = Text(ko="다음은 풀이입니다: `solution()`", en="after this there is the solution: `solution()`")
DONE = Text(
    ko="이 확인은 이미 통과합니다. 다음으로 가십시오", en="this check passes already: there is nothing to hint at"
)
BEGINS = Text(ko="이렇게 시작합니다: `{begin}…`", en="it begins like this: `{begin}…`")
WHICH = Text(ko="아직 확인한 것이 없습니다", en="nothing was checked yet")
CHECK_FIRST = Text(
    ko='확인 셀을 먼저 실행하거나, `hint("02-ready")`처럼 이름을 적으십시오',
    en='run a check first, or name one: `hint("02-ready")`',
)
SOLUTION = Text(ko="{name}의 풀이(풀이를 본 것으로 기록됩니다)", en="A solution of {name} (noted as seen)")
NO_SOLUTION = Text(ko="{name}에는 정해진 풀이가 없습니다", en="{name} has no one solution")
AGAIN = Text(ko="다시 확인", en="Check again")
MORE, SHOW = Text(ko="힌트", en="Hint"), Text(ko="풀이 보기", en="Show a solution")


@dataclass(frozen=True, slots=True)
class Asked:
    """A check as it was asked for: what `hint()` looks at again."""

    kubectl: Kubectl
    name: str
    answer: object = ""


@dataclass(frozen=True, slots=True)
class Hint:
    """One step; its text is the same in a notebook and on paper."""

    text: Text
    step: int = 0
    more: bool = False
    over: bool = False

    def __str__(self) -> str:
        told = OVER if self.over else HEAD
        head = told.format(step=self.step, steps=STEPS, text=self.text) if self.step else self.text
        return f"{head}\n→ {LAST}" if self.more else str(head)

    __repr__ = __str__

    def html(self) -> str:
        """The step as HTML that a screen reader reads out."""
        return f'<div role="status" aria-live="polite">{coded(str(self)).replace(chr(10), "<br>")}</div>'

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return {"text/plain": str(self), "text/html": self.html()}


@dataclass(frozen=True, slots=True)
class Solution:
    """The cells that make a check pass."""

    title: Text
    code: str

    def __str__(self) -> str:
        return f"{self.title}\n{self.code}".rstrip()

    __repr__ = __str__

    def html(self) -> str:
        """The code, to be copied into a cell."""
        code = f"<pre><code>{escape(self.code)}</code></pre>" if self.code else ""
        return f'<div role="status" aria-live="polite">{escape(str(self.title))}{code}</div>'

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return {"text/plain": str(self), "text/html": self.html()}


_asked: dict[str, Asked] = {}  # by name, the latest last
_given: dict[str, dict[tuple[Text, ...], int]] = {}  # by name: the last step that was given of each ladder


def remember(asked: Asked) -> None:
    """Let `hint()` without a name be about this check."""
    _asked.pop(asked.name, None)
    _asked[asked.name] = asked


def forget() -> None:
    """Begin anew: nothing was checked yet."""
    _asked.clear()
    _given.clear()


def ladder(check: Check, found: Result) -> tuple[Text, ...]:
    """The three steps for what is wrong now, from an idea to nearly the answer."""
    steps = [*(found.hints or check.hints)]
    if len(steps) < STEPS and found.look and found.look not in steps:
        steps.insert(0, found.look)
    if len(steps) < STEPS and check.solution:
        steps.append(BEGINS.format(begin=begin(check.solution)))
    while len(steps) < STEPS:
        steps.insert(0, found.message)
    return tuple(steps[-STEPS:])


def begin(code: str) -> str:
    """Where the line that does the deed, the last, begins: up to what goes into its brackets."""
    line = code.strip().splitlines()[-1]
    head, bracket, _ = line.partition("(")
    return head + bracket if bracket else line[: len(line) // 2]


def hint(name: str = "") -> Hint:
    """The next hint for a check, fitting what is wrong now: three steps, then there is `solution()`.

    Args:
        name: the check, such as `02-ready`; without one, the check that was run last.

    Raises:
        PodlabError: no check has that name, or none was run yet.
    """
    return step(_the(name))


def step(asked: Asked) -> Hint:
    """The next hint for what is wrong now; of each ladder the next step, while a Pod goes to and fro between states."""
    found = look(asked.kubectl, asked.name, asked.answer)
    if found:
        return Hint(DONE)
    check = find(asked.name)
    given, wrong = _given.setdefault(asked.name, {}), found.hints or check.hints or (found.message,)
    over = given.get(wrong, 0) == STEPS
    number = given[wrong] = min(given.get(wrong, 0) + 1, STEPS)
    progress.record_hint(asked.name, number)
    return Hint(ladder(check, found)[number - 1], number, number == STEPS and bool(check.solution), over)


def solution(name: str = "") -> Solution:
    """The cells that make a check pass; that you have seen them is kept with your progress.

    Args:
        name: the check, such as `02-ready`; without one, the check that was run last.

    Raises:
        PodlabError: no check has that name, or none was run yet.
    """
    wanted = name or _the("").name
    return solve(find(wanted), wanted)


def solve(check: Check, name: str) -> Solution:
    """The solution of a check, noted as seen."""
    if not check.solution:
        return Solution(NO_SOLUTION.format(name=name), "")
    progress.record_solution(name)
    return Solution(SOLUTION.format(name=name), check.solution.strip())


def view(asked: Asked, found: Result, again: Again | None = None) -> dict[str, Any]:
    """The result with its buttons, as a notebook shows it."""
    bundle, _ = Board(asked, found, again).view._repr_mimebundle_() or ({}, {})
    return bundle


class Board:
    """A result with its hints, which a later result takes the place of: what has the focus stays where it is.

    A button looks again, one gives the next hint, and after the last one a button shows the solution.

    Args:
        again: checks once more, where what was asked for needs no cell to be run before.
    """

    def __init__(self, asked: Asked, found: Result | None = None, again: Again | None = None) -> None:
        from podlab.panels.found.found import Found

        self._asked, self._check, self._again = asked, find(asked.name), again
        deeds = {"again": (AGAIN, self._looked), "hint": (MORE, self._told), "solution": (SHOW, self._solved)}
        self.view = Found(deeds)
        if found is not None:
            self.show(found)

    def show(self, found: Result) -> None:
        """Say what was found; where that is well, there is nothing to hint at."""
        left = (
            {"hint", *["again"] * (self._again is not None), *set(self.view.shown) & {"solution"}} if not found else ()
        )
        with self.view.hold_sync():
            self.view.found = found.html()
            self._show(*left)
            if found:
                self.view.said = ""

    def wait(self, found: Result) -> None:
        """Say what is being waited for."""
        self.view.found = waiting(found)

    def _show(self, *deeds: str) -> None:
        self.view.shown = [each for each in self.view.deeds if each in deeds]

    def _looked(self) -> None:
        if self._again is not None:
            self.show(self._again(self.wait))

    def _told(self) -> None:
        if self._again is not None and look(self._asked.kubectl, self._asked.name):
            self.show(self._again(self.wait))
            return
        given = step(self._asked)
        with self.view.hold_sync():
            self.view.said = given.html()
            self._show(*{*self.view.shown} - {"solution"}, *["solution"] * given.more)

    def _solved(self) -> None:
        self.view.said = solve(self._check, self._asked.name).html()


def _the(name: str) -> Asked:
    if name in _asked:
        return _asked[name]
    if name:
        find(name)
        return Asked(_kubectl(), name)
    if not _asked:
        raise PodlabError(WHICH, CHECK_FIRST)
    return next(reversed(_asked.values()))


def _kubectl() -> Kubectl:
    """The notebook's `kubectl`, else one for the kubeconfig of this process."""
    from IPython import get_ipython

    from podlab.client import Client
    from podlab.kubectl import Kubectl

    shell = get_ipython()
    found = shell.user_ns.get("kubectl") if shell is not None else None
    return found if isinstance(found, Kubectl) else Kubectl(Client())
