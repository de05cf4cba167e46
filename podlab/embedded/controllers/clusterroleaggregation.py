"""ClusterRoles whose rules are those of others. Upstream: pkg/controller/clusterroleaggregation"""

from __future__ import annotations

from typing import Any

from podlab.apimachinery import labels
from podlab.embedded.apiserver.registry import Event, Registry
from podlab.embedded.apiserver.resource import Writer
from podlab.embedded.controllers.controller import Controller, Key

Obj = dict[str, Any]

ROLES = "clusterroles.rbac.authorization.k8s.io"
WRITER = Writer("clusterrole-aggregation-controller")


def aggregated(role: Obj, others: list[Obj]) -> list[Obj]:
    """The rules that a role with an aggregationRule has, each once, in the order of the others' names."""
    rules: list[Obj] = []
    for selector in role["aggregationRule"].get("clusterRoleSelectors") or []:
        for other in others:
            if other["metadata"]["name"] == role["metadata"]["name"]:
                continue
            if labels.selects(selector, other["metadata"].get("labels")):
                rules += [rule for rule in other.get("rules") or [] if rule not in rules]
    return rules


class ClusterRoleAggregation:
    """Writes the rules of aggregating ClusterRoles whenever any ClusterRole changes."""

    def __init__(self, registry: Registry) -> None:
        self._registry, self._roles = registry, registry.resource(ROLES)
        self._aggregating: set[str] = set()
        self._controller = Controller(registry, self._reconcile)
        self._controller.on(ROLES, self._changed)

    def stop(self) -> None:
        """Stop watching and working."""
        self._controller.stop()

    def _changed(self, event: Event) -> None:
        name = event.object["metadata"]["name"]
        if event.object.get("aggregationRule") and event.type != "DELETED":
            self._aggregating.add(name)
        else:
            self._aggregating.discard(name)
        for each in sorted(self._aggregating):
            self._controller.add(("", each))

    def _reconcile(self, key: Key) -> None:
        role = self._registry.find(self._roles, key[1])
        if role is None or not role.get("aggregationRule"):
            return
        rules = aggregated(role, self._registry.list(self._roles))
        if rules == (role.get("rules") or []):
            return
        applied: Obj = {"apiVersion": role["apiVersion"], "kind": role["kind"], "metadata": {"name": key[1]}}
        if rules:
            applied["rules"] = rules
        self._registry.apply(self._roles, key[1], "", applied, decode=lambda obj: obj, force=True, by=WRITER)
