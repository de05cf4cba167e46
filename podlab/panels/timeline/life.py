"""What happened to a Pod and when, from what was seen of it and of its Events: pure functions of observations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

Object = Mapping[str, Any]
Kind = Literal[
    "created", "unscheduled", "scheduled", "pulling", "pulled", "failed", "started", "ended", "backoff", "unhealthy",
    "ready", "unready", "terminating", "gone",
]  # fmt: skip
ORDER: tuple[Kind, ...] = (
    "created", "unscheduled", "scheduled", "pulling", "pulled", "failed", "started", "ended", "ready", "unhealthy",
    "unready", "backoff", "terminating", "gone",
)  # fmt: skip
EVENTS: Mapping[str, Kind] = {
    "FailedScheduling": "unscheduled",
    "Pulling": "pulling",
    "Pulled": "pulled",
    "Failed": "failed",
    "Started": "started",
    "BackOff": "backoff",
    "Unhealthy": "unhealthy",
}
PHASES: Mapping[Kind, str] = {"created": "pending", "scheduled": "preparing", "ready": "serving", "unready": "down"}
FRESH = timedelta(seconds=2)  # the API tells whole seconds; a watch that saw it happen knows better


@dataclass(frozen=True, slots=True)
class Seen:
    """An object as it was seen; `live` if a watch told it in that moment, rather than a list afterwards."""

    at: datetime
    obj: Object
    live: bool = False
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that happened to the Pod, or to one of its containers."""

    at: datetime
    kind: Kind
    container: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time in which the Pod ("") or a container was in one phase; `end` is None while it still is."""

    lane: str
    phase: str
    start: datetime
    end: datetime | None
    note: str = ""


def moments(pods: Sequence[Seen], events: Sequence[Seen] = ()) -> list[Moment]:
    """What happened, in order, each thing once.

    Args:
        pods: one Pod as it was seen again and again, in order.
        events: the Events about it, as they were seen.
    """
    first: dict[tuple[object, ...], Moment] = {}
    for seen, facts in [(s, _pod_facts(s)) for s in pods] + [(s, _event_facts(s)) for s in events]:
        for told in facts:
            if "involvedObject" in seen.obj and _is_known(told, first.values()):
                continue
            exact = seen.live and timedelta() <= seen.at - told.at < FRESH
            at = seen.at if exact else told.at
            first.setdefault((told.kind, told.container, told.at), Moment(at, told.kind, told.container, told.note))
    begun = min((moment.at for moment in first.values() if moment.kind == "created"), default=None)
    if begun:  # an Event's watch may be quicker than the Pod's, and nothing happened before it was created
        first = {key: replace(moment, at=max(moment.at, begun)) for key, moment in first.items()}
    ordered = sorted(first.values(), key=lambda m: (m.at, 6 if m.kind == "ended" else ORDER.index(m.kind)))
    return list(_telling(ordered))


def _is_known(told: Moment, known: Iterable[Moment]) -> bool:
    """Whether a start that an Event tells is one that the Pod has told: a Pod remembers only its last two."""
    same = (each for each in known if (each.kind, each.container) == ("started", told.container))
    return told.kind == "started" and any(abs(each.at - told.at) <= FRESH for each in same)


def _telling(ordered: Sequence[Moment]) -> Iterator[Moment]:
    """Without what says nothing new: a Pod begins its life unready, and its deletion begins once."""
    ready = terminating = False
    for moment in ordered:
        if (moment.kind == "unready" and not ready) or (moment.kind == "terminating" and terminating):
            continue
        ready = moment.kind == "ready" or (ready and moment.kind != "unready")
        terminating = terminating or moment.kind == "terminating"
        yield moment


def spans(happened: Sequence[Moment]) -> list[Span]:
    """The phases between the moments: the Pod's own in lane "", one lane for each container."""
    lanes: dict[str, list[Span]] = {}
    for moment in happened:
        if moment.kind == "gone":
            for lane in lanes.values():
                _close(lane, moment.at)
            continue
        for name, phase in _begins(moment, lanes):
            lane = lanes.setdefault(name, [])
            _close(lane, moment.at)
            lane.append(Span(name, phase, moment.at, None, moment.note))
    return [span for lane in lanes.values() for span in lane if span.end is None or span.end > span.start]


