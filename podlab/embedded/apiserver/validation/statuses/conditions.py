"""Conditions of the common form: typed, dated and with a reason.

Upstream: apimachinery/pkg/apis/meta/v1/validation/validation.go (ValidateConditions)
"""

from __future__ import annotations

from podlab.embedded.apiserver.resource import Obj
from podlab.embedded.apiserver.status import Cause
from podlab.embedded.apiserver.validation import causes, names

STATUSES = ("False", "True", "Unknown")
LONGEST_REASON, LONGEST_MESSAGE = 1024, 32 * 1024


def conditions(given: list[Obj], path: str) -> list[Cause]:
    """Return what is wrong with them, one after the other."""
    found: list[Cause] = []
    for index, condition in enumerate(given):
        here, kind = f"{path}[{index}]", condition.get("type") or ""
        if kind in [one.get("type") or "" for one in given[:index]]:
            found.append(causes.duplicate(f"{here}.type", kind))
        found += _condition(condition, kind, here)
    return found


def _condition(condition: Obj, kind: str, path: str) -> list[Cause]:
    found = names.causes_of(f"{path}.type", kind, names.qualified(kind))
    if condition.get("status") not in STATUSES:
        found.append(causes.unsupported(f"{path}.status", condition.get("status") or "", STATUSES))
    if (seen := condition.get("observedGeneration") or 0) < 0:
        found.append(causes.invalid(f"{path}.observedGeneration", seen, "must be greater than or equal to zero"))
    if not condition.get("lastTransitionTime"):
        found.append(causes.required(f"{path}.lastTransitionTime"))
    if reason := condition.get("reason"):
        found += names.causes_of(f"{path}.reason", reason, names.condition_reason(reason))
    else:
        found.append(causes.required(f"{path}.reason"))
    for key, most in (("reason", LONGEST_REASON), ("message", LONGEST_MESSAGE)):
        if len((condition.get(key) or "").encode()) > most:
            found.append(causes.too_long(f"{path}.{key}", most))
    return found
