"""What the API server asks the kubelet for: logs, exec, attach, and connections to containers' ports.

Upstream: pkg/kubelet/server/server.go, pkg/kubelet/kubelet_pods.go
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

from podlab.embedded.apiserver import status
from podlab.embedded.apiserver.status import KubeletError, StatusError
from podlab.embedded.clock import Clock, Randomness
from podlab.embedded.kubelet.eviction import EVICTED
from podlab.embedded.kubelet.network import GATEWAY, HOST
from podlab.embedded.runtime.log import Line, Log
from podlab.embedded.runtime.machine import executables
from podlab.embedded.runtime.machine.terminal import Terminal
from podlab.embedded.runtime.network.router import NO_TLS, Refused
from podlab.embedded.runtime.runtime import Container, Runtime
from podlab.embedded.runtime.streams import Input
from podlab.embedded.runtime.tunnel import Writer, open_tunnel

Obj = dict[str, Any]

WAITING = {
    "ErrImagePull": "image can't be pulled",
    "ImagePullBackOff": "trying and failing to pull image",
    "InvalidImageName": "InvalidImageName",
}


class ExecSession:
    """A command that runs in a container: iterate for (channel, data), then ask for `exit_code` and `error`."""

    def __init__(self, command: list[str]) -> None:
        self.command = command
        self.exit_code: int | None = None
        self.error = ""
        self._queue: asyncio.Queue[tuple[int, bytes] | None] = asyncio.Queue()
        self._tasks: list[asyncio.Task[None]] = []

    def put(self, channel: int, data: bytes) -> None:
        """Output: channel 1 or 2."""
        if data:
            self._queue.put_nowait((channel, data))

    def finish(self, code: int | None, error: str = "") -> None:
        """No more output."""
        self.exit_code, self.error = code, error
        self._queue.put_nowait(None)

    def run(self, coroutine: Any) -> None:
        """Own a task."""
        self._tasks.append(asyncio.get_running_loop().create_task(coroutine))

    def __aiter__(self) -> ExecSession:
        return self

    async def __anext__(self) -> tuple[int, bytes]:
        item = await self._queue.get()
        if item is None:
            raise StopAsyncIteration
        return item

    async def close(self) -> None:
        """The client has gone."""
        for task in self._tasks:
            task.cancel()


class NodeApi:
    """Answers for the Pods of one kubelet."""

    def __init__(self, clock: Clock, runtime: Runtime, randomness: Randomness) -> None:
        self._clock, self._runtime, self._randomness = clock, runtime, randomness

    # Logs

    async def log(
        self,
        pod: Obj,
        *,
        container: str = "",
        follow: bool = False,
        previous: bool = False,
        tail_lines: int | None = None,
        since_seconds: int | None = None,
        since_time: float | None = None,
        timestamps: bool = False,
        limit_bytes: int | None = None,
    ) -> AsyncIterator[bytes]:
        """A container's log, in pieces. Raises StatusError before the first."""
        name = _chosen(pod, container)
        found = self._log_of(pod, name, previous)
        if isinstance(found, bytes):
            yield found
            return
        if since_seconds is not None:
            since_time = self._clock.now() - since_seconds
        start, left = self._start(found, tail_lines, since_time), limit_bytes
        async for data in _pieces(found, start, follow, timestamps):
            if left is not None:
                data, left = data[:left], left - len(data[:left])
            if data:
                yield data
            if left == 0:
                return

    def _start(self, log: Log, tail: int | None, earliest: float | None) -> int:
        start = 0 if tail is None else max(0, len(log.lines) - tail)
        if earliest is not None:
            later = (i for i, line in enumerate(log.lines) if line.time >= earliest)
            start = max(start, next(later, len(log.lines)))
        return start

    def _log_of(self, pod: Obj, name: str, previous: bool) -> Log | bytes:
        meta = pod["metadata"]
        known = _status_of(pod, name)
        if previous:
            return self._previous(pod, name, known)
        if not known:
            raise status.bad_request(f'container "{name}" in pod "{meta["name"]}" is not available')
        found = self._runtime.newest(meta["uid"], name)
        waiting = known.get("state", {}).get("waiting", {}).get("reason", "ContainerCreating")
        if found is None or found.instance.state == "created":
            text = WAITING.get(waiting, waiting)
            raise status.bad_request(f'container "{name}" in pod "{meta["name"]}" is waiting to start: {text}')
        if pod["status"].get("reason") == EVICTED and "terminated" in known["state"]:
            return _lost(known["state"]["terminated"]["containerID"])  # an evicted Pod's containers are removed
        return found.log

    def _previous(self, pod: Obj, name: str, known: Obj) -> Log | bytes:
        last = known.get("lastState", {}).get("terminated")
        if not last:
            why = f'previous terminated container "{name}" in pod "{pod["metadata"]["name"]}" not found'
            raise status.bad_request(why)
        id_ = str(last.get("containerID", "")).removeprefix("containerd://")
        instances = self._runtime.containers.get(pod["metadata"]["uid"], [])
        found = next((c for c in instances if c.instance.id == id_), None)
        newest = self._runtime.newest(pod["metadata"]["uid"], name)
        if found is None or (newest and newest is not found and newest.instance.state == "exited"):
            return _lost(last["containerID"])
        return found.log

    # Commands

    async def exec(
        self,
        pod: Obj,
        *,
        container: str = "",
        command: list[str],
        stdin: AsyncIterator[bytes] | None = None,
        tty: bool = False,
    ) -> ExecSession:
        """Run a command. Raises StatusError before it starts."""
        found = self._running(pod, container)
        session = ExecSession(command)
        if wrong := executables.missing(command, found.image.commands, (), found.files, found.cwd):
            id_ = self._randomness.hex(64)
            session.finish(None, f'{EXEC}failed to start exec "{id_}": {RUNC}{wrong}')
            return session
        process = found.process(
            command, lambda data: session.put(1, data), lambda data: session.put(1 if tty else 2, data)
        )
        if stdin is not None and tty:
            terminal = Terminal(process, process.out)
            process.env = {**process.env, "TERM": "xterm"}
            session.run(_type(stdin, terminal))
        elif stdin is not None:
            process.stdin = Input(closed=False)
            session.run(_feed(stdin, process.stdin))
        session.run(_execute(found, process, session))
        return session

    async def attach(
        self, pod: Obj, *, container: str = "", stdin: AsyncIterator[bytes] | None = None, tty: bool = False
    ) -> ExecSession:
        """Follow what process 1 writes from now on. Raises StatusError before it starts."""
        try:
            found = self._running(pod, container)
        except StatusError as error:
            if error.code != 500:
                raise
            meta, name = pod["metadata"], _chosen(pod, container)
            text = f"container {name} not found in pod {meta['name']}_{meta['namespace']}"
            raise KubeletError(text) from None
        session = ExecSession([])
        if found.terminal:
            if not tty:
                raise StatusError(500, "InternalError", ONE_STREAM)
            if stdin is not None:
                session.run(_type(stdin, found.terminal, last=found.stdin_once))
            session.run(_watch(found, found.terminal, session))
            return session
        if stdin is not None:
            session.run(_typed(stdin, found, session))
        session.run(_follow(found, session, tty))
        return session

    def _running(self, pod: Obj, container: str) -> Container:
        name = _chosen(pod, container)
        found = self._runtime.newest(pod["metadata"]["uid"], name)
        if found is None or found.instance.state != "running":
            raise KubeletError(f'container not found ("{name}")')
        return found

    # Network

    async def http(
        self,
        pod: Obj,
        port: int,
        method: str,
        path: str,
        headers: dict[str, str],
        body: bytes,
        *,
        secure: bool = False,
    ) -> tuple[int, dict[str, str], bytes]:
        """Ask a container's port, as the proxy subresource does. Raises StatusError 503."""
        ip = (pod.get("status") or {}).get("podIP", "")
        sent = {key.lower(): value for key, value in headers.items()}
        given = {"x-forwarded-for": HOST, "host": f"{ip}:{port}"} | sent
        try:
            if secure:
                self._runtime.network.handshake(None, ip, port)
            return await self._runtime.request(ip, port, method, path, given, body, client=GATEWAY)
        except Refused as refused:
            dialled = f"dial tcp {ip}:{port}: connect: {refused.reason.lower()}"
            why = "tls: first record does not look like a TLS handshake" if refused.reason == NO_TLS else dialled
            text = f"error trying to reach service: {why}"
            raise StatusError(503, "ServiceUnavailable", text) from None

    async def connect(self, pod: Obj, port: int) -> tuple[asyncio.StreamReader, Writer]:
        """A connection to a container's port, as port forwarding makes. Raises StatusError if nothing listens."""
        sandbox = self._runtime.sandboxes.get(pod["metadata"]["uid"])
        if sandbox is None or not sandbox.ready:
            raise KubeletError(f'pod not found ("{pod["metadata"]["name"]}_{pod["metadata"]["namespace"]}")')
        return open_tunnel(self._runtime, sandbox.ip, port)


