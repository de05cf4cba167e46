"""CronJobs make Jobs when they are due; Events and statuses are those that a kind cluster had."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from podlab.embedded.apiserver.resource import Writer
from podlab.embedded.controllers.cronjob import timetable
from tests.embedded.simulation import Simulation

Obj = dict[str, Any]
FIRST = 30_000_001
"""The minute since the epoch that follows the simulation's beginning."""


def cronjob(*command: str, schedule: str = "* * * * *", template: Obj | None = None, **spec: Any) -> Obj:
    container = {"name": "c", "image": "busybox", "command": list(command)}
    pod = {"restartPolicy": "Never", "terminationGracePeriodSeconds": 1, "containers": [container]}
    job = {"backoffLimit": 0, "template": {"spec": pod}}
    inner = {**(template or {}), "spec": job}
    return {"kind": "CronJob", "metadata": {"name": "x"}, "spec": {"schedule": schedule, "jobTemplate": inner, **spec}}


class CronJobLab:
    """A simulation's CronJob `x`."""

    def __init__(self, sim: Simulation) -> None:
        self.sim, self.registry = sim, sim.registry

    def create(self, obj: Obj) -> None:
        resource = self.registry.resource("cronjobs.batch")
        self.registry.create(resource, obj, namespace=self.sim.namespace, by=Writer("kubectl-create"))

    def get(self) -> Obj:
        return self.registry.get(self.registry.resource("cronjobs.batch"), "x", self.sim.namespace)

    def status(self) -> Obj:
        return dict(self.get().get("status") or {})

    def change(self, fn: Callable[[Obj], None], subresource: str = "") -> None:
        resource = self.registry.resource("cronjobs.batch")
        self.registry.change(resource, "x", self.sim.namespace, fn, subresource=subresource)

    def jobs(self) -> list[Obj]:
        return self.registry.list(self.registry.resource("jobs.batch"), self.sim.namespace)

    def names(self) -> list[str]:
        return [job["metadata"]["name"] for job in self.jobs()]

    def told(self) -> list[tuple[str, str]]:
        """Reasons and messages about the CronJob in the order in which they were told, repetitions among them."""
        events = [event["object"] for event in self.sim.seen["events"]]
        return [(e["reason"], e["message"]) for e in events if e["involvedObject"]["kind"] == "CronJob"]


@pytest.fixture
def lab(sim: Simulation) -> CronJobLab:
    return CronJobLab(sim)


async def test_a_job_is_made_each_minute_and_seen_to_complete(lab: CronJobLab) -> None:
    lab.create(cronjob("true", template={"metadata": {"labels": {"x": "y"}, "annotations": {"k": "v"}}}))
    assert lab.status() == {}
    await lab.sim.run(62)
    (job,) = lab.jobs()
    name, meta = f"x-{FIRST}", job["metadata"]
    (reference,) = lab.status()["active"]
    assert set(reference) == {"apiVersion", "kind", "name", "namespace", "resourceVersion", "uid"}
    assert (reference["name"], reference["uid"]) == (name, meta["uid"])
    assert meta["labels"]["x"] == "y"
    assert meta["annotations"] == {
        "k": "v",
        "batch.kubernetes.io/cronjob-scheduled-timestamp": "2027-01-15T08:01:00Z",
    }
    (owner,) = meta["ownerReferences"]
    assert (owner["kind"], owner["name"], owner["controller"]) == ("CronJob", "x", True)
    await lab.sim.run(15)
    assert lab.status()["lastScheduleTime"] == "2027-01-15T08:01:00Z" and "active" not in lab.status()
    assert lab.status()["lastSuccessfulTime"] == lab.jobs()[0]["status"]["completionTime"]
    assert lab.told() == [
        ("SuccessfulCreate", f"Created job {name}"),
        ("SawCompletedJob", f"Saw completed job: {name}, condition: Complete"),
    ]
    await lab.sim.run(60)
    assert lab.names() == [name, f"x-{FIRST + 1}"]


async def test_the_status_is_written_by_the_controller_manager(lab: CronJobLab) -> None:
    lab.create(cronjob("true"))
    await lab.sim.run(62)
    (entry,) = [e for e in lab.get()["metadata"]["managedFields"] if e.get("subresource") == "status"]
    assert entry["manager"] == "kube-controller-manager"
    assert entry["fieldsV1"] == {"f:status": {"f:active": {}, "f:lastScheduleTime": {}}}


async def test_forbid_waits_for_the_job_before(lab: CronJobLab) -> None:
    lab.create(cronjob("sleep", "1000", concurrencyPolicy="Forbid", timeZone="Asia/Seoul"))
    await lab.sim.run(185)
    (job,) = lab.jobs()
    stamp = job["metadata"]["annotations"]["batch.kubernetes.io/cronjob-scheduled-timestamp"]
    assert stamp == "2027-01-15T17:01:00+09:00"
    words = "Not starting job because prior execution is running and concurrency policy is Forbid"
    assert lab.told() == [("SuccessfulCreate", f"Created job x-{FIRST}"), *[("JobAlreadyActive", words)] * 2]
    assert lab.status()["lastScheduleTime"] == "2027-01-15T08:01:00Z"


