"""The container runtime: sandboxes and containers, simulated. Where Kubernetes ends and the containers begin.

A container is a coroutine. What must survive the server is kept as a plain record; a container that ran is run again
from its start and so comes to where it was.
"""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from podlab.embedded.clock import Clock
from podlab.embedded.runtime import devices, programs
from podlab.embedded.runtime.files import FileError, Files
from podlab.embedded.runtime.images.image import Image
from podlab.embedded.runtime.instance import Instance
from podlab.embedded.runtime.log import Line, Log, same
from podlab.embedded.runtime.machine import proc
from podlab.embedded.runtime.machine.identity import Identity
from podlab.embedded.runtime.machine.process import THREADS, Process, Processes
from podlab.embedded.runtime.machine.terminal import Terminal
from podlab.embedded.runtime.network.addresses import Addresses
from podlab.embedded.runtime.network.messages import Request
from podlab.embedded.runtime.network.namespace import Namespace
from podlab.embedded.runtime.network.network import OUTSIDE, PATIENCE, Network
from podlab.embedded.runtime.network.sockets import Sockets
from podlab.embedded.runtime.streams import Input, OutOfMemory
from podlab.embedded.runtime.volume import Volume

Obj = dict[str, Any]

MESSAGE_LIMIT = 4096
SETTLING = 0.05
"""Seconds that what was left in the background has to redirect its streams."""


@dataclass(slots=True)
class Sandbox:
    """A Pod's network namespace, its volumes and its shared memory."""

    uid: str
    name: str
    namespace: Namespace
    ready: bool = True
    volumes: dict[str, Volume] = field(default_factory=dict)
    shared: Volume = field(default_factory=devices.shared)
    processes: Processes = field(default_factory=Processes)

    @property
    def ip(self) -> str:
        """The Pod's address; the node's, for one on the host's network."""
        return self.namespace.ip

    @property
    def listeners(self) -> set[int]:
        """The TCP ports on which something listens."""
        return {listener.port for listener in self.namespace.listeners if listener.protocol == "tcp"}


