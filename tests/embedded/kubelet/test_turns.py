"""Pods that start, turn ready and end together are told of one after the other, as on kind."""

from __future__ import annotations

import asyncio
import itertools

import pytest

from podlab.embedded.kubelet.status.turns import TURN, Turns
from podlab.embedded.stepping import SteppingClock
from tests.embedded.simulation import Obj, Simulation

PROBE = {"httpGet": {"port": 80}, "periodSeconds": 1}


def deployment(replicas: int, **container: object) -> Obj:
    labels, template = {"app": "web"}, {"name": "c", "image": "nginx:1.27", **container}
    pod = {"metadata": {"labels": labels}, "spec": {"containers": [template], "terminationGracePeriodSeconds": 1}}
    spec = {"replicas": replicas, "selector": {"matchLabels": labels}, "template": pod}
    return {"metadata": {"name": "web"}, "spec": spec}


@pytest.mark.parametrize("container", [{}, {"readinessProbe": PROBE}], ids=["plain", "probed"])
async def test_a_replicaset_counts_its_pods_one_by_one(sim: Simulation, container: Obj) -> None:
    counts: dict[str, list[int]] = {"readyReplicas": [0], "terminatingReplicas": [0]}

    def note(obj: Obj) -> None:
        for key, seen in counts.items():
            count = (obj.get("status") or {}).get(key) or 0
            if count != seen[-1]:
                seen.append(count)

    sim.registry.on(sim.registry.resource("replicasets.apps"), lambda event: note(event.object))
    deployments = sim.registry.resource("deployments.apps")
    sim.registry.create(deployments, deployment(3, **container), namespace="default")
    await sim.run(12)
    sim.registry.change(deployments, "web", "default", lambda obj: obj["spec"].update(replicas=0), subresource="")
    await sim.run(6)
    assert counts == {"readyReplicas": [0, 1, 2, 3, 0], "terminatingReplicas": [0, 3, 2, 1, 0]}


async def test_a_turn_counts_from_when_it_is_taken() -> None:
    clock, taken = SteppingClock(), []
    turns, began = Turns(clock), clock.now()

    async def take() -> None:
        await turns.take()
        taken.append(clock.now() - began)

    tasks = [asyncio.create_task(take()) for _ in range(4)]
    for _ in range(4):
        await asyncio.sleep(0)
        clock.step(10 * TURN)  # the machine was busy
        await asyncio.sleep(0)
        await asyncio.sleep(0)
    await asyncio.gather(*tasks)
    assert all(later - sooner >= TURN for sooner, later in itertools.pairwise(taken))