def _close(lane: list[Span], at: datetime) -> None:
    if lane and lane[-1].end is None:
        last = lane[-1]
        lane[-1] = Span(last.lane, last.phase, last.start, max(at, last.start), last.note)


def _begins(moment: Moment, lanes: Mapping[str, list[Span]]) -> Iterator[tuple[str, str]]:
    """The lanes in which a phase begins with this moment."""
    now = lanes[""][-1].phase if lanes.get("") else ""
    if moment.kind == "terminating":
        yield "", "terminating"
    elif moment.kind in PHASES and now != "terminating":
        yield "", PHASES[moment.kind]
    elif moment.kind == "started" and now == "preparing":
        yield "", "starting"
    if not moment.container:
        return
    phase = {"pulling": "pulling", "pulled": "made", "started": "running", "backoff": "backoff", "failed": "failed"}
    if moment.kind == "ended":
        yield moment.container, "done" if moment.note.endswith(" 0") else "failed"
    elif moment.kind in phase and not (moment.kind in ("pulled", "pulling") and _runs(lanes, moment.container)):
        yield moment.container, phase[moment.kind]


def _runs(lanes: Mapping[str, list[Span]], name: str) -> bool:
    """Whether the container runs; at whole seconds the Event of its image may come after its start."""
    return bool(lanes.get(name)) and lanes[name][-1].phase == "running"


def _pod_facts(seen: Seen) -> Iterator[Moment]:
    pod = seen.obj
    metadata, status = pod["metadata"], pod.get("status") or {}
    yield Moment(when(metadata["creationTimestamp"]), "created")
    for container in [*(status.get("initContainerStatuses") or []), *(status.get("containerStatuses") or [])]:
        yield from _runs_of(container)
    yield from _conditions(status)
    if metadata.get("deletionTimestamp"):
        grace = timedelta(seconds=int(metadata.get("deletionGracePeriodSeconds") or 0))
        if grace or seen.deleted:
            yield Moment(when(metadata["deletionTimestamp"]) - grace, "terminating")
    if seen.deleted:
        yield Moment(seen.at, "gone")


def _runs_of(container: Object) -> Iterator[Moment]:
    name = str(container["name"])
    for key in ("lastState", "state"):
        for state in ("running", "terminated"):
            told = (container.get(key) or {}).get(state) or {}
            if told.get("startedAt") and told.get("reason") != "StartError":  # what could not start says 1970
                yield Moment(when(told["startedAt"]), "started", name)
            if told.get("finishedAt"):
                note = f"{told.get('reason') or ''} {told.get('exitCode', 0)}".strip()
                yield Moment(when(told["finishedAt"]), "ended", name, note)


def _conditions(status: Object) -> Iterator[Moment]:
    started = any(
        key in (container.get(which) or {})
        for container in status.get("containerStatuses") or []
        for which in ("state", "lastState")
        for key in ("running", "terminated")
    )
    for each in status.get("conditions") or []:
        kind, true = each.get("type"), each.get("status") == "True"
        if kind == "PodScheduled" and true:
            yield Moment(when(each["lastTransitionTime"]), "scheduled")
        elif kind == "Ready" and true:
            yield Moment(when(each["lastTransitionTime"]), "ready")
        elif kind == "Ready" and started and each.get("reason") != "PodCompleted":
            yield Moment(when(each["lastTransitionTime"]), "unready")


def _event_facts(seen: Seen) -> Iterator[Moment]:
    event = seen.obj
    kind = EVENTS.get(str(event.get("reason")))
    if kind is None:
        return
    container = str((event.get("involvedObject") or {}).get("fieldPath") or "").partition("{")[2].rstrip("}")
    series = event.get("series") or {}
    for time in dict.fromkeys((event.get("firstTimestamp") or event.get("eventTime"), event.get("lastTimestamp"))):
        if time:
            yield Moment(when(time), kind, container, str(event.get("message") or "").strip())
    if series.get("lastObservedTime"):
        yield Moment(when(series["lastObservedTime"]), kind, container, str(event.get("message") or "").strip())


def when(time: str) -> datetime:
    """An API time."""
    return datetime.fromisoformat(time).astimezone(UTC)
