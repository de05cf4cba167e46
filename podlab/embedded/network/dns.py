"""The cluster's names: Services, Pods, and the endpoints of Services.

Upstream: github.com/kubernetes/dns docs/specification.md, coredns plugin/kubernetes
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from podlab.embedded.network import services
from podlab.embedded.runtime.network.router import Answers, Record

Obj = dict[str, Any]
DOMAIN = "cluster.local"
Find = Callable[[str, str], Obj | None]
"""(namespace, name) → a Service."""
Slices = Callable[[str, str], list[Obj]]
"""(namespace, name of a Service) → its EndpointSlices."""
UNKNOWN, NOTHING = Answers("NXDOMAIN"), Answers("NOERROR")
ABOUT = {
    "NS": Record(DOMAIN, "NS", f"kube-dns.kube-system.svc.{DOMAIN}"),
    "TXT": Record(f"dns-version.{DOMAIN}", "TXT", '"1.1.0"'),
}
"""What the domain says of itself: who serves it, and by which version of the specification."""
MOST_ALIASES = 8
ADDRESS = r"\d{1,3}(\.\d{1,3}){3}"


def query(name: str, kind: str, find: Find, slices: Slices, known: Callable[[str], bool], depth: int = 0) -> Answers:
    """What CoreDNS answers; outside its domain nobody does. `known` tells whether there is a namespace."""
    if not name.endswith(f".{DOMAIN}") and name != DOMAIN:
        return Answers("SERVFAIL")
    if kind in ABOUT and name == ABOUT[kind].name:
        return Answers("NOERROR", (ABOUT[kind],))
    parts = name.removesuffix(DOMAIN).rstrip(".").split(".")
    if parts[-1] == "pod" and len(parts) == 3:
        return _pod(name, kind, parts[0]) if known(parts[1]) else UNKNOWN
    if parts[-1] != "svc" or len(parts) < 3:
        return NOTHING if parts in ([""], ["svc"]) or (parts[-1] == "svc" and known(parts[0])) else UNKNOWN
    *inner, service_name, namespace, _ = parts
    service = find(namespace, service_name)
    if service is None:
        return UNKNOWN
    if target := service["spec"].get("externalName"):
        return _alias(name, kind, target, find, slices, known, depth) if not inner else UNKNOWN
    return _service(name, kind, inner, service, slices(namespace, service_name))


def _pod(name: str, kind: str, label: str) -> Answers:
    if not re.fullmatch(r"\d{1,3}(-\d{1,3}){3}", label):
        return UNKNOWN
    return Answers("NOERROR", (Record(name, "A", label.replace("-", ".")),)) if kind == "A" else NOTHING


def _alias(
    name: str, kind: str, target: str, find: Find, slices: Slices, known: Callable[[str], bool], depth: int
) -> Answers:
    """Another name, and what is known of that: of one outside nothing, but the cluster's own have to have addresses."""
    if re.fullmatch(ADDRESS, target):
        return UNKNOWN
    first, inside = Record(name, "CNAME", target), f".{target.rstrip('.')}".endswith(f".{DOMAIN}")
    if kind == "CNAME" or depth > MOST_ALIASES or not inside:
        return Answers("NOERROR", (first,))
    rest = query(target.rstrip("."), kind, find, slices, known, depth + 1)
    return Answers("NOERROR", (first, *rest.records)) if rest.records else NOTHING


def _service(name: str, kind: str, inner: list[str], service: Obj, slices: list[Obj]) -> Answers:
    headless = service["spec"].get("clusterIP") == "None"
    unready = bool(service["spec"].get("publishNotReadyAddresses"))
    found = services.endpoints(slices, unready=unready)
    if len(inner) == 2 and inner[0].startswith("_"):
        return _ports(name, inner, service, slices, found, kind)
    if headless or inner:
        wanted = [one for one in found if not inner or inner == [_label(one)]]
        if not wanted:
            return UNKNOWN
        return Answers("NOERROR", tuple(Record(name, "A", one.address) for one in wanted)) if kind == "A" else NOTHING
    return Answers("NOERROR", (Record(name, "A", service["spec"]["clusterIP"]),)) if kind == "A" else NOTHING


def _label(endpoint: services.Endpoint) -> str:
    return endpoint.hostname or endpoint.address.replace(".", "-")


def _ports(
    name: str, inner: list[str], service: Obj, slices: list[Obj], found: list[services.Endpoint], kind: str
) -> Answers:
    """SRV records: of a Service's port, or of each endpoint's behind a headless one."""
    port_name, protocol = inner[0][1:], inner[1][1:].upper()
    base = name.split(".", 2)[2]
    records = []
    if service["spec"].get("clusterIP") != "None":
        ports = service["spec"].get("ports") or []
        numbers = [port["port"] for port in ports if _is(port, port_name, protocol)]
        records = [Record(name, "SRV", f"0 100 {number} {base}") for number in numbers]
    else:
        ports = [port for one in slices[:1] for port in one.get("ports") or []]
        for port in [port for port in ports if _is(port, port_name, protocol)]:
            records += [
                Record(name, "SRV", f"0 {100 // len(found)} {port['port']} {_label(one)}.{base}") for one in found
            ]
    if not records:
        return UNKNOWN
    return Answers("NOERROR", tuple(records)) if kind == "SRV" else NOTHING


def _is(port: Obj, name: str, protocol: str) -> bool:
    return (port.get("name") or "") == name and port.get("protocol", "TCP") == protocol


def reverse(address: str, found: list[Obj]) -> Answers:
    """The name of a Service by its address."""
    name = ".".join(reversed(address.split("."))) + ".in-addr.arpa"
    for service in found:
        if address in services.addresses(service):
            meta = service["metadata"]
            value = f"{meta['name']}.{meta['namespace']}.svc.{DOMAIN}"
            return Answers("NOERROR", (Record(name, "PTR", value),))
    return UNKNOWN
