"""What `kubectl get jobs` says of a Job's status, as followed on kind."""

from __future__ import annotations

import pytest

from podlab.embedded.apiserver.resources.jobs import row


@pytest.mark.parametrize(
    ("conditions", "deleted", "shown"),
    [
        ((), False, "Running"),
        (("SuccessCriteriaMet",), False, "SuccessCriteriaMet"),
        (("SuccessCriteriaMet", "Complete"), False, "Complete"),
        (("FailureTarget",), False, "FailureTarget"),
        (("Suspended",), True, "Terminating"),
        (("Failed",), True, "Failed"),
    ],
)
def test_status_is_the_first_that_holds(conditions: tuple[str, ...], deleted: bool, shown: str) -> None:
    meta = {"name": "j", "creationTimestamp": "2026-01-01T00:00:00Z"}
    told = [{"type": type_, "status": "True"} for type_ in conditions]
    spec = {"completions": 1, "template": {"spec": {"containers": [{"name": "c", "image": "busybox"}]}}}
    gone = {"deletionTimestamp": "2026-01-01T00:00:05Z"} if deleted else {}
    assert row({"metadata": meta | gone, "spec": spec, "status": {"conditions": told}}, 1_800_000_000.0)[1] == shown
