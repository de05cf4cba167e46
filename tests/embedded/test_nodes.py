"""Several nodes: Pods spread over them, and one that goes off is noticed, emptied, and comes back."""

from __future__ import annotations

from typing import Any

import pytest

from podlab.embedded.apiserver.status import StatusError
from podlab.embedded.controllers import nodelifecycle
from tests.embedded.simulation import Simulation

Obj = dict[str, Any]
WORKER, OTHER = "lab-worker", "lab-worker2"


@pytest.fixture
async def three() -> Any:
    sim = Simulation(workers=2)
    await sim.start()
    yield sim
    sim.core.stop()


def pod(name: str, node: str = "", seconds: int | None = None) -> Obj:
    spec: Obj = {"containers": [{"name": "c", "image": "nginx"}], "terminationGracePeriodSeconds": 1}
    if node:
        spec["nodeName"] = node
    if seconds is not None:
        toleration = {"key": nodelifecycle.UNREACHABLE, "operator": "Exists", "effect": "NoExecute"}
        spec["tolerations"] = [{**toleration, "tolerationSeconds": seconds}]
    return {"kind": "Pod", "metadata": {"name": name}, "spec": spec}


def node(sim: Simulation, name: str) -> Obj:
    return sim.registry.get(sim.registry.resource("nodes"), name)


def taints(sim: Simulation, name: str) -> list[tuple[str, str]]:
    return [
        (t["key"].removeprefix(nodelifecycle.PREFIX), t["effect"]) for t in node(sim, name)["spec"].get("taints") or []
    ]


async def test_nodes_are_named_and_addressed_as_kinds(three: Simulation) -> None:
    nodes = three.registry.list(three.registry.resource("nodes"))
    told = [(n["metadata"]["name"], n["spec"]["podCIDR"], n["status"]["addresses"][0]["address"]) for n in nodes]
    assert told == [
        ("lab-control-plane", "10.244.0.0/24", "172.18.0.3"),
        (WORKER, "10.244.1.0/24", "172.18.0.4"),
        (OTHER, "10.244.2.0/24", "172.18.0.5"),
    ]


async def test_pods_spread_over_the_workers(three: Simulation) -> None:
    for number in range(4):
        three.create(pod(f"p{number}"))
    await three.until(lambda: all(three.ready(f"p{number}") for number in range(4)))
    where = sorted(three.pod(f"p{number}")["spec"]["nodeName"] for number in range(4))
    assert where == [WORKER, WORKER, OTHER, OTHER]
    assert three.pod("p0")["status"]["podIP"].startswith(("10.244.1.", "10.244.2."))


async def test_a_leap_of_time_is_no_silence(three: Simulation) -> None:
    three.create(pod("stays", WORKER))
    await three.until(lambda: three.ready("stays"))
    three.clock.step(3 * nodelifecycle.GRACE)  # leases are renewed and looked at before anybody is told of them
    await three.run(1)
    assert nodelifecycle.ready(node(three, WORKER)) == "True"
    assert not taints(three, WORKER)
    assert three.ready("stays")


async def test_a_node_that_goes_off_is_noticed_and_emptied_and_comes_back(three: Simulation) -> None:
    three.create(pod("stays", WORKER))
    three.create(pod("goes", WORKER, seconds=20))
    await three.until(lambda: three.ready("stays") and three.ready("goes"))
    three.core.nodes.turn_off(WORKER)
    began = three.clock.now()
    await three.until(lambda: nodelifecycle.ready(node(three, WORKER)) == "Unknown")
    assert 40 <= three.clock.now() - began <= 56
    await three.until(lambda: taints(three, WORKER) == [("unreachable", "NoSchedule"), ("unreachable", "NoExecute")])
    assert not three.ready("stays")
    await three.until(lambda: "deletionTimestamp" in three.pod("goes")["metadata"], 30)
    with pytest.raises(StatusError, match="connect: no route to host"):
        three.core.nodes.log(three.pod("stays"))
    three.core.nodes.turn_on(WORKER)
    await three.until(lambda: three.gone("goes") and three.ready("stays") and not taints(three, WORKER))
    (status,) = three.pod("stays")["status"]["containerStatuses"]
    assert status["restartCount"] == 1 and status["lastState"]["terminated"]["exitCode"] == 255
    conditions = {c["type"]: c["status"] for c in three.pod("stays")["status"]["conditions"]}
    assert conditions["PodReadyToStartContainers"] == "True", "it has another sandbox"
    told = [e["object"]["reason"] for e in three.seen["events"] if e["object"]["involvedObject"]["name"] == "stays"]
    assert "NodeNotReady" in told and "SandboxChanged" in told


