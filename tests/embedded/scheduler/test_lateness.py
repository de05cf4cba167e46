"""A loop that was busy: the Pods that were due meanwhile are placed together, and share one commit."""

from __future__ import annotations

from typing import Any

import pytest

from podlab.embedded.apiserver.registry import Registry
from podlab.embedded.apiserver.resources import RESOURCES
from podlab.embedded.clock import RealClock
from podlab.embedded.kubelet.node.node import CAPACITY
from podlab.embedded.scheduler.scheduler import ONE, Scheduler
from podlab.embedded.store import Store

Obj = dict[str, Any]
PODS = 40


class Wall:
    """A wall clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


def pod(name: str) -> Obj:
    return {"metadata": {"name": name}, "spec": {"containers": [{"name": "c", "image": "nginx"}]}}


def add_node(registry: Registry) -> None:
    nodes = registry.resource("nodes")
    registry.create(nodes, {"metadata": {"name": "n"}})
    registry.change(nodes, "n", "", lambda node: node["spec"].pop("taints", None), subresource="")
    registry.change(nodes, "n", "", lambda node: node.update(status={"allocatable": dict(CAPACITY)}))


@pytest.mark.parametrize(("late", "placed"), [(ONE * 1.5, 1), (ONE * 3.5, 3), (10.0, PODS)])
async def test_pods_that_were_due_are_placed_in_one_turn_and_one_commit(late: float, placed: int) -> None:
    wall, store = Wall(), Store()
    clock = RealClock(wall=wall)
    registry = Registry(store, clock, RESOURCES)
    pods = registry.resource("pods")
    add_node(registry)
    for number in range(PODS):
        registry.create(pods, pod(f"p{number:02}"), namespace="default")
    scheduler = Scheduler(registry)
    told: list[str] = []
    store.subscribe(lambda change: told.append(change.key))
    wall.now += late
    clock.step(0.0)
    bound = [each for each in registry.list(pods) if each["spec"].get("nodeName")]
    assert (len(bound), told) == (placed, [])
    store.flush()
    assert len(told) == placed
    scheduler.stop()
    store.close()
