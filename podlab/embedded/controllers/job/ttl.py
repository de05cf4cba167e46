"""Deletes finished Jobs when their time is over. Upstream: pkg/controller/ttlafterfinished"""

from __future__ import annotations

from typing import Any

from podlab.apimachinery.times import seconds
from podlab.embedded.apiserver.registry import Registry
from podlab.embedded.apiserver.status import StatusError
from podlab.embedded.controllers.controller import CONTROLLER, Controller, Key, namespaced
from podlab.embedded.controllers.job import outcome

Obj = dict[str, Any]


class TTLAfterFinished:
    """Follows `spec.ttlSecondsAfterFinished`."""

    def __init__(self, registry: Registry) -> None:
        self._registry, self._jobs = registry, registry.resource("jobs.batch")
        self._controller = Controller(registry, self._reconcile)
        self._controller.watch("jobs.batch", lambda job: namespaced(job) if expires(job) is not None else None)
        self.stop = self._controller.stop

    def _reconcile(self, key: Key) -> None:
        job = self._registry.find(self._jobs, key[1], key[0])
        due = expires(job) if job else None
        if job is None or due is None:
            return
        left = due - self._registry.clock.now()
        if left > 0:
            self._controller.add(key, left)
            return
        options = {"propagationPolicy": "Foreground", "preconditions": {"uid": job["metadata"]["uid"]}}
        try:
            self._registry.delete(self._jobs, key[1], key[0], options=options, by=CONTROLLER)
        except StatusError as error:
            if error.code not in (404, 409):
                raise


def expires(job: Obj) -> float | None:
    """When a finished Job goes; None if it stays."""
    ttl, end = job["spec"].get("ttlSecondsAfterFinished"), outcome.finished(job)
    if ttl is None or end is None or job["metadata"].get("deletionTimestamp"):
        return None
    return seconds(end["lastTransitionTime"]) + float(ttl)
