"""Runs CronJobs: makes Jobs when they are due, watches them end, and keeps a few of those that ended.

Upstream: pkg/controller/cronjob/cronjob_controllerv2.go
"""

from __future__ import annotations

from typing import Any

from podlab.apimachinery.times import rfc3339, seconds
from podlab.embedded.apiserver.registry import Event, Registry
from podlab.embedded.apiserver.status import StatusError
from podlab.embedded.controllers.controller import CONTROLLER, MANAGER, Controller, Key, namespaced
from podlab.embedded.controllers.cronjob import timetable
from podlab.embedded.controllers.cronjob.timetable import InvalidSchedule, Timetable
from podlab.embedded.controllers.job import outcome
from podlab.embedded.controllers.owned import Owned, controller_of
from podlab.embedded.controllers.pods import podstates
from podlab.embedded.controllers.pods.podcontrol import is_namespace_going, reference_to
from podlab.embedded.events import Recorder, reference
from podlab.embedded.serializer import fresh

Obj = dict[str, Any]

SCHEDULED = "batch.kubernetes.io/cronjob-scheduled-timestamp"
BACKGROUND = {"propagationPolicy": "Background"}
TOO_MANY = "too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew"
STILL_ACTIVE = "Not starting job because prior execution is running and concurrency policy is Forbid"


class CronJobs:
    """One controller for all CronJobs."""

    def __init__(self, registry: Registry) -> None:
        self._registry, self._clock = registry, registry.clock
        self._cronjobs, self._jobs = registry.resource("cronjobs.batch"), registry.resource("jobs.batch")
        self._owned = Owned(registry, "jobs.batch")
        self._recorder = Recorder(registry, "cronjob-controller", manager=MANAGER)
        self._controller = Controller(registry, self._reconcile)
        self._controller.on("cronjobs.batch", self._on_cronjob)
        self._controller.watch("jobs.batch", _cronjob_of)

    def stop(self) -> None:
        """Stop watching and working."""
        self._controller.stop()
        self._owned.stop()

    def _on_cronjob(self, event: Event) -> None:
        cronjob, before = event.object, event.previous
        if event.type == "DELETED":
            self._recorder.forget(cronjob)
        elif before is None or _when(before) == _when(cronjob):
            self._controller.add(namespaced(cronjob))
        else:
            self._controller.add(namespaced(cronjob), timetable.of(cronjob).wait(self._clock.now()) or 0.0)

    def _reconcile(self, key: Key) -> None:
        found = self._registry.find(self._cronjobs, key[1], key[0])
        if found is None:
            return
        cronjob = {**found, "status": fresh(found.get("status") or {})}
        jobs, wait, failure = self._owned.of(found), None, None
        self._clean(cronjob, jobs)
        self._look(cronjob, jobs)
        try:
            wait = self._start(cronjob)
        except StatusError as error:
            failure = error
        self._write(found, cronjob["status"])
        if failure:
            raise failure
        if wait is not None:
            self._controller.add(key, wait)

    def _write(self, found: Obj, status: Obj) -> None:
        if status == (found.get("status") or {}):
            return
        meta = found["metadata"]
        self._registry.change(
            self._cronjobs, meta["name"], meta["namespace"], lambda obj: obj.update(status=status), by=CONTROLLER
        )

    # Jobs that are there

    def _clean(self, cronjob: Obj, jobs: list[Obj]) -> None:
        """Delete the oldest of the Jobs that ended, as far as the history's limits say."""
        for key, type_ in (
            ("successfulJobsHistoryLimit", outcome.COMPLETE),
            ("failedJobsHistoryLimit", outcome.FAILED),
        ):
            limit = cronjob["spec"].get(key)
            ended = sorted((job for job in jobs if _end(job) == type_), key=_by_start)
            for job in ended[: max(0, len(ended) - limit)] if limit is not None else ():
                try:
                    self._delete(cronjob, job)
                except StatusError:  # it was told in an Event, and the next look tries again
                    continue

    def _delete(self, cronjob: Obj, job: Obj) -> None:
        """Delete a Job with its Pods. Raises StatusError, after an Event."""
        meta = job["metadata"]
        try:
            self._registry.delete(self._jobs, meta["name"], meta["namespace"], options=BACKGROUND, by=CONTROLLER)
        except StatusError as error:
            self._recorder.warning(cronjob, "FailedDelete", f"Deleted job: {error.message}")
            raise
        _forget(cronjob["status"], meta["uid"])
        self._recorder.normal(cronjob, "SuccessfulDelete", f"Deleted job {meta['name']}")

    def _look(self, cronjob: Obj, jobs: list[Obj]) -> None:
        """Bring the status up to date: which Jobs are active, and when one succeeded."""
        status = cronjob["status"]
        for job in jobs:
            meta, end = job["metadata"], _end(job)
            known = any(ref.get("uid") == meta["uid"] for ref in status.get("active") or [])
            if not end and not known:
                told = f"Saw a job that the controller did not create or forgot: {meta['name']}"
                self._recorder.warning(cronjob, "UnexpectedJob", told)
            if end and known:
                _forget(status, meta["uid"])
                told = f"Saw completed job: {meta['name']}, condition: {end}"
                self._recorder.normal(cronjob, "SawCompletedJob", told)
            done = (job.get("status") or {}).get("completionTime")
            if end == outcome.COMPLETE and done and _later(done, status.get("lastSuccessfulTime")):
                status["lastSuccessfulTime"] = done
        owned = {job["metadata"]["uid"] for job in jobs}
        for ref in list(status.get("active") or []):
            if ref["uid"] not in owned and not self._registry.find(self._jobs, ref["name"], ref["namespace"]):
                self._recorder.normal(cronjob, "MissingJob", f"Active job went missing: {ref['name']}")
                _forget(status, ref["uid"])

    # New Jobs

    def _start(self, cronjob: Obj) -> float | None:
        """Make a Job if one is due; returns the seconds until the next look. Raises StatusError."""
        if podstates.deleting(cronjob) or cronjob["spec"].get("suspend"):
            return None
        now, times = self._clock.now(), timetable.of(cronjob)
        try:
            due = times.due(now)
        except InvalidSchedule as wrong:
            told = f"invalid schedule: {cronjob['spec']['schedule']} : {wrong}"
            self._recorder.warning(cronjob, "InvalidSchedule", told)
            return None
        if due.recent is None:
            return times.wait(now)
        if due.missed > timetable.MANY:
            self._recorder.warning(cronjob, "TooManyMissedTimes", TOO_MANY)
        if self._may_start(cronjob, due.recent) and not self._make(cronjob, times, due.recent):
            return None
        return times.wait(now)

    def _may_start(self, cronjob: Obj, moment: float) -> bool:
        """Whether a Job is to be made for a moment; with Replace the running ones go. Raises StatusError."""
        status, policy = cronjob["status"], cronjob["spec"].get("concurrencyPolicy")
        active = list(status.get("active") or [])
        if any(ref["name"] == _name(cronjob, moment) for ref in active):
            return False
        if status.get("lastScheduleTime") == rfc3339(moment):
            return False
        if policy == "Forbid" and active:
            self._recorder.normal(cronjob, "JobAlreadyActive", STILL_ACTIVE)
            return False
        for ref in active if policy == "Replace" else ():
            try:
                job = self._registry.get(self._jobs, ref["name"], ref["namespace"])
            except StatusError as error:
                self._recorder.warning(cronjob, "FailedGet", f"Get job: {error.message}")
                raise
            self._delete(cronjob, job)
        return True

    def _make(self, cronjob: Obj, times: Timetable, moment: float) -> bool:
        """Make the Job of a moment; False if another has it already. Raises StatusError."""
        job = _job(cronjob, times, moment)
        namespace, status = cronjob["metadata"]["namespace"], cronjob["status"]
        try:
            made = self._registry.create(self._jobs, job, namespace=namespace, by=CONTROLLER)
        except StatusError as error:
            if error.code != 409 or error.reason != "AlreadyExists":
                if not is_namespace_going(error):
                    self._recorder.warning(cronjob, "FailedCreate", f"Error creating job: {error.message}")
                raise
            made = self._registry.get(self._jobs, job["metadata"]["name"], namespace)
            owner = controller_of(made)
            if owner is None or owner["uid"] != cronjob["metadata"]["uid"]:
                return False
        else:
            self._owned.add(made)
            self._recorder.normal(cronjob, "SuccessfulCreate", f"Created job {made['metadata']['name']}")
        status["active"] = [*(status.get("active") or []), reference(made, "")]
        status["lastScheduleTime"] = rfc3339(moment)
        return True


