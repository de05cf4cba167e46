"""The one registry of every resource: what the HTTP app, the scheduler, the kubelet and the controllers talk to.

Calls are synchronous and atomic; they change memory at once and are on disk when `store.flushed()` returns.
Upstream: staging/src/k8s.io/apiserver/pkg/registry/generic/registry/store.go
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass
from typing import Any

from podlab.embedded.apiserver import deletion, selectors, status, writing
from podlab.embedded.apiserver.patching import patch
from podlab.embedded.apiserver.resource import Context, Obj, Resource, Writer
from podlab.embedded.apiserver.status import StatusError
from podlab.embedded.clock import Clock, Randomness
from podlab.embedded.store import Store
from podlab.embedded.watch import Change


@dataclass(frozen=True, slots=True)
class Event:
    """One change as watchers see it: type ADDED, MODIFIED or DELETED, the object, and what it was before.

    A DELETED object is the last state with the deletion's resourceVersion.
    """

    type: str
    object: Obj
    previous: Obj | None
    revision: int


NOBODY = Writer()
"""Who writes when nobody is named: nothing is tracked."""


def no_admission(obj: Obj, old: Obj | None, ctx: Context) -> None:
    """Admit everything as it is."""


class Registry:
    """Objects of all resources, with the checks and the bookkeeping of an API server.

    Args:
        admit: mutating admission, `admit(obj, old, ctx)`; changes obj or raises StatusError.
        check: validating admission, after validation; `obj` is None when something is deleted.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        resources: Iterable[Resource],
        randomness: Randomness | None = None,
        *,
        admit: Callable[[Obj, Obj | None, Context], None] = no_admission,
        check: Callable[[Obj, Obj | None, Context], None] = no_admission,
    ) -> None:
        self.store, self.clock = store, clock
        self.started = clock.now()
        self.randomness = randomness or Randomness()
        self.resources: dict[tuple[str, str], Resource] = {}
        self.generation = 0
        self.newest: dict[tuple[str, ...], Obj] = {}  # of each sort, as `writing` tells them apart
        self._newcomers: list[Callable[[Resource], None]] = []
        for resource in resources:
            self._add(resource)
        self.admit, self.check = admit, check
        self._informers: dict[tuple[str, str], list[tuple[Resource, Callable[[Event], None]]]] = {}
        store.subscribe(self._tell)

    def _add(self, resource: Resource) -> None:
        """A further version of a kind has its version in its key."""
        key = (resource.group, resource.plural)
        self.resources[(resource.api_version, resource.plural) if key in self.resources else key] = resource

    def serve(self, group: str, plural: str, resources: Iterable[Resource]) -> None:
        """Serve these versions of a custom resource from now on, instead of those so far; `generation` counts it."""
        old = {key: known for key, known in self.resources.items() if (known.group, known.plural) == (group, plural)}
        for key in old:
            del self.resources[key]
        for resource in resources:
            self._add(resource)
            if not old and resource.stored_as is None:
                for told in tuple(self._newcomers):
                    told(resource)
        self.generation += 1

    def on_new_kind(self, callback: Callable[[Resource], None]) -> Callable[[], None]:
        """Call back for every kind that is served from now on; returns how to stop."""
        self._newcomers.append(callback)
        return lambda: self._newcomers.remove(callback)

    def resource(self, name: str) -> Resource:
        """`resource("pods")`, `resource("deployments.apps")`. Raises KeyError."""
        plural, _, group = name.partition(".")
        return self.resources[group, plural]

    def context(self, resource: Resource, operation: str, **more: Any) -> Context:
        """A context for one write."""
        return Context(self, resource, operation, **more)

    # Reading

    def get(self, resource: Resource, name: str, namespace: str = "") -> Obj:
        """The stored object: copy before changing. Raises StatusError 404."""
        found = self.store.get(resource.key(name, namespace))
        if found is None:
            raise status.not_found(resource.qualified, name)
        return resource.load(found[0]) if resource.load else found[0]

    def find(self, resource: Resource, name: str, namespace: str = "") -> Obj | None:
        """As `get`, None where there is none."""
        found = self.store.get(resource.key(name, namespace))
        if found is None:
            return None
        return resource.load(found[0]) if resource.load else found[0]

    def list(
        self, resource: Resource, namespace: str = "", *, labels: str | None = None, fields: str | None = None
    ) -> list[Obj]:
        """The stored objects in order of namespace and name: copy before changing. Raises StatusError 400."""
        matches = selectors.matcher(resource, labels, fields) if labels or fields else None
        objs = [obj for _, obj, _ in self.store.list(resource.scope(namespace))]
        if resource.load:
            objs = list(map(resource.load, objs))
        return list(filter(matches, objs)) if matches else objs

    # Writing

    def create(
        self,
        resource: Resource,
        obj: Obj,
        *,
        namespace: str = "",
        by: Writer = NOBODY,
    ) -> Obj:
        """Default, admit, validate and store a new object. Raises StatusError."""
        ctx = Context(self, resource, "CREATE", namespace, by=by)
        return writing.create(ctx, obj)

    def update(
        self,
        resource: Resource,
        obj: Obj,
        *,
        name: str = "",
        namespace: str = "",
        subresource: str = "",
        by: Writer = NOBODY,
    ) -> Obj:
        """Replace an object, or with `subresource="status"` its status; checks resourceVersion where it is set.

        Writes nothing if nothing changes. Raises StatusError.
        """
        meta = obj.get("metadata") or {}
        name, namespace = name or meta.get("name", ""), namespace or meta.get("namespace", "")
        ctx = Context(self, resource, "UPDATE", namespace, name, subresource, by)
        return writing.update(ctx, obj)

    def change(
        self,
        resource: Resource,
        name: str,
        namespace: str,
        fn: Callable[[Obj], None],
        *,
        subresource: str = "status",
        by: Writer = NOBODY,
        tracked: bool = True,
    ) -> Obj:
        """Let `fn` change a copy, and store it; if not `tracked`, it sees to managedFields itself.

        Raises StatusError, 404 among them.
        """
        ctx = Context(self, resource, "UPDATE", namespace, name, subresource, by)
        return writing.change(ctx, fn, tracked=tracked)

    def patch(
        self,
        resource: Resource,
        name: str,
        namespace: str,
        body: Any,
        content_type: str,
        *,
        subresource: str = "",
        by: Writer = NOBODY,
        decode: Callable[[Obj], Obj] | None = None,
    ) -> Obj:
        """Apply a JSON, merge or strategic merge patch; `decode` checks the patched object. Raises StatusError."""
        ctx = Context(self, resource, "UPDATE", namespace, name, subresource, by)

        def patched(old: Obj) -> Obj:
            new = patch.apply(resource, old, body, content_type)
            return decode(new) if decode else new

        return writing.replace(ctx, patched, patched=True)

    def apply(
        self,
        resource: Resource,
        name: str,
        namespace: str,
        body: Obj,
        *,
        decode: Callable[[Obj], Obj],
        force: bool = False,
        subresource: str = "",
        by: Writer = NOBODY,
    ) -> tuple[Obj, bool]:
        """Apply a configuration; `decode` checks the result.

        Returns the object and whether it was created. Raises StatusError, 409 with a cause for each conflict.
        """
        ctx = Context(self, resource, "UPDATE", namespace, name, subresource, by)
        return writing.apply(ctx, body, decode, force=force)

    def delete(
        self,
        resource: Resource,
        name: str,
        namespace: str = "",
        *,
        options: Obj | None = None,
        by: Writer = NOBODY,
    ) -> tuple[Obj, bool]:
        """Delete, gracefully where the kind wants it; `options` is a DeleteOptions.

        Returns the last state and whether it is gone. Raises StatusError.
        """
        ctx = Context(self, resource, "DELETE", namespace, name, by=by)
        return deletion.delete(ctx, options or {})

    # Watching

    def on(self, resource: Resource, callback: Callable[[Event], None], *, node: str = "") -> Callable[[], None]:
        """Call back for all objects now (as ADDED), then for every committed change; returns how to stop.

        With a node only for those that are there, without looking at all others.
        Upstream: pkg/registry/core/pod/strategy.go (NodeNameTriggerFunc)
        """
        self.store.flush()
        for _, obj, revision in self.store.list(resource.prefix):
            if not node or _node(obj) == node:
                callback(Event("ADDED", resource.load(obj) if resource.load else obj, None, revision))
        informer, alike = (resource, callback), self._informers.setdefault((resource.prefix, node), [])
        alike.append(informer)
        return lambda: alike.remove(informer)

    def _tell(self, change: Change) -> None:
        """Call back whom it concerns; all that ask for one version of a kind share the event."""
        made: dict[str, Event] = {}
        for which in _concerned(change):
            for resource, callback in tuple(self._informers.get(which, ())):
                version = resource.api_version
                made[version] = told = made.get(version) or event(resource, change)
                callback(told)

    async def watch(self, resource: Resource, namespace: str = "", *, after: int | None = None) -> AsyncIterator[Event]:
        """Changes after a revision; without one all objects as ADDED, then changes. Raises StatusError 410."""
        start = self.store.revision if after is None else after
        if after is None:
            for obj in self.list(resource, namespace):
                yield Event("ADDED", obj, None, int(obj["metadata"]["resourceVersion"]))
        watch = self.store.watch(resource.scope(namespace), start)
        try:
            async for change in watch:
                yield event(resource, change)
        finally:
            watch.close()


def _concerned(change: Change) -> list[tuple[str, str]]:
    """Under which prefixes and nodes those who ask for a change may be found: `/pods/`, `/apps/deployments/`."""
    first, second = change.key.split("/", 3)[1:3]
    found = [(f"/{first}/", ""), (f"/{first}/{second}/", "")]
    node = _node(change.obj or change.previous or {})
    return [*found, (f"/{first}/", node)] if node else found


def _node(obj: Obj) -> str:
    return str((obj.get("spec") or {}).get("nodeName") or "")


def event(resource: Resource, change: Change) -> Event:
    """A store's change as an event of this resource."""
    load = resource.load
    previous = load(change.previous) if load and change.previous else change.previous
    if change.obj is not None:
        obj = load(change.obj) if load else change.obj
        return Event("MODIFIED" if previous else "ADDED", obj, previous, change.revision)
    last = previous or {}
    meta = {**last.get("metadata", {}), "resourceVersion": str(change.revision)}
    return Event("DELETED", {**last, "metadata": meta}, previous, change.revision)


__all__ = ["Event", "Registry", "StatusError", "event"]
