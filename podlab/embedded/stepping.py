"""A clock for rebuilding and testing: it knows no wall, so that the same requests give the same times, every time."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator

from podlab.apimachinery.times import rfc3339micro
from podlab.embedded.clock import Heap, Timer, Waiter, sleep_on


class SteppingClock:
    """Time stands still, and jumps to the next due transition only while somebody waits for one.

    Somebody waits while a watch is open (`hold()`), no request is in work and the loop has nothing else to do. After
    watchers were told something they get `REACTION` real seconds to go away; one that says how much it has read
    (`Waiter`) gets until it has read all, `PATIENCE` at most: it may itself wait for another watch.
    """

    stepping = True
    REACTION, PATIENCE = 0.05, 5.0
    IDLE = 0.002
    AT_ONCE = 0.02
    """Cluster seconds within which a write has its first consequences: a ServiceAccount in a new namespace, a node."""
    TURNS, LONGEST_CHAIN = 8, 200

    def __init__(self, start: float = 1767225600.0) -> None:
        self._now, self._heap, self._paused = start, Heap(), False
        self._waiting = self._working = 0
        self._waiters: dict[str, Waiter] = {}
        self._told = False
        self._since: float | None = None
        self._handle: asyncio.TimerHandle | None = None

    def now(self) -> float:
        """Where the last step led."""
        return self._now

    def call_at(self, when: float, callback: Callable[[], None]) -> Timer:
        """Call back when time has come there; what has passed is due at once."""
        timer = Timer(callback)
        self._heap.push(max(when, self._now), timer)
        self._arm()
        return timer

    def call_later(self, delay: float, callback: Callable[[], None]) -> Timer:
        """Call back after so many seconds of steps."""
        return self.call_at(self._now + delay, callback)

    async def sleep(self, delay: float) -> None:
        """Wait until steps have led so far."""
        await sleep_on(self, delay)

    @contextlib.contextmanager
    def hold(self, waiter: Waiter | None = None) -> Iterator[None]:
        """While open somebody waits: time goes on when the loop is idle and the waiter has read all."""
        if waiter:
            self._waiters[waiter.name] = waiter
        self._waiting += 1
        self._arm()
        try:
            yield
        finally:
            self._waiting -= 1
            if waiter:
                self._waiters.pop(waiter.name, None)
            self._arm()

    @contextlib.contextmanager
    def at_work(self) -> Iterator[None]:
        """While open time stands still."""
        self._working += 1
        self._arm()
        try:
            yield
        finally:
            self._working -= 1
            self._arm()

    def waiter(self, name: str) -> Waiter | None:
        """A new one under that name, which counts while it is held; None without a name."""
        return Waiter(name) if name else None

    def read(self, name: str, read: int) -> None:
        """Note how far; less than before, or an unknown name, is nothing."""
        if waiter := self._waiters.get(name):
            waiter.read = max(waiter.read, read)

    def told(self) -> None:
        """Give watchers `REACTION` before the next step."""
        self._told = True

    async def settle(self) -> None:
        """Run what is due within `AT_ONCE`, chains of it too."""
        end = self._now + self.AT_ONCE
        for _ in range(self.LONGEST_CHAIN):
            for _ in range(self.TURNS):
                await asyncio.sleep(0)
            due = self._heap.next_due()
            if due is None or due > end or self._paused:
                return
            self._now = max(self._now, due)
            self._heap.run_due(self._now)

    def _arm(self) -> None:
        due = self._heap.next_due()
        if due is not None and due <= self._now and self._handle is None:
            self._handle = asyncio.get_running_loop().call_later(0, self._fire)
        elif due is not None and self._waiting and not self._paused and self._handle is None:
            self._handle = asyncio.get_running_loop().call_later(self.IDLE, self._fire)

    def _fire(self) -> None:
        self._handle = None
        due = self._heap.next_due()
        if due is not None and due <= self._now:
            self._heap.run_due(self._now)
        elif due is None or not self._waiting or self._paused:
            return
        elif self._told or self._working or busy() or self._reading():
            delay = self.REACTION if self._told else self.IDLE
            self._told = False
            self._handle = asyncio.get_running_loop().call_later(delay, self._fire)
            return
        else:
            self._now = due
            self._heap.run_due(self._now)
        self._arm()

    def _reading(self) -> bool:
        """Whether a waiter has something left to read, and has not been given all the patience there is."""
        now = asyncio.get_running_loop().time()
        if all(waiter.read >= waiter.sent for waiter in self._waiters.values()):
            self._since = None
            return False
        self._since = self._since or now
        return now - self._since < self.PATIENCE

    def pause(self) -> None:
        """No steps by itself; `step` still works."""
        self._paused = True

    def resume(self, speed: float | None = None) -> None:
        """Step by itself again; there is no speed."""
        self._paused = False
        self._arm()

    def step(self, seconds: float | None = None) -> float:
        """Advance and run what comes due, each at its own time."""
        due = self._heap.next_due()
        target = (due if due is not None else self._now) if seconds is None else self._now + seconds
        start = self._now
        while (due := self._heap.next_due()) is not None and due <= target:
            self._now = max(self._now, due)
            self._heap.run_due(self._now)
        self._now = max(self._now, target)
        return self._now - start

    def state(self) -> dict[str, object]:
        """`speed` is 0: no wall drives it."""
        return {
            "now": rfc3339micro(self._now),
            "paused": self._paused,
            "speed": 0.0,
            "stepping": self.stepping,
            "due": len(self._heap),
        }


def busy() -> bool:
    """Whether the loop has something else ready to run; only asyncio's own loops tell."""
    return bool(getattr(asyncio.get_running_loop(), "_ready", None))
