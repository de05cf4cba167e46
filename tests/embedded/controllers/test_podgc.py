"""Pods of a node that does not exist, as recorded on kind: failed after a while, then gone."""

from __future__ import annotations

from typing import Any

from tests.embedded.simulation import Simulation


def pod(name: str, **spec: Any) -> dict[str, Any]:
    return {
        "kind": "Pod",
        "metadata": {"name": name},
        "spec": {"containers": [{"name": "c", "image": "nginx"}], **spec},
    }


async def test_a_deleted_pod_of_a_missing_node_does_not_stay_for_ever(sim: Simulation) -> None:
    sim.create(pod("lost", nodeName="nowhere"))
    await sim.run(5)
    sim.delete("lost")
    await sim.run(30)
    assert sim.phase("lost") == "Pending"
    await sim.until(lambda: sim.gone("lost"), limit=30)
    last = sim.seen["pods"][-1]["object"]["status"]
    (condition,) = last["conditions"]
    assert (last["phase"], condition["type"], condition["reason"], condition["message"]) == (
        *("Failed", "DisruptionTarget", "DeletionByPodGC"),
        "PodGC: node no longer exists",
    )


async def test_the_pods_of_a_deleted_node_go_and_those_of_one_that_comes_back_stay(sim: Simulation) -> None:
    nodes = sim.registry.resource("nodes")
    for name in ("here", "there"):
        sim.registry.create(nodes, {"metadata": {"name": name}})
        sim.create(pod(f"on-{name}", nodeName=name))
    await sim.run(1)
    for name in ("here", "there"):
        sim.registry.delete(nodes, name, "")
    await sim.run(20)
    sim.registry.create(nodes, {"metadata": {"name": "here"}})
    await sim.run(40)
    assert sim.gone("on-there") and not sim.gone("on-here")


async def test_what_ends_on_a_node_out_of_service_goes_without_its_kubelet(sim: Simulation) -> None:
    nodes, taint = sim.registry.resource("nodes"), "node.kubernetes.io/out-of-service"
    for name, taints in (("off", [{"key": taint, "effect": "NoExecute"}]), ("slow", [])):
        sim.registry.create(nodes, {"metadata": {"name": name}, "spec": {"taints": taints}})
        sim.create(pod(f"on-{name}", nodeName=name, tolerations=[{"operator": "Exists"}]))
    await sim.run(1)
    sim.delete("on-off")
    sim.delete("on-slow")
    await sim.run(21)
    assert sim.gone("on-off") and not sim.gone("on-slow")
    assert sim.seen["pods"][-1]["object"]["status"]["phase"] == "Failed"


async def test_a_pod_without_a_node_that_is_held_has_failed_once_it_is_deleted(sim: Simulation) -> None:
    held = pod("held", nodeSelector={"no": "where"})
    held["metadata"]["finalizers"] = ["example.com/hold"]
    sim.create(held)
    await sim.run(1)
    sim.delete("held")
    await sim.run(21)
    status = sim.pod("held")["status"]
    assert status["phase"] == "Failed"
    assert "DisruptionTarget" not in [condition["type"] for condition in status["conditions"]]
