"""What JupyterLite's worker sets before it starts the kernel."""

from __future__ import annotations

_PIPLITE_DISABLE_PYPI = True
_PIPLITE_URLS: list[str] = []
