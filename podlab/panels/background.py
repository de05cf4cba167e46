"""Work behind a panel: threads, or, where there are none, turns of the loop that the whole process lives on.

Work in steps says after each how long it rests: seconds, or None until more has arrived from the cluster.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Coroutine, Iterator

from podlab.kubeconfig.eventloop import EventLoop, shared

Rests = Iterator[float | None]


class Work:
    """What was begun."""

    def __init__(self, thread: threading.Thread | None = None, task: asyncio.Task[None] | None = None) -> None:
        self._thread, self._task = thread, task

    def join(self) -> None:
        """Wait for its end."""
        if self._thread:
            self._thread.join()
        loop = shared()
        if self._task and loop:
            loop.run(_end(self._task))


async def _end(task: asyncio.Task[None]) -> None:
    await asyncio.wait([task])


def begin(act: Callable[[], None], name: str) -> Work:
    """Have it done soon; returns at once."""
    loop = shared()
    return _task(loop, _once(act)) if loop else _thread(act, name)


def repeat(steps: Callable[[], Rests], name: str, stop: threading.Event, news: Callable[[], Awaitable[None]]) -> Work:
    """Have steps done, one after another.

    Args:
        stop: cuts a thread's rest short.
        news: what to wait for where a step rests until more has arrived.
    """
    loop = shared()
    if loop:
        return _task(loop, _turn(steps, news))

    def act() -> None:
        for rest in steps():
            stop.wait(rest)

    return _thread(act, name)


async def _once(act: Callable[[], None]) -> None:
    act()


async def _turn(steps: Callable[[], Rests], news: Callable[[], Awaitable[None]]) -> None:
    for rest in steps():
        await (news() if rest is None else asyncio.sleep(rest))


def _task(loop: EventLoop, coroutine: Coroutine[object, object, None]) -> Work:
    return Work(task=loop.create_task(coroutine))


def _thread(act: Callable[[], None], name: str) -> Work:
    thread = threading.Thread(target=act, name=name, daemon=True)
    thread.start()
    return Work(thread=thread)
