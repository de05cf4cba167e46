"""How an object is deleted: preconditions, grace, finalizers.

Upstream: staging/src/k8s.io/apiserver/pkg/registry/rest/delete.go, registry/generic/registry/store.go
"""

from __future__ import annotations

from podlab.apimachinery.times import rfc3339
from podlab.embedded.apiserver import fields, status
from podlab.embedded.apiserver.resource import Context, Obj, Resource
from podlab.embedded.serializer import fresh

ORPHAN, FOREGROUND = "orphan", "foregroundDeletion"


def delete(ctx: Context, options: Obj) -> tuple[Obj, bool]:
    """Begin or finish the deletion; returns the last state and whether the object is gone. Raises StatusError."""
    registry, resource = ctx.registry, ctx.resource
    old = registry.get(resource, ctx.name, ctx.namespace)
    _check_preconditions(ctx, old, options.get("preconditions") or {})
    registry.check(old, old, ctx)
    obj: Obj = fresh(old)
    _follow_policy(obj, options)
    grace = resource.grace(obj, options.get("gracePeriodSeconds"))
    deleting = bool(old["metadata"].get("deletionTimestamp"))
    if deleting and not _shorten(obj, options.get("gracePeriodSeconds"), ctx.now()):
        return (
            (_store(ctx, obj, old), False) if pending(resource, old) or grace is not None else (remove(ctx, old), True)
        )
    if not deleting and grace is None and not pending(resource, obj):
        return remove(ctx, obj), True
    if not deleting:
        _begin(ctx, obj, grace)
    obj = _store(ctx, obj, old)
    if finished(resource, obj):
        return remove(ctx, obj), True
    return obj, False


def _follow_policy(obj: Obj, options: Obj) -> None:
    """Let the garbage collector's finalizers say what becomes of the dependents.

    Upstream: deletionFinalizersForGarbageCollection in registry/generic/registry/store.go
    """
    policy = options.get("propagationPolicy")
    if policy is None and options.get("orphanDependents") is not None:
        policy = "Orphan" if options["orphanDependents"] else "Background"
    if policy is None:
        return
    meta = obj["metadata"]
    wanted = {"Orphan": [ORPHAN], "Foreground": [FOREGROUND]}.get(policy, [])
    before = meta.get("finalizers") or []
    finalizers = [name for name in before if name not in (ORPHAN, FOREGROUND)] + wanted
    if set(finalizers) == set(before):
        return
    meta.pop("finalizers", None)
    if finalizers:
        meta["finalizers"] = finalizers


def _begin(ctx: Context, obj: Obj, grace: int | None) -> None:
    meta = obj["metadata"]
    meta["deletionTimestamp"] = rfc3339(ctx.now() + (grace or 0))
    ctx.resource.terminating(obj)
    if not ctx.resource.held(obj):
        meta["deletionGracePeriodSeconds"] = grace or 0
        if meta.get("generation"):
            meta["generation"] += 1
    obj["metadata"] = fields.canonical(meta, fields.type_named("meta/v1.ObjectMeta"))


def _shorten(obj: Obj, requested: int | None, now: float) -> bool:
    """Bring the end forward, if the client asks for less grace than is running."""
    meta = obj["metadata"]
    running = meta.get("deletionGracePeriodSeconds")
    if running is None or requested is None or requested >= running:
        return False
    requested = 1 if requested < 0 else requested
    meta["deletionTimestamp"] = rfc3339(now + requested)
    meta["deletionGracePeriodSeconds"] = requested
    return True


def pending(resource: Resource, obj: Obj) -> bool:
    """Whether finalizers hold the object back."""
    return bool(obj["metadata"].get("finalizers")) or resource.held(obj)


def finished(resource: Resource, obj: Obj) -> bool:
    """Whether nothing keeps an object whose deletion has begun."""
    meta = obj["metadata"]
    begun = bool(meta.get("deletionTimestamp")) and not meta.get("deletionGracePeriodSeconds")
    return begun and not pending(resource, obj)


def remove(ctx: Context, obj: Obj) -> Obj:
    """Take it out of the store; returns the last state."""
    if not ctx.by.dry_run:
        ctx.registry.store.put(ctx.resource.key(ctx.name, ctx.namespace), None)
    return obj


def _store(ctx: Context, obj: Obj, old: Obj) -> Obj:
    if ctx.by.dry_run or obj == old:
        return obj
    resource, store = ctx.resource, ctx.registry.store
    obj["metadata"]["resourceVersion"] = str(store.revision + 1)
    if resource.structure is not None:
        obj = resource.structure.written(obj)
    store.put(resource.key(ctx.name, ctx.namespace), resource.save(obj) if resource.save else obj)
    return obj


def _check_preconditions(ctx: Context, obj: Obj, wanted: Obj) -> None:
    meta = obj["metadata"]
    for key, word, what in (
        ("uid", "UID", "deleted and then recreated"),
        ("resourceVersion", "ResourceVersion", "modified"),
    ):
        given = wanted.get(key)
        if given is not None and given != meta[key]:
            why = f"the {word} in the precondition ({given}) does not match the {word} in record ({meta[key]})."
            raise status.conflict(ctx.resource.qualified_kind, ctx.name, f"{why} The object might have been {what}")
