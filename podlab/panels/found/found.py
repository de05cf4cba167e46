"""What a check has found, buttons for what to do next, and what those bring: one widget, so that it is there soon."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import anywidget
from traitlets import Dict, List, Unicode

from podlab.panels.panel import HERE, hear_while_busy, module
from podlab.panels.presses import LABELS, Presses, attempt
from podlab.text import Text


class Found(anywidget.AnyWidget):
    """A sentence, some of the deeds as buttons, and below them what the last deed has brought.

    Attributes:
        found: what was found, as HTML; text in it was escaped.
        said: what a deed has brought, as HTML.
        deeds: the names of all that can be done, in the order of their buttons.
        shown: those whose buttons are there now.
        failed: why the last deed was not done.
    """

    _css = HERE / "panel.css"
    _esm = module("press/asking", "found/found")
    labels = Dict().tag(sync=True)
    deeds = List(Unicode()).tag(sync=True)
    shown = List(Unicode()).tag(sync=True)
    found = Unicode().tag(sync=True)
    said = Unicode().tag(sync=True)
    failed = Unicode().tag(sync=True)

    def __init__(self, deeds: Mapping[str, tuple[Text, Callable[[], None]]], found: str = "") -> None:
        """`deeds`: by a name of its own, what stands on each button, and what it does."""
        self._do, self._presses = {name: act for name, (_, act) in deeds.items()}, Presses(self.send)
        labels = {name: str(label) for name, (label, _) in deeds.items()}
        labels |= {name: str(text) for name, text in LABELS.items()}
        super().__init__(labels=labels, deeds=list(deeds), found=found)
        self.on_msg(self._heard)
        hear_while_busy(self)

    def __repr__(self) -> str:
        return f"Found({self.deeds})"

    def press(self, deed: str) -> None:
        """Do what a press of that button does."""
        self.failed = ""
        self.failed = attempt(self._do[deed])
        hear_while_busy(self)

    def _heard(self, _: Any, content: Mapping[str, Any], __: Any) -> None:
        self._presses.take(content, lambda: self.press(str(content.get("deed"))))
        hear_while_busy(self)
