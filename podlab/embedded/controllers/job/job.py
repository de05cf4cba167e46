"""Runs Jobs: makes Pods, counts those that ended, waits after failures, and tells how it ended.

Upstream: pkg/controller/job/job_controller.go
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from podlab.apimachinery.times import rfc3339
from podlab.embedded.apiserver.registry import Event, Registry
from podlab.embedded.apiserver.status import StatusError
from podlab.embedded.controllers.controller import CONTROLLER, Controller, Key, namespaced
from podlab.embedded.controllers.job import backoff, indexes, outcome, policies, template, tracking
from podlab.embedded.controllers.job.backoff import Backoff
from podlab.embedded.controllers.job.look import Look, look
from podlab.embedded.controllers.job.outcome import Outcome, Tally
from podlab.embedded.controllers.owned import Owned, controller_of
from podlab.embedded.controllers.pods import podstates
from podlab.embedded.controllers.pods.claims import Claims
from podlab.embedded.controllers.pods.podcontrol import BURST, PodControl, slow_start
from podlab.embedded.serializer import fresh

Obj = dict[str, Any]

BATCH = 1.0
"""Seconds in which changes of Pods are gathered."""
RETRIES = 1.0, 60.0
"""Seconds until a sync that failed, as by a quota, is tried again: the first time, and at most."""


class Jobs:
    """One controller for all Jobs."""

    def __init__(self, registry: Registry, pods: Owned) -> None:
        self._registry, self._clock, self._owned = registry, registry.clock, pods
        self._jobs, self._pods = registry.resource("jobs.batch"), registry.resource("pods")
        self._control = PodControl(registry, "job-controller", pods)
        self._claims = Claims(registry, self._pods, pods)
        self._backoffs: dict[str, Backoff] = {}
        self._controller = Controller(registry, self._reconcile, retries=RETRIES)
        self._orphans = Controller(registry, self._free, retries=RETRIES)
        self._controller.on("jobs.batch", self._on_job)
        self._controller.on("pods", self._on_pod)

    def stop(self) -> None:
        """Stop watching and working."""
        self._controller.stop()
        self._orphans.stop()

    def _on_job(self, event: Event) -> None:
        job, before = event.object, event.previous
        if event.type == "DELETED":
            self._backoffs.pop(job["metadata"]["uid"], None)
            self._control.recorder.forget(job)
            for pod in self._owned.of(job):
                self._orphans.add(namespaced(pod))
        else:
            same = before is not None and before["metadata"].get("generation") == job["metadata"].get("generation")
            self._controller.add(namespaced(job), BATCH if same else 0.0)

    def _on_pod(self, event: Event) -> None:
        pod = event.object
        owner = controller_of(pod)
        if owner and owner["kind"] == "Job":
            self._controller.add((pod["metadata"]["namespace"], owner["name"]), BATCH)
            if template.is_tracked(pod) and event.type != "DELETED" and not self._job_of(pod):
                self._orphans.add(namespaced(pod))

    def _job_of(self, pod: Obj) -> Obj | None:
        """The Job that still counts this Pod."""
        owner = controller_of(pod)
        if owner is None or owner["kind"] != "Job":
            return None
        job = self._registry.find(self._jobs, owner["name"], pod["metadata"]["namespace"])
        return job if job and job["metadata"]["uid"] == owner["uid"] and not outcome.finished(job) else None

    def _free(self, key: Key) -> None:
        """Nobody counts this Pod any more: nothing holds it."""
        pod = self._registry.find(self._pods, key[1], key[0])
        if pod and template.is_tracked(pod) and not self._job_of(pod):
            self._release([pod])

    def _reconcile(self, key: Key) -> None:
        job = self._registry.find(self._jobs, key[1], key[0])
        if (
            job is None
            or job["spec"].get("managedBy", "kubernetes.io/job-controller") != "kubernetes.io/job-controller"
        ):
            return
        if outcome.finished(job):
            self._release([pod for pod in self._owned.of(job) if template.is_tracked(pod)])
            return
        found = look(job, self._claims.claim(job))
        self._backoffs.setdefault(job["metadata"]["uid"], Backoff()).look(found.new_succeeded, found.new_failed)
        self._sync(key, found)

    def _sync(self, key: Key, found: Look) -> None:
        now, job = self._clock.now(), found.job
        status = fresh(job.get("status") or {})
        if not status.get("startTime") and not job["spec"].get("suspend"):
            status["startTime"] = rfc3339(now)
        started = {**job, "status": status}
        tally = Tally(found.pods, found.failed, found.done, found.failed_indexes)
        end, failure = outcome.begun(job) or outcome.of(started, tally, now), None
        if end:
            self._delete(found, found.active)
        else:
            if not podstates.deleting(job):
                failure = self._manage(key, found)
            if outcome.reached(job, found.succeeded, found.count):
                end = outcome.DONE
            elif not podstates.deleting(job):
                self._suspend(job, status, now)
        self._track(found, status, end)
        if failure:
            raise failure
        if not end and (left := outcome.until_deadline(started, now)) is not None:
            self._controller.add(key, max(left, 0.001))

    # Pods

    def _manage(self, key: Key, found: Look) -> StatusError | None:
        """Delete what is too much, or create what is missing; returns what went wrong."""
        job, now = found.job, self._clock.now()
        wanted = _wanted(found)
        gone = indexes.superfluous(job, found.active, max(0, found.count - wanted), now)[:BURST]
        if gone:
            self._release([pod for pod in gone if template.is_tracked(pod)])  # they were told to go, they did not fail
            self._delete(found, gone)
            return None
        going = found.going if policies.replaces_failed_only(job) else 0
        missing = min(wanted - going - found.count, BURST)
        if missing <= 0:
            return None
        wait = 0.0 if indexes.per_index(job) else self._backoffs[job["metadata"]["uid"]].left(now)
        makes: list[Callable[[], Obj]] = [partial(template.pod, job)] * missing
        if indexes.is_indexed(job) and not wait:
            makes, wait = self._indexed(found, missing)
        if wait:
            self._controller.add(key, wait)
            makes = makes if indexes.per_index(job) else []

        def create(make: Callable[[], Obj]) -> None:
            self._control.create(job, make())
            found.count += 1

        return slow_start([partial(create, make) for make in makes])

    def _indexed(self, found: Look, missing: int) -> tuple[list[Callable[[], Obj]], float]:
        """How to make the Pods of the next indexes, and the wait for those that failed a moment ago."""
        job, now = found.job, self._clock.now()
        taken = {indexes.index_of(pod) for pod in found.active} | found.done | (found.failed_indexes or frozenset())
        if policies.replaces_failed_only(job):
            taken |= {indexes.index_of(pod) for pod in found.pods if podstates.terminating(pod)}
        chosen = indexes.pending(job, taken, missing)
        waits = {i: backoff.of_index(found.delayed[i], now) for i in chosen if i in found.delayed}
        free = [index for index in chosen if not waits.get(index)]
        makes = [partial(template.indexed_pod, job, index, found.delayed.get(index)) for index in free]
        return list(makes), min((wait for wait in waits.values() if wait), default=0.0)

    def _delete(self, found: Look, pods: list[Obj]) -> None:
        for pod in pods:
            self._control.delete(found.job, pod)
            found.count -= 1
            found.going += 1
            found.ready -= podstates.ready(pod)

    def _release(self, pods: list[Obj]) -> None:
        for pod in pods:
            meta = pod["metadata"]
            try:
                self._registry.change(
                    self._pods, meta["name"], meta["namespace"], _untracked, subresource="", by=CONTROLLER
                )
            except StatusError as error:
                if error.code != 404:
                    raise

    # Status

    def _suspend(self, job: Obj, status: Obj, now: float) -> None:
        told, suspend = status.get("conditions") or [], bool(job["spec"].get("suspend"))
        reason, message = ("JobSuspended", "Job suspended") if suspend else ("JobResumed", "Job resumed")
        new = outcome.with_condition(told, "Suspended", "True" if suspend else "False", reason, message, now)
        if new is told:
            return
        status["conditions"] = new
        status.pop("startTime", None)
        if not suspend:
            status["startTime"] = rfc3339(now)
        self._control.recorder.normal(job, "Suspended" if suspend else "Resumed", message)

    def _track(self, found: Look, status: Obj, end: Outcome | None) -> None:
        now, job = self._clock.now(), found.job
        released = tracking.to_release(found, end)
        status = tracking.written(found, status, end, released, now)
        self._write(job, status)
        self._release(released)
        given = status["uncountedTerminatedPods"]
        gone = (given.get("succeeded", []), given.get("failed", []))
        after = tracking.counted(status, gone, indexed=indexes.is_indexed(job))
        last = tracking.ended(after, end, now)
        self._write(job, last or after)
        if last and end:
            self._tell(job, end)

    def _tell(self, job: Obj, end: Outcome) -> None:
        if end.type == outcome.SUCCESS:
            self._control.recorder.normal(job, "Completed", "Job completed")
        else:
            self._control.recorder.warning(job, end.reason, end.message)

    def _write(self, job: Obj, status: Obj) -> None:
        def write(obj: Obj) -> None:
            obj["status"] = status

        meta = job["metadata"]
        self._registry.change(self._jobs, meta["name"], meta["namespace"], write, by=CONTROLLER)


def _wanted(found: Look) -> int:
    """How many Pods should be active."""
    spec = found.job["spec"]
    if spec.get("suspend"):
        return 0
    parallelism, completions = spec.get("parallelism", 1), spec.get("completions")
    if completions is None:
        return found.count if found.succeeded else int(parallelism)
    left = completions - found.succeeded - len(found.failed_indexes or ())
    return int(max(0, min(left, parallelism)))


def _untracked(pod: Obj) -> None:
    meta = pod["metadata"]
    left = [name for name in meta.get("finalizers") or [] if name != template.FINALIZER]
    meta.pop("finalizers", None)
    if left:
        meta["finalizers"] = left