ONE_STREAM = "rpc error: code = InvalidArgument desc = tty and stderr cannot both be true"
EXEC = 2 * "Internal error occurred: " + "error executing command in container: failed to exec in container: "
RUNC = "OCI runtime exec failed: exec failed: unable to start container process: "


def _chosen(pod: Obj, container: str) -> str:
    """The container meant. Raises StatusError 400."""
    spec, name = pod["spec"], pod["metadata"]["name"]
    mains = [c["name"] for c in spec["containers"]]
    inits = [c["name"] for c in spec.get("initContainers") or []]
    guests = [c["name"] for c in spec.get("ephemeralContainers") or []]
    if container:
        if container not in (*mains, *inits, *guests):
            raise status.bad_request(f"container {container} is not valid for pod {name}")
        return container
    if len(mains) > 1:
        text = f"a container name must be specified for pod {name}, choose one of: [{' '.join(mains)}]"
        if inits:
            text += f" or one of the init containers: [{' '.join(inits)}]"
        raise status.bad_request(text)
    return str(mains[0])


def _status_of(pod: Obj, name: str) -> Obj:
    found = pod.get("status") or {}
    for key in ("containerStatuses", "initContainerStatuses", "ephemeralContainerStatuses"):
        for entry in found.get(key) or []:
            if entry["name"] == name:
                return dict(entry)
    return {}


