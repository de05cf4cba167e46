"""Where a Pod fits, and the words for why it does not: as recorded from a real scheduler."""

from __future__ import annotations

from typing import Any

import pytest

from podlab.embedded.fit import neighbours, nodefit
from tests.embedded.simulation import Simulation

Obj = dict[str, Any]


def node(**spec: Any) -> Obj:
    return {
        "metadata": {"name": "n1", "labels": {"disktype": "ssd", "cores": "4"}},
        "spec": spec,
        "status": {"allocatable": {"cpu": "2", "memory": "4Gi", "pods": "3"}},
    }


def pod(**spec: Any) -> Obj:
    return {"metadata": {"name": "p", "namespace": "default"}, "spec": {"containers": [], **spec}}


def asking(**requests: str) -> Obj:
    return pod(containers=[{"name": "c", "resources": {"requests": requests}}])


NO_SCHEDULE = {"key": "gpu", "value": "yes", "effect": "NoSchedule"}
IN = {"key": "disktype", "operator": "In", "values": ["ssd"]}


def affinity(expression: Obj) -> Obj:
    required = {"nodeSelectorTerms": [{"matchExpressions": [expression]}]}
    return {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": required}}


@pytest.mark.parametrize(
    ("wanted", "there", "beside", "reasons"),
    [
        (pod(), node(), [], []),
        (asking(cpu="2", memory="4Gi"), node(), [], []),
        (asking(cpu="2001m"), node(), [], ["Insufficient cpu"]),
        (asking(cpu="1"), node(), [asking(cpu="1500m")], ["Insufficient cpu"]),
        (asking(cpu="64", memory="900Gi"), node(), [], ["Insufficient cpu", "Insufficient memory"]),
        (pod(), node(), [pod(), pod(), pod()], ["Too many pods"]),
        (pod(), node(unschedulable=True), [], ["node(s) were unschedulable"]),
        (pod(), node(taints=[NO_SCHEDULE]), [], ["node(s) had untolerated taint(s)"]),
        (pod(tolerations=[{"key": "gpu", "operator": "Exists"}]), node(taints=[NO_SCHEDULE]), [], []),
        (
            pod(tolerations=[{"key": "gpu", "value": "no"}]),
            node(taints=[NO_SCHEDULE]),
            [],
            ["node(s) had untolerated taint(s)"],
        ),
        (pod(nodeSelector={"disktype": "ssd"}), node(), [], []),
        (pod(nodeSelector={"disktype": "hdd"}), node(), [], ["node(s) didn't match Pod's node affinity/selector"]),
        (pod(affinity=affinity(IN)), node(), [], []),
        (
            pod(affinity=affinity(IN | {"operator": "NotIn"})),
            node(),
            [],
            ["node(s) didn't match Pod's node affinity/selector"],
        ),
        (pod(affinity=affinity({"key": "cores", "operator": "Gt", "values": ["3"]})), node(), [], []),
        (
            pod(affinity=affinity({"key": "gpu", "operator": "Exists"})),
            node(),
            [],
            ["node(s) didn't match Pod's node affinity/selector"],
        ),
    ],
)
def test_misfits(wanted: Obj, there: Obj, beside: list[Obj], reasons: list[str]) -> None:
    assert nodefit.misfits(wanted)(there, nodefit.load(beside)) == reasons


def named(*nodes: str) -> Obj:
    term = {"matchFields": [{"key": "metadata.name", "operator": "In", "values": [*nodes]}]}
    required = {"nodeSelectorTerms": [term]}
    return {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": required}}


def test_a_daemonsets_pod_means_one_node_whatever_is_wrong_with_others() -> None:
    tainted, free = node(taints=[NO_SCHEDULE]), nodefit.load([])
    elsewhere, here = pod(affinity=named("n2")), pod(affinity=named("n1", "n2"))
    assert nodefit.misfits(elsewhere)(tainted, free) == ["node(s) didn't satisfy plugin(s) [NodeAffinity]"]
    assert nodefit.misfits(here)(tainted, free) == ["node(s) had untolerated taint(s)"]
    assert nodefit.misfits(here)(node(), free) == []
    either = named("n2")
    either["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]["nodeSelectorTerms"] += [
        {"matchExpressions": [IN | {"values": ["hdd"]}]}
    ]
    assert nodefit.misfits(pod(affinity=either))(node(), free) == ["node(s) didn't match Pod's node affinity/selector"]


def beside(kind: str, labels: Obj, key: str = "disktype") -> Obj:
    term = {"labelSelector": {"matchLabels": labels}, "topologyKey": key}
    made = pod(affinity={kind: {"requiredDuringSchedulingIgnoredDuringExecution": [term]}})
    return made | {"metadata": made["metadata"] | {"labels": {"app": "me"}}}


def spread(key: str, **more: Any) -> Obj:
    made = pod(topologySpreadConstraints=[constraint(key)], **more)
    return made | {"metadata": made["metadata"] | {"labels": {"app": "web"}}}


def constraint(key: str, **more: Any) -> Obj:
    selector = {"matchLabels": {"app": "web"}}
    return {"maxSkew": 1, "topologyKey": key, "whenUnsatisfiable": "DoNotSchedule", "labelSelector": selector, **more}


WEB = {
    "metadata": {"name": "web", "namespace": "default", "labels": {"app": "web"}},
    "spec": {"containers": [], "nodeName": "n1"},
}
FAR = WEB | {"spec": {"containers": [], "nodeName": "n2"}}
HERE, ELSEWHERE = {"disktype": "ssd"}, {"disktype": "hdd"}


@pytest.mark.parametrize(
    ("wanted", "placed", "reason"),
    [
        (beside("podAffinity", {"app": "web"}), [(WEB, HERE)], ""),
        (beside("podAffinity", {"app": "web"}), [(WEB, ELSEWHERE)], "node(s) didn't match pod affinity rules"),
        (beside("podAffinity", {"app": "web"}), [], "node(s) didn't match pod affinity rules"),
        (beside("podAffinity", {"app": "me"}), [], ""),
        (beside("podAntiAffinity", {"app": "web"}), [(WEB, ELSEWHERE)], ""),
        (beside("podAntiAffinity", {"app": "web"}), [(WEB, HERE)], "node(s) didn't match pod anti-affinity rules"),
        (
            WEB,
            [(beside("podAntiAffinity", {"app": "web"}), HERE)],
            "node(s) didn't satisfy existing pods anti-affinity rules",
        ),
        (spread("zone"), [], "node(s) didn't match pod topology spread constraints (missing required label)"),
        (spread("disktype"), [(WEB, HERE), (FAR, ELSEWHERE)], ""),
        (spread("disktype"), [(WEB, HERE)], neighbours.SPREAD),
        (spread("disktype", nodeSelector=HERE), [(WEB, HERE)] * 2, ""),
        (pod(topologySpreadConstraints=[constraint("disktype", labelSelector={})]), [(WEB, HERE)] * 2, ""),
        (
            pod(nodeSelector=HERE, topologySpreadConstraints=[constraint("disktype", nodeAffinityPolicy="Ignore")]),
            [(WEB, HERE)] * 2,
            neighbours.SPREAD,
        ),
        (pod(topologySpreadConstraints=[constraint("disktype", nodeTaintsPolicy="Honor")]), [(WEB, HERE)] * 2, ""),
        (
            pod(topologySpreadConstraints=[constraint("disktype"), constraint("cores")]),
            [(WEB, HERE | {"cores": "4"})],
            "",
        ),
    ],
)
def test_neighbours(wanted: Obj, placed: list[tuple[Obj, Obj]], reason: str) -> None:
    other = node(taints=[NO_SCHEDULE]) | {"metadata": {"name": "n2", "labels": ELSEWHERE}}
    around = nodefit.around(wanted, [node(), other], placed)
    assert nodefit.misfits(wanted, around)(node(), nodefit.load([])) == ([reason] if reason else [])


def test_ports_are_taken_once() -> None:
    web = pod(containers=[{"name": "c", "ports": [{"containerPort": 80, "hostPort": 8080}]}])
    assert nodefit.misfits(web)(node(), nodefit.load([web])) == [
        "node(s) didn't have free ports for the requested pod ports"
    ]


def test_an_init_container_counts_where_it_is_the_largest() -> None:
    spec = asking(cpu="500m")["spec"] | {"initContainers": [{"name": "i", "resources": {"requests": {"cpu": "2"}}}]}
    assert nodefit.requests({"spec": spec})["cpu"] == 2 * 10**9


def test_a_sidecar_runs_beside_the_init_containers_after_it_and_a_pods_own_word_counts() -> None:
    half = {"requests": {"cpu": "500m"}}
    inits = [{"name": "s", "restartPolicy": "Always", "resources": half}, {"name": "i", "resources": half}]
    assert nodefit.requests(pod(initContainers=inits))["cpu"] == 10**9
    own = {"requests": {"cpu": "2"}}
    assert nodefit.requests(pod(initContainers=inits, resources=own))["cpu"] == 2 * 10**9


@pytest.mark.parametrize(
    ("reasons", "message"),
    [
        ([], "no nodes available to schedule pods"),
        (
            [["Insufficient cpu"], ["Insufficient cpu"]],
            "0/2 nodes are available: 2 Insufficient cpu. no new claims to deallocate, "
            "preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.",
        ),
        (
            [["node(s) didn't have free ports for the requested pod ports"]] * 2,
            "0/2 nodes are available: 2 node(s) didn't have free ports for the requested pod ports. "
            "no new claims to deallocate, preemption: 0/2 nodes are available: "
            "2 No preemption victims found for incoming pod.",
        ),
        (
            [["node(s) had untolerated taint(s)"], ["Insufficient cpu"]],
            "0/2 nodes are available: 1 Insufficient cpu, 1 node(s) had untolerated taint(s). no new claims to "
            "deallocate, preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.",
        ),
    ],
)
def test_messages(reasons: list[list[str]], message: str) -> None:
    assert nodefit.fit_error(reasons) == message


async def test_a_pod_that_waited_is_placed_when_the_node_takes_pods_again(sim: Simulation) -> None:
    nodes = sim.registry.resource("nodes")
    cordon = lambda obj: obj["spec"].update(unschedulable=True)  # noqa: E731
    sim.registry.change(nodes, "lab-control-plane", "", cordon, subresource="")
    sim.create({"kind": "Pod", "metadata": {"name": "p"}, "spec": {"containers": [{"name": "c", "image": "nginx"}]}})
    await sim.run(3)
    condition = sim.pod("p")["status"]["conditions"][0]
    assert (condition["status"], condition["reason"]) == ("False", "Unschedulable")
    assert "1 node(s) were unschedulable" in condition["message"]
    uncordon = lambda obj: obj["spec"].pop("unschedulable")  # noqa: E731
    sim.registry.change(nodes, "lab-control-plane", "", uncordon, subresource="")
    await sim.until(lambda: sim.ready("p"), limit=5)


async def test_pods_of_another_scheduler_and_gated_ones_are_left_alone(sim: Simulation) -> None:
    containers = [{"name": "c", "image": "nginx"}]
    sim.create({"kind": "Pod", "metadata": {"name": "own"}, "spec": {"schedulerName": "x", "containers": containers}})
    gates = [{"name": "example.com/wait"}]
    sim.create(
        {"kind": "Pod", "metadata": {"name": "gated"}, "spec": {"schedulingGates": gates, "containers": containers}}
    )
    await sim.run(5)
    assert all("nodeName" not in sim.pod(name)["spec"] for name in ("own", "gated"))
    assert sim.seen["events"] == []


def test_a_pod_without_its_topology_is_looked_at_again_when_a_pod_like_it_comes() -> None:
    """As recorded in `pod-spreads`: another event FailedScheduling when a Pod of the same label got its node."""
    constraint = {"topologyKey": "no/such", "labelSelector": {"matchLabels": {"app": "x"}}}
    waiting = {"metadata": {"namespace": "a"}, "spec": {"topologySpreadConstraints": [constraint]}}
    alike = {"metadata": {"namespace": "a", "labels": {"app": "x"}}, "spec": {"nodeName": "n"}}
    other = {"metadata": {"namespace": "a", "labels": {"app": "y"}}, "spec": {"nodeName": "n"}}
    assert neighbours.may_cure(neighbours.SPREAD_LABEL, waiting, None, alike)
    assert not neighbours.may_cure(neighbours.SPREAD_LABEL, waiting, None, other)
