"""Virtual time: one clock and one heap of due transitions for everything that happens in the cluster.

Nothing in `podlab.embedded` reads the wall clock or sleeps except here.
"""

from __future__ import annotations

import asyncio
import contextlib
import heapq
import random
import time
from collections.abc import Callable
from contextvars import Context
from dataclasses import dataclass
from itertools import count
from typing import Protocol

from podlab.apimachinery.times import rfc3339micro

CATCH_UP = 5.0
"""Cluster seconds of timers that may fall due at once after the machine slept."""

SUFFIX_ALPHABET = "bcdfghjklmnpqrstvwxz2456789"
"""The letters of generated names. Upstream: staging/src/k8s.io/apimachinery/pkg/util/rand/rand.go"""

VERSION_BITS, VERSION_4 = 0xF000 << 64 | 0xC000 << 48, 0x4000 << 64 | 0x8000 << 48
"""Where a UUID says of what version and variant it is, and what a random one says there."""


class Timer:
    """One due transition. `cancel()` may be called at any time, also after it ran."""

    __slots__ = ("_callback",)

    def __init__(self, callback: Callable[[], None]) -> None:
        self._callback: Callable[[], None] | None = callback

    @property
    def cancelled(self) -> bool:
        """Whether it was cancelled, or has run."""
        return self._callback is None

    def cancel(self) -> None:
        """Drop the transition."""
        self._callback = None

    def run(self) -> None:
        """Call back, once; whatever was going on when the clock was wound up is nothing to it."""
        callback, self._callback = self._callback, None
        if callback:
            Context().run(callback)


@dataclass(slots=True)
class Waiter:
    """A client that waits, and says under this name how much it has read (bytes) of what it was sent."""

    name: str
    sent: int = 0
    read: int = 0


class Clock(Protocol):
    """What the cluster may ask of time. All times are seconds since the epoch, all delays virtual seconds."""

    stepping: bool
    """Whether time stands still between requests; every answer's `Podlab-Clock` header says so."""

    def now(self) -> float:
        """The present moment of the cluster."""

    def call_at(self, when: float, callback: Callable[[], None]) -> Timer:
        """Call back at a moment; at once (on the loop's next turn) if it has passed."""

    def call_later(self, delay: float, callback: Callable[[], None]) -> Timer:
        """Call back after a delay."""

    async def sleep(self, delay: float) -> None:
        """Wait for a delay."""

    def hold(self, waiter: Waiter | None = None) -> contextlib.AbstractContextManager[None]:
        """While open: a client waits for things to happen (a stepping clock goes on only then)."""

    def at_work(self) -> contextlib.AbstractContextManager[None]:
        """While open: a request is in work, and a stepping clock stands still."""

    def waiter(self, name: str) -> Waiter | None:
        """The client that calls itself so, where the clock wants to know how far it has read."""

    def read(self, name: str, read: int) -> None:
        """A waiter says how many bytes of what it was sent it has read, and done what it had to."""

    def told(self) -> None:
        """A watcher was just told something: a stepping clock lets it react before going on."""

    async def settle(self) -> None:
        """Let happen what a write brings about at once (a stepping clock does it before the write is answered)."""

    def pause(self) -> None:
        """Stand still until `resume`."""

    def resume(self, speed: float | None = None) -> None:
        """Go on, perhaps at another speed (virtual seconds per second)."""

    def step(self, seconds: float | None = None) -> float:
        """Advance by seconds, or to the next due transition; returns how far."""

    def state(self) -> dict[str, object]:
        """`{"now", "paused", "speed", "stepping", "due"}` for people and `/podlab/clock`."""


class Heap:
    """Transitions ordered by when they are due, first come first served among equals."""

    def __init__(self) -> None:
        self._entries: list[tuple[float, int, Timer]] = []
        self._order = count()

    def push(self, due: float, timer: Timer) -> None:
        """Add a transition that is due at a moment, in seconds."""
        heapq.heappush(self._entries, (due, next(self._order), timer))

    def next_due(self) -> float | None:
        """When the first that was not cancelled is due; None where there is none."""
        while self._entries and self._entries[0][2].cancelled:
            heapq.heappop(self._entries)
        return self._entries[0][0] if self._entries else None

    def run_due(self, now: float) -> None:
        """Run all that is due by now, with what that makes due at once."""
        while (due := self.next_due()) is not None and due <= now:
            heapq.heappop(self._entries)[2].run()

    def __len__(self) -> int:
        return sum(not timer.cancelled for _, _, timer in self._entries)


async def sleep_on(clock: Clock, delay: float) -> None:
    """Sleep so many of the clock's seconds; not more than a turn of the loop where there are none."""
    if delay <= 0:
        await asyncio.sleep(0)
        return
    done = asyncio.get_running_loop().create_future()
    timer = clock.call_later(delay, lambda: None if done.done() else done.set_result(None))
    try:
        await done
    finally:
        timer.cancel()


