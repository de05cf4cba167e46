"""The processes that a shell starts: beside it, before it goes on, or joined by pipes. Each can be killed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass

from podlab.embedded.runtime.machine.process import Process
from podlab.embedded.runtime.streams import BrokenPipe, OutOfMemory, Pipe

FATES = {1: "Hangup", 2: "", 3: "Quit", 6: "Aborted", 9: "Killed", 10: "User defined signal 1", 15: "Terminated"}
"""What a shell says of a child that a signal ended."""
BROKEN_PIPE = 141


@dataclass(frozen=True, slots=True)
class Job:
    """A child and what it is doing."""

    process: Process
    task: asyncio.Future[int]

    @property
    def fate(self) -> str:
        """What a shell says of it where a signal has ended it."""
        return FATES.get(self.process.fate, f"Signal {self.process.fate}") if self.process.fate else ""

    def told(self, shell: str) -> str:
        """The same with its number and words, as bash tells it in the name of a shell at a line."""
        return f"{shell} {self.process.pid:5} {self.fate:23} {' '.join(self.process.argv)}"

    async def outcome(self) -> int:
        """Its exit code, when it has ended."""
        try:
            return await self.task
        except asyncio.CancelledError:
            if self.process.fate and self.task.cancelled():  # killed before it ran
                return 128 + self.process.fate
            raise


def start(process: Process, run: Callable[[], Awaitable[int]]) -> Job:
    """Let a process run; it has its id from now on."""
    process.machine.processes.enter(process)
    process.task = task = asyncio.ensure_future(_run(process, run))
    task.add_done_callback(lambda _: process.machine.processes.leave(process))
    return Job(process, task)


async def _run(process: Process, run: Callable[[], Awaitable[int]]) -> int:
    try:
        return await run()
    except BrokenPipe:
        return BROKEN_PIPE
    except OutOfMemory:
        return starved(process)
    except asyncio.CancelledError:
        if not process.fate:
            raise
        return 128 + process.fate


def starved(process: Process) -> int:
    """The kernel kills the process that took too much; the container's end tells of it."""
    process.fate = 9
    processes = process.machine.processes
    processes.starved |= {process.machine.sockets.owner}
    return 128 + process.fate


def joined(job: Job, reads: object, writes: Pipe | None) -> None:
    """When it ends, so do the pipes that it reads and writes."""

    def ended(_: object) -> None:
        if writes:
            writes.close()
        if isinstance(reads, Pipe):
            reads.abandon()

    job.task.add_done_callback(ended)


async def finish(parent: Process, jobs: Iterable[Job]) -> int:
    """Wait for all; the exit code of the last. Children end with a parent that is killed."""
    jobs, code = list(jobs), 0
    try:
        for job in jobs:
            code = await job.outcome()
            job.process.machine.processes.leave(job.process)
    except BaseException:
        for job in jobs:
            job.task.cancel()
        raise
    parent.time = max(parent.time, *(job.process.time for job in jobs))
    return code


def named(jobs: Iterable[Job], words: list[str]) -> list[Job]:
    """The jobs that `wait` names, by process id or number; all without a name."""
    numbered = enumerate(jobs, 1)
    return [job for number, job in numbered if not words or {str(job.process.pid), f"%{number}"} & set(words)]
