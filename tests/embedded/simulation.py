"""A whole cluster in memory on a stepping clock: drive it, and look at what its watches saw."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from podlab.embedded import bootstrap
from podlab.embedded.apiserver.admission import chain
from podlab.embedded.apiserver.registry import Event, Registry
from podlab.embedded.apiserver.resources import RESOURCES
from podlab.embedded.clock import Randomness
from podlab.embedded.controllers.clusterroleaggregation import ClusterRoleAggregation
from podlab.embedded.server import CONTROL_PLANE_IP, Core
from podlab.embedded.stepping import SteppingClock, busy
from podlab.embedded.store import Store

Obj = dict[str, Any]
START = 1_800_000_000.0
GOLDEN = Path(__file__).parents[1] / "golden"


@cache
def begun() -> bytes:
    """The store of a new cluster, made once: what each has, with uids that no seed of a test draws, and its keys."""
    with ThreadPoolExecutor(1) as aside:  # tests that ask have a loop of their own
        return aside.submit(asyncio.run, _begin()).result()


async def _begin() -> bytes:
    store, clock = Store(), SteppingClock(START)
    registry = Registry(store, clock, RESOURCES, Randomness(0), admit=chain.admit, check=chain.check)
    bootstrap.populate(registry, CONTROL_PLANE_IP)
    aggregation = ClusterRoleAggregation(registry)
    await clock.settle()
    aggregation.stop()
    core = Core(None, "lab", clock=clock, image=store.image())
    core.signer.sign(b"")  # its key and its authority are made in Python alone, and take as long as the rest
    return core.store.image()


class Simulation:
    """`Core` without a socket; `seen` holds the events of Pods and Events in the order in which watchers hear them."""

    def __init__(self, namespace: str = "default", home: Path | None = None, workers: int = 0) -> None:
        self.clock = SteppingClock(START)
        self.core = Core(home, "lab", clock=self.clock, seed=1, workers=workers, image=None if home else begun())
        self.registry, self.namespace = self.core.registry, namespace
        self.seen: dict[str, list[Obj]] = {"pods": [], "events": []}

    async def start(self) -> None:
        """Start the parts, make the namespace, and begin to watch."""
        self.core.start()
        await self.run(0.5)
        namespaces = self.registry.resource("namespaces")
        if not self.registry.find(namespaces, self.namespace):
            self.registry.create(namespaces, {"metadata": {"name": self.namespace}})
        await self.run(0.5)
        for plural in self.seen:
            self.registry.on(self.registry.resource(plural), self._watcher(plural))
            self.seen[plural].clear()

    def _watcher(self, plural: str) -> Callable[[Event], None]:
        return lambda event: self.seen[plural].append({"type": event.type, "object": event.object})

    async def settle(self) -> None:
        """Let everything that is ready run: what comes due at once becomes ready a turn later."""
        idle = 0
        for _ in range(60):
            await asyncio.sleep(0)
            idle = 0 if busy() else idle + 1
            if idle == 3:
                return

    async def run(self, seconds: float) -> None:
        """Let virtual time pass, one due transition after the other."""
        until = self.clock.now() + seconds
        self.clock.call_at(until, lambda: None)
        await self.settle()
        while self.clock.now() < until:
            self.clock.step()
            await self.settle()

    async def until(self, holds: Callable[[], bool], limit: float = 120.0) -> None:
        """Let time pass until something is so."""
        end = self.clock.now() + limit
        await self.settle()
        while not holds():
            assert self.clock.now() < end, "not reached"
            self.clock.step()
            await self.settle()

    def create(self, obj: Obj) -> Obj:
        """Create an object in the simulation's namespace."""
        resource = self.registry.resource(obj["kind"].lower() + "s")
        return self.registry.create(resource, obj, namespace=self.namespace)

    def apply(self, scenario: str, file: str) -> None:
        """Create what a recorded scenario's manifest has."""
        text = (GOLDEN / scenario / "input" / file).read_text(encoding="utf-8")
        for obj in yaml.safe_load_all(text):
            self.create(obj)

    def pod(self, name: str) -> Obj:
        """A Pod as it is now. Raises StatusError."""
        return self.registry.get(self.registry.resource("pods"), name, self.namespace)

    def delete(self, name: str, grace: int | None = None) -> None:
        """Delete a Pod."""
        options = {} if grace is None else {"gracePeriodSeconds": grace}
        self.registry.delete(self.registry.resource("pods"), name, self.namespace, options=options)

    def phase(self, name: str) -> str:
        """A Pod's phase."""
        return str(self.pod(name)["status"].get("phase"))

    def ready(self, name: str) -> bool:
        """Whether a Pod is Ready."""
        conditions = self.pod(name)["status"].get("conditions") or []
        return any(c["type"] == "Ready" and c["status"] == "True" for c in conditions)

    def gone(self, name: str) -> bool:
        """Whether a Pod no longer exists."""
        return self.registry.find(self.registry.resource("pods"), name, self.namespace) is None

    def write(self, folder: Path) -> None:
        """Write the watch streams as the recorder does."""
        import json

        folder.mkdir(parents=True, exist_ok=True)
        for plural, events in self.seen.items():
            lines = "".join(json.dumps({"t": 0, **event}) + "\n" for event in events)
            (folder / f"watch-{plural}.jsonl").write_text(lines, encoding="utf-8")


def simulate(
    script: Callable[[Simulation], Coroutine[Any, Any, None]], namespace: str = "default", workers: int = 0
) -> Simulation:
    """Run a script on a new simulation; returns it, stopped."""
    made: list[Simulation] = []

    async def main() -> None:
        simulation = Simulation(namespace, workers=workers)
        made.append(simulation)
        await simulation.start()
        try:
            await script(simulation)
        finally:
            simulation.core.stop()

    asyncio.run(main())
    return made[0]


async def execute(simulation: Simulation, name: str, *command: str, container: str = "") -> tuple[int | None, str, str]:
    """What `kubectl exec` does: (exit code, standard output, standard error)."""
    node = simulation.core.app.node
    session = await node.exec(simulation.pod(name), container=container, command=list(command))
    streams = {1: b"", 2: b""}
    async for channel, data in session:
        streams[channel] += data
    return session.exit_code, streams[1].decode(), streams[2].decode()


async def logs(simulation: Simulation, name: str, **options: Any) -> str:
    """What `kubectl logs` prints. Raises StatusError."""
    return b"".join([piece async for piece in simulation.core.app.node.log(simulation.pod(name), **options)]).decode()
