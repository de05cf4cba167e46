"""The loop that all controllers share."""

from __future__ import annotations

import logging
from itertools import pairwise

import pytest

from podlab.embedded.apiserver.status import not_found
from podlab.embedded.controllers.controller import AT_ONCE, LONGEST_REST, Controller, Key
from tests.embedded.harness import Api

KEY = ("default", "web")


async def test_keys_that_wait_count_once_and_all_are_worked_on(api: Api) -> None:
    seen: list[Key] = []
    controller = Controller(api.registry, seen.append)
    keys = [("default", f"web-{number}") for number in range(2 * AT_ONCE + 1)]
    for key in keys + keys:
        controller.add(key)
    api.registry.clock.step(1)
    assert seen == keys


async def test_of_several_delays_the_shortest_counts(api: Api) -> None:
    clock, seen = api.registry.clock, []
    start = clock.now()
    controller = Controller(api.registry, lambda key: seen.append(round(clock.now() - start, 1)))
    for delay in (5.0, 2.0, 9.0):
        controller.add(KEY, delay)
    clock.step(20)
    assert seen == [2.0]


@pytest.mark.parametrize("error", [not_found("pods", "web"), KeyError("spec")])
async def test_what_fails_is_tried_again_later_each_time(
    api: Api, error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    clock, seen = api.registry.clock, []

    def reconcile(key: Key) -> None:
        seen.append(clock.now())
        if len(seen) < 5:
            raise error

    with caplog.at_level(logging.ERROR, "podlab.embedded"):
        Controller(api.registry, reconcile).add(KEY)
        clock.step(60)
    waits = [round(later - earlier, 3) for earlier, later in pairwise(seen)]
    assert waits == [0.007, 0.012, 0.022, 0.042]

    assert bool(caplog.records) == isinstance(error, KeyError)


async def test_a_stopped_controller_does_nothing_more(api: Api) -> None:
    seen: list[Key] = []
    controller = Controller(api.registry, seen.append)
    controller.watch("configmaps", lambda obj: KEY)
    controller.add(KEY)
    controller.add(KEY, 3)
    controller.stop()
    api.registry.create(api.registry.resource("configmaps"), {"metadata": {"name": "m"}}, namespace="default")
    api.registry.clock.step(10)
    assert seen == []


async def test_a_paced_controller_rests_after_writes_and_keeps_what_is_due_later(api: Api) -> None:
    clock, seen = api.registry.clock, []
    start = clock.now()

    def reconcile(key: Key) -> None:
        seen.append(round(clock.now() - start, 3))
        if len(seen) == 1:
            api.registry.create(api.registry.resource("configmaps"), {"metadata": {"name": "m"}}, namespace="default")

    controller = Controller(api.registry, reconcile, pace=1.0)  # a rest is never longer than this
    controller.add(KEY)
    controller.add(KEY, 5.0)
    clock.step(0.02)
    controller.add(KEY)
    clock.step(10)
    assert seen == [0.002, round(0.002 + LONGEST_REST + 0.002, 3), 5.002]