async def test_what_drives_pods_away_leaves_at_the_next_look_at_all_nodes(three: Simulation) -> None:
    """As recorded on kind: a new Pod is there before the taint has gone, and its deletion is cancelled."""
    three.core.nodes.turn_off(WORKER)
    await three.until(lambda: len(taints(three, WORKER)) == 2, 60)
    three.core.nodes.turn_on(WORKER)
    await three.until(lambda: nodelifecycle.ready(node(three, WORKER)) == "True")
    await three.until(lambda: len(taints(three, WORKER)) == 1, 5)
    assert taints(three, WORKER) == [("unreachable", "NoExecute")]
    three.create(pod("early", WORKER, seconds=20))
    await three.until(lambda: not taints(three, WORKER), nodelifecycle.PERIOD + 0.1)
    await three.run(1)
    told = [e["object"]["message"] for e in three.seen["events"] if e["object"]["reason"] == "TaintManagerEviction"]
    assert told == ["Cancelling deletion of Pod default/early"]


async def test_a_cordoned_node_is_tainted_until_it_is_not(three: Simulation) -> None:
    nodes = three.registry.resource("nodes")
    three.registry.change(nodes, WORKER, "", lambda obj: obj["spec"].update(unschedulable=True), subresource="")
    await three.until(lambda: taints(three, WORKER) == [("unschedulable", "NoSchedule")])
    three.registry.change(nodes, WORKER, "", lambda obj: obj["spec"].pop("unschedulable"), subresource="")
    await three.until(lambda: not taints(three, WORKER))


async def test_a_deleted_node_registers_when_it_starts_again(three: Simulation) -> None:
    three.registry.delete(three.registry.resource("nodes"), WORKER)
    await three.run(400.0)
    assert three.registry.find(three.registry.resource("nodes"), WORKER) is None
    three.core.nodes.turn_on(WORKER)
    assert node(three, WORKER)["spec"]["podCIDR"] == "10.244.1.0/24"


def test_taints_of_others_stay() -> None:
    mine = {"key": nodelifecycle.NOT_READY, "effect": "NoSchedule"}
    theirs = {"key": "team", "effect": "NoSchedule"}
    assert nodelifecycle.tainted([mine, theirs], "NoSchedule", [], "now") == [theirs]
    assert nodelifecycle.tainted([theirs], "NoSchedule", [nodelifecycle.UNREACHABLE], "now")[0] == theirs


async def test_each_node_has_an_object_for_its_drivers_that_goes_with_it(three: Simulation) -> None:
    kind = three.registry.resource("csinodes.storage.k8s.io")
    nodes = [node["metadata"] for node in three.registry.list(three.registry.resource("nodes"))]
    told = three.registry.list(kind)
    assert [one["metadata"]["name"] for one in told] == [node["name"] for node in nodes]
    owners = [one["metadata"]["ownerReferences"][0]["uid"] for one in told]
    assert owners == [node["uid"] for node in nodes] and all(one["spec"] == {"drivers": None} for one in told)
    three.registry.delete(three.registry.resource("nodes"), nodes[-1]["name"])
    await three.run(1)
    assert len(three.registry.list(kind)) == len(nodes) - 1
