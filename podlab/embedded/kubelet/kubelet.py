"""The kubelet: runs the Pods that are bound to its node, and tells the API server how they are.

Upstream: pkg/kubelet/kubelet.go
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable
from typing import Any

from podlab.embedded.apiserver.registry import Event, Registry
from podlab.embedded.apiserver.resource import Writer
from podlab.embedded.apiserver.status import StatusError
from podlab.embedded.events import Recorder
from podlab.embedded.kubelet import restore, volumes
from podlab.embedded.kubelet.backoff import Backoff
from podlab.embedded.kubelet.environment import Lookup
from podlab.embedded.kubelet.hooks import HookFailed, run_hook
from podlab.embedded.kubelet.node import NodeReporter
from podlab.embedded.kubelet.starter import Starter
from podlab.embedded.kubelet.volumes import Token
from podlab.embedded.kubelet.worker import MINIMUM_GRACE, PodWorker
from podlab.embedded.runtime import images
from podlab.embedded.runtime.files import Volume
from podlab.embedded.runtime.runtime import Container, Runtime

Obj = dict[str, Any]

MANAGER = "kubelet"
RELIST = 1.0
"""Seconds between two looks at the runtime."""
RELIST_PHASE = 0.05
"""When in a second that is: what follows from it ends in the same second, so that times are told alike every time."""
NOTICE = 0.015
"""Seconds from a Pod's binding to its first sync."""


def no_token(pod: Obj, projection: Obj) -> str:
    """Where no tokens can be signed."""
    return ""


