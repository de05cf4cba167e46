"""What a check waits for, said at once: a line that the answer takes the place of."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

from podlab.clusters import is_tab
from podlab.lessons.check import Result, coded
from podlab.text import Text

SETTLE = 3.0  # seconds that a check waits for what may come right by itself
VIEW = "application/vnd.jupyter.widget-view+json"
WAITING = Text(ko="기다리는 중", en="Waiting")
AGAIN = Text(
    ko="저절로 될 수 있는 일이라 {seconds}초까지 다시 봅니다",
    en="it may come right by itself: looking again for up to {seconds} seconds",
)
STYLE = "border-left:4px solid #0969da;padding:.4em .8em"

Waits = Callable[[Result], None]


def waiting(found: Result) -> str:
    """HTML of what is not so yet and may come right by itself."""
    again = AGAIN.format(seconds=round(SETTLE))
    told = f"<b>⏳ {WAITING}:</b> {coded(str(found.message))}<br>→ {coded(str(again))}"
    return f'<div role="status" style="{STYLE}">{told}</div>'


@contextlib.contextmanager
def line() -> Iterator[Waits]:
    """A way to say in a cell of a notebook what is waited for, until the end of the block; nothing of it is kept."""
    shown: list[Callable[[], None]] = []

    def say(found: Result) -> None:
        if not shown and _is_notebook():
            shown.append(_displayed(waiting(found)))

    try:
        yield say
    finally:
        for take_away in shown:
            take_away()


def _is_notebook() -> bool:
    from IPython import get_ipython

    return is_tab() or getattr(get_ipython(), "kernel", None) is not None


def _displayed(html: str) -> Callable[[], None]:
    """Display the view of a widget alone, without a text to compare; how to take it away, out of the document too."""
    from IPython.display import display

    from podlab.panels.found.found import Found

    widget = Found({}, html)
    bundle, _ = widget._repr_mimebundle_() or ({}, {})
    place: Any = display({VIEW: bundle[VIEW]}, raw=True, display_id=True)  # type: ignore[no-untyped-call]

    def take_away() -> None:
        place.update({}, raw=True)
        widget.close()

    return take_away
