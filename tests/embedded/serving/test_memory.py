"""When it is worth looking for what connections have left."""

from __future__ import annotations

import gc
import weakref

from podlab.embedded.serving import memory


class Cycle:
    """What only a search finds."""

    def __init__(self) -> None:
        self.me = self


def test_many_connections_are_tidied_up_after_and_few_are_not() -> None:
    gc.disable()
    try:
        left = weakref.ref(Cycle())
        assert not memory.tidy(memory.ENOUGH - 1)
        assert left() is not None
        assert memory.tidy(memory.ENOUGH)
        assert left() is None
    finally:
        gc.enable()
