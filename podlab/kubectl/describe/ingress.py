"""Ingresses and NetworkPolicies.

Upstream: staging/src/k8s.io/kubectl/pkg/describe/describe.go (IngressDescriber, NetworkPolicyDescriber)
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from podlab.apimachinery.times import parse
from podlab.kubectl.describe.network import endpoints_text
from podlab.kubectl.describe.sections import Object, annotation_lines, format_selector, head, labels, page

Related = dict[str, list[Object]]
DIRECTIONS = (
    ("Ingress", "ingress", "from", "From: <any> (traffic not restricted by source)"),
    ("Egress", "egress", "to", "To: <any> (traffic not restricted by destination)"),
)


def describe_ingress(obj: Object, related: Related, events: list[Object] | None, now: datetime) -> str:
    """`kubectl describe ingress`, with the `services` and `endpointslices` of its namespace."""
    metadata, spec = obj["metadata"], obj.get("spec") or {}
    balancer = ((obj.get("status") or {}).get("loadBalancer") or {}).get("ingress") or []
    addresses = ",".join(str(each.get("ip") or each.get("hostname") or "") for each in balancer)
    default = spec.get("defaultBackend")
    lines = [f"Name:\t{metadata['name']}", *labels("Labels", metadata.get("labels"))]
    lines += [f"Namespace:\t{metadata.get('namespace', '')}", f"Address:\t{addresses}"]
    lines.append(f"Ingress Class:\t{spec.get('ingressClassName', '<none>')}")
    lines.append(f"Default backend:\t{_backend(default, related) if default else '<default>'}")
    if spec.get("tls"):
        lines += ["TLS:", *(f"  {_tls(each)}" for each in spec["tls"])]
    lines += ["Rules:", "  Host\tPath\tBackends", "  ----\t----\t--------", *_rules(spec, related)]
    return page([*lines, *annotation_lines("Annotations", metadata.get("annotations"))], events, now)


def _tls(each: Object) -> str:
    hosts = ",".join(each.get("hosts") or [])
    return f"{each['secretName']} terminates {hosts}" if each.get("secretName") else f"SNI routes {hosts}"


def _rules(spec: Object, related: Related) -> Iterator[str]:
    found = False
    for rule in spec.get("rules") or []:
        if not rule.get("http"):
            continue
        found = True
        yield f"  {rule.get('host') or '*'}\t"
        for path in rule["http"].get("paths") or []:
            yield f"    \t{path.get('path', '')} \t{_backend(path['backend'], related)}"
    if not found:
        default = spec.get("defaultBackend")
        yield f"  *\t* \t{_backend(default, related) if default else '<default>'}"


def _backend(backend: Object, related: Related) -> str:
    """`web:80 (10.244.0.5:80)`: where a path leads to, and the endpoints behind it."""
    resource, service = backend.get("resource"), backend.get("service")
    if not service:
        resource = resource or {}
        group = resource.get("apiGroup", "<none>")
        return f"APIGroup: {group}, Kind: {resource.get('kind', '')}, Name: {resource.get('name', '')}"
    name, port = service["name"], service.get("port") or {}
    shown = f"{name}:{port.get('name') or port.get('number', 0)}"
    there = next((each for each in related.get("services") or [] if each["metadata"]["name"] == name), None)
    if there is None:
        return f'{shown} (<error: services "{name}" not found>)'
    ports = there["spec"].get("ports") or []
    same = [p for p in ports if p.get("name") == port.get("name") or p["port"] == port.get("number")]
    slices = [each for each in related.get("endpointslices") or [] if _is_of(each, name)]
    return f"{shown} ({endpoints_text(slices, same[0].get('name', '') if same else '')})"


def _is_of(item: Object, service: str) -> bool:
    return bool((item["metadata"].get("labels") or {}).get("kubernetes.io/service-name") == service)


def describe_network_policy(obj: Object, related: Related, events: list[Object] | None, now: datetime) -> str:
    """`kubectl describe networkpolicy`."""
    metadata, spec = obj["metadata"], obj.get("spec") or {}
    created = parse(metadata["creationTimestamp"]).strftime("%Y-%m-%d %H:%M:%S +0000 UTC")
    begin = head(obj)
    types = spec.get("policyTypes") or []
    chosen = format_selector(spec.get("podSelector"))
    every = " (Allowing the specific traffic to all pods in this namespace)" if chosen == "<none>" else ""
    lines = [*begin[:2], f"Created on:\t{created}", *begin[2:], "Spec:", f"  PodSelector:     {chosen}{every}"]
    for kind, field, side, anywhere in DIRECTIONS:
        if kind in types:
            lines.append(f"  Allowing {field} traffic:")
            lines += _allowed(spec.get(field) or [], side, anywhere, field)
        else:
            lines.append(f"  Not affecting {field} traffic")
    return page([*lines, f"  Policy Types: {', '.join(types)}"])


def _allowed(rules: list[Object], side: str, anywhere: str, field: str) -> Iterator[str]:
    if not rules:
        yield f"    <none> (Selected pods are isolated for {field} connectivity)"
    for at, rule in enumerate(rules):
        if at:
            yield "    ----------"
        if not rule.get("ports"):
            yield "    To Port: <any> (traffic allowed to all ports)"
        for port in rule.get("ports") or []:
            protocol, number = port.get("protocol", "TCP"), port.get("port", "<nil>")
            to = f" Range: {number}-{port['endPort']}" if "endPort" in port else f": {number}"
            yield f"    To Port{to}/{protocol}"
        if not rule.get(side):
            yield f"    {anywhere}"
        for peer in rule.get(side) or []:
            yield f"    {side.title()}:"
            yield from _peer(peer)


def _peer(peer: Object) -> Iterator[str]:
    if "ipBlock" in peer:
        yield "      IPBlock:"
        yield f"        CIDR: {peer['ipBlock']['cidr']}"
        yield f"        Except: {', '.join(peer['ipBlock'].get('except') or [])}"
        return
    for title, field in (("NamespaceSelector", "namespaceSelector"), ("PodSelector", "podSelector")):
        if field in peer:
            yield f"      {title}: {format_selector(peer[field])}"
