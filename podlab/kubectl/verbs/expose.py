"""`kubectl expose`: a Service for what has Pods or selects them.

Upstream: staging/src/k8s.io/kubectl/pkg/cmd/expose/expose.go, pkg/polymorphichelpers
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from podlab.errors import PodlabError
from podlab.kubectl.command import Command
from podlab.kubectl.manifests.manifest import manifests
from podlab.kubectl.manifests.writing import Writing
from podlab.kubectl.resources.restmapper import Mapping
from podlab.kubectl.verbs.label import objects_named
from podlab.kubectl.verbs.overriding import overridden

Object = dict[str, Any]
EXPOSABLE = ("ReplicationController", "Service", "Pod", "Deployment", "ReplicaSet")
RETRIEVE = "error: couldn't retrieve selectors via --selector flag or introspection: "


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the flags say of the Service."""

    name: str = ""
    port: str = ""
    target_port: str = ""
    protocol: str = ""
    labels: str = ""
    selector: str = ""
    more: tuple[tuple[str, Any], ...] = ()


def expose(
    command: Command,
    *arguments: str,
    filename: Sequence[str] = (),
    port: str = "",
    target_port: str = "",
    protocol: str = "",
    name: str = "",
    type_: str = "",
    labels: str = "",
    selector: str = "",
    cluster_ip: str = "",
    external_ip: str = "",
    load_balancer_ip: str = "",
    session_affinity: str = "",
    overrides: str = "",
    override_type: str = "merge",
) -> None:
    """Create a Service that leads to the Pods of each object.

    Raises:
        PodlabError: an object has no Pods or no port, or the server refuses.
    """
    if session_affinity not in ("", "None", "ClientIP"):
        raise PodlabError(f"error: unknown session affinity: {session_affinity}")
    external = {"externalIPs": [external_ip] if external_ip else None}
    balanced = {"loadBalancerIP": load_balancer_ip if type_ == "LoadBalancer" else None}
    more = {"type": type_, **external, **balanced, "sessionAffinity": session_affinity, "clusterIP": cluster_ip}
    given = tuple((key, value) for key, value in more.items() if value)
    wanted = Wanted(name, port, target_port, protocol, labels, selector, given)
    writing = Writing(command, "kubectl-expose", typed=True)
    services = command.mapper.by_name("services")
    exposed = _exposed(command, arguments, filename)
    with command.told_first():
        for mapping, obj in exposed:
            with command.going_on():
                made = _service(command, mapping, obj, wanted)
                made = overridden(command, made, overrides, override_type) if overrides else made
                writing.tell(services, writing.post(services, command.namespace, made), "exposed")


def _exposed(command: Command, arguments: Sequence[str], filename: Sequence[str]) -> list[tuple[Mapping, Object]]:
    """What is named on the server; a file's objects as they are written."""
    if not filename or arguments:
        return objects_named(command, arguments, filename)
    return [(mapping, each.obj) for each, mapping in manifests(command, filename, validate="ignore")]


def _service(command: Command, mapping: Mapping, obj: Object, wanted: Wanted) -> Object:
    if mapping.kind not in EXPOSABLE:
        raise PodlabError(f"error: cannot expose a {mapping.kind}.{mapping.group}".rstrip("."))
    selector = label_spec(wanted.selector) if wanted.selector else _selector(obj)
    labels = label_spec(wanted.labels) if wanted.labels else obj["metadata"].get("labels") or {}
    metadata: Object = {"name": wanted.name or obj["metadata"]["name"][:63]}
    metadata |= {"namespace": command.namespace} if command.enforce_namespace else {}
    metadata |= {"labels": labels} if labels else {}
    ports = _ports(obj, wanted)
    spec = {**({"ports": ports} if ports else {}), "selector": selector, **dict(wanted.more)}
    return service(metadata, spec)


def service(metadata: Object, spec: Object) -> Object:
    """A Service as kubectl sends it."""
    return {"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": spec, "status": {"loadBalancer": {}}}


def label_spec(text: str) -> dict[str, str]:
    """Labels from `a=b,c=d`.

    Raises:
        PodlabError: it is none.
    """
    found = {}
    for each in text.split(","):
        if each.count("=") != 1:
            raise PodlabError(f"error: unexpected label spec: {each}")
        key, _, value = each.partition("=")
        if not key:
            raise PodlabError("error: unexpected empty label key")
        found[key] = value
    return found


def _selector(obj: Object) -> dict[str, str]:
    kind, spec = obj.get("kind", ""), obj.get("spec") or {}
    if kind == "Pod":
        if not obj["metadata"].get("labels"):
            raise PodlabError(f"{RETRIEVE}the pod has no labels and cannot be exposed")
        return dict(obj["metadata"]["labels"])
    selector = spec.get("selector") or {}
    if kind == "Service":
        if not selector:
            raise PodlabError(f"{RETRIEVE}the service has no pod selector set")
        return dict(selector)
    if kind == "ReplicationController":
        return dict(selector)
    if selector.get("matchExpressions"):
        raise PodlabError(f"{RETRIEVE}couldn't convert expressions - to map-based selector format")
    if not selector.get("matchLabels"):
        raise PodlabError(f"{RETRIEVE}invalid {kind.lower()}: no selectors, therefore cannot be exposed")
    return dict(selector["matchLabels"])


def _declared(obj: Object) -> list[tuple[str, str]]:
    """The ports of an object, each with its protocol."""
    spec = obj.get("spec") or {}
    if obj.get("kind") == "Service":
        return [(str(p["port"]), p.get("protocol", "TCP")) for p in spec.get("ports") or []]
    pod = spec if obj.get("kind") == "Pod" else (spec.get("template") or {}).get("spec") or {}
    return [
        (str(p["containerPort"]), p.get("protocol", "TCP"))
        for container in pod.get("containers") or []
        for p in container.get("ports") or []
    ]


def _ports(obj: Object, wanted: Wanted) -> list[Object]:
    declared = _declared(obj)
    numbers = wanted.port.split(",") if wanted.port else [number for number, _ in declared]
    if not numbers and dict(wanted.more).get("clusterIP") != "None":
        raise PodlabError("error: couldn't find port via --port flag or introspection")
    found: list[Object] = []
    for at, number in enumerate(numbers, 1):
        if not re.fullmatch(r"[-+]?[0-9]+", number):
            raise PodlabError(f'error: strconv.Atoi: parsing "{number}": invalid syntax')
        name = f"port-{at}" if len(numbers) > 1 else ""
        protocols = [protocol for each, protocol in declared if each == number] or ["TCP"]
        if wanted.protocol:
            protocols = [wanted.protocol]
        for protocol in protocols:
            called = f"port-{at}-{protocol.lower()}" if len(protocols) > 1 else name
            found.append(_port(called, int(number), protocol, wanted.target_port))
    return found


def _port(name: str, number: int, protocol: str, target: str) -> Object:
    goal: object = int(target) if re.fullmatch("[0-9]+", target) else target or number
    return {**({"name": name} if name else {}), "port": number, "protocol": protocol, "targetPort": goal}
