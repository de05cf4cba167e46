"""The nodes of a cluster: a kubelet each, that can go off and come back; the API server reaches Pods through them.

Upstream: pkg/registry/core/pod/strategy.go (LogLocation, streamLocation)
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from podlab.embedded.apiserver import status
from podlab.embedded.apiserver.node import Writer
from podlab.embedded.apiserver.registry import Registry
from podlab.embedded.apiserver.status import StatusError
from podlab.embedded.kubelet.api import ExecSession, NodeApi
from podlab.embedded.kubelet.checkpoints import Shelf
from podlab.embedded.kubelet.kubelet import Kubelet
from podlab.embedded.kubelet.node.machine import Machine
from podlab.embedded.kubelet.volumes.sources import Token
from podlab.embedded.runtime.network.network import Network

Obj = dict[str, Any]

OFF = "nodes/off"
PORT = 10250
NO_ROUTE = "connect: no route to host"
LOOK, LOOKS_TO_JOIN = 0.01, 500
"""Seconds between looks at a new cluster, and how many until its workers join whatever has a place."""
HASH = "pod-template-hash"


class Nodes:
    """All kubelets; answers for a Pod by the kubelet of its node."""

    def __init__(self, registry: Registry, shelf: Shelf, machines: list[Machine], issue: Token) -> None:
        self._registry, self._shelf, self._issue = registry, shelf, issue
        self.machines = {machine.name: machine for machine in machines}
        self.kubelets: dict[str, Kubelet] = {}
        self.network = Network(registry.clock)
        self.addresses = frozenset(machine.ip for machine in machines)

    def start(self) -> None:
        """Start the kubelets of all nodes that are not off."""
        off = self.off()
        for name in self.machines:
            if name not in off and name not in self.kubelets:
                self._start(name)

    def start_first(self) -> None:
        """Start the kubelet of the control plane alone: `join` lets the others in."""
        self._start(next(iter(self.machines)))

    async def join(self) -> None:
        """Let the workers in when the Pods of all Deployments have a node, as kind's come after its addons."""
        pods, deployments = self._registry.resource("pods"), self._registry.resource("deployments.apps")
        wanted = sum(each["spec"]["replicas"] for each in self._registry.list(deployments))
        for _ in range(LOOKS_TO_JOIN):
            made = [pod for pod in self._registry.list(pods) if HASH in (pod["metadata"].get("labels") or {})]
            if sum(bool(pod["spec"].get("nodeName")) for pod in made) >= wanted:
                break
            await asyncio.sleep(LOOK)
        self.start()

    def _start(self, name: str, *, booted: bool = False) -> None:
        kubelet = self.kubelets[name] = Kubelet(
            self._registry, self.machines[name], self._shelf, issue=self._issue, network=self.network
        )
        kubelet.start(booted=booted)

    def stop(self) -> None:
        """Stop all; what ran goes on at the next start."""
        for kubelet in self.kubelets.values():
            kubelet.stop()

    # Going off and coming back

    def off(self) -> list[str]:
        """The names of the nodes that are off."""
        return list((self._shelf.kept(OFF) or {}).get("names") or [])

    def states(self) -> Obj:
        """Which nodes there are, for people and `/podlab/nodes`."""
        off = self.off()
        return {name: "off" if name in off else "on" for name in self.machines}

    def turn_off(self, name: str) -> None:
        """The machine goes off, as if its plug was pulled. Raises StatusError 404."""
        self._check(name)
        if kubelet := self.kubelets.pop(name, None):
            kubelet.crash()
            self._shelf.keep(OFF, {"names": sorted({*self.off(), name})})

    def turn_on(self, name: str) -> None:
        """The machine comes back; one that is on starts its kubelet again. Raises StatusError 404."""
        self._check(name)
        if kubelet := self.kubelets.pop(name, None):
            kubelet.stop()
        self._shelf.keep(OFF, {"names": [each for each in self.off() if each != name]})
        self._start(name, booted=True)

    def _check(self, name: str) -> None:
        if name not in self.machines:
            raise status.not_found("nodes", name)

    # What the API server asks

    def _api(self, pod: Obj, path: str = "") -> NodeApi:
        """The kubelet that has a Pod. Raises StatusError 400 if no node has it, 500 if its node is off."""
        if not pod["spec"].get("nodeName"):
            raise status.bad_request(f"pod {pod['metadata']['name']} does not have a host assigned")
        kubelet = self.kubelets.get(pod["spec"]["nodeName"])
        if kubelet is None:
            host = f"{(pod.get('status') or {}).get('hostIP', '')}:{PORT}"
            why = f"dial tcp {host}: {NO_ROUTE}"
            raise StatusError(
                500, "", f'Get "https://{host}{path}": {why}' if path else f"error dialing backend: {why}"
            )
        parts = kubelet.parts
        return NodeApi(parts.clock, parts.runtime, self._registry.randomness)

    def log(self, pod: Obj, *, container: str = "", **options: Any) -> AsyncIterator[bytes]:
        """A container's log, in pieces."""
        meta = pod["metadata"]
        name = container or pod["spec"]["containers"][0]["name"]
        api = self._api(pod, f"/containerLogs/{meta['namespace']}/{meta['name']}/{name}")
        return api.log(pod, container=container, **options)

    async def exec(self, pod: Obj, *, container: str = "", command: list[str], **options: Any) -> ExecSession:
        """Run a command in a container."""
        return await self._api(pod).exec(pod, container=container, command=command, **options)

    async def attach(self, pod: Obj, *, container: str = "", **options: Any) -> ExecSession:
        """Follow what the first process of a container writes."""
        return await self._api(pod).attach(pod, container=container, **options)

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
        """Ask a container's port."""
        return await self._api(pod).http(pod, port, method, path, headers, body, secure=secure)

    async def connect(self, pod: Obj, port: int) -> tuple[asyncio.StreamReader, Writer]:
        """A connection to a container's port."""
        return await self._api(pod).connect(pod, port)
