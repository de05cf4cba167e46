"""One look at a StatefulSet: what its Pods are, which is created or deleted next, what its status says.

Upstream: pkg/controller/statefulset/stateful_set_control.go
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from podlab.embedded.apiserver.status import StatusError
from podlab.embedded.controllers.controller import Obj
from podlab.embedded.controllers.pods import podstates
from podlab.embedded.controllers.pods.podcontrol import slow_start
from podlab.embedded.controllers.statefulset import identity
from podlab.embedded.controllers.statefulset.podcontrol import StatefulPodControl


class Sync:
    """A StatefulSet and its Pods as they were read.

    Args:
        current: the revision that all Pods had when the last update was through.
        update: the revision of the present template.
    """

    def __init__(
        self, control: StatefulPodControl, owner: Obj, pods: list[Obj], current: Obj, update: Obj, now: float
    ) -> None:
        self._control, self._owner, self._now = control, owner, now
        self._current, self._update = current, update
        self._ordered = identity.is_ordered(owner)
        numbered = {identity.ordinal(pod): pod for pod in pods}
        wanted = identity.wanted(owner)
        self._replicas = [numbered.get(number) or identity.new_pod(owner, number, current, update) for number in wanted]
        self._condemned = [numbered[number] for number in sorted(numbered, reverse=True) if number not in wanted]
        unhealthy = [pod for pod in [*self._replicas, *reversed(self._condemned)] if self._is_unavailable(pod)]
        self._first_unavailable = unhealthy[0] if unhealthy else None

    def run(self, collisions: int) -> tuple[Obj, StatusError | None]:
        """Create and delete what is next; returns the new status and what went wrong."""
        pods, removed, failed = [*self._replicas, *self._condemned], 0, None
        if not podstates.deleting(self._owner):
            try:
                if not self._blocked():
                    removed = self._replace()
            except StatusError as error:
                failed = error
        status = identity.status(self._owner, pods, self._current, self._update, collisions, self._now)
        status["currentReplicas"] -= removed
        return identity.complete(self._owner, status), failed

    def _blocked(self) -> bool:
        """Whether something has to happen before an update may go on."""
        return (
            self._each(self._replicas, self._keep)
            or self._each(self._condemned, self._release_claims)
            or self._each(self._condemned, self._condemn)
        )

    def _each(self, pods: list[Obj], act: Callable[[Obj], bool]) -> bool:
        """Act on the Pods: in order, until one has to be waited for, or on all. Raises StatusError."""
        if self._ordered:
            return any(act(pod) for pod in pods)
        if failed := slow_start([partial(act, pod) for pod in pods]):
            raise failed
        return False

    def _is_unavailable(self, pod: Obj) -> bool:
        return identity.is_unavailable(self._owner, pod, self._now)

    def _keep(self, pod: Obj) -> bool:
        """See to it that a Pod is there as it should be; True if others have to wait for it."""
        control, owner = self._control, self._owner
        if podstates.finished(pod):
            if not podstates.deleting(pod):
                control.delete(owner, pod)
            return True
        if not identity.is_created(pod):
            if control.is_stale(owner, pod):
                return True
            control.create(owner, pod)
            return True
        if pod["status"]["phase"] == "Pending":
            control.create_claims(owner, pod)
        if self._ordered and (self._is_unavailable(pod) or not identity.is_running_and_ready(pod)):
            return True
        control.update(owner, pod)
        return False

    def _release_claims(self, pod: Obj) -> bool:
        self._control.retain(self._owner, pod)
        return False

    def _condemn(self, pod: Obj) -> bool:
        if podstates.deleting(pod):
            return True
        waits = self._is_unavailable(pod) and pod is not self._first_unavailable
        if not (self._ordered and waits):
            self._control.delete(self._owner, pod)
        return True

    def _replace(self) -> int:
        """Delete the Pod of another revision with the highest ordinal, if all above it are there; returns how many."""
        parameters = identity.rolling(self._owner)
        if parameters is None:
            return 0
        name = self._update["metadata"]["name"]
        for pod in reversed(self._replicas[parameters.get("partition") or 0 :]):
            if (pod["metadata"].get("labels") or {}).get(identity.REVISION) != name and not podstates.deleting(pod):
                self._control.delete(self._owner, pod)
                return 1
            if self._is_unavailable(pod):
                return 0
        return 0
