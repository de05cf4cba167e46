"""Keeps a DaemonSet's Pod on every node that should have one.

Upstream: pkg/controller/daemon/daemon_controller.go
"""

from __future__ import annotations

from functools import partial

from podlab.embedded.apiserver.registry import Event, Registry
from podlab.embedded.apiserver.status import StatusError
from podlab.embedded.controllers.controller import CONTROLLER, Controller, Key, Obj, namespaced
from podlab.embedded.controllers.daemon import nodes, plan
from podlab.embedded.controllers.history.revisions import Revisions, new_revision, patch_of
from podlab.embedded.controllers.history.templatehash import template_hash
from podlab.embedded.controllers.owned import Owned
from podlab.embedded.controllers.pods import podstates
from podlab.embedded.controllers.pods.claims import Claims
from podlab.embedded.controllers.pods.podcontrol import PodControl, is_namespace_going, slow_start
from podlab.embedded.controllers.pods.podevents import owners_of

BURST = 250
FIRST_BACKOFF, LAST_BACKOFF = 1.0, 900.0
"""Seconds between deletions of Pods that fail again and again on one node."""
ENDED = {
    "Failed": ("Warning", "FailedDaemonPod", "Found failed daemon pod {} on node {}, will try to kill it"),
    "Succeeded": ("Normal", "SucceededDaemonPod", "Found succeeded daemon pod {} on node {}, will try to delete it"),
}


