"""Head: what stands at the top of a lesson's page; it brings the panels' style and the colours of YAML cells along."""

from __future__ import annotations

import anywidget
from traitlets import Unicode

from podlab.panels.panel import HERE, module


class Head(anywidget.AnyWidget):
    """Some HTML that changes; `html` is text that Python has escaped."""

    _css = HERE / "panel.css"
    _esm = module("head/head")
    html = Unicode().tag(sync=True)
