"""What the API server warns of when it takes a Pod. Upstream: pkg/api/pod/warnings.go"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from podlab.apimachinery import quantity
from podlab.apimachinery.gotext import quote
from podlab.embedded.apiserver.validation import names

Obj = dict[str, Any]
NODE_LABELS = {
    "beta.kubernetes.io/arch": 'deprecated since v1.14; use "kubernetes.io/arch" instead',
    "beta.kubernetes.io/os": 'deprecated since v1.14; use "kubernetes.io/os" instead',
    "failure-domain.beta.kubernetes.io/region": 'deprecated since v1.17; use "topology.kubernetes.io/region" instead',
    "failure-domain.beta.kubernetes.io/zone": 'deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
    "beta.kubernetes.io/instance-type": 'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead',
}
VOLUMES = {
    "photonPersistentDisk": "deprecated in v1.11, non-functional in v1.16+",
    "gitRepo": "deprecated in v1.11, and disabled by default in v1.33+",
    "scaleIO": "deprecated in v1.16, non-functional in v1.22+",
    "flocker": "deprecated in v1.22, non-functional in v1.25+",
    "storageos": "deprecated in v1.22, non-functional in v1.25+",
    "quobyte": "deprecated in v1.22, non-functional in v1.25+",
    "glusterfs": "deprecated in v1.25, non-functional in v1.26+",
    "cephfs": "deprecated in v1.28, non-functional in v1.31+",
    "rbd": "deprecated in v1.28, non-functional in v1.31+",
}
HOSTNAME = (
    "metadata.name: this is used in the Pod's hostname, which can result in surprising behavior; "
    "a DNS label is recommended"
)


def pod(obj: Obj, old: Obj | None) -> list[str]:
    """Return the warnings for a Pod that is created, or none for one that is updated without a change of its spec."""
    if old is not None:
        return [] if obj.get("spec") == old.get("spec") else spec(obj.get("spec") or {}, "spec")
    wrong = names.label(obj["metadata"].get("name", ""))
    found = [f"{HOSTNAME}: [{' '.join(wrong)}]"] if wrong else []
    return found + spec(obj.get("spec") or {}, "spec")


def _containers(given: Obj, path: str) -> Iterator[tuple[str, Obj]]:
    for key in ("initContainers", "containers", "ephemeralContainers"):
        for index, container in enumerate(given.get(key) or []):
            yield f"{path}.{key}[{index}]", container


def spec(given: Obj, path: str) -> list[str]:
    """Return the warnings for a PodSpec."""
    found = [
        f"{path}.nodeSelector[{key}]: {NODE_LABELS[key]}"
        for key in given.get("nodeSelector") or {}
        if key in NODE_LABELS
    ]
    for index, volume in enumerate(given.get("volumes") or []):
        found += [
            f"{path}.volumes[{index}].{key}: {text}" for key, text in VOLUMES.items() if volume.get(key) is not None
        ]
    found += _repeated(given.get("hostAliases") or [], "ip", f"{path}.hostAliases")
    found += _repeated(given.get("imagePullSecrets") or [], "name", f"{path}.imagePullSecrets")
    for here, container in _containers(given, path):
        found += _fractions(container, here) + _environment(container.get("env") or [], here)
    found += _ports(given, path)
    if (given.get("terminationGracePeriodSeconds") or 0) < 0:
        text = "must be >= 0; negative values are invalid and will be treated as 1"
        found.append(f"{path}.terminationGracePeriodSeconds: {text}")
    return found


def _repeated(items: list[Obj], key: str, path: str) -> list[str]:
    values = [item.get(key, "") for item in items]
    twice = [(index, value) for index, value in enumerate(values) if value in values[:index]]
    found = [f"{path}[{index}].{key}: duplicate {key} {quote(value)}" for index, value in twice]
    if key == "name":
        empty = [index for index, value in enumerate(values) if not value]
        found += [f'{path}[{index}].{key}: invalid empty name ""' for index in empty]
    return found


def _fractions(container: Obj, path: str) -> list[str]:
    found = []
    for resource in ("memory", "ephemeral-storage"):
        for kind in ("limits", "requests"):
            value = ((container.get("resources") or {}).get(kind) or {}).get(resource)
            if value is not None and quantity.nano(value) % quantity.NANO:
                text = f"fractional byte value {quote(value)} is invalid, must be an integer"
                found.append(f"{path}.resources.{kind}[{resource}]: {text}")
    return found


def _environment(variables: list[Obj], path: str) -> list[str]:
    found, seen = [], set()
    for index, variable in enumerate(variables):
        name, value = variable.get("name", ""), variable.get("value", "")
        reference = f"$({name})"
        hides = variable.get("valueFrom") is not None or value == reference or reference not in value
        if name in seen and hides:
            text = f"hides previous definition of {quote(name)}, which may be dropped when using apply"
            found.append(f"{path}.env[{index}]: {text}")
        seen.add(name)
    return found


def _ports(given: Obj, path: str) -> list[str]:
    found: list[str] = []
    numbers: dict[tuple[Any, Any], list[tuple[str, Obj]]] = {}
    known: dict[str, str] = {}
    named = []
    for here, container in _containers(given, path):
        for index, port in enumerate(container.get("ports") or []):
            place, name = f"{here}.ports[{index}]", port.get("name", "")
            others = numbers.setdefault((port.get("containerPort"), port.get("protocol")), [])
            found += [text for other, at in others if (text := _overlap(port, at, place, other))]
            others.append((place, port))
            if name and name in known:
                use = f"services and probes that select ports by name will use {known[name]}"
                named.append(f"{place}: duplicate port name {quote(name)} with {known[name]}, {use}")
            known.setdefault(name, place)
    return found + named


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
