"""NoExecute taints: who goes, who stays, and what is told of it, as recorded on kind."""

from __future__ import annotations

from typing import Any

from tests.embedded.simulation import Simulation

Obj = dict[str, Any]
TOLERATION = {"key": "k", "operator": "Exists", "effect": "NoExecute"}


def pod(name: str, *tolerations: Obj) -> Obj:
    spec = {"terminationGracePeriodSeconds": 1, "tolerations": [*tolerations]}
    return {
        "kind": "Pod",
        "metadata": {"name": name},
        "spec": {**spec, "containers": [{"name": "c", "image": "nginx"}]},
    }


def taint(sim: Simulation, *taints: Obj) -> None:
    def changed(node: Obj) -> None:
        node["spec"]["taints"] = [*taints]

    sim.registry.change(sim.registry.resource("nodes"), "lab-control-plane", "", changed, subresource="")


def told(sim: Simulation) -> set[tuple[str, str]]:
    events = [event["object"] for event in sim.seen["events"]]
    return {
        (e["involvedObject"]["name"], e["message"].split(" Pod ")[0])
        for e in events
        if e["reason"] == "TaintManagerEviction" and "uid" not in e["involvedObject"]
    }


async def test_who_does_not_tolerate_a_taint_goes_at_once_and_others_when_their_time_is_over(sim: Simulation) -> None:
    sim.create(pod("none"))
    sim.create(pod("four", {**TOLERATION, "tolerationSeconds": 4}))
    sim.create(pod("minute", {**TOLERATION, "tolerationSeconds": 60}))
    sim.create(pod("ever", TOLERATION))
    await sim.until(lambda: all(map(sim.ready, ("none", "four", "minute", "ever"))))
    taint(sim, {"key": "k", "value": "v", "effect": "NoExecute"})
    await sim.run(0.1)
    (why,) = [c for c in sim.pod("none")["status"]["conditions"] if c["type"] == "DisruptionTarget"]
    assert (why["reason"], why["message"]) == (
        "DeletionByTaintManager",
        "Taint manager: deleting due to NoExecute taint",
    )
    await sim.run(3.5)
    assert sim.gone("none") and sim.ready("four")
    await sim.run(3.5)
    assert sim.gone("four") and sim.ready("minute")
    taint(sim)
    await sim.run(70)
    assert sim.ready("minute") and sim.ready("ever")
    assert told(sim) == {
        ("none", "Marking for deletion"),
        ("four", "Marking for deletion"),
        ("minute", "Cancelling deletion of"),
    }
