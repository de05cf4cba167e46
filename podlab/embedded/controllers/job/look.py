"""What a Job's Pods say at one moment: how many run, have succeeded and failed, and what is not counted yet.

Upstream: pkg/controller/job/job_controller.go (syncJobCtx)
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from podlab.embedded.controllers.job import indexes, policies, template
from podlab.embedded.controllers.pods import podstates

Obj = dict[str, Any]


@dataclass(slots=True)
class Look:
    """One look at a Job.

    Attributes:
        active: the Pods that run or will run; what is deleted or made during the look changes `count` and `going`.
        before, done: for Indexed Jobs, the indexes that were known to be done, and those that are.
        failed_indexes: None where failures are not counted for each index.
        delayed: the failed Pod that an index's next one has to know of.
    """

    job: Obj
    pods: list[Obj]
    active: list[Obj]
    count: int
    ready: int
    going: int
    succeeded: int
    failed: int
    new_succeeded: list[Obj]
    new_failed: list[Obj]
    before: frozenset[int] = frozenset()
    done: frozenset[int] = frozenset()
    failed_indexes: frozenset[int] | None = None
    delayed: dict[int, Obj] = field(default_factory=dict)


def look(job: Obj, pods: list[Obj]) -> Look:
    """Look at a Job's Pods."""
    status, (known_succeeded, known_failed) = job.get("status") or {}, uncounted(job)
    tracked = [pod for pod in pods if template.is_tracked(pod)]
    succeeded = [p for p in tracked if _phase(p) == "Succeeded" and p["metadata"]["uid"] not in known_succeeded]
    failed = [p for p in tracked if policies.has_failed(job, p) and p["metadata"]["uid"] not in known_failed]
    active = [pod for pod in pods if podstates.active(pod)]
    found = Look(
        job,
        pods,
        active,
        count=len(active),
        ready=sum(podstates.ready(pod) for pod in active),
        going=sum(podstates.terminating(pod) for pod in pods),
        succeeded=status.get("succeeded", 0) + len(known_succeeded) + len(succeeded),
        failed=status.get("failed", 0) + len(known_failed) + sum(policies.counts(job, pod) for pod in failed),
        new_succeeded=succeeded,
        new_failed=failed,
    )
    if indexes.is_indexed(job):
        _indexes(found)
    return found


def uncounted(job: Obj) -> tuple[list[str], list[str]]:
    """The uids of ended Pods that are not in the counters yet: succeeded and failed ones."""
    given = (job.get("status") or {}).get("uncountedTerminatedPods") or {}
    return list(given.get("succeeded") or []), list(given.get("failed") or [])


def _indexes(found: Look) -> None:
    before, done = indexes.succeeded(found.job, found.pods)
    found.before, found.done, found.succeeded = frozenset(before), frozenset(done), len(done)
    if not indexes.per_index(found.job):
        return
    text = (found.job.get("status") or {}).get("failedIndexes") or ""
    failed = indexes.parse(text, found.job["spec"]["completions"])
    tracked = [pod for pod in found.pods if template.is_tracked(pod) and _counts(found, pod)]
    failed |= {indexes.index_of(pod) for pod in tracked if policies.index_fails(found.job, pod)}
    found.failed_indexes = frozenset(failed - done)
    for pod in tracked:
        index = indexes.index_of(pod)
        if policies.has_failed(found.job, pod) and index not in failed and _is_last(found, pod):
            found.delayed[index] = pod


def _counts(found: Look, pod: Obj) -> bool:
    index = indexes.index_of(pod)
    return indexes.in_range(found.job, index) and index not in found.done


def _is_last(found: Look, pod: Obj) -> bool:
    """Whether no Pod of the same index was made after this one failed."""
    index, tries = indexes.index_of(pod), _tries(pod)
    return all(indexes.index_of(other) != index or _tries(other) <= tries for other in found.pods)


def _tries(pod: Obj) -> int:
    return indexes.count_of(pod) + indexes.count_of(pod, indexes.IGNORED)


def _phase(pod: Obj) -> str:
    return str((pod.get("status") or {}).get("phase"))
