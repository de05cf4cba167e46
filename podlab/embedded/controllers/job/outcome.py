"""Whether a Job is over, and what its conditions say of it.

Upstream: pkg/controller/job/job_controller.go (syncJob, enactJobFinished)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from podlab.apimachinery.times import rfc3339, seconds
from podlab.embedded.controllers.job import indexes, policies

Obj = dict[str, Any]

FAILURE, SUCCESS, FAILED, COMPLETE = "FailureTarget", "SuccessCriteriaMet", "Failed", "Complete"


@dataclass(frozen=True, slots=True)
class Outcome:
    """That a Job is to end: `type` is FailureTarget or SuccessCriteriaMet."""

    type: str
    reason: str
    message: str


DONE = Outcome(SUCCESS, "CompletionsReached", "Reached expected number of succeeded pods")
TOO_OFTEN = Outcome(FAILURE, "BackoffLimitExceeded", "Job has reached the specified backoff limit")
TOO_LONG = Outcome(FAILURE, "DeadlineExceeded", "Job was active longer than specified deadline")
INDEXES = Outcome(FAILURE, "FailedIndexes", "Job has failed indexes")
MANY_INDEXES = Outcome(
    FAILURE, "MaxFailedIndexesExceeded", "Job has exceeded the specified maximal number of failed indexes"
)


@dataclass(frozen=True, slots=True)
class Tally:
    """What is known of a Job's Pods at one look."""

    pods: list[Obj]
    failed: int
    done: frozenset[int]
    failed_indexes: frozenset[int] | None


def condition(job: Obj, type_: str) -> Obj | None:
    """A condition that is true."""
    found = (job.get("status") or {}).get("conditions") or []
    return next((c for c in found if c["type"] == type_ and c["status"] == "True"), None)


def finished(job: Obj) -> Obj | None:
    """The condition Complete or Failed."""
    return condition(job, COMPLETE) or condition(job, FAILED)


def begun(job: Obj) -> Outcome | None:
    """How the Job was found to end at an earlier look."""
    found = condition(job, FAILURE) or condition(job, SUCCESS)
    return Outcome(found["type"], found.get("reason", ""), found.get("message", "")) if found else None


def of(job: Obj, tally: Tally, now: float) -> Outcome | None:
    """How the Job ends by what its Pods and the clock say; None if it goes on."""
    if words := policies.why_job_fails(job, tally.pods):
        return Outcome(FAILURE, "PodFailurePolicy", words)
    spec = job["spec"]
    if tally.failed > spec.get("backoffLimit", 6) or _restarted_too_often(job, tally.pods):
        return TOO_OFTEN
    if (left := until_deadline(job, now)) is not None and left <= 0:
        return TOO_LONG
    if not indexes.is_indexed(job):
        return None
    if tally.failed_indexes is not None and (found := _of_indexes(spec, tally.failed_indexes, tally.done)):
        return found
    words = policies.success(job, tally.done)
    return Outcome(SUCCESS, "SuccessPolicy", words) if words else None


def _of_indexes(spec: Obj, failed: frozenset[int], done: frozenset[int]) -> Outcome | None:
    most = spec.get("maxFailedIndexes")
    if most is not None and len(failed) > most:
        return MANY_INDEXES
    return INDEXES if failed and len(failed) + len(done) >= spec["completions"] else None


def _restarted_too_often(job: Obj, pods: list[Obj]) -> bool:
    spec = job["spec"]
    if spec["template"]["spec"].get("restartPolicy") != "OnFailure":
        return False
    total = 0
    for pod in pods:
        status = pod.get("status") or {}
        if status.get("phase") in ("Running", "Pending"):
            given = (status.get("initContainerStatuses") or []) + (status.get("containerStatuses") or [])
            total += sum(found.get("restartCount", 0) for found in given)
    limit = spec.get("backoffLimit", 6)
    return bool(total >= limit if limit else total > 0)


def until_deadline(job: Obj, now: float) -> float | None:
    """Seconds that the Job may still be active; None without limit."""
    limit, started = job["spec"].get("activeDeadlineSeconds"), (job.get("status") or {}).get("startTime")
    if limit is None or started is None or job["spec"].get("suspend"):
        return None
    return seconds(started) + float(limit) - now


def reached(job: Obj, succeeded: int, active: int) -> bool:
    """Whether enough Pods have succeeded."""
    wanted = job["spec"].get("completions")
    return active == 0 and (succeeded > 0 if wanted is None else succeeded >= wanted)


def with_condition(conditions: list[Obj], type_: str, status: str, reason: str, message: str, now: float) -> list[Obj]:
    """Conditions with one told; the same ones if it is so already, or was never otherwise."""
    old = next((c for c in conditions if c["type"] == type_), None)
    if old is None and status != "True":
        return conditions
    if old and (old["status"], old.get("reason"), old.get("message")) == (status, reason, message):
        return conditions
    moment = rfc3339(now)
    told = {"type": type_, "status": status, "reason": reason, "message": message}
    told |= {"lastProbeTime": moment, "lastTransitionTime": moment}
    return [told if c is old else c for c in conditions] if old else [*conditions, told]
