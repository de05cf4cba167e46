"""A button, and a question's answers, that never lose a press: busy at once, and they say when nobody answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import anywidget
from traitlets import Bool, Dict, Int, List, Unicode

from podlab.panels.panel import HERE, hear_while_busy, module
from podlab.panels.presses import LABELS, Presses, attempt
from podlab.text import Text


class Press(anywidget.AnyWidget):
    """A button (`options` is empty), or one round button for each option, of which one may be chosen.

    Attributes:
        chosen: the option that was chosen last; -1 for none.
        failed: why what was pressed last was not done.
        shown: whether it is there to be pressed.
    """

    _css = HERE / "panel.css"
    _esm = module("press/asking", "press/press")
    labels = Dict().tag(sync=True)
    options = List(Unicode()).tag(sync=True)
    chosen = Int(-1).tag(sync=True)
    failed = Unicode().tag(sync=True)
    shown = Bool(True).tag(sync=True)

    def __init__(
        self, label: Text, act: Callable[[int], None], options: Sequence[str] = (), shown: bool = True
    ) -> None:
        """`label` names it, `act` does what is asked for, given the option's number (of a button -1)."""
        self._do, self._presses = act, Presses(self.send)
        labels = {name: str(text) for name, text in LABELS.items()} | {"label": str(label)}
        super().__init__(labels=labels, options=list(options), shown=shown)
        self.on_msg(self._heard)
        hear_while_busy(self)

    def __repr__(self) -> str:
        return f"Press({self.labels['label']!r})"

    def press(self, option: int = -1) -> None:
        """Do what a press in the view does."""
        self._act(option)

    def _heard(self, _: Any, content: Mapping[str, Any], __: Any) -> None:
        self._presses.take(content, lambda: self._act(int(content.get("option", -1))))
        hear_while_busy(self)

    def _act(self, option: int) -> None:
        if option >= 0:
            self.chosen = option
        self.failed = ""
        self.failed = attempt(lambda: self._do(option))
        hear_while_busy(self)
