"""How an object is created and updated: the order of defaulting, admission, strategy, validation and storage.

Upstream: staging/src/k8s.io/apiserver/pkg/registry/rest/{create,update}.go
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from podlab.apimachinery.times import rfc3339
from podlab.embedded.apiserver import deletion, fields, status
from podlab.embedded.apiserver.patching import applying, managedfields
from podlab.embedded.apiserver.patching.fieldsets import Path
from podlab.embedded.apiserver.resource import Context, Obj, Resource
from podlab.embedded.apiserver.status import Cause, StatusError
from podlab.embedded.apiserver.validation import metadata
from podlab.embedded.serializer import fresh
from podlab.embedded.store import TooLarge

UNTRACKED = ("binding", "eviction")
"""Subresources whose writes leave managedFields alone."""
MOST_AKIN = 1024
"""Of so many sorts of objects the newest one is known, whose parts the next one shares."""


def create(ctx: Context, given: Obj, *, applied: bool = False) -> Obj:
    """Store a new object; one that was applied knows its owners already. Raises StatusError."""
    resource, registry = ctx.resource, ctx.registry
    obj = _identified(ctx, fresh(given))
    meta = obj["metadata"]
    version = meta.get("resourceVersion")
    if version and not ctx.by.dry_run:
        raise StatusError(500, "", "resourceVersion should not be set on objects to be created")
    resource.default(obj)
    ctx.warn(metadata.without_duplicates(meta))
    generated = not meta.get("name") and bool(meta.get("generateName"))
    ctx.name = meta.get("name") or meta.get("generateName", "")
    now = rfc3339(ctx.now())
    if not applied:
        _record(ctx, obj, None)
    registry.admit(obj, None, ctx)
    if generated:
        meta["name"] = ctx.name = meta["generateName"][:58] + registry.randomness.suffix()
    meta["uid"], meta["creationTimestamp"] = registry.randomness.uid(), now
    for key in ("deletionTimestamp", "deletionGracePeriodSeconds", "selfLink"):
        meta.pop(key, None)
    if resource.generation:  # other kinds keep what the client sent, as upstream's strategies do
        meta["generation"] = 1
    resource.prepare(obj, None, ctx)
    _validate(ctx, obj, None)
    registry.check(obj, None, ctx)
    if there := registry.find(resource, ctx.name, ctx.namespace):
        raise _exists(ctx, generated, leaving=bool(there["metadata"].get("deletionTimestamp")))
    return _put(ctx, obj, None)


def _exists(ctx: Context, generated: bool, *, leaving: bool) -> StatusError:
    error = status.already_exists(ctx.resource.qualified, ctx.name)
    if leaving:
        error.message = f"object is being deleted: {error.message}"
    if generated:
        error.message += ", the server was not able to generate a unique name for the object"
    return error


def _identified(ctx: Context, obj: Obj) -> Obj:
    """With apiVersion, kind and namespace in front, as the API server's own encoder puts them."""
    resource = ctx.resource
    meta = dict(obj.get("metadata") or {})
    if resource.namespaced:
        meta["namespace"] = ctx.namespace = ctx.namespace or meta.get("namespace") or "default"
    else:
        meta.pop("namespace", None)
    rest = {key: value for key, value in obj.items() if key not in ("kind", "apiVersion", "metadata")}
    return {"kind": resource.kind, "apiVersion": resource.api_version, "metadata": meta, **rest}


def _validate(ctx: Context, obj: Obj, old: Obj | None) -> None:
    resource = ctx.resource
    if ctx.subresource == "binding":  # the node's name, which plain updates may not change
        return
    part = resource.parts.get(ctx.subresource)
    validate = resource.validate_status if ctx.subresource == "status" else part.validate if part else resource.validate
    causes = validate(obj, old)
    if causes:
        raise status.invalid(resource.qualified_kind, ctx.name, causes)
    if ctx.by.warnings is not None:
        ctx.warn(resource.warnings(obj, old))


def _put(ctx: Context, obj: Obj, old: Obj | None) -> Obj:
    """Store, with the revision in metadata; a dry run stores nothing."""
    resource, store = ctx.resource, ctx.registry.store
    if ctx.by.dry_run:
        return _written(ctx, obj, old)
    obj["metadata"]["resourceVersion"] = str(store.revision + 1)
    obj = _written(ctx, obj, old)
    try:
        store.put(resource.key(ctx.name, ctx.namespace), resource.save(obj) if resource.save else obj)
    except TooLarge:
        raise StatusError(500, "", "etcdserver: request is too large") from None
    return obj


def _written(ctx: Context, obj: Obj, old: Obj | None) -> Obj:
    structure = ctx.resource.structure
    if structure is not None:
        written: Obj = structure.written(obj)
        return written
    if old is not None:
        return canonical(obj, old)
    akin, newest = _akin(ctx.resource, obj), ctx.registry.newest
    if len(newest) > MOST_AKIN:
        newest.clear()
    newest[akin] = made = canonical(obj, newest.get(akin))
    return made


