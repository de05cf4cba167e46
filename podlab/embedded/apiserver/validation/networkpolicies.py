"""What is wrong with a NetworkPolicy. Upstream: pkg/apis/networking/validation/validation.go"""

from __future__ import annotations

import ipaddress
import re
from typing import Any

from podlab.embedded.apiserver.status import Cause
from podlab.embedded.apiserver.validation import causes, metadata, names

Obj = dict[str, Any]
LEADING_ZEROS = re.compile(r"(?<![0-9A-Fa-f:])0+(?=\d)")
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def validate(obj: Obj, old: Obj | None) -> list[Cause]:
    """Return what is wrong with a NetworkPolicy, in upstream's order."""
    spec, types = obj.get("spec") or {}, (obj.get("spec") or {}).get("policyTypes") or []
    found = metadata.validate(obj, old) + metadata.selector(spec.get("podSelector"), "spec.podSelector")
    for way, peers in (("ingress", "from"), ("egress", "to")):
        for index, rule in enumerate(spec.get(way) or []):
            path = f"spec.{way}[{index}]"
            for place, port in enumerate(rule.get("ports") or []):
                found += _port(port, f"{path}.ports[{place}]")
            for place, peer in enumerate(rule.get(peers) or []):
                found += _peer(peer, f"{path}.{peers}[{place}]")
    if len(types) > 2:
        return [*found, causes.invalid("spec.policyTypes", types, "may not specify more than two policyTypes")]
    for index, name in enumerate(types):
        found += names.among(f"spec.policyTypes[{index}]", name, ("Ingress", "Egress"))
    return found


def _port(entry: Obj, path: str) -> list[Cause]:
    port, end = entry.get("port"), entry.get("endPort")
    found = names.among(f"{path}.protocol", entry.get("protocol"), ("TCP", "UDP", "SCTP"))
    if port is None:
        if end is not None:
            found.append(causes.invalid(f"{path}.endPort", end, "may not be specified when `port` is not specified"))
        return found
    if isinstance(port, int):
        found += names.port(f"{path}.port", port)
        if end is not None:
            if end < port:
                found.append(causes.invalid(f"{path}.endPort", port, "must be greater than or equal to `port`"))
            found += names.port(f"{path}.endPort", end)
        return found
    if end is not None:
        found.append(causes.invalid(f"{path}.endPort", end, "may not be specified when `port` is non-numeric"))
    return found + names.port(f"{path}.port", port)


def _peer(peer: Obj, path: str) -> list[Cause]:
    found: list[Cause] = []
    for key in ("podSelector", "namespaceSelector"):
        found += metadata.selector(peer.get(key), f"{path}.{key}")
    block, given = peer.get("ipBlock"), [key for key, value in peer.items() if value is not None]
    if block is not None:
        found += _block(block, f"{path}.ipBlock")
    if not given:
        found.append(causes.required(path, "must specify a peer"))
    elif block is not None and len(given) > 1:
        found.append(causes.forbidden(path, "may not specify both ipBlock and another peer"))
    return found


def _block(block: Obj, path: str) -> list[Cause]:
    if not block.get("cidr"):
        return [causes.required(f"{path}.cidr")]
    whole, found = cidr(block["cidr"], f"{path}.cidr")
    if whole is None:
        return found
    for index, text in enumerate(block.get("except") or []):
        here = f"{path}.except[{index}]"
        part, wrong = cidr(text, here)
        found += wrong
        if part and (part == whole or part.version != whole.version or not part.subnet_of(whole)):  # type: ignore[arg-type]
            found.append(causes.invalid(here, text, "must be a strict subset of `cidr`"))
    return found


def _is_network(text: str) -> bool:
    return cidr(text, "")[0] is not None


def cidr(text: str, path: str) -> tuple[Network | None, list[Cause]]:
    """Return a network and what is wrong with how it is written. Upstream: IsValidCIDR"""
    try:
        network = ipaddress.ip_network(text, strict=False)
    except ValueError:
        network = None
    if network is None and LEADING_ZEROS.search(text) and _is_network(LEADING_ZEROS.sub("", text)):
        return None, [causes.invalid(path, text, "must not have leading 0s in IP or prefix length")]
    if network is None or "/" not in text or "." in text.partition("/")[2]:
        return None, [causes.invalid(path, text, "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)")]
    if str(network.network_address) != str(ipaddress.ip_address(text.partition("/")[0])):
        return network, [causes.invalid(path, text, "must not have bits set beyond the prefix length")]
    return network, []
