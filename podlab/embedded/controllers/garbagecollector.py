"""Objects whose owners are gone go too; owners that are asked to wait for their dependents, or to free them, do.

Upstream: pkg/controller/garbagecollector
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from podlab.embedded.apiserver.deletion import FOREGROUND, ORPHAN
from podlab.embedded.apiserver.registry import Event, Registry
from podlab.embedded.apiserver.resource import Resource, Writer
from podlab.embedded.apiserver.status import StatusError
from podlab.embedded.controllers.controller import Controller, Key

Obj = dict[str, Any]

MANAGER = "kube-controller-manager"
SPACING, LONGEST = 0.012, 0.5
"""Seconds from one dependent to the next, and from the first to the last, however many there are."""
FREED = 0.02
"""Seconds from freeing the dependents to the end of an owner that asked for it: its controller sees it without them."""


class GarbageCollector:
    """Follows ownerReferences: deletes an object once none of its owners is left to keep it."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._dependents: dict[str, set[tuple[str, str, str]]] = {}
        self._controller = Controller(registry, self._reconcile, delay=0.01)
        self._stops = [registry.on_new_kind(self._watch)]
        for resource in registry.resources.values():
            if resource.stored_as is None and "list" in resource.verbs and resource.plural != "events":
                self._watch(resource)

    def _watch(self, resource: Resource) -> None:
        self._stops.append(self._registry.on(resource, lambda event: self._on(resource, event)))

    def stop(self) -> None:
        """Stop watching."""
        for stop in self._stops:
            stop()
        self._controller.stop()

    def _on(self, resource: Resource, event: Event) -> None:
        meta = event.object["metadata"]
        where = (resource.qualified, meta.get("namespace", ""), meta["name"])
        before = _owners(event.previous)
        for owner in before:  # an owner may wait for this object to go or to let go of it
            self._look_at_owner(owner, where[1])
        if event.type == "DELETED":
            self._add_spaced(sorted(self._dependents.pop(meta["uid"], ())))
            return
        for owner in _owners(event.object):
            self._dependents.setdefault(owner["uid"], set()).add(where)
            if owner not in before and self._owner(owner, where[1]) is None:
                self._add(where)
        if _is_ending(event.object, ORPHAN) or _is_ending(event.object, FOREGROUND):
            self._add(where)

    def _add(self, where: tuple[str, str, str]) -> None:
        self._controller.add((where[0], f"{where[1]}/{where[2]}"))

    def _add_spaced(self, places: Sequence[tuple[str, str, str]]) -> None:
        for number, where in enumerate(places):
            after = min(number * SPACING, LONGEST)
            self._controller.add((where[0], f"{where[1]}/{where[2]}"), after)

    def _look_at_owner(self, reference: Obj, namespace: str) -> None:
        owner = self._owner(reference, namespace)
        if owner and owner["metadata"].get("deletionTimestamp"):
            resource = self._resource(reference)
            if resource:
                self._add((resource.qualified, owner["metadata"].get("namespace", ""), owner["metadata"]["name"]))

    def _resource(self, reference: Obj) -> Resource | None:
        wanted = (reference["kind"], reference["apiVersion"])
        kinds = self._registry.resources.values()
        return next((kind for kind in kinds if (kind.kind, kind.api_version) == wanted), None)

    def _owner(self, reference: Obj, namespace: str) -> Obj | None:
        """The owner; an empty object for a kind that is not served here: it is not for us to say that it is gone."""
        resource = self._resource(reference)
        if resource is None:
            return {"metadata": {}}
        found = self._registry.find(resource, reference["name"], namespace if resource.namespaced else "")
        return found if found and found["metadata"]["uid"] == reference["uid"] else None

    def _reconcile(self, key: Key) -> None:
        try:
            resource = self._registry.resource(key[0])
        except KeyError:  # a custom kind that is not served any more
            return
        namespace, _, name = key[1].partition("/")
        obj = self._registry.find(resource, name, namespace)
        if obj is None:
            return
        try:
            if _is_ending(obj, ORPHAN):
                self._free_dependents(resource, obj)
            elif _is_ending(obj, FOREGROUND):
                self._await_dependents(resource, obj)
            if _owners(obj):
                self._judge(resource, obj)
        except StatusError as error:
            if error.code not in (404, 409):
                raise

    def _of(self, owner: Obj) -> list[tuple[Resource, Obj]]:
        """All that names this object as an owner."""
        uid, found = owner["metadata"]["uid"], []
        for plural, namespace, name in sorted(self._dependents.get(uid, ())):
            resource = self._registry.resource(plural)
            obj = self._registry.find(resource, name, namespace)
            if obj and any(reference["uid"] == uid for reference in _owners(obj)):
                found.append((resource, obj))
        return found

    def _free_dependents(self, resource: Resource, owner: Obj) -> None:
        dependents, meta = self._of(owner), owner["metadata"]
        for kind, dependent in dependents:
            self._drop_owners(kind, dependent, {meta["uid"]})
        if dependents:
            self._controller.add((resource.qualified, f"{meta.get('namespace', '')}/{meta['name']}"), FREED)
        else:
            self._finish(resource, owner, ORPHAN)

    def _await_dependents(self, resource: Resource, owner: Obj) -> None:
        dependents, uid = self._of(owner), owner["metadata"]["uid"]
        if not any(
            reference.get("blockOwnerDeletion")
            for _, one in dependents
            for reference in _owners(one)
            if reference["uid"] == uid
        ):
            self._finish(resource, owner, FOREGROUND)
        found = ((kind.qualified, one["metadata"]) for kind, one in dependents)
        self._add_spaced([(plural, meta.get("namespace", ""), meta["name"]) for plural, meta in found])

    def _finish(self, resource: Resource, obj: Obj, finalizer: str) -> None:
        def change(copy: Obj) -> None:
            left = [name for name in copy["metadata"].get("finalizers") or [] if name != finalizer]
            copy["metadata"].pop("finalizers", None)
            if left:
                copy["metadata"]["finalizers"] = left

        self._change(resource, obj, change)

    def _drop_owners(self, resource: Resource, obj: Obj, uids: set[str]) -> None:
        def change(copy: Obj) -> None:
            left = [reference for reference in _owners(copy) if reference["uid"] not in uids]
            copy["metadata"].pop("ownerReferences", None)
            if left:
                copy["metadata"]["ownerReferences"] = left

        self._change(resource, obj, change)

    def _unblock_owners(self, resource: Resource, obj: Obj) -> None:
        """No owner waits for this object any more. Upstream: unblockOwnerReferencesStrategicMergePatch"""

        def change(copy: Obj) -> None:
            for reference in _owners(copy):
                if reference.get("blockOwnerDeletion"):
                    reference["blockOwnerDeletion"] = False

        self._change(resource, obj, change)

    def _change(self, resource: Resource, obj: Obj, change: Any) -> None:
        meta = obj["metadata"]
        self._registry.change(
            resource, meta["name"], meta.get("namespace", ""), change, subresource="", by=Writer(MANAGER)
        )

    def _judge(self, resource: Resource, obj: Obj) -> None:
        """Keep an object that a living owner keeps, without the others; delete it where there is none."""
        meta = obj["metadata"]
        owners = [(one["uid"], self._owner(one, meta.get("namespace", ""))) for one in _owners(obj)]
        dead = {uid for uid, owner in owners if owner is None or _is_ending(owner, FOREGROUND)}
        if len(dead) < len({uid for uid, _ in owners}):
            if dead:
                self._drop_owners(resource, obj, dead)
            return
        if meta.get("deletionTimestamp"):
            return
        waited_for = any(owner is not None for _, owner in owners)
        dependents = self._of(obj)
        if waited_for and any(_is_ending(dependent, FOREGROUND) for _, dependent in dependents):
            self._unblock_owners(resource, obj)  # a circle: its owners would wait for themselves
        policy = "Foreground" if waited_for and dependents else "Background"
        if ORPHAN in (meta.get("finalizers") or []):
            policy = "Orphan"
        options = {"propagationPolicy": policy, "preconditions": {"uid": meta["uid"]}}
        self._registry.delete(resource, meta["name"], meta.get("namespace", ""), options=options, by=Writer(MANAGER))


def _owners(obj: Obj | None) -> list[Obj]:
    found: list[Obj] = (obj or {}).get("metadata", {}).get("ownerReferences") or []
    return found


def _is_ending(obj: Obj, finalizer: str) -> bool:
    meta = obj["metadata"]
    return bool(meta.get("deletionTimestamp")) and finalizer in (meta.get("finalizers") or [])
