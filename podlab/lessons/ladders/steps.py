"""How a ladder is written: its steps as pairs of Korean and English."""

from __future__ import annotations

from podlab.text import Text


def steps(*pairs: tuple[str, str]) -> tuple[Text, ...]:
    """An idea, where to look, nearly the answer."""
    return tuple(Text(ko, en) for ko, en in pairs)