def _job(cronjob: Obj, times: Timetable, moment: float) -> Obj:
    """The Job of a moment, as the template has it."""
    template = cronjob["spec"]["jobTemplate"]
    given = template.get("metadata") or {}
    annotations = {**(given.get("annotations") or {}), SCHEDULED: times.shown(moment)}
    meta: Obj = {"name": _name(cronjob, moment), "annotations": annotations}
    if given.get("labels"):
        meta["labels"] = dict(given["labels"])
    meta["ownerReferences"] = [reference_to(cronjob)]
    return {"apiVersion": "batch/v1", "kind": "Job", "metadata": meta, "spec": fresh(template["spec"])}


def _name(cronjob: Obj, moment: float) -> str:
    """The same for the same minute, so that no Job is made twice."""
    return f"{cronjob['metadata']['name']}-{int(moment) // 60}"


def _cronjob_of(job: Obj) -> Key | None:
    owner = controller_of(job)
    return (job["metadata"]["namespace"], owner["name"]) if owner and owner["kind"] == "CronJob" else None


def _when(cronjob: Obj) -> tuple[str, str | None]:
    return cronjob["spec"]["schedule"], cronjob["spec"].get("timeZone")


def _end(job: Obj) -> str:
    """Complete, Failed, or "" of a Job that goes on."""
    condition = outcome.finished(job)
    return str(condition["type"]) if condition else ""


def _by_start(job: Obj) -> tuple[bool, str, str]:
    started = (job.get("status") or {}).get("startTime")
    return started is None, started or "", job["metadata"]["name"]


def _later(moment: str, than: str | None) -> bool:
    return than is None or seconds(moment) > seconds(than)


def _forget(status: Obj, uid: str) -> None:
    """Drop a Job from the active ones."""
    left = [ref for ref in status.pop("active", None) or [] if ref.get("uid") != uid]
    if left:
        status["active"] = left
