"""Where a Service leads: its ports, and the endpoints that are ready. Pure functions over Services and EndpointSlices.

Upstream: pkg/proxy/{servicechangetracker,endpointslicecache,topology}.go
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

Obj = dict[str, Any]
SERVICE_NAME = "kubernetes.io/service-name"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One address behind a Service; `hostname` and `target` name it."""

    address: str
    ready: bool
    hostname: str = ""
    target: str = ""


def of_service(slices: Iterable[Obj], name: str) -> list[Obj]:
    """The EndpointSlices of a Service among those of its namespace."""
    return [one for one in slices if (one["metadata"].get("labels") or {}).get(SERVICE_NAME) == name]


def endpoints(slices: Iterable[Obj], *, unready: bool = False) -> list[Endpoint]:
    """The addresses of a Service that get traffic, in order; `unready` ones too where they are published."""
    found = []
    for one in slices:
        for entry in one.get("endpoints") or []:
            conditions = entry.get("conditions") or {}
            ready = conditions.get("ready", True) is not False
            target = (entry.get("targetRef") or {}).get("name", "")
            if ready or unready:
                found += [Endpoint(address, ready, entry.get("hostname", ""), target) for address in entry["addresses"]]
    return found


def _ports(slices: Iterable[Obj], name: str) -> Iterator[tuple[int, Obj]]:
    for one in slices:
        for port in one.get("ports") or []:
            if (port.get("name") or "") == name and port.get("port"):
                yield int(port["port"]), one


def backends(slices: list[Obj], port: Obj) -> list[tuple[str, int]]:
    """(address, port) of each endpoint that is ready behind a Service's port."""
    found = []
    for number, one in _ports(slices, port.get("name") or ""):
        found += [(endpoint.address, number) for endpoint in endpoints([one])]
    return found


def addresses(service: Obj) -> list[str]:
    """The addresses that are a Service's own."""
    spec = service["spec"]
    given = [spec.get("clusterIP", ""), *(spec.get("clusterIPs") or []), *(spec.get("externalIPs") or [])]
    ingress = ((service.get("status") or {}).get("loadBalancer") or {}).get("ingress") or []
    return [address for address in dict.fromkeys([*given, *(one.get("ip", "") for one in ingress)]) if address]


def chosen(service: Obj, number: int) -> Obj | None:
    """The port of a Service that a connection to a number is for."""
    for port in service["spec"].get("ports") or []:
        if port["port"] == number and port.get("protocol", "TCP") == "TCP":
            return dict(port)
    return None


def on_node(service: Obj, number: int) -> Obj | None:
    """The port of a Service that is open on every node under this number."""
    for port in service["spec"].get("ports") or []:
        if port.get("nodePort") == number and port.get("protocol", "TCP") == "TCP":
            return dict(port)
    return None


def affinity(service: Obj) -> float:
    """Seconds for which a client keeps its endpoint; 0 without affinity."""
    if service["spec"].get("sessionAffinity") != "ClientIP":
        return 0.0
    config = (service["spec"].get("sessionAffinityConfig") or {}).get("clientIP") or {}
    return float(config.get("timeoutSeconds") or 10800)
