"""The scale subresource: how many replicas a workload has and should have, as autoscaling/v1 Scale.

Upstream: pkg/registry/apps/deployment/storage/storage.go
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from podlab.apimachinery.times import rfc3339
from podlab.embedded.apiserver import status, verbs
from podlab.embedded.apiserver.answering.negotiation import Answer
from podlab.embedded.apiserver.columns import AGE, NAME, Column, age, head
from podlab.embedded.apiserver.decoding import decode
from podlab.embedded.apiserver.patching import applying, managedfields, patch
from podlab.embedded.apiserver.patching.fieldsets import Path
from podlab.embedded.apiserver.patching.managedfields import Entries, Owned, Owner
from podlab.embedded.apiserver.request import check_write_options
from podlab.embedded.apiserver.resource import Obj, Resource, ScalePaths
from podlab.embedded.apiserver.verbs import Call

COLUMNS = (
    NAME._replace(format=""),
    Column("Desired", "replicas is the desired number of instances for the scaled object.", "integer"),
    Column("Available", "replicas is the actual number of observed instances of the scaled object.", "integer"),
    AGE,
)


def row(scale: Obj, now: float) -> list[Any]:
    """What a Table says of a Scale."""
    name, spec, shown = head(scale)
    return [name, spec.get("replicas", 0), shown.get("replicas", 0), age(scale, now)]


SCALE = Resource("autoscaling", "v1", "Scale", "scales", columns=COLUMNS, row=row)
KEPT = ("name", "namespace", "uid", "resourceVersion", "creationTimestamp")
REPLICAS = ("f:spec", "f:replicas")
OPERATORS = {"In": "in", "NotIn": "notin"}


def scale_of(obj: Obj, resource: Resource) -> Obj:
    """The Scale of a workload."""
    meta = {key: obj["metadata"][key] for key in KEPT if key in obj["metadata"]}
    paths = resource.scale or ScalePaths()
    replicas = _at(obj, paths.spec) or 0
    shown: Obj = {"replicas": _at(obj, paths.status) or 0}
    wanted = (obj.get("spec") or {}).get("selector") or {} if resource.scale is None else {}
    selector = selector_text({"matchLabels": wanted} if obj["kind"] == "ReplicationController" else wanted)
    if paths.selector:
        selector = _at(obj, paths.selector) or ""
    if selector:
        shown["selector"] = selector
    spec = {"replicas": replicas} if replicas else {}
    return {"kind": "Scale", "apiVersion": "autoscaling/v1", "metadata": meta, "spec": spec, "status": shown}


def _at(obj: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        obj = obj.get(name) if isinstance(obj, dict) else None
    return obj


def _inside(path: tuple[str, ...], value: Any) -> Any:
    for name in reversed(path):
        value = {name: value}
    return value


def selector_text(selector: Obj) -> str:
    """A LabelSelector as one writes it on a command line. Upstream: metav1.FormatLabelSelector"""
    terms = [(key, f"{key}={value}") for key, value in (selector.get("matchLabels") or {}).items()]
    for term in selector.get("matchExpressions") or ():
        key, operator = term["key"], term["operator"]
        if operator in OPERATORS:
            terms.append((key, f"{key} {OPERATORS[operator]} ({','.join(sorted(term.get('values') or ()))})"))
        else:
            terms.append((key, key if operator == "Exists" else f"!{key}"))
    return ",".join(text for _, text in sorted(terms))


def answer(call: Call) -> Answer:
    """GET, PUT or PATCH of `/scale`. Raises StatusError."""
    form, shown = call.form(), replace(call, resource=SCALE)
    method = call.request.method
    if method not in ("GET", "PUT", "PATCH"):
        raise status.method_not_allowed()
    obj = call.registry.get(call.resource, call.name, call.namespace)
    if method == "GET":
        if call.resource.scale and _at(obj, call.resource.scale.spec) is None:
            where = "." + ".".join(call.resource.scale.spec)
            raise status.internal(f'the spec replicas field "{where}" does not exist')
        return shown.one(scale_of(obj, call.resource), form)
    if method == "PATCH" and call.request.content_type() == patch.APPLY:
        changed = _change(call, check_write_options(call.request, "PatchOptions", apply=True), _applier(call))
        return shown.one(scale_of(changed, call.resource), form)
    dry_run = check_write_options(call.request, "UpdateOptions" if method == "PUT" else "PatchOptions")
    if method == "PUT":
        sent = _put(call)
        changed = _change(call, dry_run, lambda scale: _updated(call, scale, sent))
    else:
        changed = _change(call, dry_run, lambda scale: _updated(call, scale, _patched(call, scale)))
    return shown.one(scale_of(changed, call.resource), form)


def _change(call: Call, dry_run: bool, make: Callable[[Obj], Obj]) -> Obj:
    """Let `make` turn the Scale into another one; who owns its replicas owns those of the workload.

    Upstream: apimachinery/pkg/util/managedfields/scalehandler.go
    """
    resource, paths = call.resource, (call.resource.scale or ScalePaths()).spec
    mine = tuple(f"f:{name}" for name in paths)

    def assign(obj: Obj) -> None:
        before, shown = managedfields.entries_of(obj), scale_of(obj, resource)
        owners = {who: replace(has, paths=frozenset({REPLICAS})) for who, has in before.items() if mine in has.paths}
        managedfields.put(shown, owners)
        wanted = make(shown)
        _check(call, wanted)
        obj.update(patch.merge(obj, _inside(paths, _at(wanted, ("spec", "replicas")) or 0)))
        if version := (wanted.get("metadata") or {}).get("resourceVersion"):
            obj["metadata"]["resourceVersion"] = version
        left = {who for who, has in managedfields.entries_of(wanted).items() if REPLICAS in has.paths}
        managedfields.put(obj, _owners(before, left, mine, resource.api_version))

    by = call.writer(dry_run)
    return call.registry.change(resource, call.name, call.namespace, assign, subresource="scale", by=by, tracked=False)


def scale_to(obj: Obj, resource: Resource, replicas: int, manager: str) -> None:
    """Give a workload so many replicas, as `manager` does by its Scale; write it without tracking."""
    paths, before = (resource.scale or ScalePaths()).spec, managedfields.entries_of(obj)
    who = managedfields.owner(manager, "Update", resource.api_version, "scale")
    obj.update(patch.merge(obj, _inside(paths, replicas)))
    managedfields.put(obj, _owners(before, {who}, tuple(f"f:{name}" for name in paths), resource.api_version))


def _owners(before: Entries, after: set[Owner], mine: Path, api_version: str) -> Entries:
    """The workload's entries after those of its Scale changed; new ones have no time."""
    kept = {who: replace(has, paths=has.paths - {mine}) if who not in after else has for who, has in before.items()}
    new = {who: Owned(frozenset({mine}), api_version) for who in after if who not in before}
    return {**new, **{who: has for who, has in kept.items() if has.paths}}


