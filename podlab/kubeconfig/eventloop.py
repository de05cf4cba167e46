"""An event loop that turns while the kit waits: where there are no threads and no sockets, as in a browser tab.

The kit is synchronous and the embedded cluster asynchronous. Where both live in one thread, the cluster's loop is
turned by the kit's own waiting, and between two waits by the loop that the tab has anyway (the host). Rejected:
stack switching (`pyodide.ffi.run_sync`) as the way to wait, which Safari and Firefox do not have, and a second worker
that is asked by synchronous requests: this way is one, and it serves every browser. Where stack switching is there,
only naps use it (`clusters/tab.py`).

Turns nest: what runs in a turn is kit code at times, and that waits, too.
"""

from __future__ import annotations

import asyncio
import heapq
import sys
import threading
import time
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager
from contextvars import Context
from itertools import count
from typing import Any, TypeVar

T = TypeVar("T")
LONGEST_NAP = 0.05
"""Seconds after which a wait looks whether something came from outside, such as a click."""
CANCELLED = 64
"""Cancelled timers that may wait until they are due; more are thrown out before. Upstream: asyncio/base_events.py"""


class EventLoop(asyncio.AbstractEventLoop):
    """Callbacks, timers and tasks; no sockets, processes or threads.

    Args:
        nap: how to let real seconds pass; other code of this thread may run meanwhile.
        still: the same within a turn, where nothing else may.
        host: the loop that turns this one while the kit does not wait; without one, time stands still then.
    """

    def __init__(
        self,
        nap: Callable[[float], object] = time.sleep,
        still: Callable[[float], object] = time.sleep,
        host: asyncio.AbstractEventLoop | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._nap, self._still, self._host, self._now = nap, still, host, now
        self._ready: deque[asyncio.Handle] = deque()
        self._timers: list[tuple[float, int, asyncio.TimerHandle]] = []
        self._order, self._cancelled = count(), 0
        self._depth = 0
        self._armed: tuple[float, asyncio.TimerHandle] | None = None
        self._closed = False

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Turn until the coroutine has ended; what it returns or raises."""
        task = self.create_task(coroutine)
        try:
            while not task.done():
                self._rest()
                self._turn()
        except BaseException:
            task.cancel()
            raise
        finally:
            self._arm()
        found: T = task.result()
        return found

    def until(self, awaitable: Awaitable[object]) -> None:
        """Turn until it comes."""
        self.run(_wait(awaitable))

    def pause(self, seconds: float) -> None:
        """Let seconds pass, and the cluster go on."""
        self.run(asyncio.sleep(seconds))

    def within(self, work: Callable[[], T]) -> T:
        """Do at once what belongs to this loop: the timers that it sets are this one's, whichever loop runs now."""
        try:
            with self._entered():
                return work()
        finally:
            self._arm()

    def _turn(self) -> None:
        """Run what is ready now, and not what becomes so meanwhile."""
        with self._entered():
            self._fire()
            for _ in range(len(self._ready)):
                if not self._ready:  # a turn within this one was there first
                    return
                handle = self._ready.popleft()
                if not handle.cancelled():
                    handle._run()

    def _fire(self) -> None:
        now = self.time()
        while self._timers and (self._timers[0][0] <= now or self._timers[0][2].cancelled()):
            handle = heapq.heappop(self._timers)[2]
            if not handle.cancelled():
                self._ready.append(handle)

    def _rest(self) -> None:
        """Nap until something is due."""
        delay = self._delay()
        if delay is None or delay > 0:
            nap = self._still if self._depth else self._nap
            nap(LONGEST_NAP if delay is None else min(delay, LONGEST_NAP))

    def _delay(self) -> float | None:
        """Seconds until something is due; None for nothing."""
        if self._ready:
            return 0.0
        while self._timers and self._timers[0][2].cancelled():
            heapq.heappop(self._timers)
        return max(0.0, self._timers[0][0] - self.time()) if self._timers else None

    @contextmanager
    def _entered(self) -> Iterator[None]:
        """Be the running loop: whoever ran before, this one's own outer turn included, goes on afterwards."""
        outer, hooks = asyncio._get_running_loop(), sys.get_asyncgen_hooks()
        task = asyncio.current_task(outer) if outer else None
        if outer and task:
            asyncio.tasks._leave_task(outer, task)
        asyncio._set_running_loop(self)
        sys.set_asyncgen_hooks(firstiter=None, finalizer=self._finalize)
        self._depth += 1
        try:
            yield
        finally:
            self._depth -= 1
            sys.set_asyncgen_hooks(*hooks)
            asyncio._set_running_loop(outer)
            if outer and task:
                asyncio.tasks._enter_task(outer, task)

    def _finalize(self, generator: Any) -> None:
        self.call_soon(self.create_task, generator.aclose())

    def _arm(self) -> None:
        """Have the host turn this loop when something is due."""
        delay = None if self._depth or not self._host or self._closed else self._delay()
        if delay is None:
            return
        assert self._host
        due = self.time() + delay
        if self._armed and self._armed[0] <= due:
            return
        if self._armed:
            self._armed[1].cancel()
        self._armed = due, self._host.call_later(delay, self._hosted)

    def _hosted(self) -> None:
        self._armed = None
        if not self._closed:
            self._turn()
            self._arm()

    def call_soon(  # type: ignore[override]
        self, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.Handle:
        """As asyncio's; the host turns the loop if nobody does."""
        handle = asyncio.Handle(callback, args, self, context)
        self._ready.append(handle)
        self._arm()
        return handle

    call_soon_threadsafe = call_soon  # type: ignore[assignment]

    def call_later(  # type: ignore[override]
        self, delay: float, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.TimerHandle:
        """As asyncio's, in seconds of `time()`."""
        return self.call_at(self.time() + delay, callback, *args, context=context)

    def call_at(  # type: ignore[override]
        self, when: float, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.TimerHandle:
        """As asyncio's."""
        handle = asyncio.TimerHandle(when, callback, args, self, context)
        heapq.heappush(self._timers, (when, next(self._order), handle))
        self._arm()
        return handle

    def _timer_handle_cancelled(self, handle: asyncio.TimerHandle) -> None:
        """asyncio's handles tell this: most timers are of timeouts that never come, and hold what they would end."""
        self._cancelled += 1
        if self._cancelled > CANCELLED and 2 * self._cancelled > len(self._timers):
            self._timers = [each for each in self._timers if not each[2].cancelled()]
            heapq.heapify(self._timers)
            self._cancelled = 0

    def time(self) -> float:
        """Seconds, of the clock that the loop was made with."""
        return self._now()

    def create_future(self) -> asyncio.Future[Any]:
        """A future of this loop."""
        return asyncio.Future(loop=self)

    def create_task(self, coro: Any, **options: Any) -> asyncio.Task[Any]:
        """A task of this loop; it begins in the next turn."""
        return asyncio.Task(coro, loop=self, **options)

    def is_running(self) -> bool:
        """Whether somebody is turning it, perhaps nested."""
        return self._depth > 0

    def is_closed(self) -> bool:
        """Whether `close()` was called."""
        return self._closed

    def close(self) -> None:
        """End what goes on, and forget all that was to come."""
        for task in asyncio.all_tasks(self):
            task.cancel()
        self._turn()
        self._turn()
        self._closed = True
        self._ready.clear()
        self._timers.clear()

    def get_debug(self) -> bool:
        """Never: asyncio's debugging would slow each turn."""
        return False

    def default_exception_handler(self, context: dict[str, Any]) -> None:
        """Log what a callback raised."""
        import logging

        logging.getLogger("podlab").error(context["message"], exc_info=context.get("exception"))

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        """As the default one; there is no other."""
        self.default_exception_handler(context)


async def _wait(awaitable: Awaitable[object]) -> None:
    await awaitable


_shared: list[EventLoop] = []


def share(loop: EventLoop | None) -> None:
    """Have all of this process wait and work on one loop; None for threads again."""
    _shared[:] = [loop] if loop else []


def shared() -> EventLoop | None:
    """The loop that takes the place of threads, if there is one."""
    return _shared[0] if _shared else None


def pause(seconds: float) -> None:
    """Let seconds pass: in sleep, or by turning the loop that the cluster lives on."""
    loop = shared()
    if loop:
        loop.pause(seconds)
    else:
        time.sleep(seconds)


def pause_unless(stop: threading.Event, seconds: float) -> None:
    """Let seconds pass, or fewer where somebody says stop."""
    if shared():
        if not stop.is_set():
            pause(seconds)
    else:
        stop.wait(seconds)
