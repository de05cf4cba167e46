"""Validation of requests and limits, of containers and of whole Pods. Upstream: validateResourceRequirements"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from podlab.apimachinery import quantity
from podlab.embedded.apiserver.status import Cause
from podlab.embedded.apiserver.validation import causes, names

Obj = dict[str, Any]
HUGE = "hugepages-"
INTEGERS = (
    "pods", "resourcequotas", "services", "replicationcontrollers", "secrets", "configmaps", "persistentvolumeclaims",
    "services.nodeports", "services.loadbalancers",
)  # fmt: skip
OF_CONTAINERS = ("cpu", "memory", "ephemeral-storage")
OF_PODS = ("cpu", "hugepages-", "memory")
STANDARD = {
    *OF_CONTAINERS, *INTEGERS, "storage", "requests.storage",
    *(f"{kind}.{name}" for kind in ("requests", "limits") for name in OF_CONTAINERS),
}  # fmt: skip
NOT_STANDARD = "must be a standard resource type or fully qualified"


def native(name: str) -> bool:
    """Whether Kubernetes itself defines the resource."""
    return "/" not in name or "kubernetes.io/" in name


def extended(name: str) -> bool:
    """Whether it is a resource that a cluster adds, such as `example.com/gpu`."""
    return not native(name) and not name.startswith("requests.") and not names.qualified(f"requests.{name}")


def scarce(name: str) -> bool:
    """Whether no more can be promised than there is."""
    return not native(name) or name.startswith(HUGE)


def _standard(name: str, path: str) -> list[Cause]:
    found = names.causes_of(path, name, names.qualified(name))
    if found or "/" in name or name in STANDARD or name.startswith((HUGE, f"requests.{HUGE}")):
        return found
    return [causes.invalid(path, name, NOT_STANDARD)]


def of_container(name: str, path: str) -> list[Cause]:
    """Return what is wrong with a resource's name in a container."""
    found = _standard(name, path)
    if "/" not in name:
        if name not in OF_CONTAINERS and not name.startswith(HUGE):
            found.append(causes.invalid(path, name, "must be a standard resource for containers"))
    elif not native(name) and not extended(name):
        found.append(causes.invalid(path, name, "doesn't follow extended resource name standard"))
    return found


def of_pod(name: str, path: str) -> list[Cause]:
    """Return what is wrong with a resource's name for a whole Pod."""
    found = _standard(name, path)
    if found or name in OF_PODS or name.startswith(HUGE):
        return found
    return [causes.unsupported(path, name, OF_PODS)]


def amount(name: str, value: str, path: str) -> list[Cause]:
    """Return what is wrong with an amount of a resource. Upstream: ValidateResourceQuantityValue"""
    found = []
    if quantity.nano(value) < 0:
        found.append(causes.invalid(path, value, "must be greater than or equal to 0"))
    if (name in INTEGERS or extended(name)) and quantity.fractional(value):
        found.append(causes.invalid(path, value, "must be an integer"))
    return found


def _huge(name: str, value: str, path: str) -> list[Cause]:
    if not name.startswith(HUGE):
        return []
    try:
        size = quantity.nano(name.removeprefix(HUGE))
    except ValueError:
        size = 0
    if size and quantity.nano(value) % size == 0:
        return []
    return [causes.invalid(path, value, f"{value} is not positive integer multiple of {name}")]


def requirements(
    given: Obj,
    claims: Collection[str],
    path: str,
    known: Callable[[str, str], list[Cause]] = of_container,
) -> list[Cause]:
    """Return what is wrong with requests, limits and claims; `claims` are the Pod's, `known` knows the names."""
    found, limits, requests = [], given.get("limits") or {}, given.get("requests") or {}
    for name, value in limits.items():
        here = f"{path}.limits[{name}]"
        found += known(name, here) + amount(name, value, here) + _huge(name, value, here)
    for name, value in requests.items():
        here = f"{path}.requests[{name}]"
        found += known(name, here) + amount(name, value, here)
        found += _within(name, value, limits, path) + _huge(name, value, here)
    wanted = {*limits, *requests}
    if any(name.startswith(HUGE) for name in wanted) and not wanted & {"cpu", "memory"}:
        found.append(causes.forbidden(path, "HugePages require cpu or memory"))
    return found + _claims(given.get("claims") or [], claims, f"{path}.claims")


def _within(name: str, value: str, limits: Obj, path: str) -> list[Cause]:
    if name not in limits:
        text = "Limit must be set for non overcommitable resources"
        return [causes.required(f"{path}.limits", text)] if scarce(name) else []
    asked, most = quantity.nano(value), quantity.nano(limits[name])
    if asked != most and scarce(name):
        return [causes.invalid(f"{path}.requests", value, f"must be equal to {name} limit of {limits[name]}")]
    if asked > most:
        text = f"must be less than or equal to {name} limit of {limits[name]}"
        return [causes.invalid(f"{path}.requests", value, text)]
    return []


