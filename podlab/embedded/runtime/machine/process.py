"""A process in a simulated container, and what it can reach: files, time, network, signals.

A process has a time of its own that sleeping advances, so that one whose server was killed can be run again from its
start until it has caught up with the clock: it then is where it was.
"""

from __future__ import annotations

import asyncio
import posixpath
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from podlab.embedded.clock import Clock
from podlab.embedded.runtime.files import Files
from podlab.embedded.runtime.images.image import Image
from podlab.embedded.runtime.machine.identity import Identity
from podlab.embedded.runtime.machine.signals import HARMLESS, NUMBERS
from podlab.embedded.runtime.network.sockets import Sockets
from podlab.embedded.runtime.streams import Input, Pipe

Obj = dict[str, Any]
Write = Callable[[bytes], None]

COST = 0.001
"""Seconds of its own time that a command takes, so that no loop runs without time passing."""
NOBODY = 65535
"""The user that a sandbox's own process runs as."""
BREATH = 100
"""Commands after which a process lets the others go on."""


def nothing(name: str) -> bool:
    """Which signals a process handles that says nothing of them."""
    return False


class Machine(Protocol):
    """What a process needs of its container."""

    clock: Clock
    image: Image
    files: Files
    hostname: str
    ip: str
    memory_limit: int
    user: Identity
    processes: Processes
    sockets: Sockets
    settings: Mapping[str, bytes]

    @property
    def began(self) -> float:
        """When the container was started."""

    async def run(self, process: Process) -> int:
        """Run a program in a process; returns its exit code."""


@dataclass(slots=True)
class Process:
    """One process: `time` is its own time in seconds since the epoch.

    `sender` is who sent its latest signal, `title` what it calls itself, `uid` who it runs as where that is
    not the container's user, and `closing` what is
    to be closed at its end, `more` the streams beyond the first three,
    `terminal` what it was started on.
    """

    machine: Machine
    argv: list[str]
    env: dict[str, str]
    out: Write
    err: Write
    stdin: Input = field(default_factory=Input)
    cwd: str = "/"
    pid: int = 1
    time: float = 0.0
    steps: int = 0
    signals: list[str] = field(default_factory=list)
    ignored: frozenset[str] = frozenset()
    handles: Callable[[str], bool] = nothing
    task: asyncio.Future[Any] | None = None
    fate: int = 0
    pipe: Pipe | None = None
    umask: int = 0o022
    parent: int = 0
    sender: int = 0
    title: str = ""
    uid: int | None = None
    closing: list[Callable[[], None]] = field(default_factory=list)
    more: Mapping[int, Input | Write] = field(default_factory=dict)
    terminal: object = None
    _waiter: asyncio.Future[None] | None = None

    def child(self, argv: list[str]) -> Process:
        """A process that this one starts; not running yet."""
        inner = replace(self, argv=argv, steps=0, signals=[], task=None, fate=0)
        inner.parent, inner.title, inner.closing = self.pid, "", []
        inner.handles, inner._waiter = nothing, None
        return inner

    @property
    def name(self) -> str:
        """The name of its program, as /proc/PID/comm has it."""
        return posixpath.basename(self.argv[0])[:15] if self.argv else ""

    @property
    def words(self) -> str:
        """Its command line in one."""
        return self.title or " ".join(self.argv).replace("\n", " ")

    @property
    def owner(self) -> int:
        """The user that it runs as."""
        return self.machine.user.uid if self.uid is None else self.uid

    def close(self) -> None:
        """Close what it has open."""
        for close in self.closing:
            close()
        self.closing.clear()

    async def sleep(self, seconds: float) -> None:
        """Let its own time pass; waits for the clock when it has caught up with it."""
        self.time += max(0.0, seconds)
        ahead = self.time - self.machine.clock.now()
        if ahead > 0:
            try:
                await self.machine.clock.sleep(ahead)
            except asyncio.CancelledError:  # killed: the rest of its time it does not live through
                self.time = min(self.time, self.machine.clock.now())
                raise

    async def work(self) -> None:
        """The cost of one command."""
        self.time += COST
        self.steps += 1
        if self.pipe:
            await self.pipe.room()
        if self.steps % BREATH == 0:  # one that catches up must not keep the others waiting
            await asyncio.sleep(0)
        if self.time - self.machine.clock.now() > 20 * COST:
            await self.machine.clock.sleep(self.time - self.machine.clock.now())

    def catch_up(self) -> None:
        """Its time goes on while it waits for something."""
        self.time = max(self.time, self.machine.clock.now())

    def signal(self, name: str, *, inside: bool = False) -> bool:
        """Deliver a signal such as TERM; whether it is up to the process what happens.

        One from `inside` the container does not end its first process, whatever it is.
        """
        if name == "0" or (name in self.ignored and name != "KILL"):
            return True
        if name == "KILL" or not self.handles(name):
            if self.pid == 1 or name in HARMLESS:
                return self.pid == 1
            if inside and self.task and not self.fate:
                self.fate = NUMBERS[name]
                self.task.cancel()
            return False
        self.signals.append(name)
        if self._waiter and not self._waiter.done():
            self._waiter.set_result(None)
        return True

    async def signalled(self) -> None:
        """Wait until a signal that is handled has come."""
        while not self.signals:
            self._waiter = asyncio.get_running_loop().create_future()
            await self._waiter

    async def next_signal(self) -> str:
        """Wait for a signal that is handled, and take it."""
        await self.signalled()
        self.catch_up()
        return self.signals.pop(0)


