"""The numbers in the status of what keeps replicas: none below zero, none above those it is a part of.

Upstream: pkg/apis/apps/validation/validation.go (ValidateDeploymentStatus and its like)
"""

from __future__ import annotations

from collections.abc import Callable

from podlab.embedded.apiserver.resource import Obj
from podlab.embedded.apiserver.status import Cause
from podlab.embedded.apiserver.validation import causes, metadata
from podlab.embedded.apiserver.validation.statuses.conditions import conditions

Bounds = tuple[tuple[str, str, str], ...]
"""(a number, the one that it is a part of, how the message names that)."""
READY: Bounds = (
    ("readyReplicas", "replicas", "status.replicas"),
    ("availableReplicas", "replicas", "status.replicas"),
    ("availableReplicas", "readyReplicas", "readyReplicas"),
)


def counts(names: tuple[str, ...], bounds: Bounds) -> Callable[[Obj, Obj | None], list[Cause]]:
    """A check of a status: what may not be negative, and what may not be more than what."""

    def validate(obj: Obj, old: Obj | None) -> list[Cause]:
        status, found = obj.get("status") or {}, []
        for name in names:
            found += metadata.non_negative(f"status.{name}", status.get(name))
        for part, whole, shown in bounds:
            value = status.get(part) or 0
            if value > (status.get(whole) or 0):
                found.append(causes.invalid(f"status.{part}", value, f"cannot be greater than {shown}"))
        if "collisionCount" in names:
            found += _decremented(status.get("collisionCount"), ((old or {}).get("status") or {}).get("collisionCount"))
        return found

    return validate


def _decremented(count: int | None, before: int | None) -> list[Cause]:
    """Collisions of names are only ever more. Upstream: pkg/apis/core/validation/validation.go (IsDecremented)"""
    if before is None or (count is not None and count >= before):
        return []
    return [causes.invalid("status.collisionCount", count or 0, "cannot be decremented")]


deployment = counts(
    (
        "observedGeneration",
        "replicas",
        "updatedReplicas",
        "readyReplicas",
        "availableReplicas",
        "unavailableReplicas",
        "terminatingReplicas",
        "collisionCount",
    ),
    (("updatedReplicas", "replicas", "status.replicas"), *READY),
)
replica_set = counts(
    (
        "replicas",
        "fullyLabeledReplicas",
        "readyReplicas",
        "availableReplicas",
        "observedGeneration",
        "terminatingReplicas",
    ),
    (("fullyLabeledReplicas", "replicas", "status.replicas"), *READY),
)
stateful_set = counts(
    (
        "replicas",
        "readyReplicas",
        "currentReplicas",
        "updatedReplicas",
        "availableReplicas",
        "observedGeneration",
        "collisionCount",
    ),
    (
        ("readyReplicas", "replicas", "status.replicas"),
        ("currentReplicas", "replicas", "status.replicas"),
        ("updatedReplicas", "replicas", "status.replicas"),
        ("availableReplicas", "replicas", "status.replicas"),
        ("availableReplicas", "readyReplicas", "status.readyReplicas"),
    ),
)
daemon_set = counts(
    (
        "currentNumberScheduled",
        "numberMisscheduled",
        "desiredNumberScheduled",
        "numberReady",
        "observedGeneration",
        "updatedNumberScheduled",
        "numberAvailable",
        "numberUnavailable",
        "collisionCount",
    ),
    (),
)
autoscaler = counts(("currentReplicas", "desiredReplicas"), ())
_healthy = counts(("disruptionsAllowed", "currentHealthy", "desiredHealthy", "expectedPods"), ())


def disruption_budget(obj: Obj, old: Obj | None) -> list[Cause]:
    """Its conditions come first. Upstream: ValidatePodDisruptionBudgetStatusUpdate"""
    given = (obj.get("status") or {}).get("conditions") or []
    return conditions(given, "status.conditions") + _healthy(obj, old)
