"""What conditions of the common form have to say, and the statuses that nobody may write, as kind says it."""

from __future__ import annotations

from typing import Any

import pytest

from podlab.embedded.apiserver.validation import metadata
from podlab.embedded.apiserver.validation.statuses import corestatuses, replicacounts

Obj = dict[str, Any]


def _said(causes: list[Any]) -> list[str]:
    return [f"{cause.field}: {cause.message}".partition(" (e.g.")[0] for cause in causes]


def test_a_condition_is_typed_dated_and_has_a_reason() -> None:
    odd = {"type": "a b", "status": "Maybe", "reason": "x y", "message": "m"}
    status = {"disruptionsAllowed": -1, "conditions": [odd, {"type": "T", "status": "True"}, {**odd, "type": "T"}]}
    found = _said(replicacounts.disruption_budget({"status": status}, None))
    name = "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an"
    reason = "a condition reason must start with alphabetic character, optionally followed by a string of alphanumeric"
    assert found[0].startswith(f'status.conditions[0].type: Invalid value: "a b": {name} alphanumeric character')
    known = 'Unsupported value: "Maybe": supported values: "False", "True", "Unknown"'
    assert found[1:3] == [f"status.conditions[0].status: {known}", _missing(0, "lastTransitionTime")]
    assert found[3].startswith(f'status.conditions[0].reason: Invalid value: "x y": {reason} characters')
    assert found[4:6] == [_missing(1, "lastTransitionTime"), _missing(1, "reason")]
    assert found[6] == 'status.conditions[2].type: Duplicate value: "T"'
    assert found[-1] == "status.disruptionsAllowed: Invalid value: -1: must be greater than or equal to 0"


def _missing(index: int, key: str) -> str:
    return f"status.conditions[{index}].{key}: Required value"


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ({"phase": "Bound", "capacity": {"storage": "1Gi"}, "allocatedResources": {"storage": "1Gi"}}, []),
        (
            {"capacity": {"storage": "-1"}, "allocatedResourceStatuses": {"storage": "Odd"}},
            [
                "status.capacity[storage]: Invalid value: -1: must be a valid resource quantity",
                'status.allocatedResourceStatuses: Unsupported value: "storage": supported values: '
                '"ControllerResizeInProgress", "ControllerResizeInfeasible", "NodeResizeInProgress", '
                '"NodeResizeInfeasible", "NodeResizePending"',
            ],
        ),
        (
            {"allocatedResources": {"foo": "1", "example.com/x": "1"}},
            ['status.allocatedResources: Unsupported value: "foo": supported values: "storage"'],
        ),
    ],
)
def test_a_claim_has_got_no_less_than_nothing(status: Obj, said: list[str]) -> None:
    assert _said(corestatuses.claim({"status": status}, None)) == said


def test_counts_and_generations_are_not_below_zero() -> None:
    found = _said(replicacounts.autoscaler({"status": {"currentReplicas": -1, "desiredReplicas": -2}}, None))
    text = "must be greater than or equal to 0"
    below = [f"status.currentReplicas: Invalid value: -1: {text}", f"status.desiredReplicas: Invalid value: -2: {text}"]
    assert found == below
    assert _said(metadata.validate({"metadata": {"name": "a", "generation": -1}}, None)) == [
        f"metadata.generation: Invalid value: -1: {text}"
    ]