OF_NODE = {
    1: ("systemd", "/sbin/init"),
    97: ("containerd", "/usr/local/bin/containerd"),
    542: (
        "kubelet",
        "/usr/bin/kubelet --kubeconfig=/etc/kubernetes/kubelet.conf --config=/var/lib/kubelet/config.yaml",
    ),
    782: ("kube-proxy", "/usr/local/bin/kube-proxy --config=/var/lib/kube-proxy/config.conf"),
}
"""What runs on a node before any Pod: its name and its command line, by process id, as on kind's."""


THREADS = 5
"""Threads that a runtime's own first program has when it becomes the container's: each took a process id."""


class Processes:
    """What runs in a container, by process id; `starved` are containers of which the kernel has killed a process.

    `of_node` says that they are the node's: before all others stands what runs on it, other Pods are not told of.
    """

    def __init__(self) -> None:
        self.running: dict[int, Process] = {}
        self.starved: frozenset[str] = frozenset()
        self.of_node = False
        self._last = 1 + THREADS

    def enter(self, process: Process, *, threads: int = 0) -> None:
        """A process begins: it gets its id; `threads` of what started it, such as a runtime, have had one each."""
        self._last += 1
        process.pid = self._last
        self._last += threads
        self.running[process.pid] = process

    def share(self, process: Process) -> None:
        """A container's first process joins those of its Pod: before all is the sandbox's, which only waits."""
        if 1 not in self.running and self.of_node:
            for number, (name, words) in OF_NODE.items():
                self._stand(process.child([name]), number, 0)
                self.running[number].title = words
            self._last = max(OF_NODE)
        elif 1 not in self.running:
            self._stand(process.child(["/pause"]), 1, NOBODY)
        self.enter(process)

    def _stand(self, process: Process, number: int, owner: int) -> None:
        process.pid, process.parent, process.uid = number, 0, owner
        self.running[number] = process

    def holding(self, process: Process) -> list[asyncio.Future[Any]]:
        """What runs of all that may still write to a process's streams."""
        streams, found = (process.out, process.err), list[asyncio.Future[Any]]()
        for one in self.running.values():
            if one is not process and one.task and not one.task.done() and (one.out in streams or one.err in streams):
                found.append(one.task)
        return found

    def roots(self, machine: Machine, main: Process | None) -> list[Process]:
        """What runs in a container, and in those that joined it, and has no parent there but its first process."""
        every = self.running.get(1) is main
        ours = [o for o in self.running.values() if (every or o.machine is machine) and o is not main and o.task]
        return [one for one in ours if self.running.get(one.parent) in (None, main)]

    def leave(self, process: Process) -> None:
        """A process has ended."""
        process.close()
        if self.running.get(process.pid) is process:
            del self.running[process.pid]
