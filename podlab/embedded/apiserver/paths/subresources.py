"""Subresources that write objects in a way of their own: binding, finalize.

Upstream: pkg/registry/core/{pod,namespace}/storage
"""

from __future__ import annotations

from podlab.apimachinery.times import rfc3339
from podlab.embedded.apiserver import status, verbs
from podlab.embedded.apiserver.answering import negotiation, shapes
from podlab.embedded.apiserver.answering.negotiation import Answer
from podlab.embedded.apiserver.decoding import decode
from podlab.embedded.apiserver.request import check_write_options
from podlab.embedded.apiserver.resource import Obj, Writer
from podlab.embedded.apiserver.resources.componentstatuses import PARTS, component
from podlab.embedded.apiserver.validation import causes
from podlab.embedded.apiserver.verbs import Call


def finalize(call: Call) -> Answer:
    """PUT of a namespace's spec.finalizers; the last one gone, the namespace goes too."""
    return verbs.update(call)


def component_status(call: Call) -> Answer:
    """GET of the control plane's parts, which are asked, not stored."""
    form, now = call.form(), call.registry.clock.now()
    if not call.name:
        parts = [component(name) for name in PARTS]
        return call.answer(shapes.many(call.resource, parts, {}, form, now=now), form)
    if call.name not in PARTS:
        raise status.not_found("componentstatus", call.name)
    return call.one(component(call.name), form)


def _check_target(target: Obj) -> None:
    """Upstream: pkg/apis/core/validation/validation.go ValidatePodBinding"""
    found = []
    if target.get("kind") not in (None, "", "Node"):
        found.append(causes.unsupported("target.kind", target["kind"], ("Node", "<empty>")))
    if not target.get("name"):
        found.append(causes.required("target.name"))
    if found:
        text = ", ".join(f"{cause.field}: {cause.message}" for cause in found)
        raise status.StatusError(500, "", f"[{text}]" if len(found) > 1 else text)


def bind(call: Call) -> Answer:
    """POST of a Binding: the Pod gets its node. Upstream: pkg/registry/core/pod/storage/storage.go"""
    dry_run = check_write_options(call.request, "CreateOptions")
    binding, _ = decode.decode(call.request.body, call.request.content_type(), ("", "v1", "Binding"))
    target = binding.get("target") or {}
    name = call.name or (binding.get("metadata") or {}).get("name", "")
    node = target.get("name", "")
    if call.name and (binding.get("metadata") or {}).get("name") != call.name:
        raise status.bad_request("name in URL does not match name in Binding object")
    _check_target(target)
    now = rfc3339(call.registry.clock.now())

    def assign(pod: Obj) -> None:
        bound = pod["spec"].get("nodeName", "")
        if pod["metadata"].get("deletionTimestamp"):
            raise status.conflict("pods/binding", name, f"pod {name} is being deleted, cannot be assigned to a host")
        if bound:
            why = f'pod {name} is already assigned to node "{bound}"'
            raise status.conflict("pods/binding", name, why)
        pod["spec"]["nodeName"] = node
        conditions = pod.setdefault("status", {}).setdefault("conditions", [])
        conditions[:] = [condition for condition in conditions if condition["type"] != "PodScheduled"]
        conditions.append({"lastProbeTime": None, "lastTransitionTime": now, "status": "True", "type": "PodScheduled"})

    pods, by = call.registry.resource("pods"), Writer(dry_run=dry_run)
    call.registry.change(pods, name, call.namespace, assign, subresource="binding", by=by)
    made = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "code": 201}
    return call.answer(made, negotiation.Form(), 201)
