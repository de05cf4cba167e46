"""A Deployment and its ReplicaSets: which is the new one, how many Pods there may be, who gets how many.

Upstream: pkg/controller/deployment/util/deployment_util.go
"""

from __future__ import annotations

from collections.abc import Iterable

from podlab.embedded.controllers.controller import Obj
from podlab.embedded.controllers.history.rollouts import scaled
from podlab.embedded.serializer import fresh

PREFIX = "deployment.kubernetes.io/"
REVISION, HISTORY = PREFIX + "revision", PREFIX + "revision-history"
DESIRED, MAXIMUM = PREFIX + "desired-replicas", PREFIX + "max-replicas"
HASH = "pod-template-hash"
NOT_COPIED = (
    "kubectl.kubernetes.io/last-applied-configuration",
    *(REVISION, HISTORY, DESIRED, MAXIMUM),
    "deprecated.deployment.rollback.to",
)
HISTORY_LENGTH = 2000
"""Characters of the revisions that a ReplicaSet had before."""


def replicas(obj: Obj) -> int:
    """How many replicas are wanted."""
    return int(obj["spec"].get("replicas") or 0)


def wanted(sets: Iterable[Obj]) -> int:
    """How many Pods ReplicaSets should have."""
    return sum(map(replicas, sets))


def counted(sets: Iterable[Obj], key: str = "replicas") -> int:
    """How many Pods their statuses say they have, or how many of a sort."""
    return sum((one.get("status") or {}).get(key) or 0 for one in sets)


def with_pods(sets: Iterable[Obj]) -> list[Obj]:
    """Those that should have Pods."""
    return [one for one in sets if replicas(one)]


def age(obj: Obj) -> tuple[str, str]:
    """What orders objects from the oldest to the newest."""
    return obj["metadata"]["creationTimestamp"], obj["metadata"]["name"]


def is_rolling(deployment: Obj) -> bool:
    """Whether Pods are replaced a few at a time."""
    return bool(deployment["spec"]["strategy"]["type"] == "RollingUpdate")


def max_surge(deployment: Obj) -> int:
    """Pods that there may be beyond those wanted."""
    rolling = deployment["spec"]["strategy"].get("rollingUpdate") or {}
    return scaled(rolling.get("maxSurge"), replicas(deployment), up=True) if is_rolling(deployment) else 0


def max_unavailable(deployment: Obj) -> int:
    """Pods of those wanted that may be unavailable; one where neither they nor a surge would be allowed."""
    count = replicas(deployment)
    if not is_rolling(deployment) or not count:
        return 0
    rolling = deployment["spec"]["strategy"].get("rollingUpdate") or {}
    allowed = scaled(rolling.get("maxUnavailable"), count, up=False)
    return min(allowed or int(not max_surge(deployment)), count)


def annotation(obj: Obj, key: str) -> int | None:
    """The number in an annotation."""
    text = (obj["metadata"].get("annotations") or {}).get(key, "")
    return int(text) if text.lstrip("-").isdigit() else None


def max_revision(sets: Iterable[Obj]) -> int:
    """The highest revision among them."""
    return max((annotation(one, REVISION) or 0 for one in sets), default=0)


def same_template(one: Obj, other: Obj) -> bool:
    """Whether two Pod templates differ in nothing but the hash."""
    return _without_hash(one) == _without_hash(other)


def _without_hash(template: Obj) -> Obj:
    meta = {**(template.get("metadata") or {})}
    meta["labels"] = {key: value for key, value in (meta.get("labels") or {}).items() if key != HASH}
    return {**template, "metadata": meta}


def find_new(deployment: Obj, sets: list[Obj]) -> Obj | None:
    """The oldest ReplicaSet that has the Deployment's template."""
    template = deployment["spec"]["template"]
    return next((one for one in sorted(sets, key=age) if same_template(one["spec"]["template"], template)), None)


def active_or_latest(new: Obj | None, old: list[Obj]) -> Obj | None:
    """The only ReplicaSet with Pods, or the newest where none has; None where several have."""
    active = with_pods([*old, *([new] if new else [])])
    if len(active) > 1:
        return None
    return active[0] if active else new or max(old, key=age, default=None)


def is_saturated(deployment: Obj, new: Obj | None) -> bool:
    """Whether the new ReplicaSet has all that is wanted, available."""
    if new is None:
        return False
    count = replicas(deployment)
    return replicas(new) == count == annotation(new, DESIRED) == counted([new], "availableReplicas")


def new_replicas(deployment: Obj, sets: list[Obj], new: Obj) -> int:
    """How many replicas the new one of these ReplicaSets may have by now."""
    count = replicas(deployment)
    if not is_rolling(deployment):
        return count
    room = count + max_surge(deployment) - wanted(sets)
    return replicas(new) + min(room, count - replicas(new)) if room > 0 else replicas(new)


