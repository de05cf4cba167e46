"""Events, under two groups and in one store: kept as core/v1, read and written as events.k8s.io/v1 too.

Upstream: pkg/apis/core/validation/events.go, pkg/apis/events/v1/conversion.go
"""

from __future__ import annotations

from typing import Any

from podlab.apimachinery import times
from podlab.embedded.apiserver import fields
from podlab.embedded.apiserver.columns import NAME, Column
from podlab.embedded.apiserver.resource import Obj, Resource
from podlab.embedded.apiserver.status import Cause
from podlab.embedded.apiserver.validation import causes, metadata, names

RENAMED = {
    "message": "note",
    "involvedObject": "regarding",
    "reportingComponent": "reportingController",
    "source": "deprecatedSource",
    "firstTimestamp": "deprecatedFirstTimestamp",
    "lastTimestamp": "deprecatedLastTimestamp",
    "count": "deprecatedCount",
}
FIXED = (
    "involvedObject", "reason", "message", "source", "firstTimestamp", "lastTimestamp", "count", "type", "eventTime",
    "action", "related", "reportingComponent", "reportingInstance",
)  # fmt: skip
BACK = {new: old for old, new in RENAMED.items()}


LIMITS = (("reportingInstance", 128), ("action", 128), ("reason", 128), ("message", 1024))
"""How many bytes these may have at most."""
SEVERAL = 2
"""So often at least is what a series tells."""
DEPRECATED = ("firstTimestamp", "lastTimestamp", "count", "source")


def default(event: Obj) -> None:
    """An Event is about an object, even an unknown one."""
    event.setdefault("involvedObject", {})


def default_new(event: Obj) -> None:
    """What it is about is always written, even when it is empty."""
    event.setdefault("regarding", {})


def load(event: Obj) -> Obj:
    """Turn a stored Event into events.k8s.io/v1."""
    new = {RENAMED.get(key, key): value for key, value in event.items()}
    return _shaped({**new, "apiVersion": "events.k8s.io/v1"})


def save(event: Obj) -> Obj:
    """Turn an events.k8s.io/v1 Event into its stored form."""
    return _shaped({**{BACK.get(key, key): value for key, value in event.items()}, "apiVersion": "v1"})


def _shaped(event: Obj) -> Obj:
    type_ = fields.kind_of(event)
    shaped: Obj = fields.canonical(event, type_) if type_ else event
    return shaped


def validate(event: Obj, old: Obj | None) -> list[Cause]:
    """Return what is wrong with a core/v1 Event."""
    return metadata.validate(event, old, names.path_segment) + _common(event, "reportingComponent")


def _common(event: Obj, reporter: str) -> list[Cause]:
    """Return what holds of Events of both groups; those with a time to the microsecond name who reported what.

    Upstream: legacyValidateEvent
    """
    namespace = event["metadata"].get("namespace", "")
    about = (event.get("involvedObject") or {}).get("namespace", "")
    exact = bool(event.get("eventTime"))
    apart = not about and namespace not in ("default", "kube-system") if exact else namespace != about
    found = []
    if apart and not (not about and namespace == "default"):
        found.append(causes.invalid("involvedObject.namespace", about, "does not match event.namespace"))
    return found + (_reported(event, reporter) if exact else [])


def _reported(event: Obj, reporter: str) -> list[Cause]:
    component = event.get("reportingComponent", "")
    found = [] if component else [causes.required(reporter)]
    found += names.causes_of(reporter, component, names.qualified(component))
    for key, most in LIMITS:
        text = event.get(key) or ""
        if not text and key != "message":
            found.append(causes.required(key))
        if len(text.encode()) > most:
            found.append(causes.invalid(key, "", f"can have at most {most} characters"))
    return found


def validate_new(event: Obj, old: Obj | None) -> list[Cause]:
    """Return what is wrong with an events.k8s.io/v1 Event: more is required of these.

    Upstream: ValidateEventCreate, ValidateEventUpdate
    """
    stored = save(event)
    found = metadata.validate(event, old, names.path_segment) + _common(stored, "reportingController")
    if old is not None:
        changed = event.get("series") != old.get("series")
        return found + (_series(event) if changed else []) + _fixed(stored, save(old))
    found += _series(event)
    if not event.get("eventTime"):
        found.append(causes.required("eventTime"))
    if event.get("type") not in ("Normal", "Warning"):
        found.append(causes.invalid("type", "", "has invalid value: " + (event.get("type") or "")))
    source = stored.get("source") or {}
    given = {**stored, "source": source.get("component") or source.get("host")}
    return found + [causes.invalid(key, "", "needs to be unset") for key in DEPRECATED if given.get(key)]


