"""What users may not write into the status of a Pod, Namespace, Node, claim, Service or Ingress, and what is filled in.

Upstream: pkg/apis/core/validation/validation.go (ValidatePodStatusUpdate, ValidateNamespaceStatusUpdate,
ValidateNodeResources, ValidateLoadBalancerStatus)
"""

from __future__ import annotations

from podlab.apimachinery import quantity
from podlab.embedded.apiserver.resource import Obj
from podlab.embedded.apiserver.status import Cause
from podlab.embedded.apiserver.validation import causes, metadata, names

RESIZING = (
    "ControllerResizeInProgress", "ControllerResizeInfeasible", "NodeResizeInProgress", "NodeResizeInfeasible",
    "NodeResizePending",
)  # fmt: skip
OF_KUBERNETES = ("PodScheduled", "Ready", "Initialized")


def pod(obj: Obj, old: Obj | None) -> list[Cause]:
    """Its condition types, its QoS class, which stays, and its addresses: those that were there may be odd."""
    status, before, found = obj.get("status") or {}, (old or {}).get("status") or {}, list[Cause]()
    for index, condition in enumerate(status.get("conditions") or []):
        if (kind := condition.get("type") or "") not in OF_KUBERNETES:
            found += names.causes_of(f"status.conditions[{index}].Type", kind, names.qualified(kind))
    if status.get("qosClass"):
        found += metadata.immutable("status.qosClass", status["qosClass"], before.get("qosClass"))
    hosts = status.get("hostIPs") or []
    found += _addresses("status.podIPs", status.get("podIPs") or [], before.get("podIPs") or [])
    if hosts and hosts[0].get("ip") != status.get("hostIP"):
        found.append(causes.invalid("status.hostIPs[0].ip", hosts[0].get("ip"), "must be equal to `hostIP`"))
    return found + _addresses("status.hostIPs", hosts, before.get("hostIPs") or [])


def _addresses(path: str, given: list[Obj], before: list[Obj]) -> list[Cause]:
    found = []
    for index, entry in enumerate(given):
        if entry not in before:
            found += names.address(f"{path}[{index}]", entry.get("ip") or "")
    return found


def namespace(obj: Obj, old: Obj | None) -> list[Cause]:
    """Its phase follows from whether it is being deleted."""
    phase, leaving = (obj.get("status") or {}).get("phase") or "", bool(obj["metadata"].get("deletionTimestamp"))
    if phase == ("Terminating" if leaving else "Active"):
        return []
    text = (
        "may only be 'Terminating' if `deletionTimestamp` is not empty"
        if leaving
        else "may only be 'Active' if `deletionTimestamp` is empty"
    )
    return [causes.invalid("status.Phase", phase, text)]


def claim(obj: Obj, old: Obj | None) -> list[Cause]:
    """What a volume claim has got, and how far growing is. Upstream: ValidatePersistentVolumeClaimStatusUpdate"""
    status, found = obj.get("status") or {}, []
    for name, amount in (status.get("capacity") or {}).items():
        found += _amount(amount, f"status.capacity[{name}]")
    path = "status.allocatedResourceStatuses"
    for name, state in (status.get("allocatedResourceStatuses") or {}).items():
        found += _of_claim(name, path)
        if state not in RESIZING:
            found.append(causes.unsupported(path, name, RESIZING))
    path = "status.allocatedResources"
    for name, amount in (status.get("allocatedResources") or {}).items():
        found += _of_claim(name, path) or _amount(amount, f"{path}[{name}]")
    return found


def _of_claim(name: str, path: str) -> list[Cause]:
    found = names.causes_of(path, name, names.qualified(name))
    native = "/" not in name or "kubernetes.io/" in name
    return found or ([causes.unsupported(path, name, ("storage",))] if native and name != "storage" else [])


def _amount(amount: str, path: str) -> list[Cause]:
    value = -(-quantity.nano(str(amount)) // quantity.NANO)
    return [causes.invalid(path, value, "must be a valid resource quantity")] if value < 0 else []


def node(obj: Obj, old: Obj | None) -> list[Cause]:
    """What it has is no less than nothing."""
    status, found = obj.get("status") or {}, []
    for part in ("capacity", "allocatable"):
        for name, amount in (status.get(part) or {}).items():
            if quantity.parse(amount).nano < 0:
                found.append(causes.invalid(f"status.{part}.{name}", str(amount), "must be greater than or equal to 0"))
    return found


def service(obj: Obj, old: Obj | None) -> list[Cause]:
    """Where its load balancer is reached, if it is to have one."""
    path, entries = _balanced(obj)
    if entries and (obj.get("spec") or {}).get("type") != "LoadBalancer":
        return [causes.forbidden(path, "may only be used when `spec.type` is 'LoadBalancer'")]
    return [
        cause
        for index, entry in enumerate(entries)
        for cause in (
            *_address(f"{path}[{index}]", entry),
            *_mode(f"{path}[{index}]", entry),
            *_host(f"{path}[{index}]", entry),
        )
    ]


def default_modes(service: Obj) -> None:
    """How the addresses of a load balancer are reached. Upstream: pkg/apis/core/v1/defaults.go (SetDefaults_Service)"""
    balancer = (service.get("status") or {}).get("loadBalancer") or {}
    for entry in balancer.get("ingress") or [] if service["spec"].get("type") == "LoadBalancer" else []:
        if entry.get("ip"):
            entry.setdefault("ipMode", "VIP")


def ingress(obj: Obj, old: Obj | None) -> list[Cause]:
    """Where it is reached. Upstream: ValidateIngressLoadBalancerStatus"""
    path, entries = _balanced(obj)
    return [
        cause
        for index, entry in enumerate(entries)
        for check in (_address, _host)
        for cause in check(f"{path}[{index}]", entry)
    ]


def _balanced(obj: Obj) -> tuple[str, list[Obj]]:
    """The addresses of a load balancer, and where they stand."""
    return "status.loadBalancer.ingress", ((obj.get("status") or {}).get("loadBalancer") or {}).get("ingress") or []


def _address(path: str, entry: Obj) -> list[Cause]:
    return names.address(f"{path}.ip", entry["ip"]) if entry.get("ip") else []


def _mode(path: str, entry: Obj) -> list[Cause]:
    mode, address = entry.get("ipMode"), entry.get("ip")
    if address and mode is None:
        return [causes.required(f"{path}.ipMode", "must be specified when `ip` is set")]
    if mode is not None and not address:
        return [causes.forbidden(f"{path}.ipMode", "may not be specified when `ip` is not set")]
    return names.among(f"{path}.ipMode", mode, ("Proxy", "VIP"))


def _host(path: str, entry: Obj) -> list[Cause]:
    if not (host := entry.get("hostname")):
        return []
    found = names.causes_of(f"{path}.hostname", host, names.subdomain(host))
    if names.is_address(host):
        found.append(causes.invalid(f"{path}.hostname", host, "must be a DNS name, not an IP address"))
    return found
