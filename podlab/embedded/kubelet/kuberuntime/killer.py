"""Stopping containers: pre-stop hook, SIGTERM, SIGKILL after the grace period.

Upstream: pkg/kubelet/kuberuntime/kuberuntime_container.go (killContainer, killContainersWithSyncResult)
"""

from __future__ import annotations

import asyncio
from typing import Any

from podlab.embedded.clock import Clock
from podlab.embedded.events import Recorder
from podlab.embedded.kubelet.kuberuntime.hooks import HookFailed, run_hook
from podlab.embedded.kubelet.status import podspecs
from podlab.embedded.runtime.runtime import Container, Runtime

Obj = dict[str, Any]

MINIMUM_GRACE = 2.0


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
        began = self._clock.now()
        hook = (container.get("lifecycle") or {}).get("preStop")
        if hook and grace > 0:
            await self._pre_stop(pod, container, found, hook, path, grace)
        await found.stop(max(MINIMUM_GRACE, grace - (self._clock.now() - began)))

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
        """Stop all containers of a Pod at once, sidecars after the others."""
        began, spec, uid = self._clock.now(), pod["spec"], pod["metadata"]["uid"]
        mains: list[tuple[Obj, Container, str]] = []
        sidecars: list[tuple[Obj, Container, str]] = []
        groups = (("initContainers", sidecars), ("containers", mains), ("ephemeralContainers", mains))
        for key, group in groups:
            for container in spec.get(key) or []:
                found = self._runtime.newest(uid, container["name"])
                if found and found.instance.state == "running":
                    group.append((container, found, f"spec.{key}{{{container['name']}}}"))
        await asyncio.gather(
            *(self.kill_container(pod, c, f, f"Stopping container {c['name']}", path, grace) for c, f, path in mains)
        )
        for container, found, path in reversed(sidecars):
            left = grace - (self._clock.now() - began)
            message = f"Stopping container {container['name']}"
            await self.kill_container(pod, container, found, message, path, max(left, 0.0))


def _cancel(task: asyncio.Future[None]) -> None:
    task.cancel()