def proportions(deployment: Obj, active: list[Obj]) -> list[tuple[Obj, int]]:
    """How many replicas each gets when a Deployment is scaled while it rolls, so that the risk stays the same."""
    count = replicas(deployment)
    allowed = count + max_surge(deployment) if count else 0
    missing = allowed - wanted(active)
    ordered = sorted(active, key=lambda one: _size(one, newer=missing > 0))
    sizes, added = [], 0
    for one in ordered:
        share = _share(deployment, one, missing, added)
        sizes.append(replicas(one) + share)
        added += share
    if sizes and missing:
        sizes[0] = max(sizes[0] + missing - added, 0)
    return list(zip(ordered, sizes, strict=True))


def _size(one: Obj, *, newer: bool) -> tuple[int, list[int]]:
    """The largest first; of equals the newest first when there is something to add, else the oldest."""
    moment = [ord(letter) for letter in one["metadata"]["creationTimestamp"]]
    return -replicas(one), [-code for code in moment] if newer else moment


def _share(deployment: Obj, one: Obj, missing: int, added: int) -> int:
    if not replicas(one) or missing in (0, added):
        return 0
    left, fraction = missing - added, _fraction(deployment, one)
    return min(fraction, left) if missing > 0 else max(fraction, left)


def _fraction(deployment: Obj, one: Obj) -> int:
    if not replicas(deployment):
        return -replicas(one)
    before = annotation(one, MAXIMUM) or counted([deployment])
    if not before:
        return 0
    size = replicas(one) * (replicas(deployment) + max_surge(deployment)) / before
    return int(size + 0.5) - replicas(one)


def set_replicas_annotations(one: Obj, deployment: Obj) -> bool:
    """Note in a ReplicaSet how large the Deployment is; True if that is new."""
    count = replicas(deployment)
    texts = {DESIRED: str(count), MAXIMUM: str(count + max_surge(deployment))}
    before = one["metadata"].get("annotations") or {}
    one["metadata"]["annotations"] = {**before, **texts}
    return bool(one["metadata"]["annotations"] != before)


def set_annotations(deployment: Obj, new: Obj, revision: int) -> bool:
    """Give the new ReplicaSet the Deployment's annotations and its revision; True if that changes something."""
    before = new["metadata"].get("annotations") or {}
    given = deployment["metadata"].get("annotations") or {}
    copied = {key: value for key, value in given.items() if key not in NOT_COPIED}
    found = new["metadata"]["annotations"] = {**before, **copied}
    had = annotation(new, REVISION)
    if (had or 0) < revision:
        found[REVISION] = str(revision)
        if had is not None:
            found[HISTORY] = _history(before.get(HISTORY, ""), str(had))
    return bool(found != before)


def _history(before: str, revision: str) -> str:
    revisions = [*filter(None, before.split(",")), revision]
    while len(",".join(revisions)) > HISTORY_LENGTH:
        del revisions[0]
    return ",".join(revisions)


def new_set(deployment: Obj, old: list[Obj], hash_: str, owner: Obj) -> Obj:
    """The ReplicaSet to create for the Deployment's template."""
    spec, meta = deployment["spec"], deployment["metadata"]
    template = fresh(spec["template"])
    labels = {**(template.setdefault("metadata", {}).get("labels") or {}), HASH: hash_}
    template["metadata"]["labels"] = labels
    selector = fresh(spec["selector"])
    selector["matchLabels"] = {**(selector.get("matchLabels") or {}), HASH: hash_}
    made: Obj = {
        "apiVersion": "apps/v1",
        "kind": "ReplicaSet",
        "metadata": {"name": f"{meta['name']}-{hash_}", "labels": {**labels}, "ownerReferences": [owner]},
        "spec": {"replicas": 0, "selector": selector, "template": template},
    }
    if spec.get("minReadySeconds"):
        made["spec"]["minReadySeconds"] = spec["minReadySeconds"]
    made["spec"]["replicas"] = new_replicas(deployment, [*old, made], made)
    set_annotations(deployment, made, max_revision(old) + 1)
    set_replicas_annotations(made, deployment)
    return made


def to_clean(deployment: Obj, old: list[Obj]) -> list[Obj]:
    """The old ReplicaSets that are beyond the history's limit, and have no Pods."""
    limit = deployment["spec"].get("revisionHistoryLimit")
    if limit is None or limit == 2**31 - 1:
        return []
    alive = [one for one in old if not one["metadata"].get("deletionTimestamp")]
    alive.sort(key=lambda one: (annotation(one, REVISION) or 0, age(one)))
    return [one for one in alive[: max(len(alive) - limit, 0)] if _is_empty(one)]


def _is_empty(one: Obj) -> bool:
    observed = (one.get("status") or {}).get("observedGeneration") or 0
    return not counted([one]) and not replicas(one) and one["metadata"]["generation"] <= observed
