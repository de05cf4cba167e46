"""Virtual time: one clock and one heap of due transitions for everything that happens in the cluster.

Nothing in `podlab.embedded` reads the wall clock or sleeps except here.
"""

from __future__ import annotations

import asyncio
import contextlib
import heapq
import random
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import count
from typing import Protocol
from uuid import UUID

CATCH_UP = 5.0
"""Seconds of timers that may fall due at once after the machine slept."""

SUFFIX_ALPHABET = "bcdfghjklmnpqrstvwxz2456789"
"""The letters of generated names. Upstream: staging/src/k8s.io/apimachinery/pkg/util/rand/rand.go"""


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
        """Call back, once."""
        callback, self._callback = self._callback, None
        if callback:
            callback()


class Clock(Protocol):
    """What the cluster may ask of time. All times are seconds since the epoch, all delays virtual seconds."""

    def now(self) -> float:
        """The present moment of the cluster."""

    def call_at(self, when: float, callback: Callable[[], None]) -> Timer:
        """Call back at a moment; at once (on the loop's next turn) if it has passed."""

    def call_later(self, delay: float, callback: Callable[[], None]) -> Timer:
        """Call back after a delay."""

    async def sleep(self, delay: float) -> None:
        """Wait for a delay."""

    def hold(self, *, watching: bool = True) -> contextlib.AbstractContextManager[None]:
        """While open: somebody waits for things to happen (a stepping clock goes on only then).

        `watching=False` marks a request in work: a stepping clock stands still until it is answered.
        """

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


class _Heap:
    """Transitions ordered by when they are due, first come first served among equals."""

    def __init__(self) -> None:
        self._entries: list[tuple[float, int, Timer]] = []
        self._order = count()

    def push(self, due: float, timer: Timer) -> None:
        heapq.heappush(self._entries, (due, next(self._order), timer))

    def next_due(self) -> float | None:
        while self._entries and self._entries[0][2].cancelled:
            heapq.heappop(self._entries)
        return self._entries[0][0] if self._entries else None

    def run_due(self, now: float) -> None:
        while (due := self.next_due()) is not None and due <= now:
            heapq.heappop(self._entries)[2].run()

    def __len__(self) -> int:
        return sum(not timer.cancelled for _, _, timer in self._entries)


def _busy() -> bool:
    """Whether the loop has something else ready to run; only asyncio's own loops tell."""
    return bool(getattr(asyncio.get_running_loop(), "_ready", None))


