"""NetworkPolicies: which connections they let through, by the descriptions of the API's fields."""

from __future__ import annotations

from typing import Any

import pytest

from podlab.embedded.network.policies import Connection, Peer, allows
from tests.embedded.network.test_services import box, pod, running, service
from tests.embedded.simulation import Simulation, logs

Obj = dict[str, Any]
BLOCKED = (1, "", "wget: download timed out\n")
BOX_LABELS = {"matchLabels": {"app": "box"}}
FRIEND = {"matchLabels": {"access": "true"}}
PAGE = (0, "<title>Welcome to nginx!</title>\n", "")
ASK = "wget -T 2 -qO- http://{} | head -4 | tail -1"


def peer(name: str, namespace: str = "default", address: str = "10.244.0.9", **labels: str) -> Peer:
    ports = [{"name": "http", "containerPort": 80}]
    meta = {"name": name, "namespace": namespace, "labels": {"app": name, **labels}}
    made = {"metadata": meta, "spec": {"containers": [{"name": "c", "ports": ports}]}}
    return Peer(address, made, {"kubernetes.io/metadata.name": namespace})


def policy(**spec: Any) -> Obj:
    types = spec.pop("policyTypes", ["Ingress"])
    meta = {"name": "p", "namespace": "default"}
    return {"kind": "NetworkPolicy", "metadata": meta, "spec": {"podSelector": {}, "policyTypes": types, **spec}}


WEB, BOX = peer("web"), peer("box", address="10.244.0.8")
NODE = Peer("172.18.0.2")
FAR = peer("far", "other", "10.244.1.5")


@pytest.mark.parametrize(
    ("spec", "source", "port", "passes"),
    [
        ({}, BOX, 80, False),
        ({"podSelector": {"matchLabels": {"app": "db"}}}, BOX, 80, True),
        ({"ingress": [{}]}, BOX, 80, True),
        ({"ingress": [{"from": [{"podSelector": BOX_LABELS}]}]}, BOX, 80, True),
        ({"ingress": [{"from": [{"podSelector": BOX_LABELS}]}]}, FAR, 80, False),
        ({"ingress": [{"from": [{"podSelector": {}}]}]}, FAR, 80, False),
        ({"ingress": [{"from": [{"namespaceSelector": {}}]}]}, FAR, 80, True),
        (
            {"ingress": [{"from": [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "other"}}}]}]},
            BOX,
            80,
            False,
        ),
        (
            {"ingress": [{"from": [{"namespaceSelector": {}, "podSelector": {"matchLabels": {"app": "x"}}}]}]},
            FAR,
            80,
            False,
        ),
        ({"ingress": [{"ports": [{"port": 80}]}]}, BOX, 80, True),
        ({"ingress": [{"ports": [{"port": 80}]}]}, BOX, 81, False),
        ({"ingress": [{"ports": [{"port": "http"}]}]}, BOX, 80, True),
        ({"ingress": [{"ports": [{"port": "metrics"}]}]}, BOX, 80, False),
        ({"ingress": [{"ports": [{"port": 80, "endPort": 90}]}]}, BOX, 85, True),
        ({"ingress": [{"ports": [{"port": 80, "protocol": "UDP"}]}]}, BOX, 80, False),
        ({"ingress": [{"from": [{"ipBlock": {"cidr": "10.244.0.0/16"}}]}]}, BOX, 80, True),
        (
            {"ingress": [{"from": [{"ipBlock": {"cidr": "10.244.0.0/16", "except": ["10.244.0.8/32"]}}]}]},
            BOX,
            80,
            False,
        ),
        ({"policyTypes": ["Egress"]}, FAR, 80, True),
        ({"policyTypes": ["Egress"]}, BOX, 80, False),
        ({"policyTypes": ["Egress"], "egress": [{"to": [{"podSelector": {}}]}]}, BOX, 80, True),
    ],
)
def test_a_rule_lets_through_what_it_names(spec: Obj, source: Peer, port: int, passes: bool) -> None:
    assert allows([policy(**spec)], Connection(source, WEB, port)) is passes


