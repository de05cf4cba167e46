"""PodDisruptionBudgets. Upstream: pkg/registry/policy/poddisruptionbudget/strategy.go"""

from __future__ import annotations

from typing import Any

from podlab.embedded.apiserver.columns import AGE, NAME, Column, age, head
from podlab.embedded.apiserver.resource import Obj
from podlab.embedded.apiserver.resources.stored import stored
from podlab.embedded.apiserver.status import Cause
from podlab.embedded.apiserver.validation import amounts, causes, metadata, names
from podlab.embedded.apiserver.validation.statuses import replicacounts

EVICTION = ("AlwaysAllow", "IfHealthyBudget")

COLUMNS = (
    NAME,
    Column("Min Available", "The minimum number of pods that must be available."),
    Column("Max Unavailable", "The maximum number of pods that may be unavailable."),
    Column("Allowed Disruptions", "Calculated number of pods that may be disrupted at this time.", type="integer"),
    AGE,
)


def row(obj: Obj, now: float) -> list[Any]:
    """`N/A` for the one of the two limits that is not set.

    Upstream: pkg/printers/internalversion/printers.go (printPodDisruptionBudget)
    """
    name, spec, status = head(obj)
    least, most = (str(spec[key]) if key in spec else "N/A" for key in ("minAvailable", "maxUnavailable"))
    return [name, least, most, status.get("disruptionsAllowed", 0), age(obj, now)]


def validate(obj: Obj, old: Obj | None) -> list[Cause]:
    """Return what is wrong with a PodDisruptionBudget; upstream doesn't look at its name.

    Upstream: pkg/apis/policy/validation/validation.go
    """
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


DISRUPTION_BUDGETS = stored(
    "policy",
    "PodDisruptionBudget",
    "pdb",
    status=True,
    validate=validate,
    validate_status=replicacounts.disruption_budget,
    generation=True,
    columns=COLUMNS,
    row=row,
)
