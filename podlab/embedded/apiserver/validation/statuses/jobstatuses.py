"""What a Job's status may say, and what it may no longer say once it ended, whoever writes it.

A rule is asked only where what it is about changed, so that a status that was wrong before may still be written.
Upstream: pkg/apis/batch/validation/validation.go (validateJobStatus, ValidateJobStatusUpdate),
pkg/registry/batch/job/strategy.go (getStatusValidationOptions)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from podlab.apimachinery import times
from podlab.embedded.apiserver.resource import Obj
from podlab.embedded.apiserver.status import Cause
from podlab.embedded.apiserver.validation import causes, metadata
from podlab.embedded.apiserver.validation import jobs as specs

AMOUNTS = ("active", "succeeded", "failed", "ready", "terminating")
CONDITIONS = "status.conditions"
FINISHED = {"Complete", "Failed"}


@dataclass(frozen=True, slots=True)
class _Job:
    spec: Obj = field(default_factory=dict)
    status: Obj = field(default_factory=dict)

    @property
    def true(self) -> set[str]:
        conditions = self.status.get("conditions") or []
        return {one.get("type", "") for one in conditions if one.get("status") == "True"}

    @property
    def ended(self) -> bool:
        return bool(self.true & FINISHED)

    def uncounted(self) -> list[str]:
        pods = self.status.get("uncountedTerminatedPods") or {}
        return [*(pods.get("succeeded") or []), *(pods.get("failed") or [])]


@dataclass(frozen=True, slots=True)
class _Step:
    """A Job before and after: whether any of some fields, or of some conditions, is another."""

    was: _Job
    now: _Job

    def moved(self, *keys: str) -> bool:
        return any((self.was.status.get(key) or None) != (self.now.status.get(key) or None) for key in keys)

    def turned(self, *kinds: str) -> bool:
        return bool((self.was.true ^ self.now.true) & set(kinds))

    @property
    def finished(self) -> bool:
        return self.was.ended != self.now.ended


def job(obj: Obj, old: Obj | None) -> list[Cause]:
    """Return what is wrong with a Job's status, in upstream's order."""
    was = _Job(old.get("spec") or {}, old.get("status") or {}) if old else _Job()
    step = _Step(was, _Job(obj.get("spec") or {}, obj.get("status") or {}))
    found = [cause for key in AMOUNTS for cause in metadata.non_negative(f"status.{key}", step.now.status.get(key))]
    found += [*_uncounted(step.now.status), *_ending(step), *_finished(step), *_indexed(step), *_counted(step)]
    return [*found, *_success(step.now), *_lasting(step), *_timed(step)]


def _uncounted(status: Obj) -> Iterator[Cause]:
    seen: set[str] = set()
    for part in ("succeeded", "failed"):
        for index, uid in enumerate((status.get("uncountedTerminatedPods") or {}).get(part) or []):
            path = f"status.uncountedTerminatedPods.{part}[{index}]"
            if not uid:
                yield causes.invalid(path, uid, "must not be empty")
            elif uid in seen:
                yield causes.duplicate(path, uid)
            seen.add(uid)


def _ending(step: _Step) -> Iterator[Cause]:
    """How a Job ended, and when."""
    now, true, path = step.now.status, step.now.true, "status.completionTime"
    ended, begun, complete = now.get("completionTime"), now.get("startTime"), "Complete" in step.now.true
    for other in ("Failed", "FailureTarget"):
        if step.turned("Complete", other) and {"Complete", other} <= true:
            yield causes.contradictory(CONDITIONS, f"cannot set Complete=True and {other}=true conditions")
    if step.turned("Complete") or step.moved("completionTime"):
        if ended and not complete:
            yield causes.invalid(path, ended, "cannot set completionTime when there is no Complete=True condition")
        if not ended and complete:
            yield causes.required(path, "completionTime is required for Complete jobs")
    if step.moved("startTime", "completionTime") and begun and ended and times.seconds(ended) < times.seconds(begun):
        yield causes.invalid(path, ended, "must be equal to or after `startTime`")
    if (step.turned("Failed") or step.moved("failedIndexes")) and "Failed" in true and "FailureTarget" not in true:
        yield causes.contradictory(CONDITIONS, _without("Failed", "FailureTarget"))
    if step.turned("Complete", "SuccessCriteriaMet") and complete and "SuccessCriteriaMet" not in true:
        yield causes.contradictory(CONDITIONS, _without("Complete", "SuccessCriteriaMet"))


def _without(condition: str, needed: str) -> str:
    return f"cannot set {condition}=True condition without the {needed}=true condition"


def _finished(step: _Step) -> Iterator[Cause]:
    """What a Job that ended has no more, and what it has to have."""
    now, spec = step.now.status, step.now.spec
    if not step.now.ended:
        return
    if (step.finished or step.moved("active")) and (now.get("active") or 0) > 0:
        yield causes.invalid("status.active", now["active"], "active>0 is invalid for finished job")
    unbegun = spec.get("suspend") and spec.get("completions") == 0
    if (step.finished or step.moved("startTime")) and not now.get("startTime") and not unbegun:
        yield causes.required("status.startTime", "startTime is required for finished job")
    if (step.finished or step.was.uncounted() != step.now.uncounted()) and step.now.uncounted():
        pods = now["uncountedTerminatedPods"]
        shown = {"Succeeded": pods.get("succeeded"), "Failed": pods.get("failed")}
        yield causes.invalid("status.uncountedTerminatedPods", shown, "must be empty for finished job")


def _indexed(step: _Step) -> Iterator[Cause]:
    now, spec = step.now.status, step.now.spec
    done, failed, most = now.get("completedIndexes") or "", now.get("failedIndexes"), spec.get("completions")
    per_index = spec.get("backoffLimitPerIndex") is not None
    if step.moved("completedIndexes") and most is not None:
        yield from _parsed("completedIndexes", done, most)
    if step.moved("failedIndexes") and most is not None and per_index and failed is not None:
        yield from _parsed("failedIndexes", failed, most)
    if step.moved("completedIndexes") and done and spec.get("completionMode") != "Indexed":
        text = "cannot set non-empty completedIndexes when non-indexed completion mode"
        yield causes.invalid("status.completedIndexes", done, text)
    if step.moved("failedIndexes") and failed is not None and not per_index:
        text = "cannot set non-null failedIndexes when backoffLimitPerIndex is null"
        yield causes.invalid("status.failedIndexes", failed, text)
    if step.moved("failedIndexes", "completedIndexes") and most is not None and failed:
        both = _spread(done) & _spread(failed)
        if both:
            text = f"failedIndexes and completedIndexes overlap at index: {min(both)}"
            yield causes.invalid("status.failedIndexes", failed, text)


def _parsed(key: str, indexes: str, most: int) -> list[Cause]:
    try:
        specs.count_indexes(indexes, most)
    except ValueError as wrong:
        return [causes.invalid(f"status.{key}", indexes, f"error parsing {key}: {wrong}")]
    return []


def _spread(indexes: str) -> set[int]:
    """The indexes of a text such as `1,3-5`; what is no interval is left out."""
    ends = [part.split("-") for part in indexes.split(",")]
    good = [pair for pair in ends if len(pair) <= 2 and all(end.isdecimal() for end in pair)]
    return {index for pair in good for index in range(int(pair[0]), int(pair[-1]) + 1)}


def _counted(step: _Step) -> Iterator[Cause]:
    now = step.now.status
    terminating, ready = now.get("terminating") or 0, now.get("ready")
    if (step.finished or step.moved("terminating")) and terminating > 0 and step.now.ended:
        yield causes.invalid("status.terminating", terminating, "terminating>0 is invalid for finished job")
    if step.moved("ready", "active") and ready is not None and ready > (now.get("active") or 0):
        yield causes.invalid("status.ready", ready, "cannot set more ready pods than active")


def _success(now: _Job) -> Iterator[Cause]:
    for other in ("Failed", "FailureTarget"):
        if {"SuccessCriteriaMet", other} <= now.true:
            yield causes.contradictory(CONDITIONS, f"cannot set SuccessCriteriaMet=True and {other}=true conditions")
    if now.spec.get("successPolicy") and "SuccessCriteriaMet" not in now.true and "Complete" in now.true:
        text = "cannot set Complete=True for Job with SuccessPolicy unless SuccessCriteriaMet=True"
        yield causes.contradictory(CONDITIONS, text)


def _lasting(step: _Step) -> Iterator[Cause]:
    """What only grows, or never ends."""
    was, now, spec = step.was.status, step.now.status, step.now.spec
    for kind in ("Failed", "Complete", "FailureTarget"):
        if kind in step.was.true - step.now.true:
            yield causes.contradictory(CONDITIONS, f"cannot disable the terminal {kind}=True condition")
    elastic = spec.get("completionMode") == "Indexed" and spec.get("completions") == spec.get("parallelism")
    for key in ("failed", "succeeded"):
        less: Any = now.get(key) or 0
        if less < (was.get(key) or 0) and not (key == "succeeded" and elastic):
            yield causes.invalid(f"status.{key}", less, f"cannot decrease the {key} counter")


def _timed(step: _Step) -> Iterator[Cause]:
    was, now = step.was.status, step.now.status
    if was.get("completionTime") and now.get("completionTime") and step.moved("completionTime"):
        yield causes.invalid("status.completionTime", now["completionTime"], "field is immutable")
    resumed = "Suspended" in step.was.true - step.now.true
    if was.get("startTime") and step.moved("startTime") and not step.now.spec.get("suspend") and not resumed:
        text = "field is immutable for unsuspended job once set"
        yield causes.invalid("status.startTime", now.get("startTime"), text)
    if "SuccessCriteriaMet" in step.was.true - step.now.true:
        yield causes.contradictory(CONDITIONS, "cannot disable the SuccessCriteriaMet=True condition")
    if "Complete" in step.was.true and "SuccessCriteriaMet" in step.now.true - step.was.true:
        text = "cannot set SuccessCriteriaMet=True for Job already has Complete=true conditions"
        yield causes.contradictory(CONDITIONS, text)
