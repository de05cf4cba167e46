"""Completion indexes: which an Indexed Job has done, and how they are written, such as `0-2,5`.

Upstream: pkg/controller/job/indexed_job_utils.go
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from itertools import islice
from typing import Any

from podlab.embedded.controllers.pods import podstates

Obj = dict[str, Any]

INDEX = "batch.kubernetes.io/job-completion-index"
FAILURES = "batch.kubernetes.io/job-index-failure-count"
IGNORED = "batch.kubernetes.io/job-index-ignored-failure-count"


def is_indexed(job: Obj) -> bool:
    """Whether the Job's Pods have indexes."""
    return bool(job["spec"].get("completionMode") == "Indexed")


def per_index(job: Obj) -> bool:
    """Whether failures are counted for each index by itself."""
    return job["spec"].get("backoffLimitPerIndex") is not None


def index_of(pod: Obj) -> int:
    """The Pod's index; -1 if it has none."""
    text = (pod["metadata"].get("annotations") or {}).get(INDEX, "")
    return int(text) if text.isdigit() else -1


def count_of(pod: Obj, key: str = FAILURES) -> int:
    """How often the index failed before this Pod."""
    text = (pod["metadata"].get("annotations") or {}).get(key, "")
    return int(text) if text.isdigit() else 0


def in_range(job: Obj, index: int) -> bool:
    """Whether the Job has this index."""
    return 0 <= index < (job["spec"].get("completions") or 0)


def parse(text: str, completions: int) -> set[int]:
    """`0-2,5` as numbers; those beyond the completions are left out."""
    found: set[int] = set()
    for part in filter(None, text.split(",")):
        first, _, last = part.partition("-")
        if first.isdigit() and (not last or last.isdigit()):
            found.update(range(int(first), min(int(last or first), completions - 1) + 1))
    return found


def written(numbers: Iterable[int]) -> str:
    """Numbers as `0-2,5`; two in a row are written one by one."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and runs[-1][1] == number - 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    parts = (str(a) if a == b else f"{a},{b}" if b == a + 1 else f"{a}-{b}" for a, b in runs)
    return ",".join(parts)


def succeeded(job: Obj, pods: list[Obj]) -> tuple[set[int], set[int]]:
    """The indexes that were done before, and those that are done now."""
    before = parse((job.get("status") or {}).get("completedIndexes", ""), job["spec"]["completions"])
    done = {index_of(pod) for pod in pods if (pod.get("status") or {}).get("phase") == "Succeeded"}
    return before, before | {index for index in done if in_range(job, index)}


def pending(job: Obj, taken: Collection[int], count: int) -> list[int]:
    """The first so many indexes that nobody works on."""
    free = (index for index in range(job["spec"].get("completions") or 0) if index not in taken)
    return list(islice(free, count))


def superfluous(job: Obj, active: list[Obj], count: int, now: float) -> list[Obj]:
    """At least so many Pods to remove: doubles of an index, those out of range, then in the usual order."""
    gone: list[Obj] = []
    if is_indexed(job):
        seen: set[int] = set()
        last_first = podstates.deletion_order(active, {}, now)
        for pod in reversed(last_first):
            index = index_of(pod)
            if not in_range(job, index) or index in seen:
                gone.append(pod)
            seen.add(index)
        gone.sort(key=index_of, reverse=True)
    names = {pod["metadata"]["name"] for pod in gone}
    rest = [pod for pod in active if pod["metadata"]["name"] not in names]
    return gone + podstates.deletion_order(rest, {}, now)[: max(0, count - len(gone))]
