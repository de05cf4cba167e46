"""Node ports of Services. Upstream: pkg/registry/core/service/storage/alloc.go (initNodePorts)"""

from __future__ import annotations

from typing import Any

from podlab.embedded.apiserver.resource import Context, Obj
from podlab.embedded.apiserver.status import Cause
from podlab.embedded.apiserver.validation import causes

NODE_PORTS = range(30000, 32768)
EXPOSED = ("NodePort", "LoadBalancer")
TAKEN = "provided port is already allocated"
PORT_RANGE = "provided port is not in the valid range. The range of valid ports is 30000-32767"


def allocate(ports: list[Obj], used: set[Any], ctx: Context) -> list[Cause]:
    """One for each number of a port, whatever its protocol. Upstream: initNodePorts"""
    shared: dict[int, int] = {}
    for index, port in enumerate(ports):
        asked = [
            other["nodePort"] for other in ports if other.get("port") == port.get("port") and other.get("nodePort")
        ]
        known = shared.get(port.get("port", 0), asked[0] if asked else 0)
        if known and not port.get("nodePort"):
            port["nodePort"] = known
        other = not port.get("nodePort") or port["nodePort"] != shared.get(port.get("port", 0))
        if other and (found := _node_port(port, used, f"spec.ports[{index}].nodePort", ctx)):
            return found
        shared.setdefault(port.get("port", 0), port.get("nodePort", 0))
    return []


def out_of_range(spec: Obj) -> list[Cause]:
    """Node ports that nobody can have: they are asked for before the rest is looked at."""
    ports = enumerate(spec.get("ports") or []) if spec.get("type") in EXPOSED else ()
    given = [(f"spec.ports[{index}].nodePort", port.get("nodePort") or 0) for index, port in ports]
    return [causes.invalid(path, number, PORT_RANGE) for path, number in given if number and number not in NODE_PORTS]


def twice(spec: Obj, ctx: Context) -> list[Cause]:
    """A node port that two ports ask for is given to the first before the rest is looked at."""
    given: dict[int, int] = {}
    for index, port in enumerate(spec.get("ports") or [] if spec.get("type") in EXPOSED and not ctx.by.dry_run else ()):
        number = port.get("nodePort") or 0
        if number and given.setdefault(number, port.get("port", 0)) != port.get("port", 0):
            return [causes.invalid(f"spec.ports[{index}].nodePort", number, TAKEN)]
    return []


def _node_port(port: Obj, used: set[Any], path: str, ctx: Context) -> list[Cause]:
    number = port.get("nodePort", 0)
    if number and ctx.by.dry_run:
        return []
    if number and number not in NODE_PORTS:
        return [causes.invalid(path, number, PORT_RANGE)]
    if number and number in used:
        return [causes.invalid(path, number, TAKEN)]
    number = port["nodePort"] = number or free(used, ctx)
    used.add(number)
    return []


def free(used: set[Any], ctx: Context) -> int:
    """A port that nobody has."""
    number = int(ctx.registry.randomness.uniform(NODE_PORTS.start, NODE_PORTS.stop - 1))
    while number in used:
        number = NODE_PORTS.start + (number + 1 - NODE_PORTS.start) % len(NODE_PORTS)
    return number
