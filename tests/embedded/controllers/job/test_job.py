"""Jobs run Pods to completion, count each of them once, and say how they ended."""

from __future__ import annotations

from typing import Any

import pytest

from podlab.embedded.apiserver.resource import Writer
from podlab.embedded.controllers.job import indexes, policies
from podlab.embedded.controllers.job.backoff import remaining
from tests.embedded.simulation import Simulation

Obj = dict[str, Any]


def job(script: str, policy: str = "Never", **spec: Any) -> Obj:
    container = {"name": "c", "image": "busybox", "command": ["sh", "-c", script]}
    pod = {"restartPolicy": policy, "terminationGracePeriodSeconds": 1, "containers": [container]}
    return {"kind": "Job", "metadata": {"name": "job"}, "spec": {**spec, "template": {"spec": pod}}}


def create(sim: Simulation, obj: Obj) -> None:
    sim.registry.create(sim.registry.resource("jobs.batch"), obj, namespace=sim.namespace)


def found(sim: Simulation) -> Obj | None:
    return sim.registry.find(sim.registry.resource("jobs.batch"), "job", sim.namespace)


def status(sim: Simulation) -> Obj:
    return dict((found(sim) or {}).get("status") or {})


def conditions(sim: Simulation) -> list[tuple[str, str]]:
    return [(c["type"], c["reason"]) for c in status(sim).get("conditions") or [] if c["status"] == "True"]


def pods(sim: Simulation) -> list[Obj]:
    return sim.registry.list(sim.registry.resource("pods"), sim.namespace)


async def over(sim: Simulation, limit: float = 300.0) -> None:
    await sim.until(lambda: {type_ for type_, _ in conditions(sim)} & {"Complete", "Failed"} != set(), limit)


async def test_completions_are_counted_and_nothing_holds_the_pods(sim: Simulation) -> None:
    create(sim, job("true", completions=3, parallelism=2))
    await over(sim)
    assert conditions(sim) == [("SuccessCriteriaMet", "CompletionsReached"), ("Complete", "CompletionsReached")]
    assert status(sim)["succeeded"] == 3 and status(sim)["uncountedTerminatedPods"] == {}
    assert len(pods(sim)) == 3 and not any(pod["metadata"].get("finalizers") for pod in pods(sim))


async def test_an_indexed_job_gives_each_pod_its_index(sim: Simulation) -> None:
    create(sim, job("true", completions=3, parallelism=3, completionMode="Indexed"))
    await over(sim)
    assert status(sim)["completedIndexes"] == "0-2"
    assert sorted(pod["spec"]["hostname"] for pod in pods(sim)) == ["job-0", "job-1", "job-2"]


async def test_of_pods_that_are_created_at_once_the_last_one_goes_first(sim: Simulation) -> None:
    """As recorded on kind: batches that double, and of each the goroutine that was started last."""
    create(sim, job("sleep 900", completions=4, parallelism=4, completionMode="Indexed"))
    await sim.run(5)
    made = [event["object"]["metadata"]["name"][:5] for event in sim.seen["pods"] if event["type"] == "ADDED"]
    assert made == ["job-0", "job-2", "job-1", "job-3"]


async def test_what_is_out_of_range_goes_from_the_highest_index(sim: Simulation) -> None:
    create(sim, job("sleep 900", completions=4, parallelism=4, completionMode="Indexed"))
    await sim.run(5)
    jobs = sim.registry.resource("jobs.batch")

    def shrink(obj: Obj) -> None:
        obj["spec"].update(completions=1, parallelism=1)

    sim.registry.change(jobs, "job", sim.namespace, shrink, subresource="", by=Writer("test"))
    await sim.run(3)
    reasons = [event["object"] for event in sim.seen["events"]]
    gone = [one["message"][13:18] for one in reasons if one["reason"] == "SuccessfulDelete"]
    assert gone == ["job-3", "job-2", "job-1"]


async def test_failures_back_off_until_the_limit(sim: Simulation) -> None:
    create(sim, job("false", backoffLimit=2))
    began = sim.clock.now()
    await over(sim)
    assert conditions(sim)[-1] == ("Failed", "BackoffLimitExceeded") and status(sim)["failed"] == 3
    assert 30 <= sim.clock.now() - began <= 45, "10 and 20 seconds between the Pods"


