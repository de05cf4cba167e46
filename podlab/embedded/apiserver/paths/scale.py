"""The scale subresource: how many replicas a workload has and should have, as autoscaling/v1 Scale.

Upstream: pkg/registry/apps/deployment/storage/storage.go
"""

from __future__ import annotations

import json
from dataclasses import replace

from podlab.apimachinery.times import rfc3339
from podlab.embedded.apiserver import status, verbs
from podlab.embedded.apiserver.answering.negotiation import Answer
from podlab.embedded.apiserver.decoding import decode
from podlab.embedded.apiserver.patching import applying, managedfields, patch
from podlab.embedded.apiserver.patching.managedfields import Entries
from podlab.embedded.apiserver.request import check_write_options
from podlab.embedded.apiserver.resource import Obj, Resource
from podlab.embedded.apiserver.verbs import Call

SCALE = Resource("autoscaling", "v1", "Scale", "scales")
KEPT = ("name", "namespace", "uid", "resourceVersion", "creationTimestamp")
REPLICAS = ("f:spec", "f:replicas")
OPERATORS = {"In": "in", "NotIn": "notin"}


def scale_of(obj: Obj) -> Obj:
    """The Scale of a workload."""
    meta = {key: obj["metadata"][key] for key in KEPT if key in obj["metadata"]}
    replicas = (obj.get("spec") or {}).get("replicas") or 0
    shown: Obj = {"replicas": (obj.get("status") or {}).get("replicas") or 0}
    wanted = (obj.get("spec") or {}).get("selector") or {}
    selector = selector_text({"matchLabels": wanted} if obj["kind"] == "ReplicationController" else wanted)
    if selector:
        shown["selector"] = selector
    spec = {"replicas": replicas} if replicas else {}
    return {"kind": "Scale", "apiVersion": "autoscaling/v1", "metadata": meta, "spec": spec, "status": shown}


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
    form = call.form(verbs.WHOLE)
    method = call.request.method
    if method not in ("GET", "PUT", "PATCH"):
        raise status.method_not_allowed()
    obj = call.registry.get(call.resource, call.name, call.namespace)
    if method == "GET":
        return call.answer(scale_of(obj), form)
    if method == "PATCH" and call.request.content_type() == patch.APPLY:
        return call.answer(scale_of(_applied(call)), form)
    dry_run = check_write_options(call.request, "UpdateOptions" if method == "PUT" else "PatchOptions")
    wanted = _put(call) if method == "PUT" else _patched(call, scale_of(obj))
    _check(call, wanted)
    replicas = (wanted.get("spec") or {}).get("replicas") or 0
    version = (wanted.get("metadata") or {}).get("resourceVersion")
    change = {"spec": {"replicas": replicas}}
    if version and method == "PUT":
        change["metadata"] = {"resourceVersion": version}
    changed = call.registry.patch(
        call.resource,
        call.name,
        call.namespace,
        change,
        patch.MERGE,
        subresource="scale",
        by=call.writer(dry_run),
    )
    return call.answer(scale_of(changed), form)


def _applied(call: Call) -> Obj:
    """Apply a Scale; who owns its replicas owns those of the workload.

    Upstream: apimachinery/pkg/util/managedfields/scalehandler.go
    """
    dry_run = check_write_options(call.request, "PatchOptions", apply=True)
    configuration, by = verbs.read_configuration(call), call.writer(dry_run)
    applying.check(configuration, SCALE.api_version, SCALE.kind, SCALE.type)
    assert SCALE.type is not None
    now, force = rfc3339(call.registry.clock.now()), call.request.flag("force")
    this = applying.Application(configuration, SCALE.type, by.manager, now, force, "scale")

    def assign(obj: Obj) -> None:
        before = managedfields.entries_of(obj)
        shown = scale_of(obj)
        owners = {who: replace(has, paths={REPLICAS}) for who, has in before.items() if REPLICAS in has.paths}
        managedfields.put(shown, owners)
        wanted = applying.apply(shown, this)
        _check(call, wanted)
        obj["spec"]["replicas"] = (wanted.get("spec") or {}).get("replicas") or 0
        managedfields.put(obj, _owners(before, managedfields.entries_of(wanted), call.resource.api_version))

    return call.registry.change(
        call.resource, call.name, call.namespace, assign, subresource="scale", by=by, tracked=False
    )


def _owners(before: Entries, after: Entries, api_version: str) -> Entries:
    """The workload's entries after those of its Scale changed."""
    kept = {who: replace(has, paths=has.paths - {REPLICAS}) for who, has in before.items() if who not in after}
    found = {who: has for who, has in {**before, **kept}.items() if has.paths}
    for who, has in after.items():
        if REPLICAS in has.paths and who not in before:
            found[who] = replace(has, paths={REPLICAS}, api_version=api_version)
    return found


def _put(call: Call) -> Obj:
    expected = (SCALE.group, SCALE.version, SCALE.kind)
    obj, warnings = decode.decode(call.request.body, call.request.content_type(), expected)
    call.warnings.extend(warnings)
    return obj


def _patched(call: Call, scale: Obj) -> Obj:
    kind = call.request.content_type()
    if kind not in verbs.PATCH_TYPES[:3]:
        raise status.StatusError(415, "UnsupportedMediaType", "415: Unsupported Media Type", {})
    body = verbs.read_patch(call.request.body)
    try:
        shaped, _ = decode.reshape(patch.apply(SCALE, scale, body, kind), (SCALE.group, SCALE.version, SCALE.kind))
    except ValueError as error:
        shown = json.dumps(json.dumps(scale, separators=(",", ":")))
        cause = status.Cause("patch", "FieldValueInvalid", f"Invalid value: {shown}: {error}")
        raise status.invalid("", "", [cause]) from None
    return shaped


def _check(call: Call, scale: Obj) -> None:
    replicas = (scale.get("spec") or {}).get("replicas") or 0
    if replicas < 0:
        text = f"Invalid value: {replicas}: must be greater than or equal to 0"
        cause = status.Cause("spec.replicas", "FieldValueInvalid", text)
        raise status.invalid("Scale.autoscaling", call.name, [cause])
