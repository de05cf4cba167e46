"""The cluster's part of the simulated network: an index of Services and slices, kept by the registry's events.

Upstream: pkg/proxy/iptables/proxier.go
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from podlab.embedded.apiserver.registry import Event, Registry
from podlab.embedded.network import dns, outside, policies, services
from podlab.embedded.runtime.network.router import GIVE_UP, Answers, Refused

Obj = dict[str, Any]
Key = tuple[str, str]


class ServiceRouter:
    """Routes connections through Services, and answers for the cluster's DNS."""

    def __init__(self, registry: Registry, nodes: frozenset[str]) -> None:
        """`nodes` are the nodes' addresses."""
        self._registry, self._nodes, self._clock = registry, nodes, registry.clock
        self._services: dict[Key, Obj] = {}
        self._slices: dict[Key, dict[str, Obj]] = {}
        self._owners: dict[Key, Key] = {}
        self._turns: dict[tuple[Key, int], int] = {}
        self._kept: dict[tuple[str, Key, int], tuple[str, int, float]] = {}
        self._policies: dict[Key, Obj] = {}
        self._pods: dict[str, Obj] = {}
        self._starting: dict[str, Obj] = {}
        self._joined: dict[str, str] = {}
        self._host_ports: dict[str, dict[int, tuple[str, int]]] = {}
        self._stops: list[Callable[[], None]] = []
        self._outside = outside.Outside(registry)

    def start(self) -> None:
        """Watch Services, EndpointSlices, and Pods that take a port of their node."""
        on, resource = self._registry.on, self._registry.resource
        self._stops = [
            on(resource("services"), self._on_service),
            on(resource("endpointslices.discovery.k8s.io"), self._on_slice),
            on(resource("networkpolicies.networking.k8s.io"), self._on_policy),
            on(resource("pods"), self._on_pod),
        ]

    def stop(self) -> None:
        """Watch no more."""
        for stop in self._stops:
            stop()

    def _on_service(self, event: Event) -> None:
        meta = event.object["metadata"]
        key = meta["namespace"], meta["name"]
        if event.type == "DELETED":
            self._services.pop(key, None)
        else:
            self._services[key] = event.object

    def _on_slice(self, event: Event) -> None:
        meta = event.object["metadata"]
        own = meta["namespace"], meta["name"]
        if before := self._owners.pop(own, None):
            self._slices.get(before, {}).pop(meta["name"], None)
        owner = (meta.get("labels") or {}).get(services.SERVICE_NAME)
        if owner and event.type != "DELETED":
            self._owners[own] = (meta["namespace"], owner)
            self._slices.setdefault((meta["namespace"], owner), {})[meta["name"]] = event.object

    def _on_policy(self, event: Event) -> None:
        meta = event.object["metadata"]
        self._policies.pop((meta["namespace"], meta["name"]), None)
        if event.type != "DELETED":
            self._policies[meta["namespace"], meta["name"]] = event.object

    def _on_pod(self, event: Event) -> None:
        pod = event.object
        uid, ip = pod["metadata"]["uid"], (pod.get("status") or {}).get("podIP")
        self._host_ports.pop(uid, None)
        if event.type == "DELETED":
            self._outside.forget(pod)
        self._starting.pop(uid, None)
        if not ip or pod["spec"].get("hostNetwork"):
            if not ip and pod["spec"].get("nodeName") and event.type != "DELETED":
                self._starting[uid] = pod
            return
        self._joined.pop(ip, None)
        if event.type == "DELETED" or pod["status"].get("phase") in ("Succeeded", "Failed"):
            if (known := self._pods.get(ip)) and known["metadata"]["uid"] == uid:  # another may have its address by now
                del self._pods[ip]
            return
        self._pods[ip] = pod
        ports = [port for one in pod["spec"]["containers"] for port in one.get("ports") or [] if port.get("hostPort")]
        if ports:
            self._host_ports[uid] = {port["hostPort"]: (ip, port["containerPort"]) for port in ports}

    # As a router

    def route(self, source: str, address: str, port: int) -> tuple[str, int]:
        """Where a connection really goes. Raises Refused."""
        on_node = address in self._nodes
        for key, service in self._services.items():
            found = services.on_node(service, port) if on_node else None
            if address in services.addresses(service):
                found = services.chosen(service, port)
                if found is None:
                    raise Refused("Connection timed out", GIVE_UP)
            if found is not None:
                return self._endpoint(source, key, service, found)
        if on_node:
            taken = (ports[port] for ports in self._host_ports.values() if port in ports)
            return next(taken, (address, port))
        if source in self._pods and outside.addressed(address):
            self._outside.tell(self._pods[source], address)
        return address, port

    def _endpoint(self, source: str, key: Key, service: Obj, port: Obj) -> tuple[str, int]:
        """By turns over what is ready; refused where nothing is, as kube-proxy's rules reject it."""
        backends = services.backends(self.slices(*key), port)
        if not backends:
            raise Refused
        seconds, now, number = services.affinity(service), self._clock.now(), int(port["port"])
        kept = self._kept.get((source, key, number))
        if seconds and kept and kept[:2] in backends and now < kept[2]:
            chosen = kept[:2]
        else:
            turn = self._turns[key, number] = self._turns.get((key, number), -1) + 1
            chosen = backends[turn % len(backends)]
        if seconds:
            self._kept[source, key, number] = (*chosen, now + seconds)
        return chosen

    def allows(self, source: str, target: str, port: int, protocol: str = "TCP") -> bool:
        """Whether the NetworkPolicies let a connection through; what comes from a node they never hold back."""
        if not self._policies or self._pod(source) is None:
            return True
        asked = policies.Connection(self._peer(source), self._peer(target), port, protocol)
        return policies.allows(self._policies.values(), asked)

    def joined(self, uid: str, address: str) -> None:
        """A Pod's first command may be asked about before its status tells its address."""
        self._joined[address] = uid

    def _pod(self, address: str) -> Obj | None:
        return self._pods.get(address) or self._starting.get(self._joined.get(address, ""))

    def _peer(self, address: str) -> policies.Peer:
        pod = self._pod(address)
        namespaces = self._registry.resource("namespaces")
        namespace = self._registry.find(namespaces, pod["metadata"]["namespace"]) if pod else None
        return policies.Peer(address, pod, namespace["metadata"].get("labels") if namespace else None)

    def query(self, source: str, name: str, kind: str) -> Answers:
        """What the cluster's DNS tells an address; nothing where a policy drops what it asks."""
        if self._policies and not self._asks(source):
            return Answers("")
        if name.endswith(".in-addr.arpa"):
            address = ".".join(reversed(name.removesuffix(".in-addr.arpa").split(".")))
            return dns.reverse(address, list(self._services.values()))
        if source in self._pods and outside.named(name, self._known):
            self._outside.tell(self._pods[source], name)
        return dns.query(name, kind, lambda *key: self._services.get(key), self.slices, self._known)

    def _asks(self, source: str) -> bool:
        """Whether an address reaches the DNS, which is a Service and Pods of its own."""
        asked = {"name": "dns", "protocol": "UDP"}
        servers = services.backends(self.slices("kube-system", "kube-dns"), asked)
        return not servers or any(self.allows(source, *server, "UDP") for server in servers)

    def slices(self, namespace: str, name: str) -> list[Obj]:
        """The EndpointSlices of a Service."""
        found = self._slices.get((namespace, name), {})
        return [found[each] for each in sorted(found)]

    def _known(self, namespace: str) -> bool:
        return self._registry.find(self._registry.resource("namespaces"), namespace) is not None
