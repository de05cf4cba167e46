"""A recorded flow of Pods that find no place, and why: the same words after each step, while nodes come and go.

Two nodes stood in the recorded cluster, so the control plane's is taken away. On the way from one step to the next the
words depend on which node was changed first; they are not compared.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from functools import cache
from typing import Any

from tests.embedded.simulation import GOLDEN, Simulation, simulate

Obj = dict[str, Any]
NODES = ("lab-worker", "lab-worker2")
SKEW = 0.2
"""Seconds by which the streams' clocks may be ahead of the steps'."""
TAINT = {"key": "t", "value": "v", "effect": "NoSchedule"}
ON_NODES: dict[str, Obj] = {
    "taint nodes": {"taints": [TAINT]},
    "cordon": {"unschedulable": True},
    "uncordon": {},
}


@cache
def flow() -> Obj:
    text = gzip.decompress((GOLDEN / "api" / "flow-scheduler.json.gz").read_bytes())
    return dict(json.loads(text)[0])


def scheduled(pod: Obj) -> tuple[str, str]:
    """What is said of a Pod's place; where it has one, not which."""
    conditions = {c["type"]: c for c in pod["status"].get("conditions") or []}
    told = conditions.get("PodScheduled") or {"status": "", "message": ""}
    return told["status"], told.get("message", "")


def recorded(until: float) -> dict[str, tuple[str, str]]:
    """What was said of each Pod at a moment."""
    events = [event for event in flow()["streams"]["pods"] if event["t"] < until]
    return {event["object"]["metadata"]["name"]: scheduled(event["object"]) for event in events}


def moments() -> list[tuple[float, str, Obj | None]]:
    """(when, step, the Pod that it made) for each of the steps."""
    added = [event["object"] for event in flow()["streams"]["pods"] if event["type"] == "ADDED"]
    found = []
    for step in flow()["steps"]:
        found.append((step["t"], step["step"], None if step["step"] in ON_NODES else added.pop(0)))
    assert not added
    return found


def manifest(pod: Obj) -> Obj:
    """What a client sent of a recorded Pod."""
    spec = {k: v for k, v in pod["spec"].items() if k not in ("serviceAccount", "priority", "preemptionPolicy")}
    spec["volumes"] = [v for v in spec.get("volumes") or [] if not v["name"].startswith("kube-api-access")]
    spec["containers"] = [
        {k: v for k, v in container.items() if k != "volumeMounts"} | {"image": "nginx:1.27"}
        for container in spec["containers"]
    ]
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": pod["metadata"]["name"]}, "spec": spec}


def _specified(spec: Obj) -> Callable[[Obj], None]:
    def change(node: Obj) -> None:
        node["spec"] = {k: v for k, v in node["spec"].items() if k not in ("taints", "unschedulable")} | spec

    return change


def test_pods_without_a_place_say_the_same_after_each_step() -> None:
    steps = moments()
    ends = [when - SKEW for when, step, pod in steps[1:]] + [float("inf")]
    seen: list[tuple[str, Obj, Obj]] = []

    async def script(sim: Simulation) -> None:
        nodes, pods = sim.registry.resource("nodes"), sim.registry.resource("pods")
        sim.registry.delete(nodes, "lab-control-plane", "")
        await sim.run(1)
        for (_, step, pod), end in zip(steps, ends, strict=True):
            if pod:
                sim.create(manifest(pod))
            for name in NODES if step in ON_NODES else ():
                sim.registry.change(nodes, name, "", _specified(ON_NODES[step]), subresource="")
            await sim.run(20)
            ours = {each["metadata"]["name"]: scheduled(each) for each in sim.registry.list(pods, sim.namespace)}
            if end - steps[0][0] > 1:  # the first steps follow one another too fast to be told apart
                seen.append((step, ours, recorded(end)))

    sim = simulate(script, "g-sch", workers=2)
    assert {step for step, _, _ in seen} >= set(ON_NODES)
    for step, ours, theirs in seen:
        assert ours == theirs, step
    told = {e["object"]["message"] for e in sim.seen["events"] if e["object"]["reason"] == "FailedScheduling"}
    said = {e["object"]["message"] for e in flow()["streams"]["events"] if e["object"]["reason"] == "FailedScheduling"}
    assert told <= said
