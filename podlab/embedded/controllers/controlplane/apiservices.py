"""APIServices: every version of every group has one, and all are served here.

Upstream: kube-aggregator/pkg/controllers/autoregister, pkg/controlplane/controller/crdregistration
"""

from __future__ import annotations

from podlab.apimachinery.times import rfc3339
from podlab.embedded.apiserver.registry import Registry
from podlab.embedded.apiserver.resource import Writer
from podlab.embedded.controllers.controller import Controller, Key, Obj

APISERVER = Writer("kube-apiserver")
DEFINITIONS, SERVICES = "customresourcedefinitions.apiextensions.k8s.io", "apiservices.apiregistration.k8s.io"
MANAGED = "kube-aggregator.kubernetes.io/automanaged"
LOCAL = {"type": "Available", "status": "True", "reason": "Local"}
LOCAL["message"] = "Local APIServices are always available"


def versions_of(definition: Obj) -> list[str]:
    """The served versions of a definition."""
    return [version["name"] for version in definition["spec"].get("versions") or () if version.get("served")]


class APIServices:
    """Makes the APIServices of custom resources, and says of all that they are available."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._services, self._definitions = registry.resource(SERVICES), registry.resource(DEFINITIONS)
        self._controller = Controller(registry, self._reconcile)
        self._controller.watch(SERVICES, lambda obj: ("", obj["metadata"]["name"]))
        self._controller.watch(DEFINITIONS, lambda obj: ("group", obj["spec"]["group"]))

    def stop(self) -> None:
        """Stop watching."""
        self._controller.stop()

    def _reconcile(self, key: Key) -> None:
        if key[0]:
            self._reconcile_group(key[1])
            return
        found = self._registry.find(self._services, key[1])
        if found is not None and not (found.get("status") or {}).get("conditions"):
            condition = {**LOCAL, "lastTransitionTime": rfc3339(self._registry.clock.now())}

            def available(obj: Obj) -> None:
                obj["status"] = {"conditions": [condition]}

            self._registry.change(self._services, key[1], "", available)

    def _reconcile_group(self, group: str) -> None:
        definitions = [one for one in self._registry.list(self._definitions) if one["spec"]["group"] == group]
        wanted = {f"{version}.{group}": version for one in definitions for version in versions_of(one)}
        ours = [one for one in self._registry.list(self._services) if one["spec"].get("group") == group]
        known = {one["metadata"]["name"] for one in ours if one["metadata"].get("labels") == {MANAGED: "true"}}
        for name in known - wanted.keys():
            self._registry.delete(self._services, name, by=APISERVER)
        for name in sorted(wanted.keys() - known):
            spec = {"group": group, "version": wanted[name], "groupPriorityMinimum": 1000, "versionPriority": 100}
            made = {"metadata": {"name": name, "labels": {MANAGED: "true"}}, "spec": spec}
            self._registry.create(self._services, made, by=APISERVER)
