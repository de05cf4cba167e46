"""`kubectl describe node`.

Upstream: staging/src/k8s.io/kubectl/pkg/describe/describe.go (describeNode)
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from fractions import Fraction
from typing import Any

from podlab.apimachinery.times import age, rfc1123
from podlab.kubectl.describe.sections import Object, annotation_lines, labels, page, small, taints
from podlab.kubectl.quantity import format_quantity, parse_quantity

ROLE = "node-role.kubernetes.io/"
STANDARD = ("cpu", "memory", "ephemeral-storage")
_INFO = (
    ("Machine ID", "machineID"),
    ("System UUID", "systemUUID"),
    ("Boot ID", "bootID"),
    ("Kernel Version", "kernelVersion"),
    ("OS Image", "osImage"),
    ("Operating System", "operatingSystem"),
    ("Architecture", "architecture"),
    ("Container Runtime Version", "containerRuntimeVersion"),
    ("Kubelet Version", "kubeletVersion"),
)
Amounts = dict[str, tuple[Fraction, bool]]  # resource → amount, and whether it is written with Ki, Mi, …


def describe_node(obj: Object, related: dict[str, list[Object]], events: list[Object] | None, now: datetime) -> str:
    """The whole description; `related` has the node's unfinished `pods` and its `leases`."""
    metadata, spec, status = obj["metadata"], obj.get("spec") or {}, obj.get("status") or {}
    lines = [f"Name:\t{metadata['name']}", f"Roles:\t{','.join(roles(obj)) or '<none>'}"]
    lines += labels("Labels", metadata.get("labels"))
    lines += annotation_lines("Annotations", metadata.get("annotations"))
    lines.append(f"CreationTimestamp:\t{rfc1123(metadata.get('creationTimestamp'))}")
    lines += [*taints(spec.get("taints")), f"Unschedulable:\t{small(spec.get('unschedulable'))}"]
    lines += [*_lease(metadata["name"], related.get("leases") or []), *_conditions(status.get("conditions"))]
    lines += ["Addresses:", *(f"  {item['type']}:\t{item['address']}" for item in status.get("addresses") or [])]
    for title in ("Capacity", "Allocatable"):
        amounts = status.get(title.lower()) or {}
        lines += [f"{title}:", *(f"  {name}:\t{amounts[name]}" for name in sorted(amounts))] if amounts else []
    info = status.get("nodeInfo") or {}
    lines += ["System Info:", *(f"  {title}:\t{info.get(key, '')}" for title, key in _INFO)]
    lines += [f"PodCIDR:\t{spec['podCIDR']}"] if spec.get("podCIDR") else []
    lines += [f"PodCIDRs:\t{','.join(spec['podCIDRs'])}"] if spec.get("podCIDRs") else []
    lines += [f"ProviderID:\t{spec['providerID']}"] if spec.get("providerID") else []
    return page([*lines, *_pods(obj, related.get("pods") or [], now)], events, now)


def roles(node: Object) -> list[str]:
    """The node's roles, from its labels, sorted."""
    values = node["metadata"].get("labels") or {}
    found = {key.removeprefix(ROLE) for key in values if key.startswith(ROLE)}
    return sorted((found | {values.get("kubernetes.io/role", "")}) - {""})


def _lease(name: str, leases: list[Object]) -> list[str]:
    if not leases:
        return [f'Lease:\tFailed to get lease: leases.coordination.k8s.io "{name}" not found']
    spec = leases[0].get("spec") or {}
    times = [rfc1123(spec[key]) if spec.get(key) else "<unset>" for key in ("acquireTime", "renewTime")]
    return [
        "Lease:",
        f"  HolderIdentity:\t{spec.get('holderIdentity', '<unset>')}",
        f"  AcquireTime:\t{times[0]}",
        f"  RenewTime:\t{times[1]}",
    ]


def _conditions(conditions: list[Object] | None) -> list[str]:
    if not conditions:
        return []
    lines = ["Conditions:", "  Type\tStatus\tLastHeartbeatTime\tLastTransitionTime\tReason\tMessage"]
    lines.append("  ----\t------\t-----------------\t------------------\t------\t-------")
    for c in conditions:
        times = f"{rfc1123(c.get('lastHeartbeatTime'))} \t{rfc1123(c.get('lastTransitionTime'))}"
        lines.append(f"  {c['type']} \t{c['status']} \t{times} \t{c.get('reason', '')} \t{c.get('message', '')}")
    return lines


