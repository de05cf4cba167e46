"""What an object takes of a quota.

Upstream: pkg/quota/v1/evaluator/core, staging/src/k8s.io/apiserver/pkg/quota/v1/generic/evaluator.go
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from podlab.apimachinery import times
from podlab.apimachinery.quantity import NANO, Quantity
from podlab.embedded.apiserver.podspec import totals
from podlab.embedded.apiserver.podspec.totals import Amounts, amounts
from podlab.embedded.apiserver.resource import Obj, Resource

ENDED = ("Succeeded", "Failed")
POD_COMPUTE = ("cpu", "memory", "ephemeral-storage")
CLASS_SUFFIX = ".storageclass.storage.k8s.io/"
DEFAULT_CLASS = "volume.beta.kubernetes.io/storage-class"
NAMED = ("configmaps", "persistentvolumeclaims", "replicationcontrollers", "resourcequotas", "secrets", "services")
"""Kinds that quotas count by their plain name too, besides `count/…`."""
CHANGING = ("services", "persistentvolumeclaims")
"""Kinds whose updates can take more."""


def count(number: int) -> Quantity:
    """A number of things."""
    return Quantity(number * NANO, "decimal")


def counted(resource: Resource) -> str:
    """`count/deployments.apps`."""
    return f"count/{resource.qualified}"


def concerns(resource: Resource, names: Iterable[str]) -> list[str]:
    """Those of a quota's resources that objects of this kind take."""
    return [name for name in names if _takes(resource, name)]


def _takes(resource: Resource, name: str) -> bool:
    if name == counted(resource):
        return True
    if resource.group:
        return False
    if name == resource.plural:
        return resource.plural in NAMED or resource.plural == "pods"
    if resource.plural == "pods":
        return _of_pods(name)
    if resource.plural == "services":
        return name in ("services.nodeports", "services.loadbalancers")
    return resource.plural == "persistentvolumeclaims" and (name == "requests.storage" or CLASS_SUFFIX in name)


def _of_pods(name: str) -> bool:
    plain = name.removeprefix("requests.").removeprefix("limits.")
    return plain in POD_COMPUTE or plain.startswith("hugepages-") or (name.startswith("requests.") and "/" in plain)


def usage(resource: Resource, obj: Obj, now: float) -> Amounts:
    """What one object takes, by the quotas' names."""
    taken = {counted(resource): count(1)}
    if resource.group:
        return taken
    if resource.plural == "pods":
        return {**taken, **(_pod(obj) if _alive(obj, now) else {})}
    if resource.plural in NAMED:
        taken[resource.plural] = count(1)
    if resource.plural == "services":
        taken |= _service(obj.get("spec") or {})
    elif resource.plural == "persistentvolumeclaims":
        taken |= _claim(obj)
    return taken


def _alive(pod: Obj, now: float) -> bool:
    """Whether a Pod still counts: it has not ended, nor outlived its grace."""
    ends = pod["metadata"].get("deletionTimestamp")
    if (pod.get("status") or {}).get("phase") in ENDED:
        return False
    return not ends or times.seconds(ends) >= now


def _pod(pod: Obj) -> Amounts:
    requests, limits = totals.of_pod(pod, "requests"), totals.of_pod(pod, "limits")
    return {"pods": count(1), **computed(requests, limits)}


def computed(requests: Amounts, limits: Amounts) -> Amounts:
    """Requests and limits by the quotas' names."""
    taken = {f"requests.{name}": amount for name, amount in requests.items()}
    taken |= {name: amount for name, amount in requests.items() if "/" not in name}
    return taken | {f"limits.{name}": amount for name, amount in limits.items() if name in POD_COMPUTE}


def _service(spec: Obj) -> Amounts:
    ports, kind = spec.get("ports") or [], spec.get("type")
    taken = {"services.nodeports": count(0), "services.loadbalancers": count(0)}
    if kind == "NodePort":
        taken["services.nodeports"] = count(len(ports))
    elif kind == "LoadBalancer":
        allocated = spec.get("allocateLoadBalancerNodePorts", True)
        taken["services.nodeports"] = count(len([port for port in ports if allocated or port.get("nodePort")]))
        taken["services.loadbalancers"] = count(1)
    return taken


def _claim(claim: Obj) -> Amounts:
    spec = claim.get("spec") or {}
    storage = amounts((spec.get("resources") or {}).get("requests")).get("storage", count(0))
    annotations = claim["metadata"].get("annotations") or {}
    taken = {"requests.storage": storage}
    if named := annotations.get(DEFAULT_CLASS) or spec.get("storageClassName"):
        prefix = f"{named}{CLASS_SUFFIX}"
        taken |= {f"{prefix}requests.storage": storage, f"{prefix}persistentvolumeclaims": count(1)}
    return taken


def missing(pod: Obj, required: Sequence[str]) -> str:
    """`limits.cpu for: a,b; requests.cpu for: a`: which containers lack what the quota needs to know."""
    lacking: dict[str, set[str]] = {}
    spec = pod.get("spec") or {}
    if spec.get("resources"):
        return ""
    needed = [name for name in required if name.removeprefix("requests.").removeprefix("limits.") in ("cpu", "memory")]
    for container in (*(spec.get("containers") or ()), *(spec.get("initContainers") or ())):
        given = container.get("resources") or {}
        has = computed(amounts(given.get("requests")), amounts(given.get("limits")))
        for name in needed:
            if name not in has:
                lacking.setdefault(name, set()).add(container["name"])
    return "; ".join(f"{name} for: {','.join(sorted(lacking[name]))}" for name in sorted(lacking))
