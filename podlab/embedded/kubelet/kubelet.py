"""The kubelet: runs the Pods that are bound to its node, and tells the API server how they are.

Upstream: pkg/kubelet/kubelet.go
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

from podlab.embedded.apiserver.registry import Event, Registry
from podlab.embedded.events import Recorder
from podlab.embedded.kubelet import restore
from podlab.embedded.kubelet.allocation.resizer import Resizer
from podlab.embedded.kubelet.checkpoints import Checkpoints, Shelf
from podlab.embedded.kubelet.dependencies import Dependencies
from podlab.embedded.kubelet.imagemanager import ImageManager
from podlab.embedded.kubelet.kuberuntime.killer import Killer
from podlab.embedded.kubelet.kuberuntime.restarter import Restarter
from podlab.embedded.kubelet.kuberuntime.starter import Starter
from podlab.embedded.kubelet.node.machine import Machine
from podlab.embedded.kubelet.node.node import CAPACITY, NodeReporter
from podlab.embedded.kubelet.pleg import Relist
from podlab.embedded.kubelet.podclient import MANAGER, PodClient
from podlab.embedded.kubelet.status.turns import Turns
from podlab.embedded.kubelet.volumes.hostpath import new_node
from podlab.embedded.kubelet.volumes.manager import VolumeManager, no_token
from podlab.embedded.kubelet.volumes.sources import Token
from podlab.embedded.kubelet.worker import PodWorker
from podlab.embedded.runtime.network.addresses import FIRST
from podlab.embedded.runtime.network.network import Network
from podlab.embedded.runtime.runtime import Runtime

Obj = dict[str, Any]

CHANGED = "Pod sandbox changed, it will be killed and re-created."
NOTICE, APART = 0.015, 0.03
"""Seconds from a Pod's binding to its first sync, and by how much a node is later than the one before it."""


class Kubelet:
    """One node's agent; `shelf` is where it keeps what outlives the server."""

    def __init__(
        self,
        registry: Registry,
        machine: Machine,
        shelf: Shelf,
        *,
        issue: Token = no_token,
        network: Network | None = None,
    ) -> None:
        self.parts = self._parts(registry, machine, shelf, issue, network)
        self.killer = Killer(self.parts.clock, self.parts.runtime, self.parts.recorder)
        self.starter = Starter(self.parts, self.killer)
        self.resizer = Resizer(self.parts, self.starter, self.killer)
        self.restarter = Restarter(self.parts, self.starter, self.killer)
        self.workers: dict[str, PodWorker] = {}
        self.reporter = NodeReporter(registry, machine, lambda: self.parts.images.present, self.parts.recorder)
        self._unkept: set[str] = set()
        self._late = APART * (machine.number % 8)
        self._stop: Callable[[], None] | None = None

    def _parts(
        self, registry: Registry, machine: Machine, shelf: Shelf, issue: Token, network: Network | None
    ) -> Dependencies:
        name, clock, pods, checkpoints = (
            machine.name,
            registry.clock,
            PodClient(registry),
            Checkpoints(shelf, machine.name),
        )
        recorder = Recorder(registry, MANAGER, host=name)
        return Dependencies(
            name=name,
            node_ip=machine.ip,
            capacity=dict(CAPACITY),
            registry=registry,
            clock=clock,
            runtime=Runtime(clock, self._changed, network, node_ip=machine.ip, subnet=machine.subnet),
            recorder=recorder,
            pods=pods,
            images=ImageManager(
                clock, registry.randomness, recorder, checkpoints, pulled=lambda: self.reporter.report()
            ),
            volumes=VolumeManager(
                clock, pods.lookup, lambda ip: self.parts.facts(ip), issue, new_node(name, machine.ip)
            ),
            checkpoints=checkpoints,
            relist=Relist.since(clock.now()),
            turns=Turns(clock),
        )

    def start(self, *, booted: bool = False) -> None:
        """Register the node, take up the Pods that were running, and watch; a machine that booted tells of it."""
        self.parts.images.restore()
        self.parts.runtime.addresses.following = (0 if booted else self.parts.checkpoints.address()) or FIRST
        self.reporter.start(booted=booted)
        self._stop = self.parts.registry.on(self.parts.pods.resource, self._on_pod, node=self.parts.name)

    def stop(self) -> None:
        """Stop; the containers' next life goes on from what was kept."""
        if self._stop:
            self._stop()
        self.reporter.stop()
        for worker in self.workers.values():
            worker.stop()
        for containers in self.parts.runtime.containers.values():
            for container in containers:
                container.abandon()

    def crash(self) -> None:
        """The machine goes off: nobody is told, and what ran has ended when it comes back."""
        records = {uid: restore.kept(self.parts.runtime, uid) for uid in self.workers}
        self.stop()
        self.workers.clear()
        for uid in list(self.parts.runtime.sandboxes):
            self.parts.runtime.stop_sandbox(uid)
        for uid, record in records.items():
            if record:
                self.parts.checkpoints.keep_pod(uid, restore.ended(record))

    def _on_pod(self, event: Event) -> None:
        pod = event.object
        uid = pod["metadata"]["uid"]
        if event.type == "DELETED":
            self._gone(pod)
        elif uid in self.workers:
            self.workers[uid].update(pod)
        else:
            worker = self.workers[uid] = PodWorker(
                self.parts, self.killer, self.resizer, self.restarter, pod, self._pods
            )
            restore.pod(self.parts, self.starter, pod)
            self._tell_of_sandbox(pod)
            worker.results |= restore.results(pod)
            self.parts.clock.call_later(NOTICE + self._late, worker.poke)

    def _pods(self) -> Iterator[Obj]:
        return (worker.given() for worker in self.workers.values())

    def _tell_of_sandbox(self, pod: Obj) -> None:
        """What ran before the machine went off needs another sandbox."""
        sandbox = self.parts.runtime.sandboxes.get(pod["metadata"]["uid"])
        over = (pod.get("status") or {}).get("phase") in ("Succeeded", "Failed")
        if sandbox and not sandbox.ready and not over and not pod["metadata"].get("deletionTimestamp"):
            self.parts.recorder.normal(pod, "SandboxChanged", CHANGED)

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
        await self.killer.kill_pod(pod, float(grace))
        self.parts.runtime.remove(uid)
        self.parts.volumes.forget(uid)
        self.parts.restart_backoff.forget(uid)
        self.parts.images.forget(uid)
        self.parts.recorder.forget(pod)
        self.parts.checkpoints.forget_pod(uid)

    # What the runtime tells

    def _changed(self, uid: str) -> None:
        worker = self.workers.get(uid)
        if worker and not self.parts.runtime.answering:
            worker.changed()
        if not self._unkept:
            asyncio.get_running_loop().call_soon(self._keep)
        self._unkept.add(uid)

    def _keep(self) -> None:
        unkept, self._unkept = self._unkept, set()
        for uid in unkept:
            if uid in self.workers and (record := restore.kept(self.parts.runtime, uid)):
                self.parts.checkpoints.keep_pod(uid, record)
        self.parts.checkpoints.keep_address(self.parts.runtime.addresses.following)
