"""The loop that the kit's waiting turns: time is a list of naps."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Iterator

import pytest

from podlab.kubeconfig.eventloop import LONGEST_NAP, EventLoop, pause, share, shared
from tests.virtualtime import Naps


@pytest.fixture
def loop() -> Iterator[EventLoop]:
    made = Naps().loop()
    yield made
    made.close()


def test_a_coroutine_is_run_to_its_end(loop: EventLoop) -> None:
    async def add() -> int:
        await asyncio.sleep(0)
        return 1 + len(await asyncio.gather(asyncio.sleep(0), asyncio.sleep(0)))

    assert loop.run(add()) == 3


def test_what_it_raises_is_raised(loop: EventLoop) -> None:
    async def fail() -> None:
        raise KeyError("no")

    with pytest.raises(KeyError, match="no"):
        loop.run(fail())


def test_timeouts_that_never_came_are_thrown_away(loop: EventLoop) -> None:
    async def wait_often() -> None:
        for _ in range(1000):
            await asyncio.wait_for(asyncio.sleep(0), 300)

    later: list[int] = []
    loop.call_later(0.5, later.append, 1)  # the next one that is due
    loop.run(wait_often())
    assert sum(isinstance(each, asyncio.TimerHandle) for each in gc.get_objects()) < 200
    loop.pause(0.6)
    assert later == [1]


def test_a_timeout_ends_a_wait(loop: EventLoop) -> None:
    with pytest.raises(TimeoutError):
        loop.run(asyncio.wait_for(loop.create_future(), 0.001))


def test_a_task_goes_on_while_another_is_waited_for(loop: EventLoop) -> None:
    seen: list[int] = []

    async def count() -> None:
        for number in range(1000):
            seen.append(number)
            await asyncio.sleep(0)

    async def begin() -> None:
        loop.create_task(count())

    loop.run(begin())
    before = len(seen)
    loop.run(asyncio.sleep(0))
    assert len(seen) > before


def test_turns_nest(loop: EventLoop) -> None:
    """A callback of the loop is kit code that waits itself; the outer task is the current one again afterwards."""
    order: list[str] = []

    async def inner() -> None:
        await asyncio.sleep(0)
        order.append("inner")

    async def outer() -> None:
        mine = asyncio.current_task()
        loop.run(inner())
        assert asyncio.current_task() is mine
        assert asyncio.get_running_loop() is loop
        await asyncio.sleep(0)
        order.append("outer")

    loop.run(outer())
    assert order == ["inner", "outer"]


def test_a_nap_lasts_no_longer_than_until_something_is_due() -> None:
    naps: list[float] = []
    loop = EventLoop(nap=lambda seconds: naps.append(seconds), now=lambda: sum(naps))
    loop.run(asyncio.sleep(LONGEST_NAP / 4))
    assert naps == [LONGEST_NAP / 4]
    loop.close()


def test_a_wait_for_something_from_outside_looks_again() -> None:
    """Nothing is due: a click may come, and is seen after the longest nap at the latest."""
    loop = EventLoop(nap=lambda seconds: naps.append(seconds) or click.set_result("clicked"))
    naps: list[float] = []
    click = loop.create_future()

    async def clicked() -> str:
        found: str = await click
        return found

    assert loop.run(clicked()) == "clicked"
    assert naps == [LONGEST_NAP]
    loop.close()


def test_a_host_turns_it_between_two_waits() -> None:
    async def main() -> tuple[list[str], bool]:
        seen: list[str] = []
        host = asyncio.get_running_loop()
        done = host.create_future()
        loop = EventLoop(host=host)
        task = asyncio.current_task()

        async def later() -> None:
            await asyncio.sleep(0)
            seen.append("later")
            host.call_soon(done.set_result, None)

        loop.create_task(later())
        loop.run(asyncio.sleep(0))
        same = asyncio.get_running_loop() is host and asyncio.current_task() is task
        await asyncio.wait_for(done, 5)
        loop.close()
        return seen, same

    assert asyncio.run(main()) == (["later"], True)


def test_what_is_done_within_it_is_its_own() -> None:
    async def main() -> list[object]:
        host = asyncio.get_running_loop()
        loop, done = EventLoop(host=host), host.create_future()
        inside = loop.within(asyncio.get_running_loop)
        loop.within(lambda: asyncio.get_running_loop().call_later(0, host.call_soon, done.set_result, None))
        await asyncio.wait_for(done, 5)
        loop.close()
        return [inside is loop, asyncio.get_running_loop() is host]

    assert asyncio.run(main()) == [True, True]


def test_a_failed_callback_does_not_end_the_loop(loop: EventLoop, caplog: pytest.LogCaptureFixture) -> None:
    loop.call_soon(lambda: 1 / 0)
    loop.run(asyncio.sleep(0))
    assert "ZeroDivisionError" in caplog.text


def test_an_abandoned_generator_is_closed(loop: EventLoop) -> None:
    closed: list[bool] = []

    async def numbers() -> object:
        try:
            yield 1
        finally:
            await asyncio.sleep(0)
            closed.append(True)

    async def look() -> None:
        async for _ in numbers():  # type: ignore[attr-defined]
            break

    loop.run(look())
    for _ in range(3):
        loop.run(asyncio.sleep(0))
    assert closed == [True]


def test_pause_turns_the_shared_loop(loop: EventLoop) -> None:
    fired: list[bool] = []
    share(loop)
    try:
        loop.call_later(0.001, fired.append, True)
        pause(0.002)
    finally:
        share(None)
    assert fired == [True]
    assert shared() is None
