"""What `kubectl get jobs` says of a Job's status, as followed on kind."""

from __future__ import annotations

import pytest

from podlab.embedded.apiserver.resources.jobs import UID, row, validate
from podlab.embedded.apiserver.validation.jobs import in_go


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


def test_an_indexed_jobs_name_and_last_index_are_a_hostname() -> None:
    name, uid = "a" * 62, "0123"
    labels = {"controller-uid": uid, "job-name": name, UID: uid, "batch.kubernetes.io/job-name": name}
    container = {"name": "c", "image": "busybox", "terminationMessagePolicy": "File", "imagePullPolicy": "Always"}
    inner = {"restartPolicy": "Never", "dnsPolicy": "ClusterFirst", "containers": [container]}
    inner["terminationGracePeriodSeconds"] = 30
    template = {"metadata": {"labels": labels}, "spec": inner}
    spec = {"completionMode": "Indexed", "completions": 10, "template": template}
    spec |= {"parallelism": 1, "backoffLimit": 6, "selector": {"matchLabels": {UID: uid}}}
    job = {"metadata": {"name": name, "namespace": "n", "uid": uid, "labels": labels}, "spec": spec}
    text = f'Invalid value: "{name}": will not able to create pod with invalid DNS label: {name}-9'
    assert [(cause.field, cause.message) for cause in validate(job, None)] == [("metadata.name", text)]


def test_labels_that_a_job_only_gets_are_not_judged_twice() -> None:
    name, uid = "a" * 64, "0123"
    labels = {"controller-uid": uid, "job-name": name, UID: uid, "batch.kubernetes.io/job-name": name}
    spec = {"template": {"metadata": {"labels": labels}, "spec": {}}, "selector": {"matchLabels": {UID: uid}}}
    meta = {"name": name, "namespace": "n", "uid": uid}
    job = {"metadata": {**meta, "labels": labels}, "spec": spec}
    assert not [cause for cause in validate(job, None) if cause.field == "metadata.labels"]
    both = {**labels, "mine": "x" * 64}
    spec["template"]["metadata"]["labels"] = both
    assert validate({**job, "metadata": {**meta, "labels": both}}, None)[0].field == "metadata.labels"


def test_a_policy_is_shown_as_upstreams_struct() -> None:
    assert in_go("podFailurePolicy", {"rules": []}) == {"Rules": []}
    codes = {"operator": "In", "values": [3]}
    shown = {"ContainerName": None, "Operator": "In", "Values": [3]}
    rule = {"Action": "Count", "OnExitCodes": shown, "OnPodConditions": None}
    assert in_go("podFailurePolicy", {"rules": [{"action": "Count", "onExitCodes": codes}]}) == {"Rules": [rule]}
