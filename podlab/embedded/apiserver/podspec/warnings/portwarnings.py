"""What the API server warns of about the ports of a Pod. Upstream: pkg/api/pod/warnings.go"""

from __future__ import annotations

from typing import Any

from podlab.apimachinery.gotext import quote
from podlab.embedded.apiserver.podspec.security.systems import every_container

Obj = dict[str, Any]


def ports(given: Obj, path: str) -> list[str]:
    """Return the warnings about ports that overlap, or have one name."""
    found: list[str] = []
    numbers: dict[tuple[Any, Any], list[tuple[str, Obj]]] = {}
    known: dict[str, str] = {}
    named = []
    for here, container in every_container(given, path):
        for index, port in enumerate(container.get("ports") or []):
            place, name = f"{here}.ports[{index}]", port.get("name", "")
            if port.get("hostIP") and not port.get("hostPort"):
                found.append(f"{place}: hostIP set without hostPort: {_shown(port)}")
            others = numbers.setdefault((port.get("containerPort"), port.get("protocol")), [])
            found += [text for other, at in others if (text := _overlap(port, at, place, other))]
            others.append((place, port))
            if name and name in known:
                use = f"services and probes that select ports by name will use {known[name]}"
                named.append(f"{place}: duplicate port name {quote(name)} with {known[name]}, {use}")
            known.setdefault(name, place)
    return found + named


def _shown(port: Obj) -> str:
    """A port as Go's `%+v` writes the struct."""
    return (
        f"{{Name:{port.get('name', '')} HostPort:{port.get('hostPort', 0)} ContainerPort:{port.get('containerPort', 0)}"
        f" Protocol:{port.get('protocol', '')} HostIP:{port.get('hostIP', '')}}}"
    )


def _overlap(port: Obj, other: Obj, place: str, there: str) -> str:
    host, theirs = port.get("hostPort", 0), other.get("hostPort", 0)
    ip, their_ip = port.get("hostIP", ""), other.get("hostIP", "")
    if (ip, host) == (their_ip, theirs):
        return f"{place}: duplicate port definition with {there}"
    if not host or not theirs:
        return f"{place}: overlapping port definition with {there}"
    if host == theirs and bool(ip) != bool(their_ip):
        return f"{place}: dangerously ambiguous port definition with {there}"
    return ""
