"""What is wrong with Endpoints and EndpointSlices.

Upstream: pkg/apis/core/validation/validation.go ValidateEndpoints, pkg/apis/discovery/validation/validation.go
"""

from __future__ import annotations

import ipaddress
from typing import Any

from podlab.embedded.apiserver.status import Cause
from podlab.embedded.apiserver.validation import causes, metadata, names
from podlab.embedded.apiserver.validation.services import special

Obj = dict[str, Any]
PROTOCOLS = ("SCTP", "TCP", "UDP")
TYPES = ("FQDN", "IPv4", "IPv6")
WANTED = {"IPv4": (4, "must be an IPv4 address"), "IPv6": (6, "must be an IPv6 address")}
MOST_ADDRESSES, MOST_PORTS, MOST_ENDPOINTS, MOST_HINTS = 100, 20000, 1000, 8


def validate_endpoints(obj: Obj, old: Obj | None) -> list[Cause]:
    """Return what is wrong with Endpoints, in upstream's order."""
    found = metadata.validate(obj, old)
    for index, subset in enumerate(obj.get("subsets") or []):
        found += _subset(subset, f"subsets[{index}]")
    return found


def _subset(subset: Obj, path: str) -> list[Cause]:
    found, ports = [], subset.get("ports") or []
    if not subset.get("addresses") and not subset.get("notReadyAddresses"):
        found.append(causes.required(path, "must specify `addresses` or `notReadyAddresses`"))
    for key in ("addresses", "notReadyAddresses"):
        for index, address in enumerate(subset.get(key) or []):
            found += _address(address, f"{path}.{key}[{index}]")
    for index, port in enumerate(ports):
        here, name = f"{path}.ports[{index}]", port.get("name")
        if name:
            found += names.causes_of(f"{here}.name", name, names.label(name))
        elif len(ports) > 1:
            found.append(causes.required(f"{here}.name"))
        found += names.port(f"{here}.port", int(port.get("port") or 0))
        found += _protocols(port, here)
    return found


def _protocols(port: Obj, path: str) -> list[Cause]:
    found = names.one_of(f"{path}.protocol", port.get("protocol"), PROTOCOLS)
    if (application := port.get("appProtocol")) is not None:
        found += names.causes_of(f"{path}.appProtocol", application, names.qualified(application))
    return found


def _address(address: Obj, path: str) -> list[Cause]:
    text, host, node = address.get("ip", ""), address.get("hostname"), address.get("nodeName")
    found = names.address(f"{path}.ip", text)
    if host:
        found += names.causes_of(f"{path}.hostname", host, names.label(host))
    if node is not None:
        found += names.causes_of(f"{path}.nodeName", node, names.subdomain(node))
    return found + _reachable(f"{path}.ip", text)


def _reachable(path: str, text: str) -> list[Cause]:
    """Return why nobody could be reached at an address."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return [] if _octal(text) else [causes.invalid(path, text, "must be a valid IP address")]
    return names.causes_of(path, text, special(text))


def _octal(text: str) -> bool:
    return any("leading" in cause.message for cause in names.address("", text))


def warnings(obj: Obj, old: Obj | None) -> list[str]:
    """Return what a client is told of an EndpointSlice. Upstream: pkg/registry/discovery/endpointslice/strategy.go"""
    return ["spec.addressType: FQDN endpoints are deprecated"] if obj.get("addressType") == "FQDN" else []


def validate_slice(obj: Obj, old: Obj | None) -> list[Cause]:
    """Return what is wrong with an EndpointSlice, in upstream's order."""
    kind, found = obj.get("addressType"), metadata.validate(obj, old)
    found += names.one_of("addressType", kind, TYPES) + _ports(obj.get("ports") or [])
    endpoints = obj.get("endpoints") or []
    if old is not None and endpoints == (old.get("endpoints") or []):  # what is stored may stay
        endpoints = []
    if len(endpoints) > MOST_ENDPOINTS:
        found.append(causes.too_many("endpoints", len(endpoints), MOST_ENDPOINTS))
        endpoints = []
    for index, endpoint in enumerate(endpoints):
        found += _endpoint(endpoint, kind, f"endpoints[{index}]")
    return found + (metadata.immutable("addressType", kind, old.get("addressType")) if old else [])


def _ports(ports: list[Obj]) -> list[Cause]:
    if len(ports) > MOST_PORTS:
        return [causes.too_many("ports", len(ports), MOST_PORTS)]
    found: list[Cause] = []
    for index, port in enumerate(ports):
        path, name = f"ports[{index}]", port.get("name") or ""
        if name:
            found += names.causes_of(f"{path}.name", name, names.label(name))
        if name in [other.get("name") or "" for other in ports[:index]]:
            found.append(causes.duplicate(f"{path}.name", name))
        found += _protocols(port, path)
    return found


def _endpoint(endpoint: Obj, kind: str | None, path: str) -> list[Cause]:
    addresses, found = endpoint.get("addresses") or [], []
    if not addresses:
        found.append(causes.required(f"{path}.addresses", "must contain at least 1 address"))
    elif len(addresses) > MOST_ADDRESSES:
        found.append(causes.too_many(f"{path}.addresses", len(addresses), MOST_ADDRESSES))
    for index, address in enumerate(addresses):
        if kind == "FQDN":
            found += names.causes_of(f"{path}.addresses[{index}]", address, names.subdomain(address))
        elif kind in WANTED:
            found += _of_family(address, kind, f"{path}.addresses", index)
    if (node := endpoint.get("nodeName")) is not None:
        found += names.causes_of(f"{path}.nodeName", node, names.subdomain(node))
    if host := endpoint.get("hostname"):
        found += names.causes_of(f"{path}.hostname", host, names.label(host))
    return found + _hints(endpoint.get("hints") or {}, f"{path}.hints")


def _of_family(text: str, kind: str, path: str, index: int) -> list[Cause]:
    if wrong := names.address(f"{path}[{index}]", text):
        return wrong
    address, (version, words) = ipaddress.ip_address(text), WANTED[kind]
    found = [] if address.version == version else [causes.invalid(path, text, words)]
    if not found and str(address) != text:
        found.append(causes.invalid(f"{path}[{index}]", text, f'must be in canonical form ("{address}")'))
    return found + names.causes_of(f"{path}[{index}]", text, special(text))


def _hints(hints: Obj, path: str) -> list[Cause]:
    found: list[Cause] = []
    for key, rule in (("forZones", names.label_value), ("forNodes", names.subdomain)):
        given = [hint.get("name", "") for hint in hints.get(key) or []]
        if len(given) > MOST_HINTS:
            found.append(causes.too_many(f"{path}.{key}", len(given), MOST_HINTS))
        for index, name in enumerate(given[:MOST_HINTS]):
            here = f"{path}.{key}[{index}].name"
            if name in given[:index]:
                found.append(causes.duplicate(here, name))
            found += names.causes_of(here, name, rule(name))
    return found
