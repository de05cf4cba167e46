"""What changes how the cluster answers: definitions of custom resources; aggregated APIs and webhooks are only read."""

from __future__ import annotations

from typing import Any

from podlab.embedded.apiserver.columns import AGE, NAME, Column, age
from podlab.embedded.apiserver.custom import definitions
from podlab.embedded.apiserver.resource import Context, Obj, Resource
from podlab.embedded.apiserver.resources.stored import READ, stored

COLUMNS = (
    NAME,
    Column("Service", "The reference to the service that hosts this API endpoint."),
    Column("Available", "Whether this service is available."),
    AGE,
)


def row(obj: Obj, now: float) -> list[Any]:
    name = obj["metadata"].get("name", "")
    return [name, "Local", "True", age(obj, now)]


CLEANUP = "customresourcecleanup.apiextensions.k8s.io"
PENDING = "CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon"


def default(obj: Obj) -> None:
    spec = obj.setdefault("spec", {})
    names = spec.setdefault("names", {})
    names["singular"] = names.get("singular") or names.get("kind", "").lower()
    names["listKind"] = names.get("listKind") or names.get("kind", "") + "List"
    conversion = spec.get("conversion") or {}
    spec["conversion"] = {**conversion, "strategy": conversion.get("strategy") or "None"}


def prepare(obj: Obj, old: Obj | None, ctx: Context) -> None:
    """Which version is stored stands in the status. Upstream: pkg/registry/customresourcedefinition/strategy.go"""
    stored_now = [
        version["name"] for version in (obj.get("spec") or {}).get("versions") or () if version.get("storage")
    ]
    if old is None:
        obj["status"] = {"acceptedNames": {"plural": "", "kind": ""}, "storedVersions": stored_now[:1]}
    elif ctx.subresource == "":
        known = (obj.get("status") or {}).get("storedVersions") or []
        obj.setdefault("status", {})["storedVersions"] = [*known, *(name for name in stored_now if name not in known)]


def held(obj: Obj) -> bool:
    """Until all objects of the kind are gone."""
    return CLEANUP in (obj["metadata"].get("finalizers") or ())


def terminating(obj: Obj) -> None:
    """A definition waits for its objects to go."""
    meta = obj["metadata"]
    meta["finalizers"] = [*(meta.get("finalizers") or ()), *([] if held(obj) else [CLEANUP])]
    since = meta["deletionTimestamp"]
    condition = {"type": "Terminating", "status": "True", "lastTransitionTime": since}
    condition |= {"reason": "InstanceDeletionPending", "message": PENDING}
    status = obj.setdefault("status", {})
    status["conditions"] = [*(status.get("conditions") or ()), condition]


def _held_or_alive(obj: Obj) -> bool:
    """A definition is never deleted at once."""
    return held(obj) or not obj["metadata"].get("deletionTimestamp")


def _reading(group: str, kind: str, *short_names: str, **more: Any) -> Resource:
    known = ("api-extensions",)
    return stored(group, kind, *short_names, namespaced=False, verbs=READ, categories=known, **more)


ADMISSION = "admissionregistration.k8s.io"
EXTENSIONS = (
    _reading(ADMISSION, "MutatingWebhookConfiguration"),
    _reading(ADMISSION, "ValidatingWebhookConfiguration"),
    _reading(ADMISSION, "ValidatingAdmissionPolicy", plural="validatingadmissionpolicies"),
    _reading(ADMISSION, "ValidatingAdmissionPolicyBinding"),
    _reading(ADMISSION, "MutatingAdmissionPolicy", plural="mutatingadmissionpolicies"),
    _reading(ADMISSION, "MutatingAdmissionPolicyBinding"),
    Resource(
        group="apiextensions.k8s.io",
        version="v1",
        kind="CustomResourceDefinition",
        plural="customresourcedefinitions",
        singular="customresourcedefinition",
        short_names=("crd", "crds"),
        categories=("api-extensions",),
        namespaced=False,
        subresources=("status",),
        default=default,
        prepare=prepare,
        validate=definitions.validate,
        generation=True,
        held=_held_or_alive,
        terminating=terminating,
        kept_by_status=(("f:metadata",), ("f:spec",)),
    ),
    _reading("apiregistration.k8s.io", "APIService", columns=COLUMNS, row=row),
)