def _series(event: Obj) -> list[Cause]:
    series, found = event.get("series"), []
    if series is None:
        return []
    if (series.get("count") or 0) < SEVERAL:
        found.append(causes.invalid("series.count", "", "should be at least 2"))
    if not series.get("lastObservedTime"):
        found.append(causes.required("series.lastObservedTime"))
    return found


def _fixed(event: Obj, old: Obj) -> list[Cause]:
    """Only the series of an Event goes on. Upstream: ValidateEventUpdate"""
    return [cause for key in FIXED for cause in metadata.immutable(key, event.get(key), old.get(key))]


def selectable(event: Obj) -> dict[str, str]:
    """Return the fields that a field selector may name; `event` is in its stored form."""
    about = event.get("involvedObject") or {}
    keys = ("kind", "namespace", "name", "uid", "apiVersion", "resourceVersion", "fieldPath")
    source = (event.get("source") or {}).get("component", "")
    return {
        **{f"involvedObject.{key}": about.get(key, "") for key in keys},
        "reason": event.get("reason", ""),
        "reportingComponent": event.get("reportingComponent", ""),
        "source": source or event.get("reportingComponent", ""),
        "type": event.get("type", ""),
    }


def selectable_new(event: Obj) -> dict[str, str]:
    """As `selectable`, under the names of events.k8s.io besides; `event` is as that group has it."""
    about = event.get("regarding") or {}
    return {
        **{key.replace("involvedObject", "regarding"): value for key, value in selectable(save(event)).items()},
        "reportingController": event.get("reportingController", ""),
        **{f"involvedObject.{key}": value for key, value in about.items()},
    }


COLUMNS = (
    Column("Last Seen", "The time at which the most recent occurrence of this event was recorded."),
    Column("Type", "Type of this event (Normal, Warning), new types could be added in the future"),
    Column(
        "Reason",
        "This should be a short, machine understandable string that gives the reason for the transition into the "
        "object's current status.",
    ),
    Column("Object", "The object that this event is about."),
    Column(
        "Subobject",
        "If referring to a piece of an object instead of an entire object, this string should contain a valid "
        "JSON/Go field access statement, such as desiredState.manifest.containers[2]. For example, if the object "
        'reference is to a container within a pod, this would take on a value like: "spec.containers{name}" (where '
        '"name" refers to the name of the container that triggered the event) or if no container name is specified '
        '"spec.containers[2]" (container with index 2 in this pod). This syntax is chosen only to have some '
        "well-defined way of referencing a part of an object.",
        priority=1,
    ),
    Column(
        "Source", "The component reporting this event. Should be a short machine understandable string.", priority=1
    ),
    Column("Message", "A human-readable description of the status of this operation."),
    Column(
        "First Seen",
        "The time at which the event was first recorded. (Time of server receipt is in TypeMeta.)",
        priority=1,
    ),
    Column("Count", "The number of times this event has occurred.", priority=1),
    NAME._replace(priority=1),
)


def row(obj: Obj, now: float) -> list[Any]:
    """When it was last seen comes first, when first seen only with `-o wide`.

    Upstream: pkg/printers/internalversion/printers.go (printEvent)
    """
    about, series = obj.get("involvedObject") or {}, obj.get("series")
    first = times.since(obj.get("firstTimestamp") or obj.get("eventTime"), now)
    last = times.since(obj["lastTimestamp"], now) if obj.get("lastTimestamp") else first
    count = obj.get("count", 0) or 1
    if series is not None:
        last, count = times.since(series.get("lastObservedTime"), now), series.get("count", 0)
    kind = about.get("kind", "").lower()
    target = f"{kind}/{about['name']}" if about.get("name") else kind
    return [
        last, obj.get("type", ""), obj.get("reason", ""), target, about.get("fieldPath", ""), _source(obj),
        obj.get("message", "").strip(), first, count, obj["metadata"].get("name", ""),
    ]  # fmt: skip


def _source(obj: Obj) -> str:
    source = obj.get("source") or {}
    component = source.get("component") or obj.get("reportingComponent", "")
    instance = source.get("host") or obj.get("reportingInstance", "")
    return f"{component}, {instance}" if instance else str(component)


EVENTS = Resource(
    group="",
    version="v1",
    kind="Event",
    plural="events",
    singular="event",
    short_names=("ev",),
    default=default,
    validate=validate,
    fields=selectable,
    create_on_update=True,
    columns=COLUMNS,
    row=row,
)
NEW_EVENTS = Resource(
    group="events.k8s.io",
    version="v1",
    kind="Event",
    plural="events",
    singular="event",
    short_names=("ev",),
    default=default_new,
    validate=validate_new,
    fields=selectable_new,
    create_on_update=True,
    stored_as=("", "events"),
    load=load,
    save=save,
    columns=COLUMNS,
    row=row,
)
