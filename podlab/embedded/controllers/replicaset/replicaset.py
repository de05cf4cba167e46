"""Keeps as many Pods as a ReplicaSet or ReplicationController wants.

Upstream: pkg/controller/replicaset/replica_set.go, pkg/controller/replication
"""

from __future__ import annotations

from functools import partial

from podlab.embedded.apiserver.registry import Event, Registry
from podlab.embedded.apiserver.status import StatusError
from podlab.embedded.controllers.controller import CONTROLLER, Controller, Key, Obj, namespaced
from podlab.embedded.controllers.owned import Owned
from podlab.embedded.controllers.pods import podstates
from podlab.embedded.controllers.pods.claims import Claims, same_family, selecting
from podlab.embedded.controllers.pods.podcontrol import BURST, PodControl, from_template, is_namespace_going, slow_start
from podlab.embedded.controllers.pods.podevents import owners_of
from podlab.embedded.controllers.replicaset import replicas

PACE = 0.008
"""A Deployment looks at what it wrote before its ReplicaSet has said how many Pods there are."""
COMPONENTS = {"ReplicaSet": "replicaset-controller", "ReplicationController": "replication-controller"}


class Replicas:
    """The controller of one of the two kinds."""

    def __init__(self, registry: Registry, pods: Owned, resource: str) -> None:
        self._registry, self._clock, self._owned = registry, registry.clock, pods
        self._resource = registry.resource(resource)
        self._pods = PodControl(registry, COMPONENTS[self._resource.kind], pods)
        self._claims = Claims(registry, registry.resource("pods"), pods)
        self._controller = Controller(registry, self._reconcile, pace=PACE)
        self._controller.on(resource, self._on_owner)
        self._controller.on("pods", owners_of(self._controller, registry, self._resource))
        self.stop = self._controller.stop

    def _on_owner(self, event: Event) -> None:
        if event.type == "DELETED":
            self._pods.recorder.forget(event.object)
        else:
            self._controller.add(namespaced(event.object))

    def _reconcile(self, key: Key) -> None:
        owner = self._registry.find(self._resource, key[1], key[0])
        if owner is None:
            return
        owned, selected = self._owned.of(owner), selecting(owner)
        active = self._claims.claim(owner, among=podstates.active, owned=owned)
        going = sum(podstates.terminating(pod) and selected(pod) for pod in owned)
        failed = None if podstates.deleting(owner) else self._manage(owner, active)
        now = self._clock.now()
        self._write(owner, replicas.status(owner, active, going, failed.message if failed else "", now))
        if failed:
            raise failed
        wait = podstates.next_available(active, owner["spec"].get("minReadySeconds") or 0, now)
        if wait is not None:
            self._controller.add(key, wait)

    def _manage(self, owner: Obj, active: list[Obj]) -> StatusError | None:
        """Create what is missing, delete what is too much; returns what went wrong."""
        surplus = replicas.difference(owner, active)
        if surplus < 0:
            failed = slow_start([partial(self._create, owner)] * min(-surplus, BURST))
            return None if failed and is_namespace_going(failed) else failed
        failed = None
        related = self._related(owner) if surplus else []
        for pod in replicas.to_delete(active, related, min(surplus, BURST), self._clock.now()):
            try:
                self._pods.delete(owner, pod)
            except StatusError as error:
                failed = failed or error
        return failed

    def _create(self, owner: Obj) -> None:
        self._pods.create(owner, from_template(owner, owner["spec"]["template"]))

    def _related(self, owner: Obj) -> list[Obj]:
        """The Pods of all that has the same controller: of a Deployment's other ReplicaSets too."""
        namespace = owner["metadata"]["namespace"]
        family = [one for one in self._registry.list(self._resource, namespace) if same_family(one, owner)]
        return [pod for one in family or [owner] for pod in self._owned.of(one)]

    def _write(self, owner: Obj, status: Obj) -> None:
        def write(obj: Obj) -> None:
            obj["status"] = status

        meta = owner["metadata"]
        if status != owner.get("status"):
            self._registry.change(self._resource, meta["name"], meta["namespace"], write, by=CONTROLLER)
