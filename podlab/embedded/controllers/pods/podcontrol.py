"""How controllers create and delete Pods, and the Events that tell of it.

Upstream: pkg/controller/controller_utils.go (RealPodControl)
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

from podlab.embedded.apiserver.registry import Registry
from podlab.embedded.apiserver.status import StatusError
from podlab.embedded.controllers.controller import CONTROLLER, MANAGER, Obj
from podlab.embedded.controllers.owned import Owned
from podlab.embedded.events import Recorder
from podlab.embedded.serializer import fresh

Thing = TypeVar("Thing")

BURST = 500
"""Pods that one look at a workload creates or deletes at most."""
NAME = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")


class PodControl:
    """Creates and deletes Pods for one kind of workload."""

    def __init__(self, registry: Registry, component: str, owned: Owned) -> None:
        self._registry, self._pods, self._owned = registry, registry.resource("pods"), owned
        self.recorder = Recorder(registry, component, manager=MANAGER)

    def create(self, owner: Obj, pod: Obj) -> Obj:
        """Create a Pod in its owner's namespace. Raises StatusError, after an Event unless the namespace is going."""
        try:
            made = self._registry.create(self._pods, pod, namespace=owner["metadata"]["namespace"], by=CONTROLLER)
        except StatusError as error:
            if not is_namespace_going(error):
                self.recorder.warning(owner, "FailedCreate", f"Error creating: {error.message}")
            raise
        self._owned.add(made)
        self.recorder.normal(owner, "SuccessfulCreate", f"Created pod: {made['metadata']['name']}")
        return made

    def delete(self, owner: Obj, pod: Obj) -> None:
        """Delete a Pod that may be gone already. Raises StatusError."""
        meta = pod["metadata"]
        try:
            self._registry.delete(self._pods, meta["name"], meta["namespace"], by=CONTROLLER)
        except StatusError as error:
            if error.code == 404:
                return
            self.recorder.warning(owner, "FailedDelete", f"Error deleting: {error.message}")
            raise
        self.recorder.normal(owner, "SuccessfulDelete", f"Deleted pod: {meta['name']}")


def is_namespace_going(error: StatusError) -> bool:
    """Whether something was refused because its namespace is being terminated."""
    causes = (error.details or {}).get("causes") or ()
    return any(cause.get("reason") == "NamespaceTerminating" for cause in causes)


def reference_to(owner: Obj) -> Obj:
    """The ownerReference of what this object controls. Upstream: metav1.NewControllerRef"""
    meta = owner["metadata"]
    return {
        "apiVersion": owner["apiVersion"],
        "kind": owner["kind"],
        "name": meta["name"],
        "uid": meta["uid"],
        "controller": True,
        "blockOwnerDeletion": True,
    }


def from_template(owner: Obj, template: Obj) -> Obj:
    """A new Pod as the template has it, owned, with a generated name. Upstream: GetPodFromTemplate"""
    given = template.get("metadata") or {}
    meta = {key: fresh(given[key]) for key in ("labels", "annotations", "finalizers") if given.get(key)}
    prefix = f"{owner['metadata']['name']}-"
    meta["generateName"] = prefix if len(prefix) <= 253 and NAME.fullmatch(prefix[:-1]) else prefix[:-1]
    meta["ownerReferences"] = [reference_to(owner)]
    return {"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": fresh(template.get("spec") or {})}


def slow_start(calls: Sequence[Callable[[], object]]) -> StatusError | None:
    """Make the calls in batches that double; a batch that fails is the last one. Returns its first error."""
    left = iter(calls)
    for size in batches(len(calls)):
        failed = None
        for call in at_once(list(islice(left, size))):
            try:
                call()
            except StatusError as error:
                failed = failed or error
        if failed:
            return failed
    return None


def batches(count: int) -> Iterator[int]:
    """1, 2, 4, … and what is left."""
    size = 1
    while count > 0:
        yield min(size, count)
        count, size = count - size, size * 2


def at_once(things: list[Thing]) -> list[Thing]:
    """The order of goroutines that are started one after another: the last one goes first."""
    return [*things[-1:], *things[:-1]]
