"""What a priority level, and a driver's capacity, may not say: in kind's words."""

from __future__ import annotations

from typing import Any

import pytest

from podlab.embedded.apiserver.resources.attachments import ATTACHMENTS
from podlab.embedded.apiserver.validation.flowschemas import level

Obj = dict[str, Any]
RESPONSE = "spec.limited.limitResponse"


def _limited(response: Obj, **more: Any) -> Obj:
    return {"type": "Limited", "limited": {"limitResponse": response, **more}}


def _queued(queues: int, hand: int, length: int = 50) -> Obj:
    queuing = {"queues": queues, "handSize": hand, "queueLengthLimit": length}
    return _limited({"type": "Queue", "queuing": queuing})


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        (_queued(64, 8), []),
        (_limited({"type": "Reject"}), []),
        ({"type": "Odd"}, ['spec.type: Unsupported value: "Odd": supported values: "Exempt", "Limited"']),
        (
            {"type": "Exempt"},
            ["spec.type: Invalid value: \"Exempt\": must be 'Exempt' if and only if `name` is 'exempt'"],
        ),
        ({"type": "Limited"}, ["spec.limited: Required value: must not be empty when type is Limited"]),
        (
            _limited({"type": "Queue"}, nominalConcurrencyShares=-1, lendablePercent=101, borrowingLimitPercent=-1)
            | {"exempt": {}},
            [
                "spec.exempt: Forbidden: must be nil if the type is Limited",
                "spec.limited.nominalConcurrencyShares: Invalid value: -1: must be a non-negative integer",
                f"{RESPONSE}.queuing: Required value: must not be empty if limited.limitResponse.type is Limited",
                "spec.limited.lendablePercent: Invalid value: 101: must be between 0 and 100, inclusive",
                "spec.limited.borrowingLimitPercent: Invalid value: -1: if specified, must be a non-negative integer",
            ],
        ),
        (
            _limited({"type": "Reject", "queuing": {}}),
            [f"{RESPONSE}.queuing: Forbidden: must be nil if limited.limitResponse.type is not Limited"],
        ),
        (
            _queued(-1, -2, -3),
            [
                f"{RESPONSE}.queuing.queueLengthLimit: Invalid value: -3: must be positive",
                f"{RESPONSE}.queuing.queues: Invalid value: -1: must be positive",
                f"{RESPONSE}.queuing.handSize: Invalid value: -2: must be positive",
            ],
        ),
        (
            _queued(20_000_000, 30),
            [
                f"{RESPONSE}.queuing.queues: Invalid value: 20000000: must not be greater than 10000000",
                f"{RESPONSE}.queuing.handSize: Invalid value: 30: required entropy bits of deckSize 20000000 and "
                "handSize 30 should not be greater than 60",
            ],
        ),
        (
            _limited({"type": "X"}),
            [f'{RESPONSE}.type: Unsupported value: "X": supported values: "Queue", "Reject"'],
        ),
        (
            _queued(4, 8),
            [f"{RESPONSE}.queuing.handSize: Invalid value: 8: should not be greater than queues (4)"],
        ),
    ],
)
def test_a_level_is_limited_in_one_way(spec: Obj, said: list[str]) -> None:
    assert [f"{cause.field}: {cause.message}" for cause in level("a", spec)] == said


def test_a_capacity_is_of_a_class_and_not_below_zero() -> None:
    validate = ATTACHMENTS[-1].validate
    meta = {"name": "x", "namespace": "n"}
    odd = {"storageClassName": "A", "capacity": "-1", "nodeTopology": {"matchLabels": {"a b": "c"}}}
    found = validate({"metadata": meta, **odd}, None)
    assert [cause.field for cause in found] == ["nodeTopology.matchLabels", "storageClassName", "capacity"]
    assert found[-1].message == 'Invalid value: "-1": must be greater than or equal to 0'
    assert validate({"metadata": meta, "storageClassName": "a"}, None) == []
