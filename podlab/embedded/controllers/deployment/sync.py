"""One look at a Deployment: its revision, its scale, its rollout, its status.

Writes carry the resourceVersion that was read, as upstream's do: after the revision was written in one look, the rest
of the status is a conflict, and is written in the next one.
Upstream: pkg/controller/deployment/sync.go, rolling.go, recreate.go
"""

from __future__ import annotations

from podlab.embedded.apiserver.registry import Registry
from podlab.embedded.apiserver.status import StatusError
from podlab.embedded.controllers.controller import CONTROLLER, Obj
from podlab.embedded.controllers.deployment import conditions, family
from podlab.embedded.controllers.history.templatehash import template_hash
from podlab.embedded.controllers.owned import controller_of
from podlab.embedded.controllers.pods import podstates
from podlab.embedded.controllers.pods.podcontrol import is_namespace_going, reference_to
from podlab.embedded.events import Recorder
from podlab.embedded.serializer import fresh


class Sync:
    """A Deployment and its ReplicaSets as they were read, and what is to be done about them.

    Args:
        pods: all Pods of the ReplicaSets.
    """

    def __init__(
        self, registry: Registry, recorder: Recorder, deployment: Obj, sets: list[Obj], pods: list[Obj]
    ) -> None:
        self._registry, self._recorder = registry, recorder
        self._deployments = registry.resource("deployments.apps")
        self._sets_resource = registry.resource("replicasets.apps")
        self._deployment: Obj = fresh(deployment)
        self._deployment.setdefault("status", {})
        self._sets, self._pods = sets, pods
        self._seen: dict[str, int] = {}

    def run(self) -> float | None:
        """Do it; returns after how many seconds to look again. Raises StatusError."""
        deployment = self._deployment
        if podstates.deleting(deployment):
            new, old = self._revise(create=False)
            return self._write_status(self._calculate(old, new))
        if conditions.pause(deployment, self._now()):
            self._put_status()
        if deployment["spec"].get("paused") or self._is_scaled():
            self._scale()
            return None
        return self._roll() if family.is_rolling(deployment) else self._recreate()

    def _now(self) -> float:
        return self._registry.clock.now()

    # Revisions

    def _revise(self, *, create: bool) -> tuple[Obj | None, list[Obj]]:
        """The new ReplicaSet with its revision, made if it may be, and the old ones."""
        new = family.find_new(self._deployment, self._sets)
        old = [one for one in self._sets if new is None or one["metadata"]["uid"] != new["metadata"]["uid"]]
        if new is not None:
            return self._follow(new, old), old
        return (self._create(old) if create else None), old

    def _follow(self, found: Obj, old: list[Obj]) -> Obj:
        deployment = self._deployment
        new: Obj = fresh(found)
        annotated = family.set_annotations(deployment, new, family.max_revision(old) + 1)
        seconds = deployment["spec"].get("minReadySeconds") or 0
        delayed = (new["spec"].get("minReadySeconds") or 0) != seconds
        if delayed:
            new["spec"]["minReadySeconds"] = seconds
        if annotated or delayed:
            return self._registry.update(self._sets_resource, new, by=CONTROLLER)
        told = False
        if conditions.deadline(deployment) is not None and not self._condition():
            self._tell("True", "FoundNewReplicaSet", f'Found new replica set "{new["metadata"]["name"]}"')
            told = True
        if self._set_revision(family.annotation(new, family.REVISION) or 0) or told:
            self._put_status()
        return new

    def _create(self, old: list[Obj]) -> Obj:
        deployment = self._deployment
        template, collisions = deployment["spec"]["template"], deployment["status"].get("collisionCount")
        made = family.new_set(deployment, old, template_hash(template, collisions), reference_to(deployment))
        name, existed = made["metadata"]["name"], False
        try:
            new = self._registry.create(
                self._sets_resource, made, namespace=deployment["metadata"]["namespace"], by=CONTROLLER
            )
        except StatusError as error:
            new, existed = self._explain(error, name), True
        if not existed and family.replicas(new):
            self._tell_scaled(name, 0, family.replicas(new))
        changed = self._set_revision(family.max_revision(old) + 1)
        if not existed and conditions.deadline(deployment) is not None:
            self._tell("True", "NewReplicaSetCreated", f'Created new replica set "{name}"')
            changed = True
        if changed:
            self._put_status()
        return new

    def _explain(self, error: StatusError, name: str) -> Obj:
        """The ReplicaSet that is there already, if it is ours. Raises the error where it is not, or is another."""
        deployment = self._deployment
        if error.reason == "AlreadyExists":
            there = self._registry.get(self._sets_resource, name, deployment["metadata"]["namespace"])
            owner = controller_of(there)
            ours = owner is not None and owner["uid"] == deployment["metadata"]["uid"]
            if ours and family.same_template(there["spec"]["template"], deployment["spec"]["template"]):
                return there
            deployment["status"]["collisionCount"] = (deployment["status"].get("collisionCount") or 0) + 1
            self._put_status()
        elif not is_namespace_going(error):
            text = f'Failed to create new replica set "{name}": {error.message}'
            if conditions.deadline(deployment) is not None:
                self._tell("False", "ReplicaSetCreateError", text)
                self._put_status()
            self._recorder.warning(deployment, "ReplicaSetCreateError", text)
        raise error

    def _condition(self) -> Obj | None:
        return conditions.find(self._deployment["status"], conditions.PROGRESSING)

    def _tell(self, status: str, reason: str, message: str) -> None:
        made = conditions.condition(conditions.PROGRESSING, status, reason, message, self._now())
        conditions.put(self._deployment["status"], made)

    def _set_revision(self, revision: int) -> bool:
        annotations = self._deployment["metadata"].setdefault("annotations", {})
        changed = bool(annotations.get(family.REVISION) != str(revision))
        annotations[family.REVISION] = str(revision)
        return changed

    # Scaling

    def _is_scaled(self) -> bool:
        """Whether the Deployment's replicas were changed since its ReplicaSets were last brought in line."""
        new, old = self._revise(create=False)
        sizes = (family.annotation(one, family.DESIRED) for one in family.with_pods(_all(old, new)))
        return any(size is not None and size != family.replicas(self._deployment) for size in sizes)

    def _scale(self) -> None:
        deployment = self._deployment
        new, old = self._revise(create=False)
        for one, count in self._sizes(new, old):
            self._resize(one, count)
        if deployment["spec"].get("paused"):
            self._clean(old)
        self._write_status(self._calculate(old, new))

    def _sizes(self, new: Obj | None, old: list[Obj]) -> list[tuple[Obj, int]]:
        deployment, count = self._deployment, family.replicas(self._deployment)
        only = family.active_or_latest(new, old)
        if only is not None:
            return [(only, count)] if family.replicas(only) != count else []
        if family.is_saturated(deployment, new):
            return [(one, 0) for one in family.with_pods(old)]
        if not family.is_rolling(deployment):
            return []
        return family.proportions(deployment, family.with_pods(_all(old, new)))

    def _resize(self, one: Obj, count: int) -> bool:
        """Give a ReplicaSet its number of replicas; True if it is another than before."""
        changed, before = fresh(one), family.replicas(one)
        annotated = family.set_replicas_annotations(changed, self._deployment)
        if before == count and not annotated:
            return False
        changed["spec"]["replicas"] = count
        written = self._registry.update(self._sets_resource, changed, by=CONTROLLER)
        self._seen.setdefault(one["metadata"]["uid"], before)
        one["spec"], one["metadata"] = written["spec"], written["metadata"]
        if before != count:
            self._tell_scaled(one["metadata"]["name"], before, count)
        return before != count

    def _tell_scaled(self, name: str, before: int, count: int) -> None:
        direction = "up" if count > before else "down"
        text = f"Scaled {direction} replica set {name} from {before} to {count}"
        self._recorder.normal(self._deployment, "ScalingReplicaSet", text)

    # Rolling and recreating

    def _roll(self) -> float | None:
        new, old = self._revise(create=True)
        assert new is not None
        if not self._grow(new, old) and not self._shrink(new, old):
            self._clean_when_complete(old)
        return self._follow_rollout(new, old)

    def _grow(self, new: Obj, old: list[Obj]) -> bool:
        count = family.replicas(self._deployment)
        if family.replicas(new) < count:
            count = family.new_replicas(self._deployment, [*old, new], new)
        return family.replicas(new) != count and self._resize(new, count)

    def _shrink(self, new: Obj, old: list[Obj]) -> bool:
        """Scale old ReplicaSets down, the Pods that are not available first, as far as enough stay available."""
        active, deployment = sorted(family.with_pods(old), key=family.age), self._deployment
        least = family.replicas(deployment) - family.max_unavailable(deployment)
        coming = family.replicas(new) - family.counted([new], "availableReplicas")
        room = family.wanted([*old, new]) - least - coming
        if not active or room <= 0:
            return False
        cleaned = 0
        for one in active:
            sick = family.replicas(one) - family.counted([one], "availableReplicas")
            cleaned += self._shrink_by(one, min(room - cleaned, max(sick, 0)))
        spare, removed = family.counted([*active, new], "availableReplicas") - least, 0
        for one in active:
            removed += self._shrink_by(one, min(spare - removed, family.replicas(one)))
        return cleaned + removed > 0

    def _shrink_by(self, one: Obj, count: int) -> int:
        if count <= 0:
            return 0
        self._resize(one, family.replicas(one) - count)
        return count

    def _recreate(self) -> float | None:
        new, old = self._revise(create=False)
        active = family.with_pods(old)
        for one in active:
            self._resize(one, 0)
        if active or self._has_old_pods(new, old):
            return self._follow_rollout(new, old)
        if new is None:
            new, old = self._revise(create=True)
        if new is not None and family.replicas(new) != family.replicas(self._deployment):
            self._resize(new, family.replicas(self._deployment))
        self._clean_when_complete(old)
        return self._follow_rollout(new, old)

    def _has_old_pods(self, new: Obj | None, old: list[Obj]) -> bool:
        uid = new["metadata"]["uid"] if new else ""
        alive = [pod for pod in self._pods if not podstates.finished(pod)]
        return bool(family.counted(old)) or any((controller_of(pod) or {}).get("uid") != uid for pod in alive)

    def _clean_when_complete(self, old: list[Obj]) -> None:
        if conditions.is_complete(self._deployment, self._deployment["status"]):
            self._clean(old)

    def _clean(self, old: list[Obj]) -> None:
        for one in family.to_clean(self._deployment, old):
            meta = one["metadata"]
            self._registry.delete(self._sets_resource, meta["name"], meta["namespace"], by=CONTROLLER)

    # Status

    def _calculate(self, old: list[Obj], new: Obj | None) -> Obj:
        new, old = self._as_seen(new, old)
        return conditions.calculate(self._deployment, _all(old, new), new, self._now())

    def _as_seen(self, new: Obj | None, old: list[Obj]) -> tuple[Obj | None, list[Obj]]:
        """The ReplicaSets as they were read: a status does not count what the same sync asked of them."""
        sets = [
            {**one, "spec": {**one["spec"], "replicas": self._seen[one["metadata"]["uid"]]}}
            if one["metadata"]["uid"] in self._seen
            else one
            for one in _all(old, new)
        ]
        return (sets[-1], sets[:-1]) if new else (None, sets)

    def _follow_rollout(self, new: Obj | None, old: list[Obj]) -> float | None:
        new, old = self._as_seen(new, old)
        status = conditions.follow_rollout(self._deployment, _all(old, new), new, self._now())
        return self._write_status(status)

    def _write_status(self, status: Obj) -> float | None:
        if status != self._deployment["status"]:
            self._deployment["status"] = status
            self._put_status()
            return None
        return conditions.next_check(self._deployment, status, self._now())

    def _put_status(self) -> None:
        self._registry.update(self._deployments, self._deployment, subresource="status", by=CONTROLLER)


def _all(old: list[Obj], new: Obj | None) -> list[Obj]:
    return [*old, new] if new else old
