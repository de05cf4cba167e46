"""The clocks: when transitions come due, and that a sleeping laptop does not bring them all at once."""

from __future__ import annotations

import asyncio
from contextvars import ContextVar, copy_context

import pytest

from podlab.apimachinery.times import rfc3339, rfc3339micro, seconds
from podlab.embedded.clock import CATCH_UP, Randomness, RealClock
from podlab.embedded.stepping import SteppingClock
from tests.virtualtime import VirtualTimeLoop

START = 1_767_225_600.0


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, object]]:
    """Nobody waits: the stepping clock's pauses are leapt over."""
    return "asyncio", {"loop_factory": VirtualTimeLoop}


# The tests look every 7.3 IDLE: at every IDLE they could be what the clock finds busy each time.
async def test_a_stepping_clock_stands_still_until_somebody_watches() -> None:
    clock, happened = SteppingClock(START), []
    clock.call_later(60, lambda: happened.append("late"))
    clock.call_later(5, lambda: happened.append("soon"))
    for _ in range(50):
        await asyncio.sleep(0)
    assert (happened, clock.now()) == ([], START)
    with clock.hold():
        while len(happened) < 2:
            await asyncio.sleep(7.3 * clock.IDLE)
    assert (happened, clock.now()) == (["soon", "late"], START + 60)


async def test_a_request_in_work_holds_time_up() -> None:
    clock, happened = SteppingClock(START), []
    clock.call_later(1, lambda: happened.append(1))
    with clock.hold():
        with clock.at_work():
            for _ in range(20):
                await asyncio.sleep(clock.IDLE / 4)
            assert happened == []
        while not happened:
            await asyncio.sleep(7.3 * clock.IDLE)


async def test_time_waits_for_one_who_says_how_much_it_has_read() -> None:
    clock, happened = SteppingClock(START), []
    clock.call_later(1, lambda: happened.append(1))
    waiter = clock.waiter("watch")
    assert waiter is not None
    waiter.sent = 10
    with clock.hold(waiter):
        await asyncio.sleep(3 * clock.REACTION)
        clock.read("watch", 9)
        await asyncio.sleep(3 * clock.REACTION)
        assert (happened, clock.now()) == ([], START)
        clock.read("watch", 10)
        while not happened:
            await asyncio.sleep(7.3 * clock.IDLE)


async def test_a_waiter_that_reads_nothing_does_not_stop_time_for_ever() -> None:
    clock, happened = SteppingClock(START), []
    clock.PATIENCE = clock.REACTION  # type: ignore[misc]
    clock.call_later(1, lambda: happened.append(1))
    waiter = clock.waiter("watch")
    assert waiter is not None
    waiter.sent = 10
    with clock.hold(waiter):
        while not happened:
            await asyncio.sleep(7.3 * clock.IDLE)


async def test_settling_carries_out_what_is_due_at_once() -> None:
    clock, happened = SteppingClock(START), []
    clock.call_later(0.004, lambda: clock.call_later(0.004, lambda: happened.append("chained")))
    clock.call_later(1.0, lambda: happened.append("later"))
    await clock.settle()
    assert happened == ["chained"]


async def test_stepping_runs_all_that_comes_due_in_order() -> None:
    clock, happened = SteppingClock(START), []
    for delay in (3.0, 1.0, 2.0, 9.0):
        clock.call_later(delay, lambda delay=delay: happened.append(delay))  # type: ignore[misc]
    cancelled = clock.call_later(1.5, lambda: happened.append(1.5))
    cancelled.cancel()
    assert clock.step(5) == 5
    assert happened == [1.0, 2.0, 3.0]
    assert clock.step() == 4
    assert happened[-1] == 9.0


async def test_a_real_clock_can_be_paused_stepped_and_hurried() -> None:
    wall = [START]
    clock, happened = RealClock(wall=lambda: wall[0]), []
    clock.call_later(10, lambda: happened.append(1))
    clock.pause()
    wall[0] += 100
    assert clock.now() == START
    assert clock.step() == 10
    assert (happened, clock.now()) == ([1], START + 10)
    clock.resume(speed=10)
    wall[0] += 1
    assert clock.now() == START + 20


async def test_waking_up_brings_the_wall_time_but_few_transitions() -> None:
    wall = [START]
    clock, happened = RealClock(wall=lambda: wall[0]), []
    clock.call_later(CATCH_UP / 2, lambda: happened.append("due"))
    clock.call_later(3600, lambda: happened.append("an hour of running"))
    wall[0] += 8 * 3600
    assert clock.now() == START + 8 * 3600
    clock.step(0)
    assert happened == ["due"]


async def test_waking_up_brings_no_more_transitions_to_a_fast_clock() -> None:
    wall = [START]
    clock, happened = RealClock(speed=20, wall=lambda: wall[0]), []
    clock.call_later(CATCH_UP / 2, lambda: happened.append("due"))
    clock.call_later(2 * CATCH_UP, lambda: happened.append("later"))
    wall[0] += 3600
    clock.step(0)
    assert happened == ["due"]


def test_a_wall_clock_that_is_set_back_and_set_right_leaves_the_time_as_it_is() -> None:
    wall = [START]
    clock = RealClock(wall=lambda: wall[0])
    for step, shown in ((-9 * 3600, 0), (5, 5), (9 * 3600 + 1, 6), (5, 11)):
        wall[0] += step
        assert clock.now() == START + shown


def test_times_are_written_as_kubernetes_does() -> None:
    assert rfc3339(START + 0.9) == "2026-01-01T00:00:00Z"
    assert rfc3339micro(START + 0.25) == "2026-01-01T00:00:00.250000Z"
    assert seconds("2026-01-01T09:00:00+09:00") == START


def test_a_seed_gives_the_same_names_every_time() -> None:
    one, two = Randomness(3), Randomness(3)
    assert [one.uid(), one.suffix(), one.hex(64)] == [two.uid(), two.suffix(), two.hex(64)]
    assert Randomness().uid() != Randomness().uid()


async def test_a_clock_that_was_wound_up_on_an_errand_knows_nothing_of_it_when_it_rings() -> None:
    clock, errand = RealClock(), ContextVar("errand", default=False)
    rung: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

    def wind_up() -> None:
        errand.set(True)
        clock.call_later(0.0, lambda: rung.set_result(errand.get()))

    copy_context().run(wind_up)
    assert await rung is False
