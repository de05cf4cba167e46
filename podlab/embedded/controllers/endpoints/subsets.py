"""The subsets of an Endpoints object: addresses that have the same ports stand together.

Upstream: pkg/api/v1/endpoints/util.go (RepackSubsets), pkg/controller/endpoint/endpoints_controller.go
"""

from __future__ import annotations

from typing import Any

from podlab.embedded.controllers.endpoints import addresses, ports
from podlab.embedded.controllers.pods import podstates

Obj = dict[str, Any]
Port = tuple[tuple[str, Any], ...]

MOST = 1000
"""Addresses in an Endpoints object."""
OVER_CAPACITY = "endpoints.kubernetes.io/over-capacity"


def of_service(service: Obj, pods: list[Obj]) -> list[Obj]:
    """The subsets of a Service with these Pods."""
    spec = service["spec"]
    eager = bool(spec.get("publishNotReadyAddresses"))
    found: dict[Port | None, dict[str, tuple[Obj, bool]]] = {}
    for pod in pods:
        if not addresses.belongs(pod, terminating=eager):
            continue
        ready = eager or podstates.ready(pod)
        for port in _ports(service, pod):
            found.setdefault(port, {})[pod["metadata"]["uid"]] = (_address(service, pod), ready)
    return _packed(found)


def _ports(service: Obj, pod: Obj) -> list[Port | None]:
    if not service["spec"].get("ports"):
        return [None] if addresses.is_headless(service) else []
    given = ports.of_pod(service, pod)
    return [tuple(sorted((key, value) for key, value in port.items() if value != "")) for port in given]


def _address(service: Obj, pod: Obj) -> Obj:
    found = {"ip": pod["status"]["podIP"], "targetRef": addresses.target(pod)}
    if where := pod["spec"].get("nodeName"):
        found["nodeName"] = where
    name = addresses.hostname(service, pod)
    return found | ({"hostname": name} if name else {})


def _packed(found: dict[Port | None, dict[str, tuple[Obj, bool]]]) -> list[Obj]:
    """Ports whose addresses are the same ones share a subset."""
    together: dict[tuple[tuple[str, bool], ...], list[Port]] = {}
    known = {uid: each for group in found.values() for uid, each in group.items()}
    for port, group in found.items():
        who = tuple(sorted((uid, ready) for uid, (_, ready) in group.items()))
        together.setdefault(who, []).extend([port] if port is not None else [])
    subsets = []
    for who, numbers in together.items():
        subset: Obj = {}
        for key, wanted in (("addresses", True), ("notReadyAddresses", False)):
            given = sorted((known[uid][0] for uid, ready in who if ready is wanted), key=_order)
            if given:
                subset[key] = given
        if numbers:
            subset["ports"] = ports.for_subset([dict(port) for port in numbers])
        subsets.append(subset)
    return sorted(subsets, key=lambda subset: [port["port"] for port in subset.get("ports") or []])


def _order(address: Obj) -> tuple[str, str]:
    return address["ip"], address["targetRef"]["uid"]


def truncated(subsets: list[Obj]) -> tuple[list[Obj], bool]:
    """At most so many addresses, ready ones first; and whether some were left out."""
    total = sum(len(subset.get(key) or []) for subset in subsets for key in ("addresses", "notReadyAddresses"))
    if total <= MOST:
        return subsets, False
    room, cut = MOST, [dict(subset) for subset in subsets]
    for key in ("addresses", "notReadyAddresses"):
        for subset in cut:
            subset[key] = (subset.get(key) or [])[:room]
            room -= len(subset[key])
    kept = [{key: value for key, value in subset.items() if value} for subset in cut]
    return [subset for subset in kept if "addresses" in subset or "notReadyAddresses" in subset], True
