"""Namespaces. Upstream: pkg/registry/core/namespace/strategy.go"""

from __future__ import annotations

from typing import Any

from podlab.embedded.apiserver.columns import AGE, NAME, Column, age
from podlab.embedded.apiserver.resource import Context, Obj, Resource
from podlab.embedded.apiserver.status import Cause
from podlab.embedded.apiserver.validation import causes, metadata, names
from podlab.embedded.apiserver.validation.statuses import corestatuses

LABEL = "kubernetes.io/metadata.name"


def default(namespace: Obj) -> None:
    """Label a namespace with its own name."""
    meta = namespace.setdefault("metadata", {})
    if meta.get("name"):
        meta["labels"] = {**(meta.get("labels") or {}), LABEL: meta["name"]}


def prepare(namespace: Obj, old: Obj | None, ctx: Context) -> None:
    """A new namespace is active, and held by one finalizer."""
    default(namespace)
    if old is None:
        finalizers = list((namespace.get("spec") or {}).get("finalizers") or [])
        namespace["spec"] = {"finalizers": finalizers if "kubernetes" in finalizers else [*finalizers, "kubernetes"]}
        namespace["status"] = {"phase": "Active"}
    elif ctx.subresource != "finalize":
        namespace["spec"] = dict(old.get("spec") or {})


def validate(namespace: Obj, old: Obj | None) -> list[Cause]:
    """Its name is a DNS label; its finalizers are known or qualified.

    Upstream: pkg/apis/core/validation/validation.go (ValidateNamespace)
    """
    found = metadata.validate(namespace, old, names.label)
    for index, name in enumerate((namespace.get("spec") or {}).get("finalizers") or []):
        here = f"spec.finalizers[{index}]" if old else "spec.finalizers"
        found += names.causes_of(here, name, names.qualified(name))
        if "/" not in name and name not in metadata.STANDARD_FINALIZERS:
            found.append(causes.invalid(here, name, metadata.ODD_FINALIZER))
    return found


def selectable(namespace: Obj) -> dict[str, str]:
    """A field selector may ask for its phase. Upstream: pkg/registry/core/namespace/strategy.go"""
    return {"status.phase": (namespace.get("status") or {}).get("phase", "")}


def held(namespace: Obj) -> bool:
    """A namespace waits until its contents are gone and the finalizer is taken off."""
    return bool((namespace.get("spec") or {}).get("finalizers"))


def terminating(namespace: Obj) -> None:
    """Say that it is being deleted; the namespace controller empties it."""
    namespace["status"] = {**(namespace.get("status") or {}), "phase": "Terminating"}


COLUMNS = (
    NAME,
    Column("Status", "The status of the namespace"),
    AGE,
)


def row(obj: Obj, now: float) -> list[Any]:
    """STATUS is its phase. Upstream: pkg/printers/internalversion/printers.go (printNamespace)"""
    status = obj.get("status") or {}
    return [obj["metadata"].get("name", ""), status.get("phase", ""), age(obj, now)]


NAMESPACES = Resource(
    group="",
    version="v1",
    kind="Namespace",
    plural="namespaces",
    singular="namespace",
    short_names=("ns",),
    namespaced=False,
    verbs=("create", "delete", "get", "list", "patch", "update", "watch"),
    subresources=("finalize", "status"),
    default=default,
    validate=validate,
    validate_status=corestatuses.namespace,
    prepare=prepare,
    fields=selectable,
    held=held,
    terminating=terminating,
    columns=COLUMNS,
    row=row,
)
