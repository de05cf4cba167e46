"""Preemption: who has to go for a more important Pod, and what is told of it."""

from __future__ import annotations

from typing import Any

from podlab.embedded.scheduler.preemption import cost, guarded, victims
from tests.embedded.simulation import Simulation

Obj = dict[str, Any]


def pod(name: str, cpu: str, **spec: Any) -> Obj:
    container = {"name": "c", "image": "nginx", "resources": {"requests": {"cpu": cpu}}}
    return {"kind": "Pod", "metadata": {"name": name}, "spec": {"containers": [container], **spec}}


def room(sim: Simulation) -> float:
    """The node's CPU."""
    (node,) = sim.registry.list(sim.registry.resource("nodes"))
    return float(node["status"]["allocatable"]["cpu"])


def important(sim: Simulation, **more: Any) -> None:
    classes = sim.registry.resource("priorityclasses.scheduling.k8s.io")
    sim.registry.create(classes, {"metadata": {"name": "important"}, "value": 1000, **more})


def told(sim: Simulation, name: str) -> list[str]:
    events = [event["object"] for event in sim.seen["events"]]
    return [event["message"] for event in events if event["involvedObject"]["name"] == name]


async def test_the_less_important_one_goes_as_recorded_on_kind(sim: Simulation) -> None:
    important(sim)
    cpu = f"{room(sim) * 0.4:.3f}"
    sim.create(pod("stays", cpu))
    await sim.until(lambda: sim.ready("stays"))
    await sim.run(2)
    sim.create(pod("goes", cpu, terminationGracePeriodSeconds=1))
    await sim.until(lambda: sim.ready("goes"))
    sim.create(pod("boss", cpu, priorityClassName="important"))
    await sim.until(lambda: bool(sim.pod("boss")["status"].get("nominatedNodeName")))
    (scheduled,) = sim.pod("boss")["status"]["conditions"]
    assert (scheduled["reason"], scheduled["message"]) == (
        "Unschedulable",
        "0/1 nodes are available: 1 Insufficient cpu.",
    )
    assert sim.pod("boss")["status"]["nominatedNodeName"] == "lab-control-plane"
    (disruption,) = [c for c in sim.pod("goes")["status"]["conditions"] if c["type"] == "DisruptionTarget"]
    assert disruption["reason"] == "PreemptionByScheduler"
    sim.create(pod("sly", cpu))  # the room that is being made is not its own
    await sim.until(lambda: sim.ready("boss"), limit=10)
    await sim.until(lambda: sim.gone("goes"), limit=5)
    assert sim.ready("stays") and not sim.pod("sly")["spec"].get("nodeName")
    uid = sim.pod("boss")["metadata"]["uid"]
    assert f"Preempted by pod {uid} on node lab-control-plane" in told(sim, "goes")
    assert "nominatedNodeName" not in sim.pod("boss")["status"]


async def test_of_several_victims_the_last_goes_alone_and_till_then_nobody_else_has_to(sim: Simulation) -> None:
    important(sim)
    for name in ("one", "two"):
        sim.create(pod(name, f"{room(sim) * 0.4:.3f}", terminationGracePeriodSeconds=2))
        await sim.until(lambda name=name: sim.ready(name))
    sim.create(pod("boss", f"{room(sim) * 0.8:.3f}", priorityClassName="important"))
    await sim.until(lambda: sim.ready("boss"), limit=10)
    told_boss = [text.partition("cpu.")[2] for text in told(sim, "boss") if "Insufficient" in text]
    assert told_boss == [
        "",
        " no new claims to deallocate, preemption: not eligible due to a terminating pod on the nominated node.",
    ]


async def test_a_class_that_never_preempts_waits(sim: Simulation) -> None:
    important(sim, preemptionPolicy="Never")
    sim.create(pod("there", f"{room(sim) * 0.8:.3f}"))
    await sim.until(lambda: sim.ready("there"))
    sim.create(pod("boss", f"{room(sim) * 0.8:.3f}", priorityClassName="important"))
    await sim.run(10)
    assert sim.ready("there") and not sim.pod("boss")["spec"].get("nodeName")
    assert sim.pod("boss")["status"]["conditions"][0]["message"] == (
        "0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate, "
        "preemption: not eligible due to preemptionPolicy=Never."
    )


async def test_without_a_node_there_is_nothing_to_say_of_preemption(sim: Simulation) -> None:
    important(sim, preemptionPolicy="Never")
    sim.registry.delete(sim.registry.resource("nodes"), "lab-control-plane", "")
    sim.create(pod("boss", "1", priorityClassName="important"))
    await sim.run(1)
    assert sim.pod("boss")["status"]["conditions"][0]["message"] == "no nodes available to schedule pods"


def other(name: str, priority: int, size: int) -> Obj:
    return {
        "metadata": {"name": name, "uid": name, "namespace": "default", "labels": {"app": name}},
        "spec": {"priority": priority, "size": size},
    }


def misfits(others: list[Obj]) -> list[str]:
    return ["Insufficient cpu"] if sum(each["spec"]["size"] for each in others) > 7 else []


def names(pods: list[Obj]) -> list[str]:
    return [each["metadata"]["name"] for each in pods]


def test_only_those_go_that_must() -> None:
    there = [other("a", 1, 4), other("b", 2, 2), other("c", 3, 4), other("d", 50, 1)]
    gone, why = victims(other("new", 10, 4), there, misfits)
    assert (names(gone), why) == (["a"], [])
    assert victims(other("new", 1, 4), there, misfits) == ([], ["No preemption victims found for incoming pod"])
    assert victims(other("new", 2, 4), [*there, other("e", 60, 4)], misfits) == ([], ["Insufficient cpu"])


def test_whom_a_budget_keeps_stays_where_another_can_go() -> None:
    there = [other("a", 1, 4), other("b", 2, 4)]
    spec = {"selector": {"matchLabels": {"app": "a"}}}
    budget = {"metadata": {"namespace": "default"}, "spec": spec, "status": {"disruptionsAllowed": 0}}
    kept = guarded(there, [budget])
    assert kept == {"a"} and not guarded(there, [budget | {"status": {"disruptionsAllowed": 1}}])
    assert not guarded(there, [budget | {"metadata": {"namespace": "other"}}])
    assert names(victims(other("new", 10, 4), there, misfits, kept)[0]) == ["b"]
    assert cost(there[:1], kept) > cost(there[1:], kept) and cost(there[:1]) < cost(there[1:])
