"""Head: what stands at the top of a lesson's page; it brings the panels' style, colours and keys along."""

from __future__ import annotations

import anywidget
from traitlets import Dict, Unicode

from podlab.panels.panel import HERE, module
from podlab.text import Text

LABELS = {
    "command": Text(
        ko="{line}의 출력: 왼쪽과 오른쪽 화살표로 넘깁니다",
        en="Output of {line}: scroll it with the left and right arrows",
    ),
    "output": Text(ko="출력: 왼쪽과 오른쪽 화살표로 넘깁니다", en="Output: scroll it with the left and right arrows"),
    "table": Text(ko="표: 왼쪽과 오른쪽 화살표로 넘깁니다", en="Table: scroll it with the left and right arrows"),
}
"""What a screen reader says of that which is wider than the page."""


class Head(anywidget.AnyWidget):
    """Some HTML that changes; `html` is text that Python has escaped."""

    _css = HERE / "panel.css"
    _esm = module("head/scrolling", "head/head")
    html = Unicode().tag(sync=True)
    labels = Dict().tag(sync=True)

    def __init__(self, html: str = "") -> None:
        super().__init__(html=html, labels={name: str(label) for name, label in LABELS.items()})
