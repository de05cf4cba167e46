"""The states that watchers of workloads saw on a real cluster, gone through again by the same changes."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.embedded.controllers.workloads import RESOURCES, Workloads
from tests.embedded.simulation import GOLDEN, Simulation
from tests.kubectl.recordings import compare

Obj = dict[str, Any]
KINDS = ("StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController", "Deployment")


class Lives(Workloads):
    """A simulation with what its watchers of workloads see."""

    def __init__(self, sim: Simulation) -> None:
        super().__init__(sim)
        self.streams: dict[str, list[Obj]] = {RESOURCES[kind]: [] for kind in KINDS}
        for name, events in self.streams.items():
            sim.registry.on(sim.registry.resource(name), lambda event, to=events: to.append(_as_watched(event)))  # type: ignore[misc]

    def apply(self, scenario: str, file: str) -> None:
        for obj in yaml.safe_load_all((GOLDEN / scenario / "input" / file).read_text(encoding="utf-8")):
            if obj["kind"] in (*KINDS, "Pod"):
                self.create(obj)

    def set_image(self, kind: str, name: str, image: str) -> None:
        self.change(kind, lambda obj: obj["spec"]["template"]["spec"]["containers"][0].update(image=image), name)

    def lives(self, folder: Path, resource: str) -> dict[str, list[str]]:
        """What the recorder's comparison makes of a stream."""
        path = folder / f"watch-{resource}.jsonl"
        path.write_text(
            "".join(f"{json.dumps(event, sort_keys=True)}\n" for event in self.streams[resource]), encoding="utf-8"
        )
        found: dict[str, list[str]] = compare.life(path)
        return found


def _as_watched(event: Any) -> Obj:
    return {"t": 0, "type": event.type, "object": event.object}


def recorded(scenario: str, resource: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = compare.life(GOLDEN / scenario / f"watch-{resource}.jsonl")
    return found


@pytest.fixture
async def there(sim: Simulation) -> AsyncIterator[Lives]:
    yield Lives(sim)


async def test_a_statefulset_and_a_daemonset(there: Lives, tmp_path: Path) -> None:
    sim, scenario = there.sim, "statefulset-daemonset-job"
    there.apply(scenario, "all.yaml")
    await sim.until(lambda: there.status("StatefulSet", "db").get("readyReplicas") == 2)
    await sim.run(1)
    sim.delete("db-0", grace=1)
    await sim.until(lambda: there.status("StatefulSet", "db").get("readyReplicas") == 1)
    await sim.until(lambda: there.status("StatefulSet", "db").get("readyReplicas") == 2)
    for kind, name in (("StatefulSet", "db"), ("DaemonSet", "agent")):
        sim.registry.delete(sim.registry.resource(RESOURCES[kind]), name, "default")
    await sim.run(1)
    for resource in ("statefulsets.apps", "daemonsets.apps"):
        assert there.lives(tmp_path, resource) == recorded(scenario, resource)


async def test_a_daemonsets_updates(there: Lives, tmp_path: Path) -> None:
    sim = there.sim

    async def updated(image: str) -> None:
        there.set_image("DaemonSet", "agent", image)
        await sim.until(lambda: _is_through(there.get("DaemonSet", "agent")))
        await sim.run(2)

    there.apply("apps-ds", "ds.yaml")
    await sim.until(lambda: _is_through(there.get("DaemonSet", "agent")))
    await updated("nginx:1.27")
    await updated("nginx:latest")
    rolling = {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}}
    there.change("DaemonSet", lambda obj: obj["spec"].update(updateStrategy=rolling), "agent")
    await sim.run(0.1)
    await updated("nginx:1.27")
    seen = there.lives(tmp_path, "daemonsets.apps")["DaemonSet/agent"]
    assert seen == recorded("apps-ds", "daemonsets.apps")["DaemonSet/agent"][: len(seen)]


def _is_through(obj: Obj) -> bool:
    status = obj["status"]
    observed = status.get("observedGeneration") == obj["metadata"]["generation"]
    return observed and {status.get(key, 0) for key in ("updatedNumberScheduled", "numberAvailable")} == {1}


async def test_a_statefulset_with_a_partition(there: Lives, tmp_path: Path) -> None:
    sim = there.sim

    def counts(*wanted: int) -> bool:
        status = there.status("StatefulSet", "db")
        return tuple(status.get(key, 0) for key in ("updatedReplicas", "availableReplicas")) == wanted

    def hold(partition: int) -> None:
        strategy = {"type": "RollingUpdate", "rollingUpdate": {"partition": partition}}
        there.change("StatefulSet", lambda obj: obj["spec"].update(updateStrategy=strategy), "db")

    there.apply("apps-sts", "db.yaml")
    await sim.until(lambda: counts(3, 3))
    await sim.run(0.5)
    hold(2)
    await sim.run(0.5)
    there.set_image("StatefulSet", "db", "nginx:1.27")
    await sim.until(lambda: counts(1, 3))
    await sim.run(2)
    hold(0)
    await sim.until(lambda: counts(3, 3))
    await sim.run(2)
    seen = there.lives(tmp_path, "statefulsets.apps")["StatefulSet/db"]
    assert seen == recorded("apps-sts", "statefulsets.apps")["StatefulSet/db"][: len(seen)]
