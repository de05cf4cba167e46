"""What a controller says of itself in a few words, and how that feels: a table of kinds over pure functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from podlab.panels.row import Tone
from podlab.text import Text

Object = Mapping[str, Any]

READY = Text(ko="{wanted}개 중 {ready}개 준비됨", en="{ready} of {wanted} ready")
TOO_MANY = Text(ko="{wanted}개면 되는데 {ready}개 준비됨", en="{ready} ready, only {wanted} wanted")
EACH_NODE = Text(ko="노드마다 하나씩, {wanted}개 중 {ready}개 준비됨", en="one on each node, {ready} of {wanted} ready")
NONE_WANTED = Text(ko="0개로 줄여 둠", en="scaled to zero")
ROLLING = Text(ko="롤아웃 중: 새 파드 {updated}개, {ready_words}", en="rolling out: new Pods {updated}, {ready_words}")
STUCK = Text(ko="롤아웃이 나아가지 않음, {ready_words}", en="the rollout makes no progress, {ready_words}")
PAUSED = Text(ko="롤아웃을 멈춰 둠, {ready_words}", en="rollout paused, {ready_words}")
UNSEEN = Text(ko="컨트롤러가 아직 새 명세를 보지 못함", en="its controller has not seen the new spec yet")
LEAVING = Text(ko="삭제되는 중", en="being deleted")
DONE = Text(ko="끝까지 실행함: {wanted}개 중 {done}개", en="ran to its end: {done} of {wanted}")
RUNNING = Text(ko="실행 중: {wanted}개 중 {done}개 끝남", en="running: {done} of {wanted} done")
FAILED = Text(ko="실패함: {reason}", en="failed: {reason}")
SUSPENDED = Text(ko="멈춰 둠", en="suspended")
SCHEDULE = Text(ko="일정 {schedule}, 지금 실행 중 {active}개", en="schedule {schedule}, {active} running now")
GONE = Text(ko="이미 삭제됨", en="already deleted")
ALONE = Text(ko="지우면 아무도 되살리지 않음", en="if deleted, nobody brings them back")


@dataclass(frozen=True, slots=True)
class Said:
    """A controller's words, their tone, and how many Pods are ready of how many it wants."""

    words: Text
    tone: Tone
    ready: int = 0
    wanted: int = 0


def said(kind: str, obj: Object) -> Said:
    """What a controller of that kind has to say now."""
    if obj["metadata"].get("deletionTimestamp"):
        return Said(LEAVING, "leaving")
    status, spec = obj.get("status") or {}, obj.get("spec") or {}
    return KINDS[kind](obj["metadata"], spec, status)


def _deployment(metadata: Object, spec: Object, status: Object) -> Said:
    ready, wanted = status.get("readyReplicas", 0), spec.get("replicas", 1)
    words = _ready(ready, wanted)
    if _unseen(metadata, status):
        return Said(UNSEEN, "waiting", ready, wanted)
    if _condition(status, "Progressing").get("reason") == "ProgressDeadlineExceeded":
        return Said(STUCK.format(ready_words=words), "failing", ready, wanted)
    updated, there = status.get("updatedReplicas", 0), status.get("replicas", 0)
    if there > updated or 0 < updated < min(wanted, there):
        rolling = PAUSED if spec.get("paused") else ROLLING
        return Said(rolling.format(updated=updated, ready_words=words), "waiting", ready, wanted)
    return _counted(ready, wanted)


def _replica_set(_: Object, spec: Object, status: Object) -> Said:
    return _counted(status.get("readyReplicas", 0), spec.get("replicas", 1))


def _stateful_set(metadata: Object, spec: Object, status: Object) -> Said:
    ready, wanted = status.get("readyReplicas", 0), spec.get("replicas", 1)
    if _unseen(metadata, status):
        return Said(UNSEEN, "waiting", ready, wanted)
    if status.get("updateRevision") != status.get("currentRevision"):
        words = _ready(ready, wanted)
        updated = status.get("updatedReplicas", 0)
        return Said(ROLLING.format(updated=updated, ready_words=words), "waiting", ready, wanted)
    return _counted(ready, wanted)


def _daemon_set(metadata: Object, _: Object, status: Object) -> Said:
    ready, wanted = status.get("numberReady", 0), status.get("desiredNumberScheduled", 0)
    if _unseen(metadata, status):
        return Said(UNSEEN, "waiting", ready, wanted)
    words, updated = EACH_NODE.format(ready=ready, wanted=wanted), status.get("updatedNumberScheduled", 0)
    if updated < status.get("currentNumberScheduled", 0):
        return Said(ROLLING.format(updated=updated, ready_words=words), "waiting", ready, wanted)
    return Said(words, _tone(ready, wanted), ready, wanted)


def _job(_: Object, spec: Object, status: Object) -> Said:
    done, wanted = status.get("succeeded", 0), spec.get("completions") or spec.get("parallelism", 1)
    failed = _condition(status, "Failed")
    if failed:
        return Said(FAILED.format(reason=failed.get("reason", "")), "failing", done, wanted)
    if _condition(status, "Complete"):
        return Said(DONE.format(done=done, wanted=wanted), "done", done, wanted)
    if spec.get("suspend"):
        return Said(SUSPENDED, "waiting", done, wanted)
    return Said(RUNNING.format(done=done, wanted=wanted), "waiting", done, wanted)


def _cron_job(_: Object, spec: Object, status: Object) -> Said:
    active = len(status.get("active") or [])
    words = SCHEDULE.format(schedule=spec.get("schedule", ""), active=active)
    return Said(SUSPENDED, "waiting") if spec.get("suspend") else Said(words, "ready")


KINDS: Mapping[str, Callable[[Object, Object, Object], Said]] = {
    "Deployment": _deployment,
    "StatefulSet": _stateful_set,
    "DaemonSet": _daemon_set,
    "CronJob": _cron_job,
    "Job": _job,
    "ReplicaSet": _replica_set,
}


def _counted(ready: int, wanted: int) -> Said:
    words = _ready(ready, wanted) if wanted or ready else NONE_WANTED
    return Said(words, _tone(ready, wanted), ready, wanted)


def _ready(ready: int, wanted: int) -> Text:
    return (READY if ready <= wanted else TOO_MANY).format(ready=ready, wanted=wanted)


def _tone(ready: int, wanted: int) -> Tone:
    if not wanted and not ready:
        return "done"
    return "ready" if ready == wanted else "waiting"


def _unseen(metadata: Object, status: Object) -> bool:
    """Whether the status tells of an older spec. Upstream: kubectl/pkg/polymorphichelpers/rollout_status.go."""
    return bool(metadata.get("generation", 0) > status.get("observedGeneration", 0))


def _condition(status: Object, kind: str) -> Object:
    """The condition of that type, if it holds or tells why it does not progress."""
    conditions: list[Object] = status.get("conditions") or []
    found: list[Object] = [c for c in conditions if c["type"] == kind]
    return next((c for c in found if c["status"] == "True" or kind == "Progressing"), {})
