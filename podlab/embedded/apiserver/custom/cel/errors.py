"""What goes wrong with an expression."""

from __future__ import annotations


class Unsupported(Exception):
    """It is no expression, or has a part that is not evaluated here."""


class Failed(Exception):
    """It could not be evaluated, in upstream's words."""


class Exhausted(Failed):
    """It takes too long."""

    def __init__(self) -> None:
        super().__init__("operation cancelled: actual cost limit exceeded")


class Malformed(Exception):
    """It is no expression: where that shows, and upstream's words for it."""

    def __init__(self, found: list[tuple[int, str]]) -> None:
        super().__init__(found)
        self.found = found
