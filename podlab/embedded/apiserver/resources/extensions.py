"""What changes how the cluster answers: definitions of custom resources.

Webhooks and policies are not called and other API servers not asked, so what would configure them is not accepted.
"""

from __future__ import annotations

from typing import Any

from podlab.embedded.apiserver.columns import AGE, NAME, UNKNOWN, Column, age, head
from podlab.embedded.apiserver.custom import definitions, formats
from podlab.embedded.apiserver.resource import Context, Obj, Resource, no_causes
from podlab.embedded.apiserver.resources.stored import CHANGE, DELETE, stored

COLUMNS = (
    NAME,
    Column("Service", "The reference to the service that hosts this API endpoint."),
    Column("Available", "Whether this service is available."),
    AGE,
)

WEBHOOK_COLUMNS = (
    NAME,
    Column("Webhooks", "Webhooks indicates the number of webhooks registered in this configuration", type="integer"),
    AGE,
)
VALIDATION_COLUMNS = (
    NAME,
    Column(
        "Validations",
        "Validations indicates the number of validation rules defined in this configuration",
        type="integer",
    ),
    Column("ParamKind", "ParamKind specifies the kind of resources used to parameterize this policy"),
    AGE,
)
MUTATION_COLUMNS = (
    NAME,
    Column(
        "Mutations",
        "Mutation indicates the number of mutations rules defined in this configuration",
        type="integer",
    ),
    Column("ParamKind", "ParamKind specifies the kind of resources used to parameterize this policy"),
    AGE,
)
BINDING_COLUMNS = (
    NAME,
    Column("PolicyName", "PolicyName indicates the policy definition which the policy binding binded to"),
    Column("ParamRef", "ParamRef indicates the param resource which sets the configuration param"),
    AGE,
)


def row(obj: Obj, now: float) -> list[Any]:
    """The cells of an APIService: all are served by this API server, which is called Local."""
    name, _, status = head(obj)
    found = {c.get("type"): c.get("status", "") for c in reversed(status.get("conditions") or [])}
    available = found.get("Available", UNKNOWN)
    return [name, "Local", available, age(obj, now)]


CLEANUP = "customresourcecleanup.apiextensions.k8s.io"
PENDING = "CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon"


def default(obj: Obj) -> None:
    """Singular, list kind and conversion.

    Upstream: staging/src/k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1/defaults.go
    """
    spec = obj.setdefault("spec", {})
    names = spec.setdefault("names", {})
    kind = names.get("kind", "")
    names["singular"] = names.get("singular") or kind.lower()
    if kind and not names.get("listKind"):
        names["listKind"] = kind + "List"
    if spec.get("conversion") is None:
        spec["conversion"] = {"strategy": "None"}


def prepare(obj: Obj, old: Obj | None, ctx: Context) -> None:
    """Which version is stored stands in the status. Upstream: pkg/registry/customresourcedefinition/strategy.go"""
    stored_now = [
        version["name"] for version in (obj.get("spec") or {}).get("versions") or () if version.get("storage")
    ]
    if old is None:
        obj["status"] = {"acceptedNames": {"plural": "", "kind": ""}, "storedVersions": stored_now[:1]}
    elif ctx.subresource == "":
        known = (obj.get("status") or {}).get("storedVersions") or []
        obj.setdefault("status", {})["storedVersions"] = [
            *known,
            *(name for name in stored_now[:1] if name not in known),
        ]


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


def _read_only(group: str, kind: str, refused: tuple[str, ...] = CHANGE, **more: Any) -> Resource:
    """A kind of which nobody may make an object."""
    return stored(group, kind, namespaced=False, refused=refused, categories=("api-extensions",), **more)


ADMISSION = "admissionregistration.k8s.io"
EXTENSIONS = (
    _read_only(ADMISSION, "MutatingWebhookConfiguration", columns=WEBHOOK_COLUMNS),
    _read_only(ADMISSION, "ValidatingWebhookConfiguration", columns=WEBHOOK_COLUMNS),
    _read_only(
        ADMISSION,
        "ValidatingAdmissionPolicy",
        plural="validatingadmissionpolicies",
        status=True,
        columns=VALIDATION_COLUMNS,
    ),
    _read_only(ADMISSION, "ValidatingAdmissionPolicyBinding", columns=BINDING_COLUMNS),
    _read_only(ADMISSION, "MutatingAdmissionPolicy", plural="mutatingadmissionpolicies", columns=MUTATION_COLUMNS),
    _read_only(ADMISSION, "MutatingAdmissionPolicyBinding", columns=BINDING_COLUMNS),
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
        warnings=formats.warnings,
        generation=True,
        held=_held_or_alive,
        terminating=terminating,
        kept_by_status=(("f:metadata",), ("f:spec",)),
    ),
    _read_only(
        "apiregistration.k8s.io",
        "APIService",
        (*CHANGE, *DELETE),
        status=True,
        validate=no_causes,
        columns=COLUMNS,
        row=row,
    ),
)
