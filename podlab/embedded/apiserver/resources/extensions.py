"""What would change how the cluster answers (custom resources, aggregated APIs, admission webhooks): read, not made."""

from __future__ import annotations

from typing import Any

from podlab.embedded.apiserver.columns import AGE, NAME, Column, age
from podlab.embedded.apiserver.resource import Obj, Resource
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


def _reading(group: str, kind: str, *short_names: str, **more: Any) -> Resource:
    known = ("api-extensions",)
    return stored(group, kind, *short_names, namespaced=False, verbs=READ, categories=known, **more)


ADMISSION = "admissionregistration.k8s.io"
EXTENSIONS = (
    _reading(ADMISSION, "MutatingWebhookConfiguration"),
    _reading(ADMISSION, "ValidatingWebhookConfiguration"),
    _reading(ADMISSION, "ValidatingAdmissionPolicy", plural="validatingadmissionpolicies"),
    _reading(ADMISSION, "ValidatingAdmissionPolicyBinding"),
    _reading("apiextensions.k8s.io", "CustomResourceDefinition", "crd", "crds"),
    _reading("apiregistration.k8s.io", "APIService", columns=COLUMNS, row=row),
)
