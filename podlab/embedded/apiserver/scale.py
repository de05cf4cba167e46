"""The scale subresource: how many Pods a workload wants, as `kubectl scale` reads and writes it.

Upstream: pkg/registry/apps/deployment/storage/storage.go ScaleREST
"""

from __future__ import annotations

from typing import Any

from . import decode, patch, status, verbs
from .negotiation import Answer
from .request import check_write_options
from .resource import Obj, Resource
from .resources import deployments
from .verbs import Call

GVK = ("autoscaling", "v1", "Scale")
PATCHES = (patch.JSON, patch.MERGE, patch.STRATEGIC)
SCALE = Resource(group=GVK[0], version=GVK[1], kind=GVK[2], plural="scales")


def answer(call: Call) -> Answer:
    """GET, PUT or PATCH of a scale. Raises StatusError."""
    form = call.form(verbs.WHOLE)
    method = call.request.method
    stored = call.registry.get(call.resource, call.name, call.namespace)
    if method == "GET":
        return call.answer(deployments.scale(stored), form)
    if method not in ("PUT", "PATCH"):
        raise status.method_not_allowed()
    dry_run = check_write_options(call.request, "UpdateOptions" if method == "PUT" else "PatchOptions")
    kind = call.request.content_type()
    if method == "PATCH" and kind not in PATCHES:
        raise status.unsupported_media_type(PATCHES)
    wanted = _put(call) if method == "PUT" else _patched(call, deployments.scale(stored), kind)
    return call.answer(_apply(call, wanted, stored, dry_run), form)


def _put(call: Call) -> Obj:
    scale, warnings = decode.decode(call.request.body, call.request.content_type(), GVK)
    call.warnings.extend(warnings)
    return scale


def _patched(call: Call, scale: Obj, kind: str) -> Obj:
    try:
        body: Any = decode.parse(call.request.body.decode("utf-8", "replace"))
        return decode.reshape(patch.apply(SCALE, scale, body, kind), GVK)[0]
    except ValueError as error:
        raise status.bad_request(f"error decoding patch: {error}") from None


def _apply(call: Call, scale: Obj, stored: Obj, dry_run: bool) -> Obj:
    meta = scale.get("metadata") or {}
    if meta.get("name") and meta["name"] != call.name:
        given = meta["name"]
        raise status.bad_request(f"the name of the object ({given}) does not match the name on the URL ({call.name})")
    if meta.get("resourceVersion") not in (None, "", stored["metadata"]["resourceVersion"]):
        raise status.conflict(call.resource.qualified, call.name)
    if causes := deployments.validate_scale(scale):
        raise status.invalid("Scale.autoscaling", call.name, causes)
    replicas = (scale.get("spec") or {}).get("replicas", 0)
    wanted = {**stored, "spec": {**stored["spec"], "replicas": replicas}}
    changed = call.registry.update(
        call.resource,
        wanted,
        name=call.name,
        namespace=call.namespace,
        subresource="scale",
        manager=call.request.manager(),
        user=call.request.user,
        dry_run=dry_run,
        warnings=call.warnings,
    )
    return deployments.scale(changed)