class DaemonSets:
    """The DaemonSet controller."""

    def __init__(self, registry: Registry, pods: Owned) -> None:
        self._registry, self._clock = registry, registry.clock
        self._resource, self._nodes = registry.resource("daemonsets.apps"), registry.resource("nodes")
        self._owned = pods
        self._pods = PodControl(registry, "daemonset-controller", pods)
        self._claims = Claims(registry, registry.resource("pods"), pods)
        self._revisions = Revisions(registry)
        self._backoffs: dict[tuple[str, str], tuple[float, float]] = {}
        self._controller = Controller(registry, self._reconcile)
        self._controller.on("daemonsets.apps", self._on_owner)
        self._controller.on("pods", owners_of(self._controller, registry, self._resource))
        self._controller.on("nodes", self._on_node)

    def stop(self) -> None:
        """Stop watching and working."""
        self._controller.stop()
        self._revisions.stop()

    def _on_owner(self, event: Event) -> None:
        if event.type == "DELETED":
            self._pods.recorder.forget(event.object)
            uid = event.object["metadata"]["uid"]
            self._backoffs = {key: value for key, value in self._backoffs.items() if key[0] != uid}
        else:
            self._controller.add(namespaced(event.object))

    def _on_node(self, event: Event) -> None:
        """What changes at a node besides its status may change where daemons run."""
        if event.type == "MODIFIED" and _placement(event.object) == _placement(event.previous or {}):
            return
        for owner in self._registry.list(self._resource):
            if event.type != "MODIFIED" or nodes.concerns(owner, event.object, self._owned.of(owner)):
                self._controller.add(namespaced(owner))

    def _reconcile(self, key: Key) -> None:
        owner = self._registry.find(self._resource, key[1], key[0])
        if owner is None or podstates.deleting(owner):
            return
        current, old = self._history(owner)
        hash_ = current["metadata"]["labels"][nodes.HASH]
        eligible = nodes.eligibility(owner, self._registry.list(self._nodes))
        pods = nodes.by_node(self._claims.claim(owner))
        now = self._clock.now()
        failed = self._update(owner, eligible, pods, hash_)
        self._truncate(owner, pods, old)
        self._write(owner, nodes.status(owner, eligible, pods, hash_, now))
        if failed:
            raise failed
        seconds = owner["spec"].get("minReadySeconds") or 0
        wait = podstates.next_available([pod for there in pods.values() for pod in there], seconds, now)
        if wait is not None:
            self._controller.add(key, wait)

    def _update(
        self, owner: Obj, eligible: nodes.Eligibility, pods: dict[str, list[Obj]], hash_: str
    ) -> StatusError | None:
        """Bring Pods to nodes; once all are there, go on with an update. Returns what went wrong."""
        now = self._clock.now()
        placing = plan.place(owner, eligible, pods, hash_, now)
        placing.delete += self._ended(owner, placing.ended)
        if placing or (owner["spec"].get("updateStrategy") or {}).get("type") != "RollingUpdate":
            return self._carry_out(owner, placing, hash_)
        return self._carry_out(owner, plan.roll(owner, eligible, pods, hash_, now), hash_)

    def _ended(self, owner: Obj, ended: list[tuple[Obj, str]]) -> list[Obj]:
        """The ended Pods that are deleted now, which is told; those that fail again and again have to wait."""
        found = []
        for pod, node in ended:
            phase, meta = pod["status"]["phase"], pod["metadata"]
            if phase == "Failed" and self._has_to_wait(owner, node):
                continue
            type_, reason, text = ENDED[phase]
            self._pods.recorder.record(owner, type_, reason, text.format(f"{meta['namespace']}/{meta['name']}", node))
            found.append(pod)
        return found

    def _has_to_wait(self, owner: Obj, node: str) -> bool:
        key, now = (owner["metadata"]["uid"], node), self._clock.now()
        since, pause = self._backoffs.get(key, (0.0, 0.0))
        if now - since < pause:
            self._controller.add(namespaced(owner), since + pause - now)
            return True
        forgotten = now - since > 2 * LAST_BACKOFF
        self._backoffs[key] = now, min(pause * 2 or FIRST_BACKOFF, LAST_BACKOFF) if not forgotten else FIRST_BACKOFF
        return False

    def _carry_out(self, owner: Obj, step: plan.Plan, hash_: str) -> StatusError | None:
        def create(name: str) -> None:
            self._pods.create(owner, nodes.new_pod(owner, name, hash_))

        failed = slow_start([partial(create, name) for name in step.create[:BURST]])
        if failed and is_namespace_going(failed):
            failed = None
        for pod in step.delete[:BURST]:
            try:
                self._pods.delete(owner, pod)
            except StatusError as error:
                failed = failed or error
        return failed

    def _history(self, owner: Obj) -> tuple[Obj, list[Obj]]:
        """The revision of the present template and the older ones. Raises StatusError."""
        data = patch_of(owner["spec"]["template"])
        revisions = self._revisions.of(owner)
        current = [one for one in revisions if one["data"] == data]
        old = [one for one in revisions if one["data"] != data]
        number = max((one.get("revision") or 0 for one in old), default=0) + 1
        if not current:
            return self._snapshot(owner, number), old
        found = current[-1]
        if (found.get("revision") or 0) < number:
            found = self._revisions.renumber(found, number)
        return found, old

    def _snapshot(self, owner: Obj, number: int) -> Obj:
        collisions = (owner.get("status") or {}).get("collisionCount")
        hash_ = template_hash(owner["spec"]["template"], collisions)
        try:
            return self._revisions.create(owner, new_revision(owner, number, hash_, nodes.HASH))
        except StatusError as error:
            if error.reason == "AlreadyExists":
                self._write(owner, {**(owner.get("status") or {}), "collisionCount": (collisions or 0) + 1})
            raise

    def _truncate(self, owner: Obj, pods: dict[str, list[Obj]], old: list[Obj]) -> None:
        """Forget revisions that no Pod has, the oldest first, down to the limit."""
        limit = owner["spec"].get("revisionHistoryLimit")
        surplus = len(old) - (10 if limit is None else limit)
        live = {(pod["metadata"].get("labels") or {}).get(nodes.HASH) for there in pods.values() for pod in there}
        unused = [one for one in old if (one["metadata"].get("labels") or {}).get(nodes.HASH) not in live]
        for one in unused[: max(surplus, 0)]:
            self._revisions.delete(one)

    def _write(self, owner: Obj, status: Obj) -> None:
        def write(obj: Obj) -> None:
            obj["status"] = status

        meta = owner["metadata"]
        if status != owner.get("status"):
            self._registry.change(self._resource, meta["name"], meta["namespace"], write, by=CONTROLLER)


def _placement(node: Obj) -> tuple[object, ...]:
    spec = node.get("spec") or {}
    return (node.get("metadata") or {}).get("labels"), spec.get("taints"), spec.get("unschedulable")
