"""Services and their endpoints, Ingresses."""

from __future__ import annotations

from datetime import datetime

from podlab.kubectl.describe.sections import Object, head, page
from podlab.kubectl.formats.printer import format_labels

MOST = 3


def describe_service(obj: Object, related: dict[str, list[Object]], events: list[Object] | None, now: datetime) -> str:
    """`kubectl describe service`, with its `endpointslices`."""
    spec = obj.get("spec") or {}
    lines = [*head(obj), f"Selector:\t{format_labels(spec.get('selector'))}", f"Type:\t{spec.get('type', '')}"]
    lines += [f"IP Family Policy:\t{spec['ipFamilyPolicy']}"] if "ipFamilyPolicy" in spec else []
    lines.append(f"IP Families:\t{','.join(spec.get('ipFamilies') or []) or '<none>'}")
    lines.append(f"IP:\t{spec.get('clusterIP', '')}")
    lines.append(f"IPs:\t{','.join(spec.get('clusterIPs') or []) or '<none>'}")
    lines += [f"External IPs:\t{','.join(spec['externalIPs'])}"] if spec.get("externalIPs") else []
    lines += [f"Desired LoadBalancer IP:\t{spec['loadBalancerIP']}"] if spec.get("loadBalancerIP") else []
    lines += [f"External Name:\t{spec['externalName']}"] if spec.get("externalName") else []
    ingress = ((obj.get("status") or {}).get("loadBalancer") or {}).get("ingress") or []
    lines += [f"LoadBalancer Ingress:\t{', '.join(map(_ingress, ingress))}"] if ingress else []
    for port in spec.get("ports") or []:
        lines += _port(port, related.get("endpointslices") or [])
    lines.append(f"Session Affinity:\t{spec.get('sessionAffinity', '')}")
    for title, key in (
        ("External Traffic Policy", "externalTrafficPolicy"),
        ("Internal Traffic Policy", "internalTrafficPolicy"),
        ("HealthCheck NodePort", "healthCheckNodePort"),
    ):
        lines += [f"{title}:\t{spec[key]}"] if spec.get(key) else []
    ranges = spec.get("loadBalancerSourceRanges")
    lines += [f"LoadBalancer Source Ranges:\t{','.join(ranges)}"] if ranges else []
    lines += [f"Traffic Distribution:\t{spec['trafficDistribution']}"] if "trafficDistribution" in spec else []
    return page(lines, events, now)


def _ingress(item: Object) -> str:
    if item.get("ip"):
        return str(item["ip"]) + (f" ({item['ipMode']})" if item.get("ipMode") else "")
    return str(item.get("hostname", ""))


def _port(port: Object, slices: list[Object]) -> list[str]:
    name, protocol = port.get("name") or "<unset>", port.get("protocol", "")
    lines = [f"Port:\t{name}\t{port['port']}/{protocol}", f"TargetPort:\t{port.get('targetPort', 0)}/{protocol}"]
    lines += [f"AppProtocol:\t{port['appProtocol']}"] if "appProtocol" in port else []
    lines += [f"NodePort:\t{name}\t{port['nodePort']}/{protocol}"] if port.get("nodePort") else []
    return [*lines, f"Endpoints:\t{endpoints_text(slices, port.get('name', ''))}"]


def endpoints_text(slices: list[Object], port_name: str) -> str:
    """The ready addresses of a port, three at most, then how many more."""
    if not slices:
        return "<none>"
    found: list[str] = []
    for item in slices:
        ready = [e for e in item.get("endpoints") or [] if (e.get("conditions") or {}).get("ready") is not False]
        addresses = [e["addresses"][0] for e in ready]
        if not item.get("ports"):
            found += addresses
        for port in item.get("ports") or []:
            if (port.get("name") or "") == port_name:
                found += [_joined(address, port.get("port", 0)) for address in addresses]
    text = ",".join(found[:MOST])
    return f"{text} + {len(found) - MOST} more..." if len(found) > MOST else text


def _joined(address: str, port: int) -> str:
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


def describe_endpoints(
    obj: Object, related: dict[str, list[Object]], events: list[Object] | None, now: datetime
) -> str:
    """`kubectl describe endpoints`."""
    lines = [*head(obj), "Subsets:"]
    for subset in obj.get("subsets") or []:
        for title, key in (("Addresses", "addresses"), ("NotReadyAddresses", "notReadyAddresses")):
            lines.append(f"  {title}:\t{','.join(a['ip'] for a in subset.get(key) or []) or '<none>'}")
        if subset.get("ports"):
            lines += ["  Ports:", "    Name\tPort\tProtocol", "    ----\t----\t--------"]
            lines += [
                f"    {p.get('name') or '<unset>'}\t{p['port']}\t{p.get('protocol', '')}" for p in subset["ports"]
            ]
        lines.append("")
    return page(lines, events, now)


def describe_endpoint_slice(
    obj: Object, related: dict[str, list[Object]], events: list[Object] | None, now: datetime
) -> str:
    """`kubectl describe endpointslice`."""
    lines = [*head(obj), f"AddressType:\t{obj.get('addressType', '')}"]
    if obj.get("ports"):
        lines += ["Ports:", "  Name\tPort\tProtocol", "  ----\t----\t--------"]
        for port in obj["ports"]:
            lines.append(
                f"  {port.get('name') or '<unset>'}\t{port.get('port', '<unset>')}\t{port.get('protocol', '')}"
            )
    else:
        lines.append("Ports: <unset>")
    lines.append("Endpoints:" if obj.get("endpoints") else "Endpoints: <none>")
    for endpoint in obj.get("endpoints") or []:
        ready = (endpoint.get("conditions") or {}).get("ready")
        target = endpoint.get("targetRef")
        lines.append(f"  - Addresses:\t{', '.join(endpoint.get('addresses') or []) or '<none>'}")
        lines += ["    Conditions:", f"      Ready:\t{'<unset>' if ready is None else str(ready).lower()}"]
        lines.append(f"    Hostname:\t{endpoint.get('hostname', '<unset>')}")
        lines += [f"    TargetRef:\t{target.get('kind', '')}/{target.get('name', '')}"] if target else []
        lines.append(f"    NodeName:\t{endpoint.get('nodeName', '<unset>')}")
        lines.append(f"    Zone:\t{endpoint.get('zone', '<unset>')}")
    return page(lines, events, now)
