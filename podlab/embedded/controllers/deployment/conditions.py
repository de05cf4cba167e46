"""A Deployment's status: the counts of its ReplicaSets, and the conditions that tell how its rollout is going.

Upstream: pkg/controller/deployment/sync.go (calculateStatus), progress.go
"""

from __future__ import annotations

from podlab.apimachinery.times import rfc3339, seconds
from podlab.embedded.controllers.controller import Obj
from podlab.embedded.controllers.deployment import family

AVAILABLE, PROGRESSING, FAILURE = "Available", "Progressing", "ReplicaFailure"
TIMED_OUT, ROLLED_OUT = "ProgressDeadlineExceeded", "NewReplicaSetAvailable"


def find(status: Obj, type_: str) -> Obj | None:
    """The condition of a type."""
    return next((one for one in status.get("conditions") or () if one["type"] == type_), None)


def condition(type_: str, status: str, reason: str, message: str, now: float) -> Obj:
    """A new condition."""
    moment = rfc3339(now)
    return {
        "type": type_,
        "status": status,
        "lastUpdateTime": moment,
        "lastTransitionTime": moment,
        "reason": reason,
        "message": message,
    }


def put(status: Obj, new: Obj) -> None:
    """Set a condition at the end; one that says the same already stays as it is."""
    old = find(status, new["type"])
    if old and (old["status"], old["reason"]) == (new["status"], new["reason"]):
        return
    if old and old["status"] == new["status"]:
        new = {**new, "lastTransitionTime": old["lastTransitionTime"]}
    drop(status, new["type"])
    status.setdefault("conditions", []).append(new)


def drop(status: Obj, type_: str) -> None:
    """Take a condition out."""
    left = [one for one in status.pop("conditions", None) or () if one["type"] != type_]
    if left:
        status["conditions"] = left


def deadline(deployment: Obj) -> int | None:
    """Seconds without progress after which a rollout has failed; None where nobody asks."""
    limit: int | None = deployment["spec"].get("progressDeadlineSeconds")
    return None if limit == 2**31 - 1 else limit


def calculate(deployment: Obj, sets: list[Obj], new: Obj | None, now: float) -> Obj:
    """The new status, its condition Progressing as it was."""
    available = family.counted(sets, "availableReplicas")
    counts = {
        "observedGeneration": deployment["metadata"]["generation"],
        "replicas": family.counted(sets),
        "updatedReplicas": family.counted([new] if new else []),
        "readyReplicas": family.counted(sets, "readyReplicas"),
        "availableReplicas": available,
        "unavailableReplicas": max(family.wanted(sets) - available, 0),
    }
    status: Obj = {key: count for key, count in counts.items() if count}
    status["terminatingReplicas"] = family.counted(sets, "terminatingReplicas")
    old = deployment.get("status") or {}
    status |= {key: old[key] for key in ("conditions", "collisionCount") if key in old}
    status["conditions"] = [*(status.get("conditions") or ())]
    if available >= family.replicas(deployment) - family.max_unavailable(deployment):
        words = ("True", "MinimumReplicasAvailable", "Deployment has minimum availability.")
    else:
        words = ("False", "MinimumReplicasUnavailable", "Deployment does not have minimum availability.")
    put(status, condition(AVAILABLE, *words, now))
    return status


def is_complete(deployment: Obj, status: Obj) -> bool:
    """Whether all replicas are new and available."""
    counts = (status.get(key) or 0 for key in ("updatedReplicas", "replicas", "availableReplicas"))
    observed = (status.get("observedGeneration") or 0) >= deployment["metadata"]["generation"]
    return observed and {*counts} == {family.replicas(deployment)}


def _has_progressed(old: Obj, new: Obj) -> bool:
    gained = any((new.get(key) or 0) > (old.get(key) or 0) for key in ("updatedReplicas", "readyReplicas"))
    left = [(status.get("replicas") or 0) - (status.get("updatedReplicas") or 0) for status in (new, old)]
    return gained or left[0] < left[1] or (new.get("availableReplicas") or 0) > (old.get("availableReplicas") or 0)


def _has_timed_out(deployment: Obj, status: Obj, now: float) -> bool:
    current, limit = find(status, PROGRESSING), deadline(deployment)
    if current is None or limit is None or current["reason"] == ROLLED_OUT:
        return False
    return bool(current["reason"] == TIMED_OUT or seconds(current["lastUpdateTime"]) + limit < now)


def follow_rollout(deployment: Obj, sets: list[Obj], new: Obj | None, now: float) -> Obj:
    """The new status during a rollout, with what there is to say of its progress and of failures."""
    old, status = deployment.get("status") or {}, calculate(deployment, sets, new, now)
    current = find(old, PROGRESSING)
    same = status.get("replicas", 0) == status.get("updatedReplicas", 0)
    resync = same and current is not None and current["reason"] == ROLLED_OUT
    if deadline(deployment) is None:
        drop(status, PROGRESSING)
    elif not resync:
        _tell_progress(deployment, status, new, now)
    _tell_failure(status, sets, new)
    return status


def _tell_progress(deployment: Obj, status: Obj, new: Obj | None, now: float) -> None:
    meta, old = deployment["metadata"], deployment.get("status") or {}
    who = f'ReplicaSet "{new["metadata"]["name"]}"' if new else f'Deployment "{meta["name"]}"'
    if is_complete(deployment, status):
        put(status, condition(PROGRESSING, "True", ROLLED_OUT, f"{who} has successfully progressed.", now))
    elif _has_progressed(old, status):
        made = condition(PROGRESSING, "True", "ReplicaSetUpdated", f"{who} is progressing.", now)
        before = find(old, PROGRESSING)
        if before and before["status"] == "True":
            made["lastTransitionTime"] = before["lastTransitionTime"]
        drop(status, PROGRESSING)
        put(status, made)
    elif _has_timed_out(deployment, status, now):
        put(status, condition(PROGRESSING, "False", TIMED_OUT, f"{who} has timed out progressing.", now))


def _tell_failure(status: Obj, sets: list[Obj], new: Obj | None) -> None:
    """The new ReplicaSet's failure, or the first of the others'."""
    found = (find(one.get("status") or {}, FAILURE) for one in [*([new] if new else []), *sets])
    failure = next(filter(None, found), None)
    if failure is None:
        drop(status, FAILURE)
    else:
        put(status, {"lastUpdateTime": failure["lastTransitionTime"], **failure})


def next_check(deployment: Obj, status: Obj, now: float) -> float | None:
    """Seconds until a rollout without progress has to be looked at again; None if it need not."""
    current, limit = find(deployment.get("status") or {}, PROGRESSING), deadline(deployment)
    if limit is None or current is None or current["reason"] == TIMED_OUT or is_complete(deployment, status):
        return None
    return seconds(current["lastUpdateTime"]) + limit - now


def pause(deployment: Obj, now: float) -> bool:
    """Say in the status that the rollout is paused, or goes on; True if that is new."""
    spec, status = deployment["spec"], deployment.setdefault("status", {})
    current = find(status, PROGRESSING)
    if deadline(deployment) is None or (current and current["reason"] == TIMED_OUT):
        return False
    told = bool(current and current["reason"] == "DeploymentPaused")
    if bool(spec.get("paused")) == told:
        return False
    words = ("DeploymentResumed", "Deployment is resumed") if told else ("DeploymentPaused", "Deployment is paused")
    put(status, condition(PROGRESSING, "Unknown", *words, now))
    return True
