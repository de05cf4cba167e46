"""`kubectl create service clusterip`, `nodeport`, `loadbalancer`, `externalname`, and `create ingress`.

Upstream: staging/src/k8s.io/kubectl/pkg/cmd/create/create_service.go, create_ingress.go
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from podlab.apimachinery import validation
from podlab.errors import PodlabError
from podlab.kubectl.command import Command
from podlab.kubectl.verbs.creating import create_one, required, the_name

Object = dict[str, Any]
RULE = re.compile(r"[\w*.-]*/.*=[\w-]+:[\w-]+", re.ASCII)
NO_RULE = (
    "error: not enough information provided: every ingress has to either specify a default-backend (which catches all "
    "traffic) or a list of rules (which catch specific paths)"
)


def clusterip(command: Command, *arguments: str, tcp: Sequence[str] = (), clusterip: str = "") -> None:
    """Create a ClusterIP Service, headless with `--clusterip=None`."""
    name = the_name(arguments, "service clusterip")
    if not tcp and clusterip != "None":
        raise PodlabError("error: at least one tcp port specifier must be provided")
    _create(command, name, "ClusterIP", tcp, {"clusterIP": clusterip} if clusterip else {})


def nodeport(command: Command, *arguments: str, tcp: Sequence[str] = (), node_port: int = 0) -> None:
    """Create a NodePort Service."""
    name = the_name(arguments, "service nodeport")
    if not tcp:
        raise PodlabError("error: at least one tcp port specifier must be provided")
    _create(command, name, "NodePort", tcp, {}, node_port)


def loadbalancer(command: Command, *arguments: str, tcp: Sequence[str] = ()) -> None:
    """Create a LoadBalancer Service."""
    name = the_name(arguments, "service loadbalancer")
    if not tcp:
        raise PodlabError("error: at least one tcp port specifier must be provided")
    _create(command, name, "LoadBalancer", tcp, {})


def externalname(command: Command, *arguments: str, tcp: Sequence[str] = (), external_name: str | None = None) -> None:
    """Create an ExternalName Service."""
    goal = required(external_name=external_name)["external_name"]
    name = the_name(arguments, "service externalname")
    if validation.subdomain(goal):
        raise PodlabError(f"error: invalid service external name {goal}")
    _create(command, name, "ExternalName", tcp, {"externalName": goal})


def _create(command: Command, name: str, kind: str, tcp: Sequence[str], more: Object, node_port: int = 0) -> None:
    ports = [_port(each) for each in tcp]
    if node_port:
        ports = [{**port, "nodePort": node_port} for port in ports]
    spec = {"selector": {"app": name}, "type": kind, **({"ports": ports} if ports else {}), **more}
    obj = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"labels": {"app": name}, "name": name},
        "spec": spec,
        "status": {"loadBalancer": {}},
    }
    create_one(command, "services", obj, f"{kind} service:")


def _port(text: str) -> Object:
    first, colon, target = text.partition(":")
    if text.count(":") > 1:
        first, target = text.split(":")[:2]
    port = port_number(first)
    name = text.replace(":", "-").lower()
    goal: object = _target(target) if colon else port
    return {"name": name, "port": port, "protocol": "TCP", "targetPort": goal}


def _target(text: str) -> int | str:
    number = re.fullmatch("[+-]?[0-9]+", text, re.ASCII)
    wrong = validation.port_number(int(text)) if number else validation.port_name(text)
    if wrong:
        raise PodlabError(f"error: {','.join(wrong)}")
    return int(text) if number else text


def port_number(text: str) -> int:
    """A port of a `--tcp` pair.

    Raises:
        PodlabError: it is none.
    """
    if not re.fullmatch("[0-9]+", text):
        raise PodlabError(f'error: strconv.ParseUint: parsing "{text}": invalid syntax')
    if int(text) > 65535:
        raise PodlabError(f'error: strconv.ParseUint: parsing "{text}": value out of range')
    return int(text)


def ingress(
    command: Command,
    *arguments: str,
    rule: Sequence[str] = (),
    class_: str = "",
    default_backend: str = "",
    annotation: Sequence[str] = (),
) -> None:
    """Create an Ingress of rules `host/path=service:port[,tls[=secret]]`."""
    name = the_name(arguments, "ingress")
    if not rule and not default_backend:
        raise PodlabError(NO_RULE)
    for each in rule:
        if not RULE.match(each):
            raise PodlabError(
                f"error: rule {each} is invalid and should be in format host/path=svcname:svcport[,tls[=secret]]"
            )
    if default_backend and default_backend.count(":") != 1:
        raise PodlabError("error: default-backend should be in format servicename:serviceport")
    spec: Object = {"ingressClassName": class_} if class_ else {}
    spec |= {"defaultBackend": _backend(default_backend)} if default_backend else {}
    rules, tls = _rules(rule), _tls(rule)
    spec |= {"rules": rules} if rules else {}
    spec |= {"tls": tls} if tls else {}
    metadata: Object = {"name": name}
    metadata |= {"annotations": _annotations(annotation)} if annotation else {}
    obj = {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": metadata, "spec": spec}
    create_one(command, "ingresses.networking.k8s.io", {**obj, "status": {"loadBalancer": {}}}, "ingress:")


def _annotations(given: Sequence[str]) -> dict[str, str]:
    found = {}
    for each in given:
        key, equals, value = each.partition("=")
        if not equals or not key:
            raise PodlabError(f"error: annotation {each} is invalid and should be in format key=[value]")
        found[key] = value
    return found


def _backend(text: str) -> Object:
    service, _, port = text.partition(":")
    return {"service": {"name": service, "port": {"number": int(port)} if port.isdigit() else {"name": port}}}


def _rules(rules: Sequence[str]) -> list[Object]:
    """The rules, one for each host, in the order in which hosts come."""
    hosts: dict[str, list[Object]] = {}
    for each in rules:
        where, _, backend = each.partition(",")[0].partition("=")
        host, _, path = where.partition("/")
        prefix = path.endswith("*")
        found: Object = {
            "backend": _backend(backend),
            "path": "/" + path.removesuffix("*"),
            "pathType": "Prefix" if prefix else "Exact",
        }
        hosts.setdefault(host, []).append(found)
    return [{**({"host": host} if host else {}), "http": {"paths": paths}} for host, paths in hosts.items()]


def _tls(rules: Sequence[str]) -> list[Object]:
    found: dict[str, list[str]] = {}
    for each in rules:
        where, comma, tls = each.partition(",")
        if comma:
            host = where.partition("=")[0].partition("/")[0]
            found.setdefault([*tls.split("="), ""][1], []).extend([host] if host else [])
    return [
        {**({"hosts": list(dict.fromkeys(hosts))} if hosts else {}), **({"secretName": secret} if secret else {})}
        for secret, hosts in found.items()
    ]
