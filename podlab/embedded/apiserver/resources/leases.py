"""Leases. Upstream: pkg/apis/coordination/validation/validation.go"""

from __future__ import annotations

from podlab.embedded.apiserver.resource import Obj, Resource
from podlab.embedded.apiserver.status import Cause
from podlab.embedded.apiserver.validation import causes, metadata


def validate(lease: Obj, old: Obj | None) -> list[Cause]:
    found, spec = metadata.validate(lease, old), lease.get("spec") or {}
    duration = spec.get("leaseDurationSeconds")
    if duration is not None and duration <= 0:
        found.append(causes.invalid("spec.leaseDurationSeconds", duration, "must be greater than 0"))
    return found + metadata.non_negative("spec.leaseTransitions", spec.get("leaseTransitions"))


LEASES = Resource(
    group="coordination.k8s.io",
    version="v1",
    kind="Lease",
    plural="leases",
    singular="lease",
    validate=validate,
    unconditional_update=False,
    create_on_update=True,
)