class RealClock:
    """Time as on the wall, `speed` times faster; can be paused and stepped.

    `now()` follows the wall, but never goes back: where the wall's clock is set back, it is ahead until that is set
    right. Timers follow a counter that a machine's sleep advances by `CATCH_UP` seconds at most, so that waking up
    does not bring hours of transitions at once.
    """

    stepping = False

    def __init__(self, speed: float = 1.0, wall: Callable[[], float] = time.time) -> None:
        self._wall, self._speed, self._paused = wall, speed, False
        self._last_wall = wall()
        self._now = self._last_wall
        self._ahead = self._run = 0.0
        self._heap = Heap()
        self._handle: asyncio.TimerHandle | None = None
        self._armed = 0.0
        self._firing = False

    def _read(self) -> None:
        wall = self._wall()
        passed, self._last_wall = wall - self._last_wall, wall
        if not 0 <= passed <= 2 * CATCH_UP:
            passed = self._caught_up(passed)
        if self._paused:
            return
        # more than any armed timer would have let pass: the machine slept
        slept = passed > 2 * CATCH_UP and self._handle is not None and not self._handle.cancelled()
        passed *= self._speed
        self._now += passed
        self._run += min(passed, CATCH_UP) if slept else passed

    def _caught_up(self, passed: float) -> float:
        """The seconds that count of those since the last look, where the wall went back or far ahead."""
        if passed < 0:
            self._ahead -= passed
            return 0.0
        given = min(self._ahead, passed)
        self._ahead -= given
        return passed - given

    def now(self) -> float:
        """The wall's time, so many times faster; it stands while paused."""
        self._read()
        return self._now

    def call_at(self, when: float, callback: Callable[[], None]) -> Timer:
        """Call back when the clock shows that time."""
        return self.call_later(when - self.now(), callback)

    def call_later(self, delay: float, callback: Callable[[], None]) -> Timer:
        """Call back after so many of the clock's seconds; needs a running loop."""
        self._read()
        timer, due = Timer(callback), self._run + max(0.0, delay)
        self._heap.push(due, timer)
        if not self._firing and (self._handle is None or due < self._armed):
            self._arm()
        return timer

    async def sleep(self, delay: float) -> None:
        """Wait for so many of the clock's seconds."""
        await sleep_on(self, delay)

    def _arm(self) -> None:
        """Wake up when the next transition is due."""
        if self._handle:
            self._handle.cancel()
            self._handle = None
        due = self._heap.next_due()
        if due is None or self._paused:
            return
        delay = min(max(0.0, (due - self._run) / self._speed), CATCH_UP)
        self._armed = due
        self._handle = asyncio.get_running_loop().call_later(delay, self._fire)

    def _fire(self) -> None:
        self._read()
        self._handle, self._firing = None, True
        try:
            self._heap.run_due(self._run)
        finally:
            self._firing = False
            self._arm()

    def hold(self, waiter: Waiter | None = None) -> contextlib.AbstractContextManager[None]:
        """Nothing: time goes on by itself."""
        return contextlib.nullcontext()

    def at_work(self) -> contextlib.AbstractContextManager[None]:
        """Nothing: time does not wait for requests."""
        return contextlib.nullcontext()

    def waiter(self, name: str) -> Waiter | None:
        """None: nobody is asked how far it has read."""
        return None

    def read(self, name: str, read: int) -> None:
        """Nothing: time waits for no reader."""

    def told(self) -> None:
        """Nothing: time waits for no watcher."""

    async def settle(self) -> None:
        """Nothing: what is due comes by itself."""

    def pause(self) -> None:
        """Stand still; timers, too."""
        self._read()
        self._paused = True
        self._arm()

    def resume(self, speed: float | None = None) -> None:
        """Go on from where it stood."""
        self._read()
        self._paused = False
        self._speed = speed or self._speed
        self._arm()

    def step(self, seconds: float | None = None) -> float:
        """Advance, paused or not, and run what comes due."""
        self._read()
        due = self._heap.next_due()
        seconds = max(0.0, due - self._run) if seconds is None and due is not None else (seconds or 0.0)
        self._now += seconds
        self._run += seconds
        self._fire()
        return seconds

    def state(self) -> dict[str, object]:
        """What people see; `speed` is cluster seconds per second."""
        return {
            "now": rfc3339micro(self.now()),
            "paused": self._paused,
            "speed": self._speed,
            "stepping": self.stepping,
            "due": len(self._heap),
        }


class Randomness:
    """Uids, name suffixes and tokens; the same ones every time when given a seed."""

    def __init__(self, seed: int | None = None) -> None:
        self._random: random.Random = random.SystemRandom() if seed is None else random.Random(seed)

    def uid(self) -> str:
        """A version 4 UUID."""
        return _version4(self._random.getrandbits(128))

    def audit_id(self) -> str:
        """A UUID for a request; not drawn from the seed, since how many requests there are is not part of it."""
        return _version4(random.getrandbits(128))

    def suffix(self, length: int = 5) -> str:
        """What `generateName` appends. Upstream: staging/src/k8s.io/apiserver/pkg/storage/names/generate.go"""
        return "".join(self._random.choices(SUFFIX_ALPHABET, k=length))

    def hex(self, length: int) -> str:
        """So many hexadecimal digits, as in container ids."""
        return f"{self._random.getrandbits(4 * length):0{length}x}"

    def uniform(self, low: float, high: float) -> float:
        """A number between two, as for delays with jitter."""
        return self._random.uniform(low, high)


def _version4(number: int) -> str:
    """A random UUID of 128 bits. Upstream: RFC 9562, section 5.4"""
    text = f"{number & ~VERSION_BITS | VERSION_4:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