def _pods(node: Object, pods: list[Object], now: datetime) -> list[str]:
    status = node.get("status") or {}
    allocatable = {k: parse_quantity(v) for k, v in (status.get("allocatable") or status.get("capacity") or {}).items()}
    lines = [f"Non-terminated Pods:\t({len(pods)} in total)"]
    lines.append("  Namespace\tName\t\tCPU Requests\tCPU Limits\tMemory Requests\tMemory Limits\tAge")
    lines.append("  ---------\t----\t\t------------\t----------\t---------------\t-------------\t---")
    both = [(pod_amounts(pod, "requests"), pod_amounts(pod, "limits")) for pod in pods]
    for pod, amounts in zip(pods, both, strict=True):
        metadata = pod["metadata"]
        cells = [_share(amount, name, allocatable) for name in ("cpu", "memory") for amount in amounts]
        when = age(metadata.get("creationTimestamp"), now)
        lines.append(f"  {metadata.get('namespace', '')}\t{metadata['name']}\t\t{chr(9).join(cells)}\t{when}")
    lines += ["Allocated resources:", "  (Total limits may be over 100 percent, i.e., overcommitted.)"]
    lines += ["  Resource\tRequests\tLimits", "  --------\t--------\t------"]
    totals = [total(pair[which] for pair in both) for which in (0, 1)]
    huge = sorted(name for name in allocatable if name.startswith("hugepages-"))
    for name in (*STANDARD, *huge):
        lines.append(f"  {name}\t{_share(totals[0], name, allocatable)}\t{_share(totals[1], name, allocatable)}")
    for name in sorted(set(allocatable) - {*STANDARD, *huge, "pods"}):
        lines.append(f"  {name}\t{_text(totals[0], name)}\t{_text(totals[1], name)}")
    return lines


def _text(amounts: Amounts, name: str) -> str:
    amount, binary = amounts.get(name, (Fraction(0), False))
    return format_quantity(amount, binary)


def _share(amounts: Amounts, name: str, allocatable: dict[str, Fraction]) -> str:
    whole = allocatable.get(name, Fraction(0))
    part = amounts.get(name, (Fraction(0), False))[0]
    return f"{_text(amounts, name)} ({int(part / whole * 100) if whole else 0}%)"


def pod_amounts(pod: Object, which: str) -> Amounts:
    """What a Pod requests (or is limited to): its containers together, or its largest init container if that is more.

    Upstream: staging/src/k8s.io/component-helpers/resource/helpers.go
    """
    spec = pod["spec"]
    amounts = total(_amounts(c.get("resources"), which) for c in spec.get("containers") or [])
    sidecars: Amounts = {}
    largest: Amounts = {}
    for container in spec.get("initContainers") or []:
        own = _amounts(container.get("resources"), which)
        if container.get("restartPolicy") == "Always":
            sidecars = total([sidecars, own])
            amounts = total([amounts, own])
            own = sidecars
        else:
            own = total([own, sidecars])
        largest = _largest(largest, own)
    amounts = _largest(amounts, largest) | _amounts(spec.get("resources"), which)
    overhead = {"requests": spec.get("overhead")} if which == "requests" else {}
    return total([amounts, _amounts(overhead, which)])


def _amounts(resources: dict[str, Any] | None, which: str) -> Amounts:
    values = (resources or {}).get(which) or {}
    return {name: (parse_quantity(value), str(value).endswith("i")) for name, value in values.items()}


def _largest(one: Amounts, other: Amounts) -> Amounts:
    return one | {name: value for name, value in other.items() if name not in one or value[0] > one[name][0]}


def total(parts: Iterable[Amounts]) -> Amounts:
    """The sum by resource; written as the first part that has it."""
    sums: Amounts = {}
    for part in parts:
        for name, (amount, binary) in part.items():
            before, style = sums.get(name, (Fraction(0), binary))
            sums[name] = (before + amount, style if before else binary)
    return sums
