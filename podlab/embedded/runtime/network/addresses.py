"""Which address a Pod gets: one after the other, as the CNI plugin `host-local` gives them."""

from __future__ import annotations

from collections.abc import Container

FIRST, LAST = 2, 254
"""The ends of the first and the last address: the one before is the node's."""


class Addresses:
    """A node's Pod addresses: `subnet` is their beginning, `following` the end of the one that comes next."""

    def __init__(self, subnet: str, taken: Container[str]) -> None:
        self._subnet, self._taken = subnet, taken
        self.following = FIRST

    def take(self) -> str:
        """A free address."""
        for _ in range(FIRST, LAST + 1):
            ip, self.following = f"{self._subnet}.{self.following}", self._after(self.following)
            if ip not in self._taken:
                return ip
        raise RuntimeError("no Pod address is free")

    def _after(self, end: int) -> int:
        return end + 1 if end < LAST else FIRST
