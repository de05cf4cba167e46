"""Stopping containers: pre-stop hook, SIGTERM, SIGKILL after the grace period.

Upstream: pkg/kubelet/kuberuntime/kuberuntime_container.go (killContainer, killContainersWithSyncResult)
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from podlab.embedded.clock import Clock
from podlab.embedded.events import Recorder
from podlab.embedded.kubelet.kuberuntime.hooks import HookFailed, run_hook
from podlab.embedded.kubelet.status import podspecs
from podlab.embedded.runtime.runtime import Container, Runtime

Obj = dict[str, Any]

MINIMUM_GRACE = 2.0
SIGNAL = 0.02
"""Seconds until the runtime has sent the signal: a probe that a status brings about still finds the container."""


@dataclass(frozen=True, slots=True)
class _Running:
    """A container of a Pod that runs."""

    spec: Obj
    found: Container
    path: str


class Killer:
    """Stops the containers of one node's Pods, and tells of it in events."""

    def __init__(self, clock: Clock, runtime: Runtime, recorder: Recorder) -> None:
        self._clock, self._runtime, self._recorder = clock, runtime, recorder

    async def kill_container(
        self, pod: Obj, container: Obj, found: Container, message: str, path: str, grace: float | None = None
    ) -> None:
        """Stop one container: preStop hook, SIGTERM, and SIGKILL after the grace period."""
        if grace is None:
            grace = float(pod["spec"].get("terminationGracePeriodSeconds", 30))
        self._recorder.normal(pod, "Killing", message, path)
        await self._stop(pod, _Running(container, found, path), grace)

    async def _stop(self, pod: Obj, one: _Running, grace: float) -> None:
        began = self._clock.now()
        hook = (one.spec.get("lifecycle") or {}).get("preStop")
        if hook and grace > 0:
            await self._pre_stop(pod, one.spec, one.found, hook, one.path, grace)
        await self._clock.sleep(SIGNAL)
        await one.found.stop(max(MINIMUM_GRACE, grace - (self._clock.now() - began)))

    async def _pre_stop(self, pod: Obj, container: Obj, found: Container, hook: Obj, path: str, grace: float) -> None:
        task = asyncio.ensure_future(run_hook(found, hook, container))
        timer = self._clock.call_later(grace, lambda: _cancel(task))
        try:
            await task
        except HookFailed:
            self._recorder.warning(pod, "FailedPreStopHook", "PreStopHook failed", path)
        except asyncio.CancelledError:
            if not task.cancelled():
                raise
            self._recorder.warning(pod, "FailedPreStopHook", "PreStopHook failed", path)
        finally:
            timer.cancel()

    async def kill_all(self, pod: Obj, grace: float) -> None:
        """Stop what runs of a Pod so that all of it can begin again. Upstream: kuberuntime_manager.go"""
        for container, path in podspecs.paths(pod):
            found = self._runtime.newest(pod["metadata"]["uid"], container["name"])
            if found and found.instance.state == "running":
                await self.kill_container(pod, container, found, "killing", path, grace)
            if found:
                found.instance.removed = True

    async def kill_pod(self, pod: Obj, grace: float) -> None:
        """Stop all containers of a Pod at once, sidecars after the others; first all are told of, the oldest first."""
        began = self._clock.now()
        mains, sidecars = self._running(pod)
        for one in sorted((*mains, *sidecars), key=lambda one: one.found.instance.started_at):
            self._recorder.normal(pod, "Killing", f"Stopping container {one.spec['name']}", one.path)
        await asyncio.gather(*(self._stop(pod, one, grace) for one in mains))
        for one in sidecars:
            await self._stop(pod, one, max(grace - (self._clock.now() - began), 0.0))

    def _running(self, pod: Obj) -> tuple[list[_Running], list[_Running]]:
        """What runs: the containers, and the sidecars from the last one to the first."""
        mains: list[_Running] = []
        sidecars: list[_Running] = []
        for spec, path in podspecs.paths(pod):
            found = self._runtime.newest(pod["metadata"]["uid"], spec["name"])
            if found and found.instance.state == "running":
                (sidecars if path.startswith("spec.initContainers") else mains).append(_Running(spec, found, path))
        return mains, sidecars[::-1]


def _cancel(task: asyncio.Future[None]) -> None:
    task.cancel()
