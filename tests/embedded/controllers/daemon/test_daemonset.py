"""DaemonSets: a Pod on every node that should have one, and their updates."""

from __future__ import annotations

from typing import Any

import pytest

from podlab.embedded.controllers.daemon import nodes, plan
from tests.embedded.controllers.workloads import Workloads, template, workload
from tests.embedded.simulation import Simulation

Obj = dict[str, Any]
KIND, NODE = "DaemonSet", "lab-control-plane"


def daemon(**spec: Any) -> Obj:
    made = workload(KIND, **spec)
    del made["spec"]["replicas"]
    return made


def is_through(there: Workloads) -> bool:
    obj = there.get(KIND)
    status = obj["status"]
    observed = status.get("observedGeneration") == obj["metadata"]["generation"]
    counts = {status.get(key, 0) for key in ("desiredNumberScheduled", "updatedNumberScheduled", "numberAvailable")}
    return observed and counts == {1} and len(there.pods()) == 1


async def started(sim: Simulation, **spec: Any) -> Workloads:
    there = Workloads(sim)
    there.create(daemon(**spec))
    await sim.until(lambda: is_through(there))
    return there


def set_image(there: Workloads, image: str) -> None:
    there.change(KIND, lambda obj: obj["spec"]["template"]["spec"]["containers"][0].update(image=image))


async def test_a_new_node_gets_a_pod_of_its_own(sim: Simulation) -> None:
    there = await started(sim)
    resource = sim.registry.resource("nodes")
    sim.registry.create(resource, {"metadata": {"name": "another"}})
    sim.registry.change(resource, "another", "", lambda node: node["spec"].pop("taints"), subresource="")
    await sim.until(lambda: len(there.pods()) == 2)
    assert {nodes.node_of(pod) for pod in there.pods()} == {NODE, "another"}
    assert there.status(KIND)["desiredNumberScheduled"] == 2


async def test_an_update_replaces_the_pod_and_counts_the_template(sim: Simulation) -> None:
    there = await started(sim)
    (before,) = there.pods()
    set_image(there, "nginx:1.27")
    await sim.until(lambda: is_through(there))
    (after,) = there.pods()
    assert after["metadata"]["uid"] != before["metadata"]["uid"]
    assert after["metadata"]["labels"][nodes.GENERATION] == "2"
    revisions = sim.registry.list(sim.registry.resource("controllerrevisions.apps"), "default")
    assert sorted(one["revision"] for one in revisions) == [1, 2]


async def test_with_a_surge_the_old_pod_stays_until_the_new_one_is_there(sim: Simulation) -> None:
    rolling = {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}}
    there = await started(sim, updateStrategy=rolling)
    set_image(there, "nginx:1.27")
    await sim.until(lambda: len(there.pods()) == 2)
    available: list[int] = []

    def through() -> bool:
        available.append(sum(sim.ready(pod["metadata"]["name"]) for pod in there.pods()))
        return is_through(there)

    await sim.until(through)
    assert min(available) >= 1


async def test_on_delete_the_old_pod_stays_until_somebody_deletes_it(sim: Simulation) -> None:
    there = await started(sim, updateStrategy={"type": "OnDelete"})
    (before,) = there.pods()
    set_image(there, "nginx:1.27")
    await sim.run(10)
    assert there.pods()[0]["metadata"]["uid"] == before["metadata"]["uid"]
    sim.delete(before["metadata"]["name"])
    await sim.until(lambda: is_through(there))


async def test_a_taint_that_evicts_takes_the_pod_away_and_one_that_does_not_is_seen_later(sim: Simulation) -> None:
    there = await started(sim)
    await sim.run(1)

    def taint(*taints: Obj) -> None:
        resource = sim.registry.resource("nodes")
        sim.registry.change(resource, NODE, "", lambda node: node["spec"].update(taints=[*taints]), subresource="")

    taint({"key": "k", "effect": "NoSchedule"})
    await sim.run(5)
    assert len(there.pods()) == 1 and there.status(KIND)["desiredNumberScheduled"] == 1
    there.change(KIND, lambda obj: obj["metadata"].update(labels={"look": "again"}))
    await sim.run(5)
    assert len(there.pods()) == 1 and there.status(KIND)["numberMisscheduled"] == 1
    taint({"key": "k", "effect": "NoExecute"})
    await sim.until(lambda: not there.pods())
    gone = [event["object"]["status"]["conditions"] for event in sim.seen["pods"] if event["type"] == "DELETED"]
    assert "DeletionByTaintManager" in {condition.get("reason") for condition in gone[-1]}
    taint()
    await sim.until(lambda: is_through(there))


async def test_failed_pods_are_replaced_and_that_is_told(sim: Simulation) -> None:
    there = await started(sim)
    (before,) = there.pods()
    name = before["metadata"]["name"]
    pods = sim.registry.resource("pods")
    sim.registry.change(pods, name, "default", lambda pod: pod["status"].update(phase="Failed"))
    await sim.until(lambda: is_through(there) and sim.gone(name))
    text = f"Found failed daemon pod default/{name} on node {NODE}, will try to kill it"
    assert there.told("FailedDaemonPod") == [text]


def node(name: str, *taints: Obj, **labels: str) -> Obj:
    return {"metadata": {"name": name, "labels": labels}, "spec": {"taints": [*taints]}}


@pytest.mark.parametrize(
    ("taint", "wanted"),
    [
        (None, (True, True)),
        ({"key": "k", "effect": "NoSchedule"}, (False, True)),
        ({"key": "k", "effect": "NoExecute"}, (False, False)),
        ({"key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule"}, (True, True)),
        ({"key": "node.kubernetes.io/network-unavailable", "effect": "NoSchedule"}, (False, True)),
    ],
)
def test_which_nodes_have_a_pod(taint: Obj | None, wanted: tuple[bool, bool]) -> None:
    assert nodes.eligibility(daemon(), [node("n", *([taint] if taint else []))]) == {"n": wanted}


def test_a_node_selector_chooses_nodes() -> None:
    chosen = template()
    chosen["spec"]["nodeSelector"] = {"disk": "ssd"}
    owner = daemon(template=chosen)
    there = [node("plain"), node("fast", disk="ssd")]
    assert nodes.eligibility(owner, there) == {"plain": (False, False), "fast": (True, True)}


def test_an_update_takes_no_more_pods_away_than_it_may() -> None:
    strategy = {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": "50%"}}
    owner = daemon(updateStrategy=strategy)
    since = {"type": "Ready", "status": "True", "lastTransitionTime": "2026-01-01T00:00:00Z"}
    names = [f"n{number}" for number in range(5)]
    there = {
        name: [
            {"metadata": {"name": name, "labels": {}}, "spec": {"nodeName": name}, "status": {"conditions": [since]}}
        ]
        for name in names
    }
    step = plan.roll(owner, nodes.eligibility(owner, map(node, names)), there, "new", 1_800_000_000.0)
    assert len(step.delete) == 3 and not step.create
