"""Leases. Upstream: pkg/apis/coordination/validation/validation.go"""

from __future__ import annotations

from typing import Any

from podlab.embedded.apiserver.columns import AGE, NAME, Column, age, head
from podlab.embedded.apiserver.resource import Context, Obj, Resource
from podlab.embedded.apiserver.status import Cause
from podlab.embedded.apiserver.validation import causes, metadata


def validate(lease: Obj, old: Obj | None) -> list[Cause]:
    """Its duration is above 0 s. Upstream: pkg/apis/coordination/validation/validation.go (ValidateLeaseSpec)"""
    found, spec = metadata.validate(lease, old), lease.get("spec") or {}
    duration = spec.get("leaseDurationSeconds")
    if duration is not None and duration <= 0:
        found.append(causes.invalid("spec.leaseDurationSeconds", duration, "must be greater than 0"))
    return found + metadata.non_negative("spec.leaseTransitions", spec.get("leaseTransitions"))


def prepare(lease: Obj, old: Obj | None, ctx: Context) -> None:
    """Coordinated election is behind a gate that is off. Upstream: pkg/registry/coordination/lease/strategy.go"""
    for key in ("strategy", "preferredHolder"):
        (lease.get("spec") or {}).pop(key, None)


COLUMNS = (
    NAME,
    Column(
        "Holder",
        "holderIdentity contains the identity of the holder of a current lease. If Coordinated Leader Election is "
        "used, the holder identity must be equal to the elected LeaseCandidate.metadata.name field.",
    ),
    AGE,
)


def row(obj: Obj, now: float) -> list[Any]:
    """Who holds it. Upstream: pkg/printers/internalversion/printers.go (printLease)"""
    name, spec, _ = head(obj)
    return [name, spec.get("holderIdentity", ""), age(obj, now)]


LEASES = Resource(
    group="coordination.k8s.io",
    version="v1",
    kind="Lease",
    plural="leases",
    singular="lease",
    validate=validate,
    prepare=prepare,
    unconditional_update=False,
    create_on_update=True,
    columns=COLUMNS,
    row=row,
)