class Kubelet:
    """One node's agent."""

    def __init__(self, registry: Registry, name: str, *, issue: Token = no_token, node_ip: str = "172.18.0.3") -> None:
        self.registry, self.clock, self.name, self.node_ip = registry, registry.clock, name, node_ip
        self._issue = issue
        self._tokens: dict[tuple[str, str, int], tuple[float, str]] = {}
        self.pods = registry.resource("pods")
        self.recorder = Recorder(registry, MANAGER, host=name)
        self.runtime = Runtime(self.clock, self._changed)
        self.starter = Starter(self)
        self.restart_backoff, self.image_backoff = Backoff(), Backoff()
        self.pull_errors: dict[str, str] = {}
        self.present: list[str] = list(images.PRESENT)
        self.volumes: dict[str, dict[str, Volume]] = {}
        self.host_paths: dict[str, Volume] = {}
        self.workers: dict[str, PodWorker] = {}
        self.reporter = NodeReporter(registry, name, node_ip, lambda: self.present, self.recorder)
        self._origin = math.floor(self.clock.now()) + RELIST_PHASE
        self._mount_delays: dict[str, float] = {}
        self._unkept: set[str] = set()
        self._stop: Callable[[], None] | None = None

    def start(self) -> None:
        """Register the node, take up the Pods that were running, and watch."""
        self.present = restore.images(self.registry) or self.present
        self.reporter.start()
        self._stop = self.registry.on(self.pods, self._on_pod)

    def stop(self) -> None:
        """Stop; the containers' next life goes on from what was kept."""
        if self._stop:
            self._stop()
        self.reporter.stop()
        for worker in self.workers.values():
            worker.stop()
        for containers in self.runtime.containers.values():
            for container in containers:
                container.abandon()

    def _on_pod(self, event: Event) -> None:
        pod = event.object
        uid = pod["metadata"]["uid"]
        if event.type == "DELETED":
            self._gone(pod)
        elif pod["spec"].get("nodeName") != self.name:
            return
        elif uid in self.workers:
            self.workers[uid].update(pod)
        else:
            worker = self.workers[uid] = PodWorker(self, pod)
            restore.pod(self, pod)
            for kind, found in restore.results(pod).items():
                worker.results[kind].update(found)
            self.clock.call_later(NOTICE, worker.poke)

    def _gone(self, pod: Obj) -> None:
        """The API server has forgotten the Pod: end what is left of it."""
        uid = pod["metadata"]["uid"]
        worker = self.workers.pop(uid, None)
        if worker is None:
            return
        worker.stop()
        asyncio.get_running_loop().create_task(self._clean(pod))

    async def _clean(self, pod: Obj) -> None:
        uid = pod["metadata"]["uid"]
        grace = pod["metadata"].get("deletionGracePeriodSeconds") or 0
        await self.kill_pod(pod, float(grace))
        self.runtime.remove(uid)
        self.volumes.pop(uid, None)
        self._mount_delays.pop(uid, None)
        self._tokens = {key: kept for key, kept in self._tokens.items() if key[0] != uid}
        self.restart_backoff.forget(uid)
        self.image_backoff.forget(uid)
        self.recorder.forget(pod)
        restore.forget(self.registry, uid)

    # For workers

    def next_relist(self, after: float) -> float:
        """When the runtime is looked at next, after a moment."""
        ticks = math.floor((after - self._origin) / RELIST) + 1
        return self._origin + ticks * RELIST

    def write_status(self, pod: Obj, status: Obj) -> Obj:
        """Publish a status, if it differs; returns the Pod as stored. Raises StatusError."""
        meta = pod["metadata"]

        def changed(obj: Obj) -> None:
            if obj["metadata"]["uid"] == meta["uid"]:
                obj["status"] = {**(obj.get("status") or {}), **status}
                for key in ("reason", "message"):
                    if key not in status:
                        obj["status"].pop(key, None)

        return self.registry.change(self.pods, meta["name"], meta["namespace"], changed, by=Writer(MANAGER))

    def delete(self, pod: Obj) -> None:
        """Tell the API server that a deleted Pod has ended."""
        meta = pod["metadata"]
        options = {"gracePeriodSeconds": 0, "preconditions": {"uid": meta["uid"]}}
        try:
            self.registry.delete(self.pods, meta["name"], meta["namespace"], options=options, by=Writer(MANAGER))
        except StatusError as error:
            if error.code not in (404, 409):
                raise

    def lookup(self, pod: Obj) -> Lookup:
        """ConfigMaps and Secrets in a Pod's namespace."""
        namespace = pod["metadata"]["namespace"]
        return lambda plural, name: self.registry.find(self.registry.resource(plural), name, namespace)

    def services(self, pod: Obj) -> list[Obj]:
        """The Services that a Pod's environment tells of."""
        resource = self.registry.resource("services")
        own = pod["metadata"]["namespace"]
        master = self.registry.find(resource, "kubernetes", "default")
        if pod["spec"].get("enableServiceLinks", True):
            others = [s for s in self.registry.list(resource, own) if s["metadata"]["name"] != "kubernetes"]
        else:
            others = []
        return ([master] if master else []) + others

    def facts(self, ip: str) -> dict[str, str]:
        """What the downward API tells of the node and the Pod's address."""
        return {"podIP": ip, "hostIP": self.node_ip, **self.reporter.capacity}

    def mount(self, pod: Obj, held: dict[str, Volume], ip: str = "") -> None:
        """Make or refresh a Pod's volumes. Raises volumes.MountError."""
        lookup, facts = self.lookup(pod), self.facts(ip)
        volumes.set_up(pod, held, lookup, facts, self._token, self.host_paths, self.clock.now())

    def _token(self, pod: Obj, projection: Obj) -> str:
        """A token that is issued again in the last fifth of its life. Upstream: pkg/kubelet/token/token_manager.go"""
        seconds, now = projection.get("expirationSeconds") or 3600, self.clock.now()
        key = pod["metadata"]["uid"], projection.get("audience", ""), seconds
        renewal, token = self._tokens.get(key, (0.0, ""))
        if now >= renewal:
            token = self._issue(pod, projection)
            self._tokens[key] = (now + 0.8 * seconds, token)
        return token

    def mount_delay(self, uid: str) -> float:
        """Seconds until volumes are tried again: from half a second, doubled up to two minutes."""
        delay = self._mount_delays[uid] = min(2 * self._mount_delays.get(uid, 0.25), 122.0)
        return delay

    def keep_image(self, reference: str) -> None:
        """An image has been pulled."""
        if reference not in self.present:
            self.present.append(reference)
            restore.keep_images(self.registry, self.present)
            self.reporter.report()

    # Killing

    async def kill_container(
        self, pod: Obj, container: Obj, found: Container, message: str, path: str, grace: float | None = None
    ) -> None:
        """Stop one container: preStop hook, SIGTERM, and SIGKILL after the grace period."""
        if grace is None:
            grace = float(pod["spec"].get("terminationGracePeriodSeconds", 30))
        self.recorder.normal(pod, "Killing", message, path)
        began = self.clock.now()
        hook = (container.get("lifecycle") or {}).get("preStop")
        if hook and grace > 0:
            await self._pre_stop(pod, container, found, hook, path, grace)
        await found.stop(max(MINIMUM_GRACE, grace - (self.clock.now() - began)))

    async def _pre_stop(self, pod: Obj, container: Obj, found: Container, hook: Obj, path: str, grace: float) -> None:
        task = asyncio.ensure_future(run_hook(found, hook, container))
        timer = self.clock.call_later(grace, lambda: _cancel(task))
        try:
            await task
        except HookFailed:
            self.recorder.warning(pod, "FailedPreStopHook", "PreStopHook failed", path)
        except asyncio.CancelledError:
            if not task.cancelled():
                raise
            self.recorder.warning(pod, "FailedPreStopHook", "PreStopHook failed", path)
        finally:
            timer.cancel()

    async def kill_pod(self, pod: Obj, grace: float) -> None:
        """Stop all containers of a Pod at once, sidecars after the others."""
        began, spec, uid = self.clock.now(), pod["spec"], pod["metadata"]["uid"]
        mains: list[tuple[Obj, Container, str]] = []
        sidecars: list[tuple[Obj, Container, str]] = []
        groups = (("initContainers", sidecars), ("containers", mains), ("ephemeralContainers", mains))
        for key, group in groups:
            for container in spec.get(key) or []:
                found = self.runtime.newest(uid, container["name"])
                if found and found.instance.state == "running":
                    group.append((container, found, f"spec.{key}{{{container['name']}}}"))
        await asyncio.gather(
            *(self.kill_container(pod, c, f, f"Stopping container {c['name']}", path, grace) for c, f, path in mains)
        )
        for container, found, path in reversed(sidecars):
            left = grace - (self.clock.now() - began)
            message = f"Stopping container {container['name']}"
            await self.kill_container(pod, container, found, message, path, max(left, 0.0))

    # What the runtime tells

    def _changed(self, uid: str) -> None:
        worker = self.workers.get(uid)
        if worker and not self.runtime.answering:
            worker.changed()
        if not self._unkept:
            asyncio.get_running_loop().call_soon(self._keep)
        self._unkept.add(uid)

    def _keep(self) -> None:
        unkept, self._unkept = self._unkept, set()
        for uid in unkept:
            if uid in self.workers:
                restore.keep(self, uid)


def _cancel(task: asyncio.Future[None]) -> None:
    task.cancel()