def _claims(given: list[Obj], known: Collection[str], path: str) -> list[Cause]:
    found: list[Cause] = []
    seen: set[str] = set()
    for index, claim in enumerate(given):
        here, name, request = f"{path}[{index}]", claim.get("name", ""), claim.get("request", "")
        if not name:
            found.append(causes.required(here))
            continue
        if name in seen:
            found.append(causes.duplicate(here, name))
        else:
            key = f"{name}/{request}" if request else name
            found += names.causes_of(f"{here}.request", request, names.label(request)) if request else []
            if key in seen:
                found.append(causes.duplicate(here, key))
            elif not request:
                found += [causes.duplicate(here, name) for other in seen if other.partition("/")[0] == name]
            seen.add(key)
        if name not in known:
            rest = f": {', '.join(sorted(known))}" if known else " which is empty"
            text = f"must be one of the names in pod.spec.resourceClaims{rest}"
            found.append(causes.not_found(here, name, text))
    return found


def of_whole_pod(spec: Obj, claims: Collection[str], path: str) -> list[Cause]:
    """Return what is wrong with a Pod's own requests and limits, alone and beside those of its containers."""
    given = spec.get("resources")
    if given is None:
        return []
    found = []
    if given.get("claims") is not None:
        found.append(causes.forbidden(f"{path}.claims", "claims may not be set for Resources at pod-level"))
    found += requirements(given, claims, path, of_pod)
    requests, limits = given.get("requests") or {}, given.get("limits") or {}
    for name, total in aggregate(spec).items():
        own = requests.get(name, "0")
        if total > quantity.nano(own) and (name in OF_PODS or name.startswith(HUGE)):
            text = f"must be greater than or equal to aggregate container requests of {written(spec, name, total)}"
            found.append(causes.invalid(f"{path}.requests[{name}]", own, text))
    for index, container in enumerate(spec.get("containers") or []):
        for name, value in ((container.get("resources") or {}).get("limits") or {}).items():
            if name in limits and quantity.nano(value) > quantity.nano(limits[name]):
                here, text = f"{path}.containers[{index}][{name}].limits", "must be less than or equal to pod limits of"
                found.append(causes.invalid(here, value, f"{text} {limits[name]}"))
    return found


def aggregate(spec: Obj, kind: str = "requests") -> dict[str, int]:
    """Sum up what containers ask for, in billionths: mains and sidecars together, or the largest init container.

    Upstream: component-helpers/resource/helpers.go AggregateContainerRequests
    """
    total: dict[str, int] = {}
    for container in spec.get("containers") or []:
        _add(total, _nanos(container, kind))
    beside: dict[str, int] = {}
    largest: dict[str, int] = {}
    for container in spec.get("initContainers") or []:
        own = _nanos(container, kind)
        if container.get("restartPolicy") == "Always":
            _add(total, own)
            _add(beside, own)
            own = dict(beside)
        else:
            own = {name: own.get(name, 0) + beside.get(name, 0) for name in {*own, *beside}}
        largest = {name: max(largest.get(name, 0), own.get(name, 0)) for name in {*largest, *own}}
    return {
        name: max(total.get(name, 0), largest.get(name, 0))
        for name in [*total, *(n for n in largest if n not in total)]
    }


def total(spec: Obj, kind: str = "requests") -> dict[str, int]:
    """What a whole Pod asks for, in billionths: its own words, or else its containers', and what running it costs.

    Upstream: component-helpers/resource/helpers.go (PodRequests, PodLimits)
    """
    askers = (spec, *(spec.get("containers") or ()), *(spec.get("initContainers") or ()))
    if not spec.get("overhead") and not any(one.get("resources") for one in askers):  # most ask for nothing
        return {}
    found = aggregate(spec, kind) | {name: nano for name, nano in _nanos(spec, kind).items() if for_pods(name)}
    for name, value in (spec.get("overhead") or {}).items():
        if kind == "requests" or found.get(name):
            found[name] = found.get(name, 0) + quantity.nano(value)
    return found


def for_pods(name: str) -> bool:
    """Whether a Pod as a whole may say how much it wants of a resource."""
    return name in OF_PODS or name.startswith(HUGE)


def _nanos(container: Obj, kind: str) -> dict[str, int]:
    given = (container.get("resources") or {}).get(kind) or {}
    return {name: quantity.nano(value) for name, value in given.items()}


def _add(total: dict[str, int], more: dict[str, int]) -> None:
    for name, value in more.items():
        total[name] = total.get(name, 0) + value


def written(spec: Obj, name: str, total: int, kind: str = "requests") -> str:
    """Write a sum in the form of what was given first."""
    givers = [*(spec.get("containers") or []), *(spec.get("initContainers") or []), spec]
    values = [value for one in givers if (value := ((one.get("resources") or {}).get(kind) or {}).get(name))]
    form = quantity.parse(str(values[0])).form if values else "decimal"
    return quantity.write(total, form)
