"""Whose is it: orphans that a selector fits are adopted, and what it no longer fits is released.

Upstream: pkg/controller/controller_ref_manager.go
"""

from __future__ import annotations

from collections.abc import Callable

from podlab.apimachinery.labels import selects
from podlab.embedded.apiserver.registry import Registry
from podlab.embedded.apiserver.resource import Resource
from podlab.embedded.apiserver.status import StatusError
from podlab.embedded.controllers.controller import CONTROLLER, Obj
from podlab.embedded.controllers.owned import Owned, controller_of
from podlab.embedded.controllers.pods.podcontrol import reference_to
from podlab.embedded.controllers.pods.podstates import deleting


def selector_of(owner: Obj) -> Obj:
    """The LabelSelector of a workload; a ReplicationController's is a plain map."""
    selector: Obj = owner["spec"].get("selector") or {}
    return {"matchLabels": selector} if owner["kind"] == "ReplicationController" else selector


def selecting(owner: Obj) -> Callable[[Obj], bool]:
    """Whether a workload's selector fits an object; an empty one fits nothing."""
    selector = selector_of(owner)
    given = selector if any(selector.values()) else None
    return lambda obj: selects(given, obj["metadata"].get("labels"))


def selected(owner: Obj, obj: Obj) -> bool:
    """The same of one object alone."""
    return selecting(owner)(obj)


def anything(obj: Obj) -> bool:
    """No condition."""
    return True


class Claims:
    """Brings the ownerReferences of one kind of objects in line with their owners' selectors."""

    def __init__(self, registry: Registry, resource: Resource, owned: Owned) -> None:
        self._registry, self._resource, self._owned = registry, resource, owned

    def claim(
        self,
        owner: Obj,
        *,
        among: Callable[[Obj], bool] = anything,
        fits: Callable[[Obj], bool] = anything,
        as_read: bool = False,
        owned: list[Obj] | None = None,
    ) -> list[Obj]:
        """All that the owner controls after adopting and releasing, in order of names.

        Args:
            among: which objects are looked at; others are neither adopted nor released, nor returned.
            fits: what an object has to be besides selected, such as of a name that begins with the owner's.
            as_read: return what was adopted as it was before, so that a write of it is a conflict, as upstream's are.
            owned: what the owner controls now, from one who knows.

        Raises StatusError.
        """
        kept, selected = [], selecting(owner)
        for obj in filter(among, self._owned.of(owner) if owned is None else owned):
            if selected(obj) and fits(obj):
                kept.append(obj)
            elif not deleting(owner):
                self._release(owner, obj)
        if not deleting(owner):
            for orphan in filter(among, self._owned.orphans(owner["metadata"]["namespace"])):
                if selected(orphan) and fits(orphan) and not deleting(orphan):
                    adopted = self._adopt(owner, orphan)
                    kept.extend([orphan] if as_read and adopted else adopted)
        return sorted(kept, key=lambda obj: str(obj["metadata"]["name"]))

    def _adopt(self, owner: Obj, orphan: Obj) -> list[Obj]:
        def adopt(obj: Obj) -> None:
            references = obj["metadata"].get("ownerReferences") or []
            obj["metadata"]["ownerReferences"] = [*references, reference_to(owner)]

        return self._change(orphan, adopt)

    def _release(self, owner: Obj, obj: Obj) -> None:
        def release(obj: Obj) -> None:
            uid = owner["metadata"]["uid"]
            left = [one for one in obj["metadata"].get("ownerReferences") or () if one["uid"] != uid]
            obj["metadata"].pop("ownerReferences", None)
            if left:
                obj["metadata"]["ownerReferences"] = left

        self._change(obj, release)

    def _change(self, obj: Obj, fn: Callable[[Obj], None]) -> list[Obj]:
        meta = obj["metadata"]
        try:
            changed = self._registry.change(
                self._resource, meta["name"], meta.get("namespace", ""), fn, subresource="", by=CONTROLLER
            )
        except StatusError as error:
            if error.code == 404:
                return []
            raise
        self._owned.add(changed)
        return [changed]


def same_family(one: Obj, other: Obj) -> bool:
    """Whether two objects have the same controller."""
    mine, theirs = controller_of(one), controller_of(other)
    return bool(mine and theirs and mine["uid"] == theirs["uid"])
