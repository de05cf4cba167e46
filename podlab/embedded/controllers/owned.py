"""Which objects a controller owns, without looking at all others: an index by the uid of the owner.

Upstream: pkg/controller/controller_utils.go (PodControllerIndex, FilterPodsByOwner)
"""

from __future__ import annotations

from podlab.embedded.apiserver.registry import Event, Registry
from podlab.embedded.controllers.controller import Key, Obj, namespaced


def controller_of(obj: Obj) -> Obj | None:
    """The ownerReference whose `controller` is true."""
    reference: Obj
    for reference in obj["metadata"].get("ownerReferences") or ():
        if reference.get("controller"):
            return reference
    return None


class Owned:
    """The objects of one kind by the uid of their controller, as they are in the store at this moment.

    A controller that has just created an object says so with `add`: watchers hear of it only after the commit, and
    until then another look would find it missing and create its double.
    """

    def __init__(self, registry: Registry, resource: str) -> None:
        self._registry, self._resource = registry, registry.resource(resource)
        self._keys: dict[str, set[Key]] = {}
        self.stop = registry.on(self._resource, self._on)

    def _on(self, event: Event) -> None:
        before, now = _place(event.previous), _place(event.object)
        if event.type == "DELETED":
            self._drop(now, event.object)
        elif before != now:
            self._drop(before, event.object)
        if event.type != "DELETED":
            self.add(event.object)

    def _drop(self, place: str | None, obj: Obj) -> None:
        keys = self._keys.get(place or "", set())
        keys.discard(namespaced(obj))
        if not keys:
            self._keys.pop(place or "", None)

    def add(self, obj: Obj) -> None:
        """Know an object before the watch tells of it."""
        self._keys.setdefault(_place(obj) or "", set()).add(namespaced(obj))

    def of(self, owner: Obj) -> list[Obj]:
        """What this object controls, by name."""
        uid = owner["metadata"]["uid"]
        return self._found(uid, sorted(self._keys.get(uid, ())))

    def orphans(self, namespace: str) -> list[Obj]:
        """The objects of a namespace that have no controller, by name."""
        place = _orphans(namespace)
        return self._found(place, sorted(self._keys.get(place, ())))

    def _found(self, place: str, keys: list[Key]) -> list[Obj]:
        find, resource = self._registry.find, self._resource
        objs = [find(resource, name, namespace) for namespace, name in keys]
        return [obj for obj in objs if obj is not None and _place(obj) == place]


def _place(obj: Obj | None) -> str | None:
    if obj is None:
        return None
    reference = controller_of(obj)
    return reference["uid"] if reference else _orphans(obj["metadata"].get("namespace", ""))


def _orphans(namespace: str) -> str:
    return f"{namespace}/"
