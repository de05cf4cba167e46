"""What may be written to a Job's status, as kind says it."""

from __future__ import annotations

from typing import Any

import pytest

from podlab.embedded.apiserver.validation.statuses.jobstatuses import job

Obj = dict[str, Any]
BEGUN, ENDED = "2026-01-01T00:00:10Z", "2026-01-01T00:00:20Z"


def _job(status: Obj, true: str = "", **spec: Any) -> Obj:
    conditions = [{"type": kind, "status": "True"} for kind in true.split()]
    return {"spec": spec, "status": {**status, "conditions": conditions}}


def _said(new: Obj, old: Obj) -> list[str]:
    return [f"{cause.field}: {cause.message}" for cause in job(new, old)]


def test_a_failed_job_stays_failed() -> None:
    old = _job({"failed": 1, "ready": 0, "startTime": BEGUN}, "FailureTarget Failed")
    new = _job({"active": -1, "failed": 0, "ready": 0, "startTime": BEGUN}, "Complete")
    assert _said(new, old) == [
        "status.active: Invalid value: -1: must be greater than or equal to 0",
        "status.completionTime: Required value: completionTime is required for Complete jobs",
        "status.conditions: Invalid value: cannot set Complete=True condition without the SuccessCriteriaMet=true "
        "condition",
        "status.ready: Invalid value: 0: cannot set more ready pods than active",
        "status.conditions: Invalid value: cannot disable the terminal Failed=True condition",
        "status.conditions: Invalid value: cannot disable the terminal FailureTarget=True condition",
        "status.failed: Invalid value: 0: cannot decrease the failed counter",
    ]


DONE = _job({"startTime": BEGUN, "completionTime": ENDED}, "SuccessCriteriaMet Complete")
INDEXED = {"completionMode": "Indexed", "completions": 5, "backoffLimitPerIndex": 1}


@pytest.mark.parametrize(
    ("new", "said"),
    [
        (_job({"startTime": BEGUN, "completionTime": ENDED}, "SuccessCriteriaMet Complete"), []),
        (
            _job({"startTime": ENDED, "completionTime": BEGUN}, "SuccessCriteriaMet Complete"),
            ['status.completionTime: Invalid value: "2026-01-01T00:00:10Z": must be equal to or after `startTime`'],
        ),
        (_job({"active": 2}, "SuccessCriteriaMet Complete"), ["active>0 is invalid", "startTime is required"]),
        (_job({"terminating": 1, "startTime": BEGUN}, "Failed FailureTarget"), ["terminating>0 is invalid"]),
        (_job({"startTime": BEGUN}, "Failed"), ["cannot set Failed=True condition without the FailureTarget=true"]),
        (_job({"completedIndexes": "1,0"}, **INDEXED), ["error parsing completedIndexes: non-increasing order"]),
        (_job({"completedIndexes": "1"}), ["non-empty completedIndexes when non-indexed"]),
        (_job({"failedIndexes": "1"}), ["non-null failedIndexes when backoffLimitPerIndex is null"]),
        (
            _job({"completedIndexes": "0-2", "failedIndexes": "2,4"}, **INDEXED),
            ["failedIndexes and completedIndexes overlap at index: 2"],
        ),
        (
            _job({"uncountedTerminatedPods": {"succeeded": ["a", ""], "failed": ["a"]}}),
            ['succeeded[1]: Invalid value: "": must not be empty', 'failed[0]: Duplicate value: "a"'],
        ),
    ],
)
def test_what_contradicts_itself_is_refused(new: Obj, said: list[str]) -> None:
    found = _said(new, {"spec": new["spec"], "status": {}})
    for part in said:
        assert any(part in one for one in found), found
    assert bool(found) is bool(said) or new["status"].get("completionTime")


def test_what_was_wrong_before_may_stay() -> None:
    wrong = _job({"active": 1, "ready": 2, "completedIndexes": "9"})
    assert _said(_job({**wrong["status"], "succeeded": 1}), wrong) == []


def test_times_are_final() -> None:
    later = _job({"startTime": ENDED, "completionTime": "2026-01-01T00:00:30Z"}, "SuccessCriteriaMet Complete")
    assert _said(later, DONE) == [
        'status.completionTime: Invalid value: "2026-01-01T00:00:30Z": field is immutable',
        'status.startTime: Invalid value: "2026-01-01T00:00:20Z": field is immutable for unsuspended job once set',
    ]
    resumed = {**_job({"startTime": ENDED}), "spec": {"suspend": False}}
    assert _said(resumed, _job({"startTime": BEGUN}, "Suspended")) == []
