"""What a Pod's containers ask for together. Upstream: staging/src/k8s.io/component-helpers/resource/helpers.go"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from podlab.apimachinery import quantity
from podlab.apimachinery.quantity import Quantity
from podlab.embedded.apiserver.resource import Obj

Amounts = dict[str, Quantity]


def amounts(given: Obj | None) -> Amounts:
    """A list of resources as quantities."""
    return {name: quantity.parse(str(value)) for name, value in (given or {}).items()}


def plus(one: Mapping[str, Quantity], other: Mapping[str, Quantity], sign: int = 1) -> Amounts:
    """Both together, or one without the other; a zero takes the other's way of writing."""
    result = dict(one)
    for name, more in other.items():
        have = result.get(name)
        form = have.form if have and have.nano else more.form
        result[name] = Quantity((have.nano if have else 0) + sign * more.nano, form)
    return result


def most(one: Mapping[str, Quantity], other: Mapping[str, Quantity]) -> Amounts:
    """The larger of each."""
    larger = {name: more for name, more in other.items() if name not in one or more.nano > one[name].nano}
    return {**one, **larger}


def of_pod(pod: Obj, key: str) -> Amounts:
    """The Pod's `requests` or `limits`: what runs at once, or what starts before it, and the overhead."""
    spec = pod.get("spec") or {}
    running: Amounts = _sum(spec.get("containers") or (), key)
    beside: Amounts = {}
    before: Amounts = {}
    for container in spec.get("initContainers") or ():
        own = _own(container, key)
        if container.get("restartPolicy") == "Always":
            running, beside = plus(running, own), plus(beside, own)
            before = most(before, beside)
        else:
            before = most(before, plus(own, beside))
    total = {**most(running, before), **_own(spec, key)}
    overhead = amounts(spec.get("overhead"))
    return plus(total, {name: more for name, more in overhead.items() if key == "requests" or name in total})


def _sum(containers: Iterable[Obj], key: str) -> Amounts:
    total: Amounts = {}
    for container in containers:
        total = plus(total, _own(container, key))
    return total


def _own(part: Obj, key: str) -> Amounts:
    return amounts((part.get("resources") or {}).get(key))