async def _sleep(clock: Clock, delay: float) -> None:
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

    `now()` follows the wall. Timers follow a counter that a machine's sleep advances by `CATCH_UP` seconds at most,
    so that waking up does not bring hours of transitions at once.
    """

    def __init__(self, speed: float = 1.0, wall: Callable[[], float] = time.time) -> None:
        self._wall, self._speed, self._paused = wall, speed, False
        self._last_wall = wall()
        self._now = self._last_wall
        self._run = 0.0
        self._heap = _Heap()
        self._handle: asyncio.TimerHandle | None = None

    def _read(self) -> None:
        wall = self._wall()
        passed, self._last_wall = max(0.0, wall - self._last_wall), wall
        if self._paused:
            return
        self._now += passed * self._speed
        handle_late = self._handle is not None and wall_is_late(self._handle, passed)
        self._run += (min(passed, CATCH_UP) if handle_late else passed) * self._speed

    def now(self) -> float:
        self._read()
        return self._now

    def call_at(self, when: float, callback: Callable[[], None]) -> Timer:
        return self.call_later(when - self.now(), callback)

    def call_later(self, delay: float, callback: Callable[[], None]) -> Timer:
        self._read()
        timer = Timer(callback)
        self._heap.push(self._run + max(0.0, delay), timer)
        self._arm()
        return timer

    async def sleep(self, delay: float) -> None:
        await _sleep(self, delay)

    def _arm(self) -> None:
        if self._handle:
            self._handle.cancel()
            self._handle = None
        due = self._heap.next_due()
        if due is None or self._paused:
            return
        delay = min(max(0.0, (due - self._run) / self._speed), CATCH_UP)
        self._handle = asyncio.get_running_loop().call_later(delay, self._fire)

    def _fire(self) -> None:
        self._read()
        self._handle = None
        self._heap.run_due(self._run)
        self._arm()

    @contextlib.contextmanager
    def hold(self, *, watching: bool = True) -> Iterator[None]:
        yield

    def told(self) -> None:
        pass

    async def settle(self) -> None:
        pass

    def pause(self) -> None:
        self._read()
        self._paused = True
        self._arm()

    def resume(self, speed: float | None = None) -> None:
        self._read()
        self._paused = False
        self._speed = speed or self._speed
        self._arm()

    def step(self, seconds: float | None = None) -> float:
        self._read()
        due = self._heap.next_due()
        seconds = max(0.0, due - self._run) if seconds is None and due is not None else (seconds or 0.0)
        self._now += seconds
        self._run += seconds
        self._fire()
        return seconds

    def state(self) -> dict[str, object]:
        return {
            "now": rfc3339micro(self.now()),
            "paused": self._paused,
            "speed": self._speed,
            "stepping": False,
            "due": len(self._heap),
        }


def wall_is_late(handle: asyncio.TimerHandle, passed: float) -> bool:
    """Whether more time passed than any armed timer would have let pass: the machine slept."""
    return not handle.cancelled() and passed > 2 * CATCH_UP


class SteppingClock:
    """Time stands still, and jumps to the next due transition only while somebody waits for one.

    Somebody waits while a watch is open (`hold()`), no request is in work and the loop has nothing else to do. After
    watchers were told something they get `REACTION` real seconds to go away.
    """

    REACTION = 0.05
    IDLE = 0.002
    AT_ONCE = 0.02
    """Cluster seconds within which a write has its first consequences: a ServiceAccount in a new namespace, a node."""
    TURNS, LONGEST_CHAIN = 8, 200

    def __init__(self, start: float = 1767225600.0) -> None:
        self._now, self._heap, self._paused = start, _Heap(), False
        self._waiting = self._working = 0
        self._told = False
        self._handle: asyncio.TimerHandle | None = None

    def now(self) -> float:
        return self._now

    def call_at(self, when: float, callback: Callable[[], None]) -> Timer:
        timer = Timer(callback)
        self._heap.push(max(when, self._now), timer)
        self._arm()
        return timer

    def call_later(self, delay: float, callback: Callable[[], None]) -> Timer:
        return self.call_at(self._now + delay, callback)

    async def sleep(self, delay: float) -> None:
        await _sleep(self, delay)

    @contextlib.contextmanager
    def hold(self, *, watching: bool = True) -> Iterator[None]:
        self._count(watching, 1)
        try:
            yield
        finally:
            self._count(watching, -1)

    def _count(self, watching: bool, step: int) -> None:
        if watching:
            self._waiting += step
        else:
            self._working += step
        self._arm()

    def told(self) -> None:
        self._told = True

    async def settle(self) -> None:
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
        elif self._told or self._working or _busy():
            delay = self.REACTION if self._told else self.IDLE
            self._told = False
            self._handle = asyncio.get_running_loop().call_later(delay, self._fire)
            return
        else:
            self._now = due
            self._heap.run_due(self._now)
        self._arm()

    def pause(self) -> None:
        self._paused = True

    def resume(self, speed: float | None = None) -> None:
        self._paused = False
        self._arm()

    def step(self, seconds: float | None = None) -> float:
        due = self._heap.next_due()
        target = (due if due is not None else self._now) if seconds is None else self._now + seconds
        start = self._now
        while (due := self._heap.next_due()) is not None and due <= target:
            self._now = max(self._now, due)
            self._heap.run_due(self._now)
        self._now = max(self._now, target)
        return self._now - start

    def state(self) -> dict[str, object]:
        return {
            "now": rfc3339micro(self._now),
            "paused": self._paused,
            "speed": 0.0,
            "stepping": True,
            "due": len(self._heap),
        }


class Randomness:
    """Uids, name suffixes and tokens; the same ones every time when given a seed."""

    def __init__(self, seed: int | None = None) -> None:
        self._random: random.Random = random.SystemRandom() if seed is None else random.Random(seed)
        self.seeded = seed is not None

    def uid(self) -> str:
        """A version 4 UUID."""
        return str(UUID(int=self._random.getrandbits(128), version=4))

    def audit_id(self) -> str:
        """A UUID for a request; not drawn from the seed, since how many requests there are is not part of it."""
        return str(UUID(int=random.getrandbits(128), version=4))

    def suffix(self, length: int = 5) -> str:
        """What `generateName` appends. Upstream: staging/src/k8s.io/apiserver/pkg/storage/names/generate.go"""
        return "".join(self._random.choices(SUFFIX_ALPHABET, k=length))

    def hex(self, length: int) -> str:
        """So many hexadecimal digits, as in container ids."""
        return f"{self._random.getrandbits(4 * length):0{length}x}"

    def uniform(self, low: float, high: float) -> float:
        """A number between two, as for delays with jitter."""
        return self._random.uniform(low, high)


def rfc3339(moment: float) -> str:
    """`2026-11-22T12:58:11Z`: how `metav1.Time` is written."""
    return datetime.fromtimestamp(int(moment), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def rfc3339micro(moment: float) -> str:
    """`2026-11-22T12:58:11.123456Z`: how `metav1.MicroTime` is written."""
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def parse_rfc3339(text: str) -> float:
    """Seconds since the epoch of an RFC 3339 text, offsets allowed. Raises ValueError."""
    return datetime.fromisoformat(text).timestamp()