def _akin(resource: Resource, obj: Obj) -> tuple[str, ...]:
    """What the objects that are alike for the most part have in common: one owner, or one node that tells of events."""
    owner: Obj = next(iter(obj["metadata"].get("ownerReferences") or ()), {})
    return resource.prefix, owner.get("uid", ""), obj.get("reportingInstance", ""), obj.get("reportingComponent", "")


def canonical(obj: Obj, old: Obj | None = None) -> Obj:
    """With all fields where Go writes them, kind and apiVersion first; what is as in `old` is taken from there.

    `old` may be another object, too: what is stored is never changed, and equal parts are kept once.
    """
    type_ = fields.kind_of(obj)
    if type_ is None:
        return obj
    shaped: Obj = fields.canonical(obj, type_, old)
    return {"kind": obj["kind"], "apiVersion": obj["apiVersion"], **shaped}


def update(ctx: Context, given: Obj) -> Obj:
    """Replace the stored object by one that a client sent. Raises StatusError."""
    return replace(ctx, lambda old: fresh(given))


def change(ctx: Context, fn: Callable[[Obj], None], *, tracked: bool = True) -> Obj:
    """Let `fn` change a copy of the stored object, and store that if it did. Raises StatusError."""
    old = ctx.registry.get(ctx.resource, ctx.name, ctx.namespace)
    obj = _own(ctx, old, tracked=tracked)
    fn(obj)
    return old if obj == old else replace(ctx, lambda _: obj, tracked=tracked)


def _own(ctx: Context, old: Obj, *, tracked: bool) -> Obj:
    """A copy to change, but for what is not to be: what a status has beside it, and managedFields that follow."""
    shared = old.keys() - {"status"} if ctx.subresource == "status" else {"metadata"}
    obj = _copied(old, shared)
    obj["metadata"] = _copied(old["metadata"], {"managedFields"} if tracked else ())
    return obj


def _copied(obj: Obj, shared: Collection[str]) -> Obj:
    inner = (dict, list)
    return {k: fresh(value) if isinstance(value, inner) and k not in shared else value for k, value in obj.items()}


def apply(ctx: Context, patch: Obj, decode: Callable[[Obj], Obj], *, force: bool) -> tuple[Obj, bool]:
    """Apply a configuration; `decode` checks the result. Returns the object and whether it is new. Raises StatusError.

    Upstream: staging/src/k8s.io/apiserver/pkg/endpoints/handlers/patch.go applyPatcher
    """
    registry, resource = ctx.registry, ctx.resource
    type_ = resource.type
    assert type_ is not None, f"{resource.kind} has a structure"
    applying.check(patch, resource.api_version, resource.kind, type_)
    now, ignored = rfc3339(ctx.now()), _ignored(ctx)
    this = applying.Application(patch, type_, ctx.by.manager, now, force, ctx.subresource, ignored)

    def applied(old: Obj) -> Obj:
        return decode(applying.apply(old, this))

    old = registry.find(resource, ctx.name, ctx.namespace)
    if old is not None:
        return replace(ctx, applied, patched=True, tracked=False), False
    if ctx.subresource:
        raise status.not_found(resource.qualified, ctx.name)
    obj = applied({})
    if uid := obj["metadata"].get("uid"):
        why = f"uid mismatch: the provided object specified uid {uid}, and no existing object was found"
        raise status.conflict(resource.qualified, ctx.name, why)
    obj["metadata"].pop("resourceVersion", None)
    ctx.operation = "CREATE"
    return create(ctx, obj, applied=True), True


def _record(ctx: Context, obj: Obj, old: Obj | None) -> None:
    managedfields.record(
        obj,
        old,
        manager=ctx.by.manager,
        now=rfc3339(ctx.now()),
        subresource=ctx.subresource,
        ignored=_ignored(ctx),
        type_=ctx.resource.type,
    )


def _ignored(ctx: Context) -> tuple[Path, ...]:
    """What this endpoint does not write, and nobody owns through it. Upstream: the strategies' GetResetFields"""
    if ctx.subresource in ("status", "approval"):
        return ctx.resource.kept_by_status
    return (*ctx.resource.untracked, ("f:status",)) if ctx.resource.status else ()


def replace(ctx: Context, make: Callable[[Obj], Obj], *, patched: bool = False, tracked: bool = True) -> Obj:
    """Store what `make` turns the present object into; the present one if that changes nothing."""
    registry, resource = ctx.registry, ctx.resource
    old = registry.get(resource, ctx.name, ctx.namespace)
    obj = _identified(ctx, make(old))
    _check_identity(ctx, obj, old, patched=patched)
    _keep(ctx, obj, old)
    if ctx.subresource != "status" or resource.structure is not None:  # a schema has defaults for a status, too
        resource.default(obj)
    if tracked and ctx.subresource not in UNTRACKED:
        _record(ctx, obj, old)
    if part := resource.parts.get(ctx.subresource):  # who asked for what is not taken over owns it all the same
        part.keep(obj, old)
    registry.admit(obj, old, ctx)
    resource.prepare(obj, old, ctx)
    if resource.generation and ctx.subresource not in ("status", "binding") and _spec_changed(resource, obj, old):
        obj["metadata"]["generation"] = obj["metadata"].get("generation", 0) + 1
    _validate(ctx, obj, old)
    registry.check(obj, old, ctx)
    if obj == old or _only_times_differ(obj, old):
        return old
    if deletion.finished(resource, obj):
        return deletion.remove(ctx, obj)
    return _put(ctx, obj, old)


