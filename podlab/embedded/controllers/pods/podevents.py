"""Which workloads a change of a Pod concerns: its owner, the one it had, or those that may adopt it.

Upstream: addPod, updatePod and deletePod of pkg/controller/{replicaset,statefulset,daemon}
"""

from __future__ import annotations

from collections.abc import Callable

from podlab.embedded.apiserver.registry import Event, Registry
from podlab.embedded.apiserver.resource import Resource
from podlab.embedded.controllers.controller import Controller, Obj, namespaced
from podlab.embedded.controllers.owned import controller_of
from podlab.embedded.controllers.pods import podstates
from podlab.embedded.controllers.pods.claims import selected


def owners_of(controller: Controller, registry: Registry, resource: Resource) -> Callable[[Event], None]:
    """What to call for every change of what these workloads own: it adds their keys."""

    def add(reference: Obj | None, namespace: str) -> None:
        if reference and reference["kind"] == resource.kind:
            controller.add((namespace, reference["name"]))

    def changed(event: Event) -> None:
        obj, before = event.object, event.previous
        owner, was = controller_of(obj), controller_of(before) if before else None
        namespace = obj["metadata"]["namespace"]
        if was != owner:
            add(was, namespace)
        add(owner, namespace)
        if owner is None and event.type != "DELETED" and not podstates.deleting(obj) and _is_new(obj, before):
            for one in registry.list(resource, namespace):
                if selected(one, obj):
                    controller.add(namespaced(one))

    return changed


def _is_new(obj: Obj, before: Obj | None) -> bool:
    """Whether something without controller is new, freed, or labelled anew."""
    if before is None or controller_of(before):
        return True
    return bool(obj["metadata"].get("labels") != before["metadata"].get("labels"))
