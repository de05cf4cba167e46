"""Who gets a node first."""

from __future__ import annotations

import pytest

from podlab.embedded.scheduler.queue import Queue


def test_the_most_important_goes_first_and_then_who_came_first() -> None:
    queue = Queue()
    for name, priority in (("a", 0), ("b", 5), ("c", 0), ("d", 5), ("e", -1)):
        queue.add(("default", name), priority)
    queue.add(("default", "a"), 0)
    queue.drop(("default", "d"))
    order = []
    while queue:
        order.append(queue.pop()[1])
    assert order == ["b", "a", "c", "e"]
    with pytest.raises(IndexError):
        queue.pop()


def test_one_that_left_and_came_again_is_the_last() -> None:
    queue = Queue()
    for name in ("a", "b"):
        queue.add(("default", name), 0)
    queue.drop(("default", "a"))
    queue.add(("default", "a"), 0)
    assert [queue.pop()[1], queue.pop()[1]] == ["b", "a"]