def _only_times_differ(obj: Obj, old: Obj) -> bool:
    """Whether nothing but the times in managedFields changed. Upstream: fieldmanager/equality.go"""
    if any(obj.get(key) != old.get(key) for key in obj.keys() | old.keys() if key != "metadata"):
        return False
    meta, before = ({**one["metadata"], "managedFields": managedfields.timeless(one)} for one in (obj, old))
    return bool(meta == before)


def _check_identity(ctx: Context, obj: Obj, old: Obj, *, patched: bool) -> None:
    resource, meta = ctx.resource, obj["metadata"]
    if patched:
        _check_version(ctx, meta, old)
    uid = meta.get("uid")
    if uid and uid != old["metadata"]["uid"]:
        if patched:  # only what a PUT names is a precondition
            wrong = metadata.immutable("metadata.uid", uid, old["metadata"]["uid"]) * 2  # for all kinds, and for each
            raise status.invalid(resource.qualified_kind, ctx.name, wrong)
        raise status.conflict(resource.qualified, ctx.name, _wrong_uid(ctx, uid, old["metadata"]["uid"]))
    if not patched:
        _check_version(ctx, meta, old)


def _check_version(ctx: Context, meta: Obj, old: Obj) -> None:
    resource, version = ctx.resource, meta.get("resourceVersion")
    version = "" if version == "0" else version  # as if it were not named
    if version and not (version.isascii() and version.isdecimal()):
        raise StatusError(500, "", f'strconv.ParseUint: parsing "{version}": invalid syntax')
    if not version and not resource.unconditional_update and ctx.subresource == "":
        text = "Invalid value: 0: must be specified for an update"
        cause = Cause("metadata.resourceVersion", "FieldValueInvalid", text)
        raise status.invalid(resource.qualified, ctx.name, [cause])
    if version and version != old["metadata"]["resourceVersion"]:
        raise status.conflict(resource.qualified, ctx.name)


def _wrong_uid(ctx: Context, given: str, stored: str) -> str:
    """The words of the storage layer. Upstream: staging/src/k8s.io/apiserver/pkg/storage/errors.go"""
    key = "/registry" + ctx.resource.key(ctx.name, ctx.namespace)
    why = f"Precondition failed: UID in precondition: {given}, UID in object meta: {stored}"
    return f"StorageError: invalid object, Code: 4, Key: {key}, ResourceVersion: 0, AdditionalErrorMsg: {why}"


KEPT = ("uid", "creationTimestamp", "generation", "resourceVersion")
DELETION = ("deletionTimestamp", "deletionGracePeriodSeconds")


def _keep(ctx: Context, obj: Obj, old: Obj) -> None:
    """What clients cannot change stays as stored: system metadata, and the half that is not being written."""
    meta, before = obj["metadata"], old["metadata"]
    meta["name"] = ctx.name
    if "selfLink" in meta:
        del meta["selfLink"]
    for key in KEPT:
        if key in before:
            meta[key] = before[key]
        else:
            meta.pop(key, None)
    for key in DELETION:  # who sets what is not there is refused, but where a status alone is written
        if key in before and (key == DELETION[0] or meta.get(key) is None):
            meta[key] = before[key]
        elif key not in before and ctx.subresource == "status" and ctx.resource.kind == "Pod":
            meta.pop(key, None)
    if ctx.subresource == "status":
        for key in [key for key in obj if key not in ("status", "metadata")]:
            del obj[key]
        obj.update({key: value for key, value in old.items() if key not in ("status", "metadata")})
        meta.pop("ownerReferences", None)
        if "ownerReferences" in before:
            meta["ownerReferences"] = before["ownerReferences"]
        if ("f:metadata",) in ctx.resource.kept_by_status:
            owners = {key: meta[key] for key in ("managedFields",) if key in meta}
            obj["metadata"] = {**{k: v for k, v in before.items() if k != "managedFields"}, **owners}
    elif ctx.resource.status and ctx.subresource in ("", "ephemeralcontainers", "resize"):
        obj.pop("status", None)
        if "status" in old:
            obj["status"] = fresh(old["status"])


def _spec_changed(resource: Resource, obj: Obj, old: Obj) -> bool:
    custom = resource.structure is not None and not resource.status
    ignored = ("metadata",) if custom else ("metadata", "status")
    if resource.counts_annotations and obj["metadata"].get("annotations") != old["metadata"].get("annotations"):
        return True
    return {k: v for k, v in obj.items() if k not in ignored} != {k: v for k, v in old.items() if k not in ignored}
