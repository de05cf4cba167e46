"""Addresses and networks, as expressions have them. Upstream: k8s.io/apiserver/pkg/cel/library/{ip,cidr}.go"""

from __future__ import annotations

import ipaddress
import re
from typing import Any


def ip(text: str) -> Any:
    """An address. Raises ValueError."""
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        why = f'ParseAddr("{text}"): {_no_address(text)}'
        raise ValueError(f'IP Address "{text}" parse error during conversion from string: {why}') from None
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped:
        raise ValueError(f'IPv4-mapped IPv6 address "{text}" is not allowed')
    if "%" in text:
        raise ValueError(f'IP address "{text}" with zone value is not allowed')
    return found


def _no_address(text: str) -> str:
    """What Go says of a text that is no address. Upstream: net/netip (ParseAddr)"""
    if ":" in text.partition(".")[0]:
        return f'unexpected character, want colon (at "{text}")'
    if "." not in text:
        return "unable to parse IP"
    parts = text.split(".")
    for place, part in enumerate(parts):
        if wrong := re.search(r"\D", part):
            return f'unexpected character (at "{text[text.index(wrong[0]) :]}")'
        if not part:
            return f'IPv4 field must have at least one digit (at "{".".join(parts[place:]) or "."}")'
        if int(part) > 255:
            return "IPv4 field has value >255"
        if len(part) > 1 and part[0] == "0":
            return "IPv4 field has octet with leading zero"
    return "IPv4 address too long" if len(parts) > 4 else "IPv4 address too short"


UNREAD = "network address parse error during conversion from string: "
"""Said twice: by what reads a network, and by the function that lets it."""


def cidr(text: str) -> Any:
    """An address with the length of its network's prefix. Raises ValueError."""
    try:
        if "/" in text and "%" not in text and text.rpartition("/")[2].isdecimal():
            return ipaddress.ip_interface(text)
    except ValueError:
        pass
    why = "no '/'" if "/" not in text else _no_prefix(*text.rsplit("/", 1))
    raise ValueError(f'{UNREAD}{UNREAD}netip.ParsePrefix("{text}"): {why}')


def _no_prefix(address: str, bits: str) -> str:
    try:
        ip(address)
    except ValueError:
        return f'ParseAddr("{address}"): {_no_address(address)}'
    return "prefix length out of range" if bits.isdecimal() else f'bad bits after slash: "{bits}"'


def contains_ip(whole: Any, one: Any) -> bool:
    """Whether an address is in a network."""
    address = ip(one) if isinstance(one, str) else one
    return bool(address in whole.network)


def contains_cidr(whole: Any, other: Any) -> bool:
    """Whether a network is in another."""
    inner = (cidr(other) if isinstance(other, str) else other).network
    return whole.version == inner.version and bool(inner.subnet_of(whole.network))