def _updated(call: Call, scale: Obj, wanted: Obj) -> Obj:
    """A Scale that was put or patched, and who owns its replicas now."""
    replicas, meta = _at(wanted, ("spec", "replicas")) or 0, dict(wanted.get("metadata") or {})
    made = {**wanted, "metadata": meta}
    entries = managedfields.entries_of(scale)
    if replicas != (_at(scale, ("spec", "replicas")) or 0):
        who = managedfields.owner(call.request.manager(), "Update", call.resource.api_version, "scale")
        owned = replicas and entries  # a Scale whose replicas nobody owns is not tracked
        entries = {who: Owned(frozenset({REPLICAS}), SCALE.api_version)} if owned else {}
    managedfields.put(made, entries)
    return made


def _applier(call: Call) -> Callable[[Obj], Obj]:
    configuration, type_ = verbs.read_configuration(call), SCALE.type
    applying.check(configuration, SCALE.api_version, SCALE.kind, type_)
    assert type_ is not None
    now, force = rfc3339(call.registry.clock.now()), call.request.flag("force")
    this = applying.Application(configuration, type_, call.request.manager(), now, force, "scale")
    return lambda scale: applying.apply(scale, this)


def _put(call: Call) -> Obj:
    expected = (SCALE.group, SCALE.version, SCALE.kind)
    obj, warnings = decode.decode(call.request.body, call.request.content_type(), expected)
    call.warnings.extend(warnings)
    verbs.check_name(call, obj, required=False)
    return obj


def _patched(call: Call, scale: Obj) -> Obj:
    kind = call.request.content_type()
    if kind not in verbs.PATCH_TYPES[:3]:
        raise status.StatusError(415, "UnsupportedMediaType", "415: Unsupported Media Type", {})
    body = verbs.read_patch(call.request.body)
    return verbs.reshaper(replace(call, resource=SCALE), body, kind)(patch.apply(SCALE, scale, body, kind))


def _check(call: Call, scale: Obj) -> None:
    """Of what is custom the object is judged, not the Scale."""
    replicas = (scale.get("spec") or {}).get("replicas") or 0
    if replicas < 0 and call.resource.structure is None:
        text = f"Invalid value: {replicas}: must be greater than or equal to 0"
        cause = status.Cause("spec.replicas", "FieldValueInvalid", text)
        raise status.invalid("Scale.autoscaling", call.name, [cause])
