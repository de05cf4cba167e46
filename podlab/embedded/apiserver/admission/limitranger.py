"""LimitRanger. Upstream: plugin/pkg/admission/limitranger/admission.go"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from podlab.apimachinery.quantity import NANO, Quantity
from podlab.embedded.apiserver import status
from podlab.embedded.apiserver.podspec import totals
from podlab.embedded.apiserver.podspec.totals import amounts
from podlab.embedded.apiserver.resource import Context, Obj

ANNOTATION = "kubernetes.io/limit-ranger"


def admit(pod: Obj, ctx: Context) -> None:
    """Give the containers of a new Pod the requests and limits that the namespace has for them."""
    for limit_range in _ranges(ctx):
        _default(pod, limit_range)


def check(obj: Obj, ctx: Context) -> None:
    """Refuse a Pod or a claim that is outside the namespace's limits. Raises StatusError 403."""
    wrong: list[str] = []
    for limit_range in _ranges(ctx):
        for item in _items(limit_range):
            if ctx.resource.plural == "pods":
                wrong += _pod_errors(obj, item)
            elif item.get("type") == "PersistentVolumeClaim":
                wrong += _claim_errors(obj, item)
        if wrong:
            texts = list(dict.fromkeys(wrong))
            why = texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]"
            raise status.forbidden(ctx.resource.qualified, ctx.name, why)


def concerns(ctx: Context) -> bool:
    """Whether a write is looked at: of Pods only their creation and their resizing."""
    if ctx.resource.group:
        return False
    if ctx.resource.plural == "pods":
        return ctx.subresource == ("" if ctx.operation == "CREATE" else "resize")
    return ctx.resource.plural == "persistentvolumeclaims" and not ctx.subresource


def _ranges(ctx: Context) -> list[Obj]:
    return ctx.registry.list(ctx.registry.resource("limitranges"), ctx.namespace)


def _items(limit_range: Obj) -> list[Obj]:
    return (limit_range.get("spec") or {}).get("limits") or []


def _default(pod: Obj, limit_range: Obj) -> None:
    wanted: dict[str, Obj] = {"requests": {}, "limits": {}}
    for item in _items(limit_range):
        if item.get("type") == "Container":
            wanted["requests"].update(item.get("defaultRequest") or {})
            wanted["limits"].update(item.get("default") or {})
    told = []
    for kind, key in (("container", "containers"), ("init container", "initContainers")):
        for container in pod["spec"].get(key) or []:
            for part, word in (("requests", "request"), ("limits", "limit")):
                if added := _add(container, part, wanted[part]):
                    told.append(f"{', '.join(added)} {word} for {kind} {container['name']}")
    if told:
        annotations = pod["metadata"].get("annotations") or {}
        pod["metadata"]["annotations"] = {**annotations, ANNOTATION: f"LimitRanger plugin set: {'; '.join(told)}"}


def _add(container: Obj, part: str, wanted: Obj) -> list[str]:
    resources = container.get("resources") or {}
    missing = sorted(set(wanted) - set(resources.get(part) or {}))
    if missing:
        filled = {**(resources.get(part) or {}), **{name: wanted[name] for name in missing}}
        container["resources"] = {**resources, part: filled}
    return missing


class Bound(NamedTuple):
    """One limit on one resource of one thing; an amount that is not given is None."""

    what: str
    name: str
    enforced: Quantity
    request: Quantity | None
    limit: Quantity | None

    def _usage(self, word: str) -> str:
        return f"{word} {self.name} usage per {self.what} is {self.enforced}"

    def minimum(self) -> str:
        """What is wrong with it as a minimum."""
        if self.request is None:
            return f"{self._usage('minimum')}.  No request is specified"
        if self.request.nano < self.enforced.nano:
            return f"{self._usage('minimum')}, but request is {self.request}"
        if self.limit is not None and self.limit.nano < self.enforced.nano:
            return f"{self._usage('minimum')}, but limit is {self.limit}"
        return ""

    def maximum(self) -> str:
        """What is wrong with it as a maximum."""
        if self.limit is None:
            return f"{self._usage('maximum')}.  No limit is specified"
        if self.limit.nano > self.enforced.nano:
            return f"{self._usage('maximum')}, but limit is {self.limit}"
        if self.request is not None and self.request.nano > self.enforced.nano:
            return f"{self._usage('maximum')}, but request is {self.request}"
        return ""

    def requested(self) -> str:
        """What is wrong with it as a maximum of requests alone."""
        if self.request is None:
            return f"{self._usage('maximum')}.  No request is specified"
        return (
            f"{self._usage('maximum')}, but request is {self.request}" if self.request.nano > self.enforced.nano else ""
        )

    def ratio(self) -> str:
        """What is wrong with limit and request together."""
        text = f"{self.name} max limit to request ratio per {self.what} is {self.enforced}, but"
        if self.request is None or not self.request.nano:
            return f"{text} no request is specified or request is 0"
        if self.limit is None or not self.limit.nano:
            return f"{text} no limit is specified or limit is 0"
        ratio = self.limit.nano / self.request.nano
        return f"{text} provided ratio is {ratio:f}" if ratio * NANO > self.enforced.nano else ""


Check = tuple[str, Callable[[Bound], str]]
POD_CHECKS: tuple[Check, ...] = (("min", Bound.minimum), ("max", Bound.maximum), ("maxLimitRequestRatio", Bound.ratio))
CLAIM_CHECKS: tuple[Check, ...] = (("min", Bound.minimum), ("max", Bound.requested))


def _pod_errors(pod: Obj, item: Obj) -> Iterator[str]:
    if item.get("type") == "Container":
        spec = pod["spec"]
        for container in (*(spec.get("containers") or ()), *(spec.get("initContainers") or ())):
            given = container.get("resources") or {}
            yield from _errors(item, amounts(given.get("requests")), amounts(given.get("limits")), POD_CHECKS)
    elif item.get("type") == "Pod":
        yield from _errors(item, totals.of_pod(pod, "requests"), totals.of_pod(pod, "limits"), POD_CHECKS)


def _claim_errors(claim: Obj, item: Obj) -> Iterator[str]:
    requests = ((claim.get("spec") or {}).get("resources") or {}).get("requests")
    yield from _errors(item, amounts(requests), {}, CLAIM_CHECKS)


def _errors(
    item: Obj, requests: Mapping[str, Quantity], limits: Mapping[str, Quantity], checks: tuple[Check, ...]
) -> Iterator[str]:
    for key, complaint in checks:
        for name, enforced in sorted(amounts(item.get(key)).items()):
            bound = Bound(item["type"], name, enforced, requests.get(name), limits.get(name))
            if text := complaint(bound):
                yield text
