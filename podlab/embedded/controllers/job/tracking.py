"""How ended Pods are counted once and only once, whatever fails in between.

Their uids are written into the status first, then their finalizers are removed, then the counters take them over.
Upstream: pkg/controller/job/job_controller.go (trackJobStatusAndRemoveFinalizers)
"""

from __future__ import annotations

from typing import Any

from podlab.apimachinery.times import rfc3339
from podlab.embedded.controllers.job import indexes, outcome, policies, template
from podlab.embedded.controllers.job.look import Look, uncounted
from podlab.embedded.controllers.job.outcome import Outcome
from podlab.embedded.controllers.pods import podstates

Obj = dict[str, Any]

UNTOLD = ("active", "succeeded", "failed", "completedIndexes", "conditions")
"""What is left out of a status where it is nothing."""


def to_release(found: Look, end: Outcome | None) -> list[Obj]:
    """The Pods whose finalizer may go: those that ended, and all of a Job that is ending."""
    return [pod for pod in found.pods if template.is_tracked(pod) and _may_go(found, pod, end)]


def _may_go(found: Look, pod: Obj, end: Outcome | None) -> bool:
    phase = (pod.get("status") or {}).get("phase")
    if podstates.deleting(found.job) or end or phase == "Succeeded":
        return True
    if not policies.has_failed(found.job, pod):
        return False
    waiting = found.delayed.get(indexes.index_of(pod))
    return waiting is None or waiting["metadata"]["uid"] != pod["metadata"]["uid"]


def noted(found: Look, released: list[Obj], end: Outcome | None) -> tuple[list[str], list[str]]:
    """The uids of ended Pods for the status, those that are there already among them: succeeded and failed ones."""
    tracked = {pod["metadata"]["uid"] for pod in found.pods if template.is_tracked(pod)}
    succeeded, failed = ([uid for uid in known if uid in tracked] for known in uncounted(found.job))
    indexed = indexes.is_indexed(found.job)
    for pod in sorted(released, key=indexes.index_of):
        uid, phase = pod["metadata"]["uid"], (pod.get("status") or {}).get("phase")
        if phase == "Succeeded" and uid not in failed:
            if not indexed and uid not in succeeded:
                succeeded.append(uid)
        elif policies.has_failed(found.job, pod) or (end and end.type == outcome.FAILURE):
            known = not indexed or indexes.in_range(found.job, indexes.index_of(pod))
            if uid not in failed and known and policies.counts(found.job, pod):
                failed.append(uid)
    return succeeded, failed


def counted(status: Obj, gone: tuple[list[str], list[str]], *, indexed: bool) -> Obj:
    """The status after Pods that were noted have lost their finalizers."""
    succeeded, failed = gone
    new = {**status, "uncountedTerminatedPods": {}}
    if succeeded and not indexed:
        new["succeeded"] = new.get("succeeded", 0) + len(succeeded)
    if failed:
        new["failed"] = new.get("failed", 0) + len(failed)
    return new


def lost(found: Look) -> tuple[list[str], list[str]]:
    """The uids that were noted at an earlier look, of Pods that have lost their finalizers since."""
    tracked = {pod["metadata"]["uid"] for pod in found.pods if template.is_tracked(pod)}
    succeeded, failed = ([uid for uid in known if uid not in tracked] for known in uncounted(found.job))
    return succeeded, failed


def written(found: Look, status: Obj, end: Outcome | None, released: list[Obj], now: float) -> Obj:
    """The status before finalizers are removed."""
    indexed = indexes.is_indexed(found.job)
    new = counted(status, lost(found), indexed=indexed)
    new |= {"active": found.count, "ready": found.ready, "terminating": found.going}
    succeeded, failed = noted(found, released, end)
    new["uncountedTerminatedPods"] = {k: v for k, v in (("succeeded", succeeded), ("failed", failed)) if v}
    if indexed:
        new |= {"succeeded": len(found.done), "completedIndexes": indexes.written(found.done)}
        if found.failed_indexes is not None:
            new["failedIndexes"] = indexes.written(found.failed_indexes)
    if end:
        told = new.get("conditions") or []
        new["conditions"] = outcome.with_condition(told, end.type, "True", end.reason, end.message, now)
    return {key: value for key, value in new.items() if value or key not in UNTOLD}


def ended(status: Obj, end: Outcome | None, now: float) -> Obj | None:
    """The status with the last condition; None as long as Pods are on their way out."""
    if end is None or status.get("terminating") or status.get("active"):
        return None
    success = end.type == outcome.SUCCESS
    last = outcome.COMPLETE if success else outcome.FAILED
    conditions = outcome.with_condition(status["conditions"], last, "True", end.reason, end.message, now)
    return {**status, "conditions": conditions} | ({"completionTime": rfc3339(now)} if success else {})