class Container:
    """One container of a sandbox, with its files, processes and log. It is a `Machine` to its processes."""

    def __init__(
        self,
        runtime: Runtime,
        sandbox: Sandbox,
        instance: Instance,
        image: Image,
        files: Files,
        env: dict[str, str],
        argv: list[str],
        *,
        hostname: str,
        user: Identity = Identity(),  # noqa: B008  (frozen)
        memory_limit: int = 0,
        settings: Mapping[str, bytes] = MappingProxyType({}),
        cwd: str = "/",
        message_path: str = "/dev/termination-log",
        message_fallback: bool = False,
        stdin: bool = False,
        stdin_once: bool = False,
        tty: bool = False,
        processes: Processes | None = None,
    ) -> None:
        self.runtime, self.sandbox, self.instance = runtime, sandbox, instance
        self.clock, self.image, self.files, self.env, self.argv = runtime.clock, image, files, env, argv
        self.hostname, self.ip, self.memory_limit, self.cwd = hostname, sandbox.ip, memory_limit, cwd
        self.user, self.settings = user, settings
        self.message_path, self.message_fallback = message_path, message_fallback
        self.log = Log()
        self.stopping = False
        self.main: Process | None = None
        self.stdin, self.stdin_once, self.tty = Input(closed=not stdin), stdin_once, tty
        self.terminal: Terminal | None = None
        self.shares = processes is not None
        self.processes = processes or Processes()
        low = user.holds("NET_BIND_SERVICE")
        self.sockets = Sockets(runtime.network, sandbox.namespace, files, hostname, instance.id, low)
        proc.mounted(self, sandbox.shared)
        self._task: asyncio.Task[int] | None = None
        self._partial: dict[str, bytes] = {}
        self._exited: asyncio.Future[None] | None = None

    # As a machine

    @property
    def began(self) -> float:
        """When it was started."""
        return self.instance.started_at

    async def run(self, process: Process) -> int:
        """Run a program in a process."""
        return await programs.run(process)

    # Life

    def begin(self) -> None:
        """Start process 1; `started_at` says when it did, the past for one that is run again."""
        process = self.main = Process(
            self,
            list(self.argv),
            self.env,
            lambda data: self._write("stdout", data),
            lambda data: self._write("stderr", data),
            stdin=self.stdin,
            cwd=self.cwd,
            time=self.instance.started_at,
        )
        if self.tty:
            self.terminal = Terminal(process, lambda data: self._write("stdout", data.replace(b"\r\n", b"\n")))
        self.instance.state = "running"
        if self.shares:
            self.processes.share(process)
        else:
            self.processes.running[1] = process
        self._exited = asyncio.get_running_loop().create_future()
        self._task = asyncio.get_running_loop().create_task(programs.run(process))
        process.task = self._task
        self._task.add_done_callback(self._ended)
        self.runtime.changed(self.sandbox.uid)

    def _write(self, stream: str, data: bytes) -> None:
        *lines, rest = (self._partial.get(stream, b"") + data).split(b"\n")
        self._partial[stream] = rest
        time = self.main.time if self.main else self.clock.now()
        for line in lines:
            self.log.add(Line(time, stream, same(line + b"\n"), OUTSIDE.get()))
        if OUTSIDE.get() and lines:
            self.runtime.changed(self.sandbox.uid)

    def _ended(self, task: asyncio.Task[int]) -> None:
        if self.main and self.shares:
            self.processes.leave(self.main)
        if task.cancelled():
            code, reason = 128 + (self.main.fate if self.main and self.main.fate else 9), "Error"
        elif isinstance(task.exception(), OutOfMemory):
            code, reason = 137, "OOMKilled"
        elif task.exception():
            code, reason = 1, "Error"
        else:
            starved = self.instance.id in self.processes.starved
            code, reason = task.result() & 255, "OOMKilled" if starved else ""
        self.finish(code, reason)

    def finish(self, code: int, reason: str = "", message: str = "") -> None:
        """The container has ended."""
        instance = self.instance
        if instance.state == "exited":
            return
        for stream, rest in self._partial.items():
            if rest:
                self.log.add(Line(self.clock.now(), stream, rest))
        instance.state, instance.exit_code = "exited", code
        instance.finished_at = min(self.main.time, self.clock.now()) if self.main else self.clock.now()
        instance.finished_at = max(instance.finished_at, self.clock.now() - 0.01)
        instance.reason, instance.message = reason or ("Error" if code else "Completed"), message or self._message(code)
        self._end_others()
        self.sandbox.namespace.release(instance.id)
        self.log.close()
        if self._exited and not self._exited.done():
            self._exited.set_result(None)
        self.runtime.changed(self.sandbox.uid)

    def _end_others(self) -> None:
        """With a container's first process the kernel ends what else runs in it; children end with their parents."""
        for process in self.processes.roots(self, self.main):
            process.fate = 9
            if process.task:
                process.task.cancel()

    def _message(self, code: int) -> str:
        try:
            text = self.files.read(self.message_path)[-MESSAGE_LIMIT:].decode(errors="replace")
        except FileError:
            text = ""
        if not text and code and self.message_fallback:
            text = b"".join(line.data for line in self.log.lines[-80:])[-2048:].decode(errors="replace")
        return text

    async def stop(self, grace: float) -> None:
        """SIGTERM (what the image asks for), then SIGKILL after the grace period; returns when it has ended."""
        if self.instance.state != "running" or self._exited is None:
            return
        self.stopping = True
        if self.main and not self.main.signal(self.image.stop_signal, inside=self.shares):
            self.kill()
        timer = self.clock.call_later(grace, self.kill)
        try:
            await asyncio.shield(self._exited)
        finally:
            timer.cancel()

    def kill(self) -> None:
        """SIGKILL."""
        if self._task and not self._task.done():
            self._task.cancel()

    def abandon(self) -> None:
        """Stop without an end: the server goes away, the container goes on in its next life."""
        if self._task:
            self._task.remove_done_callback(self._ended)
            self._task.cancel()
        for process in list(self.processes.running.values()):
            if process.machine is self and process.task:
                process.task.cancel()

    # Processes beside the first

    def process(self, argv: list[str], out: Callable[[bytes], None], err: Callable[[bytes], None]) -> Process:
        """A process as `kubectl exec` or an exec probe starts it."""
        return Process(self, argv, dict(self.env), out, err, cwd=self.cwd, pid=2, time=self.clock.now())

    async def execute(self, process: Process) -> int:
        """Run it to its end; returns its exit code."""
        self.processes.enter(process, threads=THREADS)
        process.task = asyncio.current_task()
        try:
            code = await programs.run(process)
            await self._let_go(process)
            return code
        except OutOfMemory:
            return 137
        except asyncio.CancelledError:
            if not process.fate:
                raise
            return 128 + process.fate
        finally:
            self.processes.leave(process)

    async def _let_go(self, process: Process) -> None:
        """Its streams are open for as long as something that it has left behind may write to them."""
        if self.processes.holding(process):
            await self.clock.sleep(SETTLING)
        while holders := self.processes.holding(process):
            await asyncio.wait(holders)


