"""Probes: one worker per container and kind of probe, which asks, counts, and tells when the answer has settled.

Upstream: pkg/kubelet/prober/worker.go
"""

from __future__ import annotations

import asyncio
from typing import Any, Protocol

from podlab.embedded.clock import Clock, Randomness, Timer
from podlab.embedded.events import Recorder
from podlab.embedded.kubelet.kuberuntime.hooks import execute, port_number
from podlab.embedded.kubelet.network import GATEWAY, RESOLVER
from podlab.embedded.runtime import images
from podlab.embedded.runtime.network.router import Refused
from podlab.embedded.runtime.runtime import Container

Obj = dict[str, Any]

KINDS = {"startupProbe": "Startup", "readinessProbe": "Readiness", "livenessProbe": "Liveness"}
AGENT = "kube-probe/1.36"
TRIGGER = 0.005
SELDOM = 60.0
"""Seconds between looks at a container that is always well."""


class Probed(Protocol):
    """Whose containers are asked: what a probe needs of its Pod's worker."""

    clock: Clock
    randomness: Randomness
    recorder: Recorder
    pod: Obj
    results: dict[tuple[str, str], bool]

    def container(self, name: str) -> Container | None:
        """The latest instance of a container."""

    async def turn(self) -> None:
        """Wait until the node has told of the Pods that came before."""

    def probed(self, kind: str, id_: str, ok: bool) -> None:
        """A probe's answer has settled."""


class ProbeWorker:
    """One probe of one container, over all its instances."""

    def __init__(self, worker: Probed, container: Obj, key: str, path: str) -> None:
        self.worker, self.container, self.key, self.path = worker, container, key, path
        self.spec: Obj = container[key]
        self.clock = worker.clock
        self.id = ""
        self.successes = self.failures = 0
        self.held = False
        self._timer: Timer | None = None
        self._task: asyncio.Task[None] | None = None
        self._system = _is_system(container["image"])
        self._arm(0.0)

    def stop(self) -> None:
        """Ask no more."""
        if self._timer:
            self._timer.cancel()
        if self._task:
            self._task.cancel()

    def trigger(self) -> None:
        """Ask at once, and then every period again."""
        self._arm(TRIGGER)

    def _arm(self, delay: float) -> None:
        if self._timer:
            self._timer.cancel()
        self._timer = self.clock.call_later(delay, self._tick)

    def _tick(self) -> None:
        if self._system:
            self._always_well(self.worker.container(self.container["name"]))
            return
        self._arm(float(self.spec.get("periodSeconds") or 10))
        if self._task and not self._task.done():
            return
        target = self._target()
        if target:
            self._task = asyncio.get_running_loop().create_task(self._probe(target))

    def _always_well(self, found: Container | None) -> None:
        """The embedded cluster does what this container is for: said once, then looked at seldom."""
        running = found is not None and found.instance.state == "running"
        self._arm(SELDOM if running else 1.0)
        if found and running and found.instance.id != self.id:
            self.id = found.instance.id
            self.worker.probed(self.key, self.id, True)

    def _target(self) -> Container | None:
        """The instance to ask now, if any."""
        found = self.worker.container(self.container["name"])
        if found is None or not (found.instance.state == "running" or self._seems_to_run(found)):
            return None
        if found.stopping and self.key != "readinessProbe":  # whether it is ready counts to its end
            return None
        instance = found.instance
        if instance.id != self.id:
            self.id, self.successes, self.failures, self.held = instance.id, 0, 0, False
        delay = float(self.spec.get("initialDelaySeconds") or 0)
        if self.held or self.clock.now() - instance.started_at < delay - 0.02:
            return None
        started = self.worker.results.get(("startupProbe", instance.id), "startupProbe" not in self.container)
        if started != (self.key != "startupProbe"):
            return None
        return found

    def _seems_to_run(self, found: Container) -> bool:
        """Whether a container has ended so lately that the Pod's status does not say it: it is asked as if it ran."""
        status = self.worker.pod.get("status") or {}
        states = (*(status.get("initContainerStatuses") or []), *(status.get("containerStatuses") or []))
        ours = (one for one in states if one.get("containerID", "").endswith(found.instance.id))
        return any("running" in one["state"] for one in ours)

    async def _probe(self, target: Container) -> None:
        ran = target.instance.state == "running"
        try:
            ok, output = await ask(target, self.container, self.spec)
        except Unknown as error:  # counted neither way
            why = str(error)
            if why.startswith("exec: "):
                why = f'{EXEC}failed to start exec "{self.worker.randomness.hex(64)}": {RUNC}{why}'
            text = f"{KINDS[self.key]} probe errored and resulted in unknown state: {why}"
            self.worker.recorder.warning(self.worker.pod, "Unhealthy", text, self.path)
            return
        if target.instance.id != self.id or (ran and target.instance.state != "running"):
            return
        self.successes, self.failures = (self.successes + 1, 0) if ok else (0, self.failures + 1)
        if not ok:
            text = f"{KINDS[self.key]} probe failed: {output}"
            self.worker.recorder.warning(self.worker.pod, "Unhealthy", text, self.path)
        reached = (
            self.successes >= int(self.spec.get("successThreshold") or 1)
            if ok
            else self.failures >= int(self.spec.get("failureThreshold") or 3)
        )
        if not reached:
            return
        if not ok and self.key != "readinessProbe":
            self.held, self.failures = True, 0
        await self.worker.turn()
        self.worker.probed(self.key, target.instance.id, ok)


