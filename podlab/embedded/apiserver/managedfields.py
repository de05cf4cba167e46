"""Who owns which field: `metadata.managedFields` of Update operations."""

from __future__ import annotations

from typing import Any

Obj = dict[str, Any]


def record(obj: Obj, old: Obj | None, *, manager: str, now: str, subresource: str = "") -> None:
    """Bring `obj`'s managedFields up to date with what it changes in `old`."""
