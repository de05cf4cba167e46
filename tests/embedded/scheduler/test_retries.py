"""When a Pod that fitted nowhere is tried again: when what refused it has changed, and not otherwise."""

from __future__ import annotations

from typing import Any

from tests.embedded.simulation import Simulation

Obj = dict[str, Any]
REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
SSD = {"nodeSelectorTerms": [{"matchExpressions": [{"key": "disk", "operator": "In", "values": ["ssd"]}]}]}
ZONES = {"maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "DoNotSchedule", "labelSelector": {}}
NEAR = [{"topologyKey": "kubernetes.io/hostname", "labelSelector": {"matchLabels": {"app": "friend"}}}]


def pod(name: str, labels: Obj | None = None, **spec: Any) -> Obj:
    containers = [{"name": "c", "image": "nginx"}]
    return {
        "kind": "Pod",
        "metadata": {"name": name, "labels": labels or {}},
        "spec": {"containers": containers, **spec},
    }


def node(sim: Simulation, labels: Obj, *taints: Obj) -> None:
    def changed(obj: Obj) -> None:
        obj["metadata"]["labels"] |= labels
        obj["spec"]["taints"] = [*taints]

    sim.registry.change(sim.registry.resource("nodes"), "lab-control-plane", "", changed, subresource="")


def tries(sim: Simulation, name: str) -> int:
    events = {e["object"]["metadata"]["name"]: e["object"] for e in sim.seen["events"]}
    mine = [e for e in events.values() if e["involvedObject"]["name"] == name and e["reason"] == "FailedScheduling"]
    return sum(event.get("count", 1) for event in mine)


async def test_only_the_label_that_was_missing_brings_a_pod_back_and_at_once(sim: Simulation) -> None:
    sim.create(pod("picky", affinity={"nodeAffinity": {REQUIRED: SSD}}))
    await sim.run(2)
    node(sim, {"unrelated": "label"})
    await sim.run(12)
    assert tries(sim, "picky") == 1
    node(sim, {"disk": "ssd"})
    await sim.until(lambda: sim.ready("picky"), limit=2)


async def test_a_changed_taint_is_worth_a_try_to_all_but_those_whose_topology_is_missing(sim: Simulation) -> None:
    sim.create(pod("picky", nodeSelector={"disk": "ssd"}))
    unlike = {"matchLabels": {"app": "another"}}  # or each Pod that gets a node would be worth a try as well
    sim.create(pod("spread", topologySpreadConstraints=[{**ZONES, "labelSelector": unlike}]))
    await sim.run(1)
    node(sim, {}, {"key": "k", "effect": "NoSchedule"})
    sim.create(pod("waits"))
    await sim.run(2)
    assert (tries(sim, "waits"), tries(sim, "picky"), tries(sim, "spread")) == (1, 2, 1)
    node(sim, {})
    await sim.until(lambda: sim.ready("waits"), limit=2)
    assert (tries(sim, "picky"), tries(sim, "spread")) == (3, 1)


async def test_a_pod_that_shuns_another_is_tried_again_when_that_one_is_not_meant_any_more(sim: Simulation) -> None:
    sim.create(pod("friend", {"app": "friend"}))
    await sim.run(2)
    sim.create(pod("shy", affinity={"podAntiAffinity": {REQUIRED: NEAR}}))
    await sim.run(2)
    assert not sim.ready("shy")
    where = sim.registry.resource("pods"), "friend", "default"
    sim.registry.change(*where, lambda found: found["metadata"].update(labels={}), subresource="")
    await sim.until(lambda: sim.ready("shy"), limit=5)


async def test_a_pod_that_wants_company_is_tried_again_when_it_comes(sim: Simulation) -> None:
    sim.create(pod("lonely", affinity={"podAffinity": {REQUIRED: NEAR}}))
    await sim.run(2)
    sim.create(pod("stranger"))
    await sim.run(12)
    assert tries(sim, "lonely") == 1
    sim.create(pod("friend", {"app": "friend"}))
    await sim.until(lambda: sim.ready("lonely"), limit=5)


async def test_a_node_that_may_be_used_again_is_tried_before_and_after_its_taint_goes(sim: Simulation) -> None:
    def cordon(value: bool) -> None:
        spec = {"unschedulable": value} if value else {}
        nodes = sim.registry.resource("nodes")
        keep = ("podCIDR", "podCIDRs", "providerID", "taints")

        def changed(obj: Obj) -> None:
            obj["spec"] = {key: obj["spec"][key] for key in keep if key in obj["spec"]} | spec

        sim.registry.change(nodes, "lab-control-plane", "", changed, subresource="")

    cordon(True)
    await sim.run(1)
    sim.create(pod("waits"))
    await sim.run(1)
    cordon(False)
    await sim.until(lambda: sim.ready("waits"), limit=2)
    told = [event["object"]["message"] for event in sim.seen["events"] if "0/1 nodes" in event["object"]["message"]]
    assert [text.split(": ")[1].split(".")[0] for text in told] == [
        "1 node(s) were unschedulable",
        "1 node(s) had untolerated taint(s)",
    ]


def sized(name: str, cpu: str) -> Obj:
    made = pod(name, terminationGracePeriodSeconds=1)
    made["spec"]["containers"][0]["resources"] = {"requests": {"cpu": cpu}}
    return made


async def test_whoever_goes_or_shrinks_is_worth_a_try_to_those_for_whom_a_node_is_too_small(sim: Simulation) -> None:
    (there,) = sim.registry.list(sim.registry.resource("nodes"))
    all_of_it = int(there["status"]["allocatable"]["cpu"]) * 1000
    sim.create(sized("goes", "10m"))
    sim.create(sized("shrinks", f"{all_of_it - 100}m"))
    await sim.until(lambda: sim.ready("goes") and sim.ready("shrinks"))
    sim.create(sized("huge", f"{all_of_it * 9}m"))
    sim.create(sized("waits", "500m"))
    await sim.run(1)
    assert tries(sim, "huge") == tries(sim, "waits") == 1
    sim.delete("goes")
    await sim.until(lambda: sim.gone("goes"))
    await sim.run(1)
    assert tries(sim, "huge") == tries(sim, "waits") == 2

    def less(obj: Obj) -> None:
        obj["spec"]["containers"][0]["resources"]["requests"]["cpu"] = "10m"

    sim.registry.change(sim.registry.resource("pods"), "shrinks", "default", less, subresource="resize")
    await sim.until(lambda: sim.ready("waits"), limit=5)