async def test_replace_deletes_the_job_before(lab: CronJobLab) -> None:
    lab.create(cronjob("sleep", "1000", schedule="@every 1m", concurrencyPolicy="Replace"))
    await lab.sim.run(130)
    assert lab.names() == [f"x-{FIRST + 1}"]
    assert [reference["name"] for reference in lab.status()["active"]] == [f"x-{FIRST + 1}"]
    assert lab.told() == [
        ("SuccessfulCreate", f"Created job x-{FIRST}"),
        ("SuccessfulDelete", f"Deleted job x-{FIRST}"),
        ("SuccessfulCreate", f"Created job x-{FIRST + 1}"),
    ]


async def test_allow_lets_jobs_run_side_by_side(lab: CronJobLab) -> None:
    lab.create(cronjob("sleep", "1000"))
    await lab.sim.run(125)
    assert len(lab.status()["active"]) == 2


async def test_of_failed_jobs_one_is_kept(lab: CronJobLab) -> None:
    lab.create(cronjob("false"))
    await lab.sim.run(140)
    assert lab.names() == [f"x-{FIRST + 1}"] and "lastSuccessfulTime" not in lab.status()
    assert lab.told() == [
        ("SuccessfulCreate", f"Created job x-{FIRST}"),
        ("SawCompletedJob", f"Saw completed job: x-{FIRST}, condition: Failed"),
        ("SuccessfulCreate", f"Created job x-{FIRST + 1}"),
        ("SuccessfulDelete", f"Deleted job x-{FIRST}"),
        ("SawCompletedJob", f"Saw completed job: x-{FIRST + 1}, condition: Failed"),
    ]


async def test_a_suspended_cronjob_makes_up_for_the_last_moment_only(lab: CronJobLab) -> None:
    lab.create(cronjob("true", suspend=True))
    await lab.sim.run(200)
    assert lab.names() == []
    lab.change(lambda obj: obj["spec"].update(suspend=False))
    await lab.sim.run(1)
    assert lab.names() == [f"x-{FIRST + 2}"]


async def test_a_starting_deadline_lets_what_was_missed_go(lab: CronJobLab) -> None:
    lab.create(cronjob("true", suspend=True, startingDeadlineSeconds=10))
    await lab.sim.run(200)
    lab.change(lambda obj: obj["spec"].update(suspend=False))
    await lab.sim.run(1)
    assert lab.names() == []
    await lab.sim.run(40)
    assert lab.names() == [f"x-{FIRST + 3}"]


async def test_more_than_a_hundred_missed_moments_are_told_of(lab: CronJobLab) -> None:
    lab.create(cronjob("true", suspend=True))
    await lab.sim.run(102 * 60)
    lab.change(lambda obj: obj["spec"].update(suspend=False))
    await lab.sim.run(1)
    words = "too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew"
    assert lab.told()[0] == ("TooManyMissedTimes", words) and len(lab.jobs()) == 1


async def test_a_job_that_was_deleted_went_missing(lab: CronJobLab) -> None:
    lab.create(cronjob("sleep", "1000"))
    await lab.sim.run(62)
    lab.registry.delete(lab.registry.resource("jobs.batch"), f"x-{FIRST}", lab.sim.namespace)
    await lab.sim.run(5)
    assert lab.told()[-1] == ("MissingJob", f"Active job went missing: x-{FIRST}")
    assert "active" not in lab.status()


async def test_a_job_that_somebody_else_made_is_unexpected(lab: CronJobLab) -> None:
    lab.create(cronjob("true", suspend=True))
    owner = {"apiVersion": "batch/v1", "kind": "CronJob", "name": "x", "uid": lab.get()["metadata"]["uid"]}
    meta = {"name": "manual", "ownerReferences": [{**owner, "controller": True}]}
    job = {"metadata": meta, "spec": lab.get()["spec"]["jobTemplate"]["spec"]}
    lab.registry.create(lab.registry.resource("jobs.batch"), job, namespace=lab.sim.namespace)
    await lab.sim.run(20)
    words = "Saw a job that the controller did not create or forgot: manual"
    assert lab.told()[0] == ("UnexpectedJob", words)
    assert lab.status() == {"lastSuccessfulTime": lab.jobs()[0]["status"]["completionTime"]}


async def test_a_new_schedule_counts_from_now_on(lab: CronJobLab) -> None:
    lab.create(cronjob("true", schedule="0 0 * * *"))
    await lab.sim.run(30)
    lab.change(lambda obj: obj["spec"].update(schedule="* * * * *"))
    await lab.sim.run(32)
    assert lab.names() == [f"x-{FIRST}"]


@pytest.mark.parametrize("first", ["59 23 31 2 *", "0 0 * * *"])
async def test_a_schedule_without_a_moment_is_invalid(lab: CronJobLab, first: str) -> None:
    lab.create(cronjob("true", schedule=first))
    await lab.sim.run(1)
    lab.change(lambda obj: obj["spec"].update(schedule="59 23 31 2 *"))
    await lab.sim.run(1)
    words = "invalid schedule: 59 23 31 2 * : time difference between two schedules is less than 1 second"
    assert lab.told() == [("InvalidSchedule", words)]


def test_london_shows_its_winter_time_as_utc() -> None:
    made = cronjob("true", timeZone="Europe/London")
    assert timetable.of(made).shown(1_800_000_000.0) == "2027-01-15T08:00:00Z"
