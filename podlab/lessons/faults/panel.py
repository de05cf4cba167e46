"""`FindFault`: a broken Pod, a guess, then Explain, and a check of the repair; on paper the story and the guesses."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from podlab.lessons import hints
from podlab.lessons.check import WORDS, Result, coded
from podlab.lessons.checking import checked
from podlab.lessons.faults import bench
from podlab.lessons.faults.table import fault
from podlab.lessons.quiz import ask, twin
from podlab.lessons.waiting import Waits, line
from podlab.text import Text

if TYPE_CHECKING:
    from podlab.kubectl import Kubectl
    from podlab.panels import Explain

GUESS_FIRST = Text(
    ko="`Explain`은 먼저 짐작해 본 다음에 열립니다", en="`Explain` opens once you have made a guess of your own"
)
WHERE = Text(
    ko="get, describe, logs, events로 살펴보고 위에서 하나를 고르십시오",
    en="look with get, describe, logs and events, then choose one of the answers",
)
CHECK = Text(ko="고쳤는지 확인", en="Check the repair")
FILE = Text(ko="매니페스트: `{file}`", en="manifest: `{file}`")


class FindFault:
    """One broken Pod: it is made here if it is not there yet, and waited for until it shows its symptom.

    Args:
        kubectl: what `start()` gave.
        name: the fault, such as `09-oven`.

    Raises:
        PodlabError: there is no such fault, or it cannot be made in this cluster.
    """

    def __init__(self, kubectl: Kubectl, name: str) -> None:
        if isinstance(kubectl, str):
            raise TypeError("FindFault.__init__() takes kubectl first, then the name")
        self.fault, self._kubectl = fault(str(name)), kubectl
        self.guesses: list[Result] = []
        self.repaired = False
        bench.bring(kubectl, self.fault)

    def __str__(self) -> str:
        head = f"{self.fault.key}: {self.fault.sign} · {FILE.format(file=self.fault.file)}".replace("`", "")
        return f"{head}\n{self.fault.story}\n\n{self.fault.question}"

    __repr__ = __str__

    def guess(self, letter: str) -> Result:
        """Say what you think is wrong (`a`, `b`, `c`): you are told whether it is, and why."""
        found = self.fault.question.judge(str(letter))
        if found or found.look is None:  # a letter that there is
            self.guesses.append(found)
        return found

    def explain(self) -> Explain | Result:
        """What is going on with the Pod; not before the first guess."""
        from podlab.panels import Explain

        return Explain(self._kubectl, self.fault.key) if self.guesses else Result(False, GUESS_FIRST, WHERE)

    def check(self) -> Result:
        """Whether it is repaired; else what is missing."""
        with line() as say:
            return self._checked(say)

    def _checked(self, waits: Waits) -> Result:
        if not self.fault.taint:
            bench.untaint(self._kubectl)  # what was repaired needs a node
        found = checked(self._kubectl, f"09-{self.fault.key}", "", waits)
        if found and self.fault.taint:
            bench.untaint(self._kubectl)
        self.repaired = self.repaired or found.passed
        return found

    def _repr_mimebundle_(self, **_: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        bundle: dict[str, Any] = {"text/plain": str(self), "text/html": f"{self._head()}\n{twin(self.fault.question)}"}
        view = self.box()._repr_mimebundle_() or {}
        return bundle | {mime: value for mime, value in view.items() if mime not in bundle}, {}

    def _head(self) -> str:
        file = coded(str(FILE.format(file=self.fault.file)))
        told = f"<b>{escape(self.fault.key)}</b> · {escape(self.fault.sign)} · {file}"
        return f"<p>{told}</p><p>{coded(str(self.fault.story))}</p>"

    def box(self) -> Any:
        """The story, the guesses, room for Explain, and the check with its hints."""
        from ipywidgets import HTML, Layout, VBox

        from podlab.panels.press.press import Press

        explained = VBox([HTML(f"<p>{coded(str(GUESS_FIRST))}</p>")])
        board = hints.Board(hints.Asked(self._kubectl, f"09-{self.fault.key}"))

        def guessed(letter: str) -> Result:
            found = self.guess(letter)
            if len(self.guesses) == 1:
                panel = self.explain()
                explained.children = [panel]
                if not isinstance(panel, Result):
                    panel.follow()
            return found

        def looked(_: int) -> None:
            board.show(self._checked(board.wait))

        children = [HTML(self._head()), ask(self.fault.question, guessed), explained, Press(CHECK, looked), board.view]
        return VBox(children, layout=Layout(max_width="60rem")).add_class(WORDS)
