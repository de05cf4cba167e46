"""What is wrong with a PodDisruptionBudget. Upstream: pkg/apis/policy/validation/validation.go"""

from __future__ import annotations

from typing import Any

from podlab.embedded.apiserver.status import Cause
from podlab.embedded.apiserver.validation import amounts, causes, metadata, names

Obj = dict[str, Any]

EVICTION = ("AlwaysAllow", "IfHealthyBudget")


def validate(obj: Obj, old: Obj | None) -> list[Cause]:
    """Return what is wrong with a PodDisruptionBudget; upstream doesn't look at its name."""
    spec, found = obj.get("spec") or {}, metadata.validate(obj, old, names.path_segment)
    least, most = spec.get("minAvailable"), spec.get("maxUnavailable")
    if least is not None and most is not None:
        shown = {
            "MinAvailable": least,
            "Selector": spec.get("selector"),
            "MaxUnavailable": most,
            "UnhealthyPodEvictionPolicy": spec.get("unhealthyPodEvictionPolicy"),
        }
        found.append(causes.invalid("spec", shown, "minAvailable and maxUnavailable cannot be both set"))
    for key in ("minAvailable", "maxUnavailable"):
        found += amounts.positive(spec.get(key), f"spec.{key}")
        found += amounts.at_most_all(spec.get(key), f"spec.{key}")
    found += metadata.selector(spec.get("selector"), "spec.selector")
    policy = spec.get("unhealthyPodEvictionPolicy")
    return found + names.among("spec.unhealthyPodEvictionPolicy", policy, EVICTION)
