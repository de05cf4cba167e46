"""Keeps a StatefulSet's Pods, each with its name and its claims.

Upstream: pkg/controller/statefulset/stateful_set.go
"""

from __future__ import annotations

from podlab.embedded.apiserver.registry import Event, Registry
from podlab.embedded.apiserver.status import StatusError
from podlab.embedded.controllers.controller import CONTROLLER, MANAGER, Controller, Key, Obj, namespaced
from podlab.embedded.controllers.history.revisions import Revisions, data_hash, new_revision, patch_of
from podlab.embedded.controllers.owned import Owned
from podlab.embedded.controllers.pods import podstates
from podlab.embedded.controllers.pods.claims import Claims
from podlab.embedded.controllers.pods.podevents import owners_of
from podlab.embedded.controllers.statefulset import identity
from podlab.embedded.controllers.statefulset.podcontrol import StatefulPodControl
from podlab.embedded.controllers.statefulset.sync import Sync
from podlab.embedded.events import Recorder

HASH = "controller.kubernetes.io/hash"


class StatefulSets:
    """The StatefulSet controller."""

    def __init__(self, registry: Registry, pods: Owned) -> None:
        self._registry, self._resource = registry, registry.resource("statefulsets.apps")
        self._recorder = Recorder(registry, "statefulset-controller", manager=MANAGER)
        self._revisions = Revisions(registry)
        self._claims = Claims(registry, registry.resource("pods"), pods)
        self._control = StatefulPodControl(registry, self._recorder, pods)
        self._controller = Controller(registry, self._reconcile)
        self._controller.on("statefulsets.apps", self._on_owner)
        self._controller.on("pods", owners_of(self._controller, registry, self._resource))

    def stop(self) -> None:
        """Stop watching and working."""
        self._controller.stop()
        self._revisions.stop()

    def _on_owner(self, event: Event) -> None:
        if event.type == "DELETED":
            self._recorder.forget(event.object)
        else:
            self._controller.add(namespaced(event.object))

    def _reconcile(self, key: Key) -> None:
        owner = self._registry.find(self._resource, key[1], key[0])
        if owner is None:
            return
        revisions = self._revisions.of(owner)
        pods = self._claims.claim(owner, fits=lambda pod: identity.is_member(owner, pod))
        update, collisions = self._update_revision(owner, revisions)
        wanted = (owner.get("status") or {}).get("currentRevision")
        current = next((one for one in revisions if one["metadata"]["name"] == wanted), update)
        now = self._registry.clock.now()
        status, failed = Sync(self._control, owner, pods, current, update, now).run(collisions)
        self._write(owner, status)
        self._truncate(owner, pods, revisions, {current["metadata"]["name"], update["metadata"]["name"]})
        if failed:
            raise failed
        wait = podstates.next_available(pods, owner["spec"].get("minReadySeconds") or 0, now)
        if wait is not None:
            self._controller.add(key, wait)

    def _update_revision(self, owner: Obj, revisions: list[Obj]) -> tuple[Obj, int]:
        """The revision of the present template, and how many names were taken by others'."""
        collisions = (owner.get("status") or {}).get("collisionCount") or 0
        data = patch_of(owner["spec"]["template"])
        equal = [one for one in revisions if one["data"] == data]
        if equal and revisions[-1]["data"] == data:
            return revisions[-1], collisions
        number = (revisions[-1].get("revision") or 0) + 1 if revisions else 1
        if equal:
            return self._revisions.renumber(equal[-1], number), collisions
        while True:
            made = new_revision(owner, number, data_hash(data, collisions), HASH)
            try:
                return self._revisions.create(owner, made), collisions
            except StatusError as error:
                if error.reason != "AlreadyExists":
                    raise
                collisions += 1

    def _write(self, owner: Obj, status: Obj) -> None:
        old = owner.get("status") or {}
        if all(old.get(key, 0) == status[key] for key in status if key != "collisionCount"):
            return

        def write(obj: Obj) -> None:
            obj["status"] = {key: value for key, value in status.items() if value or key in ALWAYS}

        meta = owner["metadata"]
        self._registry.change(self._resource, meta["name"], meta["namespace"], write, by=CONTROLLER)

    def _truncate(self, owner: Obj, pods: list[Obj], revisions: list[Obj], live: set[str]) -> None:
        """Forget revisions that no Pod has, the oldest first, down to the limit."""
        live = live | {(pod["metadata"].get("labels") or {}).get(identity.REVISION, "") for pod in pods}
        history = [one for one in revisions if one["metadata"]["name"] not in live]
        limit = owner["spec"].get("revisionHistoryLimit")
        for one in history[: max(len(history) - (10 if limit is None else limit), 0)]:
            self._revisions.delete(one)


ALWAYS = ("replicas", "availableReplicas", "collisionCount")
"""What the status shows even at zero."""