def _is_system(name: str) -> bool:
    try:
        image = images.find(images.normalize(name))
    except images.InvalidName:
        return False
    return image is not None and image.system


class Unknown(Exception):
    """A probe that could not be carried out, so that it says nothing of the container."""


async def ask(target: Container, container: Obj, spec: Obj) -> tuple[bool, str]:
    """Carry out one probe: (success, output). Raises Unknown."""
    if "exec" in spec:
        return await _exec(target, spec)
    await target.clock.sleep(0.002)
    if "tcpSocket" in spec:
        return _tcp(target, container, spec["tcpSocket"])
    if "grpc" in spec:
        return await _grpc(target, spec)
    return await _http(target, container, spec["httpGet"], float(spec.get("timeoutSeconds") or 1))


async def _exec(target: Container, spec: Obj) -> tuple[bool, str]:
    if target.instance.state != "running":
        raise Unknown(EXEC + EXITED)
    command = list(spec["exec"].get("command") or [])
    limit = float(spec.get("timeoutSeconds") or 1)
    try:
        code, output = await execute(target, command, limit)
    except TimeoutError:
        return False, f'command timed out: "{" ".join(command)}" timed out after {limit:.0f}s'
    if code == 127 and output.startswith(b"exec: "):
        raise Unknown(output.decode())
    return code == 0, output.decode(errors="replace")


EXITED = "container is in CONTAINER_EXITED state"
EXEC = "rpc error: code = Unknown desc = failed to exec in container: "
RUNC = "OCI runtime exec failed: exec failed: unable to start container process: "


def _port(container: Obj, port: int | str) -> int:
    """A port's number. Raises Unknown for a name that the container does not have."""
    try:
        return port_number(container, port)
    except Refused:
        raise Unknown(f'strconv.Atoi: parsing "{port}": invalid syntax') from None


def _tcp(target: Container, container: Obj, spec: Obj) -> tuple[bool, str]:
    port = _port(container, spec["port"])
    if port in target.sandbox.listeners:
        return True, ""
    return False, f"dial tcp {target.ip}:{port}: connect: connection refused"


async def _grpc(target: Container, spec: Obj) -> tuple[bool, str]:
    """A server speaks gRPC if it says so; those here are always well. Upstream: pkg/probe/grpc/grpc.go"""
    port, headers = spec["grpc"]["port"], {"content-type": "application/grpc"}
    try:
        path = "/grpc.health.v1.Health/Check"
        _, answer, _ = await target.runtime.request(target.ip, port, "POST", path, headers, b"", client=GATEWAY)
    except Refused:
        answer = {}
    if answer.get("Content-Type") == "application/grpc":
        return True, ""
    limit = spec.get("timeoutSeconds", 1)
    return False, f'timeout: failed to connect service "{target.ip}:{port}" within {limit}s: context deadline exceeded'


async def _http(target: Container, container: Obj, spec: Obj, limit: float) -> tuple[bool, str]:
    port = _port(container, spec["port"])
    host, path = spec.get("host") or target.ip, spec.get("path", "/")
    headers = {"host": f"{host}:{port}", "user-agent": AGENT, "accept": "*/*", "connection": "close"}
    headers |= {h["name"].lower(): h["value"] for h in spec.get("httpHeaders") or []}
    scheme = spec.get("scheme", "HTTP").lower()
    if scheme == "https" and port in target.sandbox.listeners:
        return False, f'Get "https://{host}:{port}{path}": http: server gave HTTP response to HTTPS client'
    try:
        status, _, _ = await target.runtime.request(host, port, "GET", path, headers, b"", client=GATEWAY, limit=limit)
    except Refused as refused:
        return False, f'Get "{scheme}://{host}:{port}{path}": {_why(host, port, refused)}'
    if 200 <= status < 400:
        return True, ""
    return False, f"HTTP probe failed with statuscode: {status}"


def _why(host: str, port: int, refused: Refused) -> str:
    if refused.reason == "timed out":
        return "context deadline exceeded (Client.Timeout exceeded while awaiting headers)"
    if not host.replace(".", "").isdigit():
        return f"dial tcp: lookup {host} on {RESOLVER}: no such host"
    return f"dial tcp {host}:{port}: connect: {refused.reason.lower()}"
