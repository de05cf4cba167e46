"""What NetworkPolicies let through. Pure functions over policies, Pods and the labels of namespaces.

Upstream: sigs.k8s.io/kube-network-policies pkg/networkpolicy, which kind's network plugin runs;
staging/src/k8s.io/api/networking/v1/types.go
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from podlab.apimachinery.labels import selects

Obj = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Peer:
    """One side of a connection; `pod` is None where the address is no Pod's own, as a node's."""

    address: str
    pod: Obj | None = None
    namespace_labels: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Connection:
    """Who connects to whom, on which port; `protocol` is TCP, UDP, SCTP or ICMP."""

    source: Peer
    target: Peer
    port: int
    protocol: str = "TCP"


def allows(policies: Iterable[Obj], asked: Connection) -> bool:
    """Whether the source may send it and the target may get it."""
    policies = list(policies)
    return _passes(policies, "Egress", asked.source, asked.target, asked) and _passes(
        policies, "Ingress", asked.target, asked.source, asked
    )


def _passes(policies: list[Obj], direction: str, own: Peer, other: Peer, asked: Connection) -> bool:
    """A Pod that no policy of its namespace is for is open; one that some are for needs a rule of any of them."""
    mine = [policy for policy in policies if direction in policy["spec"]["policyTypes"] and _is_for(policy, own.pod)]
    rules = (
        (policy["metadata"]["namespace"], rule)
        for policy in mine
        for rule in policy["spec"].get(direction.lower()) or ()
    )
    side = "to" if direction == "Egress" else "from"
    return not mine or any(
        _names_peer(namespace, rule.get(side), other) and _names_port(rule.get("ports"), asked)
        for namespace, rule in rules
    )


def _is_for(policy: Obj, pod: Obj | None) -> bool:
    if pod is None or pod["metadata"]["namespace"] != policy["metadata"]["namespace"]:
        return False
    return selects(policy["spec"].get("podSelector") or {}, pod["metadata"].get("labels"))


def _names_peer(namespace: str, peers: list[Obj] | None, other: Peer) -> bool:
    return not peers or any(_is_peer(namespace, peer, other) for peer in peers)


def _is_peer(namespace: str, peer: Obj, other: Peer) -> bool:
    if block := peer.get("ipBlock"):
        return _within(other.address, block["cidr"]) and not any(
            _within(other.address, each) for each in block.get("except") or ()
        )
    if other.pod is None:
        return False
    meta = other.pod["metadata"]
    if "namespaceSelector" in peer:
        near = selects(peer["namespaceSelector"], other.namespace_labels)
    else:
        near = meta["namespace"] == namespace
    return near and ("podSelector" not in peer or selects(peer["podSelector"], meta.get("labels")))


def _within(address: str, cidr: str) -> bool:
    return ipaddress.ip_address(address) in ipaddress.ip_network(cidr, strict=False)


def _names_port(ports: list[Obj] | None, asked: Connection) -> bool:
    return not ports or any(_is_port(port, asked) for port in ports)


def _is_port(port: Obj, asked: Connection) -> bool:
    if port.get("protocol", "TCP") != asked.protocol:
        return False
    first = port.get("port")
    if isinstance(first, int):
        return first <= asked.port <= int(port.get("endPort", first))
    return first is None or asked.port in _named(asked.target.pod, first, asked.protocol)


def _named(pod: Obj | None, name: str, protocol: str) -> set[int]:
    """The ports of the target that have a name."""
    containers = pod["spec"]["containers"] if pod else []
    ports = [port for container in containers for port in container.get("ports") or ()]
    return {
        port["containerPort"] for port in ports if port.get("name") == name and port.get("protocol", "TCP") == protocol
    }
