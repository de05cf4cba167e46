"""The ports of a Pod that a Service means, and the order in which they are written.

Upstream: pkg/api/v1/pod/util.go (FindPort), staging/src/k8s.io/endpointslice/{utils,util/controller_utils}.go
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Obj = dict[str, Any]

OFFSET, PRIME = 0x6C62272E07BB014262B821756295C58D, 0x0000000001000000000000000000013B
"""Of FNV-128a."""


def find(pod: Obj, port: Obj) -> int | None:
    """The number that a Service's port has on a Pod; None if it names one that the Pod has not."""
    target = port.get("targetPort") or port["port"]
    if isinstance(target, int):
        return target
    protocol = port.get("protocol", "TCP")
    for container in _containers(pod["spec"]):
        for each in container.get("ports") or []:
            if each.get("name") == target and each.get("protocol", "TCP") == protocol:
                return int(each["containerPort"])
    return None


def _containers(spec: Obj) -> Iterator[Obj]:
    yield from spec.get("containers") or []
    yield from (each for each in spec.get("initContainers") or [] if each.get("restartPolicy") == "Always")


def of_pod(service: Obj, pod: Obj) -> list[Obj]:
    """The EndpointPorts that a Service has on a Pod; ports that the Pod does not have are left out."""
    found = []
    for port in service["spec"].get("ports") or []:
        number = find(pod, port)
        if number is not None:
            more = {"appProtocol": port["appProtocol"]} if port.get("appProtocol") else {}
            found.append({"name": port.get("name", ""), "port": number, "protocol": port.get("protocol", "TCP")} | more)
    return found


def for_slice(ports: list[Obj]) -> list[Obj]:
    """In the order of an EndpointSlice: by the hash of what Go prints of each."""
    return sorted(ports, key=lambda port: _hash(_printed(port, pointers=True)))


def for_subset(ports: list[Obj]) -> list[Obj]:
    """In the order of an Endpoints' subset."""
    return sorted(ports, key=lambda port: _hash(_printed(port, pointers=False)))


def _printed(port: Obj, *, pointers: bool) -> str:
    """An EndpointPort as spew prints it: discovery's fields are pointers, core's are not."""
    star = "*" if pointers else ""
    name, number = f"Name:({star}string){port.get('name', '')}", f"Port:({star}int32){port.get('port', '')}"
    protocol = f"Protocol:({star}v1.Protocol){port.get('protocol', '')}"
    middle = (protocol, number) if pointers else (number, protocol)
    return (
        f"(v1.EndpointPort){{{name} {middle[0]} {middle[1]} AppProtocol:(*string){port.get('appProtocol', '<nil>')}}}"
    )


def _hash(text: str) -> int:
    value = OFFSET
    for byte in text.encode():
        value = (value ^ byte) * PRIME & (1 << 128) - 1
    return value