class Runtime:
    """All sandboxes and containers of a node; `subnet` is the beginning of its Pods' addresses."""

    def __init__(
        self,
        clock: Clock,
        changed: Callable[[str], None],
        network: Network | None = None,
        *,
        node_ip: str = "172.18.0.3",
        subnet: str = "10.244.0",
    ) -> None:
        self.clock, self.changed, self.node_ip = clock, changed, node_ip
        self.network = network or Network(clock)
        self.sandboxes: dict[str, Sandbox] = {}
        self.containers: dict[str, list[Container]] = {}
        self.addresses = Addresses(subnet, self.network.namespaces)
        self.network.node(node_ip)

    @property
    def answering(self) -> bool:
        """Whether what happens now was caused from outside a container."""
        return OUTSIDE.get()

    def add_sandbox(self, uid: str, name: str, ip: str = "", *, ready: bool = True) -> Sandbox:
        """Start a sandbox, with an address of its own or with the node's; one that is over only remembers its own."""
        if ip == self.node_ip:
            namespace = self.network.node(ip)
        else:
            namespace = Namespace(ip or self.addresses.take(), self.node_ip)
            if ready:
                self.network.join(namespace)
                self.network.router.joined(uid, namespace.ip)
        sandbox = self.sandboxes[uid] = Sandbox(uid, name, namespace, ready)
        self.containers.setdefault(uid, [])
        return sandbox

    def stop_sandbox(self, uid: str) -> None:
        """End a sandbox; its address is free again."""
        sandbox = self.sandboxes.get(uid)
        if sandbox and sandbox.ready:
            sandbox.ready = False
            if sandbox.ip != self.node_ip:
                self.network.leave(sandbox.namespace)
            self.changed(uid)

    def remove(self, uid: str) -> None:
        """Forget a Pod."""
        self.stop_sandbox(uid)
        self.sandboxes.pop(uid, None)
        for container in self.containers.pop(uid, []):
            container.abandon()

    def newest(self, uid: str, name: str) -> Container | None:
        """The latest instance of a container."""
        found = [c for c in self.containers.get(uid, []) if c.instance.name == name]
        return max(found, key=lambda c: c.instance.attempt, default=None)

    def add(self, container: Container) -> None:
        """Keep a container, and of its predecessors only the last that ended, without older logs."""
        name, uid = container.instance.name, container.sandbox.uid
        ours = [c for c in self.containers[uid] if c.instance.name == name]
        keep = sorted(ours, key=lambda c: c.instance.attempt)[-1:]
        self.containers[uid] = [c for c in self.containers[uid] if c.instance.name != name or c in keep] + [container]
        self.changed(uid)

    async def request(
        self,
        ip: str,
        port: int,
        method: str,
        path: str,
        headers: dict[str, str],
        body: bytes,
        *,
        client: str,
        limit: float = PATIENCE,
    ) -> tuple[int, dict[str, str], bytes]:
        """Ask a port from the node. Raises Refused."""
        found = await self.network.request(None, ip, port, Request(method, path, headers, body, client), limit)
        return found.status, found.headers, found.body

    def instances(self, uid: str) -> list[Instance]:
        """What the runtime knows of a Pod's containers."""
        return [container.instance for container in self.containers.get(uid, [])]


def record(container: Container) -> Obj:
    """What is kept of a container: all of one that has ended, of one that runs what came from outside."""
    over = container.instance.state == "exited"
    lines = [line for line in container.log.lines if over or line.external][-500:]
    return {
        "instance": {each.name: getattr(container.instance, each.name) for each in dataclasses.fields(Instance)},
        "log": [[line.time, line.stream, line.data.decode("latin-1")] for line in lines],
    }