def test_the_rules_of_several_policies_are_added() -> None:
    some = policy(ingress=[{"from": [{"podSelector": BOX_LABELS}]}])
    assert allows([policy(), some], Connection(BOX, WEB, 80))
    assert not allows([policy(), some], Connection(peer("third"), WEB, 80))


async def impose(sim: Simulation, name: str, **spec: Any) -> None:
    """Create a policy in the namespace `default`."""
    kind = sim.registry.resource("networkpolicies.networking.k8s.io")
    sim.registry.create(kind, {**policy(**spec), "metadata": {"name": name, "namespace": "default"}})
    await sim.settle()


async def test_a_closed_pod_is_not_reached_until_a_policy_opens_it(sim: Simulation) -> None:
    await running(sim)
    await impose(sim, "deny")
    assert await box(sim, "wget -T 2 -qO- http://web") == BLOCKED
    await impose(sim, "open", ingress=[{"from": [{"podSelector": BOX_LABELS}]}])
    assert await box(sim, ASK.format("web")) == PAGE


async def test_what_a_pod_does_first_is_held_back_too(sim: Simulation) -> None:
    """As `kubectl run … -- wget` does on the documentation's page, before the Pod's status tells its address."""
    await running(sim)
    await impose(
        sim, "deny", podSelector={"matchLabels": {"app": "web"}}, ingress=[{"from": [{"podSelector": FRIEND}]}]
    )
    for name, labels in (("stranger", {}), ("friend", FRIEND["matchLabels"])):
        made = pod(name, container={"command": ["wget", "--spider", "--timeout=1", "web"]}, restartPolicy="Never")
        sim.create({**made, "metadata": {"name": name, "labels": labels}})
    await sim.run(8)
    assert (await logs(sim, "stranger")).endswith("wget: download timed out\n")
    assert (await logs(sim, "friend")).endswith("remote file exists\n")


async def test_probes_come_from_the_node_and_pass(sim: Simulation) -> None:
    await impose(sim, "deny")
    sim.create(pod("web", "nginx", container={"readinessProbe": {"httpGet": {"port": 80}, "periodSeconds": 1}}))
    await sim.until(lambda: sim.ready("web"))


async def serve_names(sim: Simulation) -> None:
    """The Service and a Pod of the DNS, which this simulation has not."""
    ports = [{"name": "dns", "port": 53, "protocol": "UDP"}]
    made = service("kube-dns", "dns", ports=ports, clusterIP="10.96.0.10"), pod("dns", "nginx")
    for plural, obj in zip(("services", "pods"), made, strict=True):
        obj["metadata"]["namespace"] = "kube-system"
        sim.registry.create(sim.registry.resource(plural), obj)
    await sim.run(5)


async def test_a_pod_that_may_send_nothing_finds_no_names(sim: Simulation) -> None:
    await running(sim)
    await serve_names(sim)
    ip = sim.pod("web")["status"]["podIP"]
    await impose(sim, "deny", policyTypes=["Egress"], podSelector=BOX_LABELS)
    began = sim.clock.now()
    assert await box(sim, "wget -T 2 -qO- http://web") == (1, "", "wget: bad address 'web'\n")
    assert sim.clock.now() - began >= 10
    assert await box(sim, "nslookup web") == (1, "", ";; connection timed out; no servers could be reached\n\n")
    assert await box(sim, f"wget -T 2 -qO- http://{ip}") == BLOCKED
    dns = {"to": [{"namespaceSelector": {}, "podSelector": {"matchLabels": {"app": "dns"}}}]}
    dns["ports"] = [{"port": 53, "protocol": "UDP"}]
    web = {"to": [{"podSelector": {"matchLabels": {"app": "web"}}}], "ports": [{"port": 80}]}
    await impose(sim, "open", policyTypes=["Egress"], podSelector=BOX_LABELS, egress=[dns, web])
    assert await box(sim, ASK.format("web")) == PAGE
