"""What nginx's log tells of its processes: which signal came from whom, who begins and who ends."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from types import MappingProxyType
from typing import Protocol

from podlab.embedded.runtime.machine.process import Process
from podlab.embedded.runtime.machine.signals import NUMBERS

LAST = frozenset(["TERM", "INT", "QUIT"])
"""Signals that end the server."""
DEEDS = MappingProxyType(
    {"HUP": "reconfiguring", "USR1": "reopening logs", "QUIT": "shutting down", "TERM": "exiting", "INT": "exiting"}
)


class Log(Protocol):
    """What writes the lines."""

    process: Process

    def log(self, level: str, *texts: str, of: Process | None = None) -> None:
        """Write lines of the master, or `of` another process."""


def received(name: str, sender: int) -> str:
    """A signal's line; one that comes from outside the container has no sender."""
    deed = f", {DEEDS[name]}" if name in DEEDS else ""
    return f"signal {NUMBERS[name]} (SIG{name}) received{f' from {sender}' if sender else ''}{deed}"


def workers(process: Process) -> list[Process]:
    """What runs beside the master: the processes that answer requests, here only in the table of what runs."""
    made = [process.child(["nginx"]) for _ in range(2)]
    for worker in made:
        worker.title, worker.uid = "nginx: worker process", process.machine.image.account("nginx")
        process.machine.processes.enter(worker)
    return made


def beginning(texts: Iterable[str], version: str, workers: Sequence[Process]) -> list[str]:
    """The notices of a beginning, with the ids of its workers."""
    first, second = [*(worker.pid for worker in workers), 0, 0][:2]
    return [text.format(version=version, first=first, second=second) for text in texts]


def end(server: Log, workers: Sequence[Process], *, graceful: bool, alone: bool = True) -> None:
    """The workers end: before the master does both at once, so that it hears of it but one time."""
    for worker in workers:
        words = ("gracefully shutting down",) * graceful + ("exiting", "exit")
        server.log("notice", *words, of=worker)
    for worker in workers:
        if not alone or worker is workers[0]:
            server.log("notice", f"signal 17 (SIGCHLD) received from {worker.pid}")
        server.log("notice", f"worker process {worker.pid} exited with code 0")
        if not alone:
            server.log("notice", "signal 29 (SIGIO) received")
        server.process.machine.processes.leave(worker)
