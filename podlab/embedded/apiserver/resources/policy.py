"""PodDisruptionBudgets. Upstream: pkg/registry/policy/poddisruptionbudget/strategy.go"""

from __future__ import annotations

from typing import Any

from podlab.embedded.apiserver.columns import AGE, NAME, Column, age, head
from podlab.embedded.apiserver.resource import Obj
from podlab.embedded.apiserver.resources.stored import stored
from podlab.embedded.apiserver.validation import budgets

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


DISRUPTION_BUDGETS = stored(
    "policy",
    "PodDisruptionBudget",
    "pdb",
    status=True,
    validate=budgets.validate,
    generation=True,
    columns=COLUMNS,
    row=row,
)
