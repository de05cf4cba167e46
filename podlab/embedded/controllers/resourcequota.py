"""Quotas learn what is in use. Upstream: pkg/controller/resourcequota/resource_quota_controller.go"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from podlab.embedded.apiserver.podspec.totals import Amounts, plus
from podlab.embedded.apiserver.quota import scopes, usage
from podlab.embedded.apiserver.registry import Event, Registry
from podlab.embedded.apiserver.resource import Resource
from podlab.embedded.controllers.controller import CONTROLLER, Controller, Key, namespaced

Obj = dict[str, Any]

QUOTAS = "resourcequotas"
RESYNC = 300.0
"""Seconds after which a quota is recalculated although nothing was seen."""


class ResourceQuotas:
    """Recalculates a quota when it changes, and when something that it counts is gone or takes less."""

    def __init__(self, registry: Registry) -> None:
        self._registry, self._quotas = registry, registry.resource(QUOTAS)
        self._controller = Controller(registry, self._reconcile)
        self._controller.on(QUOTAS, self._quota_changed)
        for resource in dict.fromkeys(registry.resources.values()):
            if resource.namespaced and "delete" in resource.verbs and not resource.stored_as:
                self._watch(resource)

    def stop(self) -> None:
        """Stop watching and working."""
        self._controller.stop()

    def _watch(self, resource: Resource) -> None:
        def changed(event: Event) -> None:
            if event.type == "ADDED" or not (quotas := self._registry.list(self._quotas, _namespace(event))):
                return
            if event.type == "DELETED" or self._takes_less(resource, event):
                self._replenish(resource, quotas)

        self._controller.on(resource.qualified, changed)

    def _takes_less(self, resource: Resource, event: Event) -> bool:
        if resource.group or resource.plural not in ("pods", *usage.CHANGING) or event.previous is None:
            return False
        now = self._registry.clock.now()
        return usage.usage(resource, event.object, now) != usage.usage(resource, event.previous, now)

    def _replenish(self, resource: Resource, quotas: Iterable[Obj]) -> None:
        for quota in quotas:
            if usage.concerns(resource, _hard(quota)):
                self._controller.add(namespaced(quota))

    def _quota_changed(self, event: Event) -> None:
        """Other scopes alone are not noticed: upstream looks only at what is hard."""
        if event.type != "DELETED" and (event.previous is None or _hard(event.previous) != _hard(event.object)):
            self._controller.add(namespaced(event.object))

    def _reconcile(self, key: Key) -> None:
        namespace, name = key
        quota = self._registry.find(self._quotas, name, namespace)
        if quota is None:
            return
        self._controller.add(key, RESYNC)
        hard = _hard(quota)
        used = self._used(quota, list(hard))
        shown = {"hard": dict(hard), "used": {each: str(amount) for each, amount in sorted(used.items())}}
        if quota.get("status") == shown:
            return

        def write(obj: Obj) -> None:
            obj["status"] = shown

        self._registry.change(self._quotas, name, namespace, write, by=CONTROLLER)

    def _used(self, quota: Obj, names: list[str]) -> Amounts:
        namespace, terms, now = quota["metadata"]["namespace"], scopes.selectors(quota), self._registry.clock.now()
        total: Amounts = {}
        for resource in dict.fromkeys(self._registry.resources.values()):
            wanted = usage.concerns(resource, names) if resource.namespaced and not resource.stored_as else []
            if not wanted:
                continue
            total = plus(total, dict.fromkeys(wanted, usage.count(0)))
            for obj in self._registry.list(resource, namespace):
                if scopes.matches(terms, obj):
                    taken = usage.usage(resource, obj, now)
                    total = plus(total, {name: taken[name] for name in wanted if name in taken})
        return total


def _hard(quota: Obj) -> Obj:
    return (quota.get("spec") or {}).get("hard") or {}


def _namespace(event: Event) -> str:
    return str(event.object["metadata"]["namespace"])