async def test_a_failure_policy_ends_the_job_at_once(sim: Simulation) -> None:
    codes = {"containerName": "c", "operator": "In", "values": [42]}
    policy = {"rules": [{"action": "FailJob", "onExitCodes": codes}]}
    create(sim, job("exit 42", podFailurePolicy=policy))
    await over(sim)
    (told,) = {c["message"] for c in status(sim)["conditions"]}
    assert told.endswith("failed with exit code 42 matching FailJob rule at index 0")


async def test_indexes_fail_by_themselves(sim: Simulation) -> None:
    script = "test $JOB_COMPLETION_INDEX = 0"
    create(sim, job(script, completions=2, parallelism=2, completionMode="Indexed", backoffLimitPerIndex=1))
    await over(sim)
    assert (status(sim)["completedIndexes"], status(sim)["failedIndexes"]) == ("0", "1")
    assert status(sim)["failed"] == 2 and conditions(sim)[-1] == ("Failed", "FailedIndexes")


async def test_a_success_policy_lets_the_other_pods_go(sim: Simulation) -> None:
    script = "test $JOB_COMPLETION_INDEX = 0 || sleep 1000"
    rules = {"rules": [{"succeededIndexes": "0", "succeededCount": 1}]}
    create(sim, job(script, completions=2, parallelism=2, completionMode="Indexed", successPolicy=rules))
    await over(sim)
    assert conditions(sim)[-1] == ("Complete", "SuccessPolicy") and "failed" not in status(sim)
    await sim.until(lambda: len(pods(sim)) == 1)


async def test_suspended_jobs_stop_and_go_on(sim: Simulation) -> None:
    create(sim, job("sleep 20", suspend=True))
    await sim.until(lambda: conditions(sim) == [("Suspended", "JobSuspended")])
    resource = sim.registry.resource("jobs.batch")
    sim.registry.change(resource, "job", sim.namespace, lambda obj: obj["spec"].update(suspend=False), subresource="")
    await sim.until(lambda: status(sim).get("ready") == 1)
    sim.registry.change(resource, "job", sim.namespace, lambda obj: obj["spec"].update(suspend=True), subresource="")
    await sim.until(lambda: not pods(sim))
    assert "failed" not in status(sim) and "startTime" not in status(sim)


async def test_a_deadline_ends_the_job_and_its_time_to_live_removes_it(sim: Simulation) -> None:
    create(sim, job("sleep 1000", activeDeadlineSeconds=5, ttlSecondsAfterFinished=10))
    await over(sim)
    assert conditions(sim)[-1] == ("Failed", "DeadlineExceeded")
    await sim.until(lambda: found(sim) is None and not pods(sim), 30.0)


async def test_pods_of_a_deleted_job_are_not_held(sim: Simulation) -> None:
    create(sim, job("sleep 1000"))
    await sim.until(lambda: status(sim).get("ready") == 1)
    sim.registry.delete(sim.registry.resource("jobs.batch"), "job", sim.namespace)
    await sim.until(lambda: found(sim) is None and not pods(sim), 60.0)


@pytest.mark.parametrize("numbers", [[], [0], [0, 1], [0, 1, 2], [1, 3, 4, 6, 7, 8]])
def test_indexes_are_read_as_they_are_written(numbers: list[int]) -> None:
    assert indexes.parse(indexes.written(numbers), 10) == set(numbers)


def test_indexes_are_written_as_upstream_does() -> None:
    assert indexes.written([1, 3, 4, 6, 7, 8]) == "1,3,4,6-8"


def test_the_wait_doubles_from_ten_seconds_to_ten_minutes() -> None:
    assert [remaining(failures, 100.0, 100.0) for failures in (0, 1, 2, 3, 20)] == [0, 10, 20, 40, 600]


def test_a_disrupted_pod_is_ignored_where_the_policy_says_so() -> None:
    rules = [{"action": "Ignore", "onPodConditions": [{"type": "DisruptionTarget", "status": "True"}]}]
    made = job("true", podFailurePolicy={"rules": rules})
    gone = {"metadata": {"name": "p", "namespace": "n"}, "status": {"phase": "Failed"}}
    assert policies.counts(made, gone)
    gone["status"] = {"phase": "Failed", "conditions": [{"type": "DisruptionTarget", "status": "True"}]}
    assert not policies.counts(made, gone)