def _lost(id_: str) -> bytes:
    return f"unable to retrieve container logs for {id_}".encode()


async def _pieces(log: Log, start: int, follow: bool, timestamps: bool) -> AsyncIterator[bytes]:
    position = start
    while True:
        lines = log.lines[position:]
        position = len(log.lines)
        if lines:
            yield b"".join(_shown(line, timestamps) for line in lines)
        if not follow or log.closed:
            return
        await log.more()
        position = min(position, len(log.lines))


def _shown(line: Line, timestamps: bool) -> bytes:
    if not timestamps:
        return line.data
    moment = datetime.fromtimestamp(line.time, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")
    return f"{moment}{int(line.time * 1e9) % 1000:03}Z ".encode() + line.data


async def _type(stdin: AsyncIterator[bytes], terminal: Terminal, *, last: bool = True) -> None:
    async for data in stdin:
        terminal.typed(data)
    if last:
        terminal.hang_up()


async def _feed(stdin: AsyncIterator[bytes], target: Input, *, last: bool = True) -> None:
    async for data in stdin:
        target.feed(data)
    if last:
        target.close()


async def _typed(stdin: AsyncIterator[bytes], found: Container, session: ExecSession) -> None:
    """What is typed to process 1; who has no more to say goes away, unless the process is to hear of that.

    Upstream: github.com/containerd/containerd/v2/internal/cri/io/container_io.go (Attach)
    """
    await _feed(stdin, found.stdin, last=found.stdin_once)
    if not found.stdin_once:
        session.finish(0)


async def _execute(found: Container, process: Any, session: ExecSession) -> None:
    try:
        session.finish(await found.execute(process))
    except asyncio.CancelledError:
        session.finish(137)
        raise
    except Exception as error:  # the command's own fault must not take the server with it
        session.finish(1, str(error))


async def _watch(found: Container, terminal: Terminal, session: ExecSession) -> None:
    """Show what is seen on a container's terminal from now on."""

    def put(data: bytes) -> None:
        session.put(1, data)

    terminal.watchers.append(put)
    try:
        terminal.redraw()
        while not found.log.closed:
            await found.log.more()
    finally:
        terminal.watchers.remove(put)
    session.finish(0)


async def _follow(found: Container, session: ExecSession, tty: bool) -> None:
    log = found.log
    position = len(log.lines)
    while True:
        for line in log.lines[position:]:
            session.put(2 if line.stream == "stderr" and not tty else 1, line.data)
        position = len(log.lines)
        if log.closed:
            session.finish(0)  # what the process ended with is not what following it did
            return
        await log.more()
