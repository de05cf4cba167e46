"""The event recorder: how scheduler, kubelet and controllers tell what they did.

Equal events are counted, many similar ones are combined, and a source that floods one object is cut off.
Upstream: staging/src/k8s.io/client-go/tools/record/{event,events_cache}.go
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from podlab.apimachinery.times import rfc3339
from podlab.embedded.apiserver.registry import Registry
from podlab.embedded.apiserver.resource import Writer
from podlab.embedded.apiserver.status import StatusError

Obj = dict[str, Any]

BURST = 25
"""Events that one source may send about one object at once; one more every `REFILL` seconds."""
REFILL = 300.0
SIMILAR = 10
"""So many different messages with one reason within `SIMILAR_SECONDS` are combined."""
SIMILAR_SECONDS = 600.0


@dataclass(slots=True)
class _Bucket:
    tokens: float
    filled: float

    def take(self, now: float) -> bool:
        self.tokens = min(float(BURST), self.tokens + (now - self.filled) / REFILL)
        self.filled = now
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True


@dataclass(slots=True)
class _Similar:
    messages: tuple[str, ...] = ()
    last: float = 0.0


@dataclass(slots=True)
class _Told:
    """What was told of one object."""

    bucket: _Bucket
    similar: dict[tuple[str, ...], _Similar] = field(default_factory=dict)
    names: dict[tuple[str, ...], str] = field(default_factory=dict)


class Recorder:
    """Writes events for one component, such as the kubelet on one node."""

    def __init__(self, registry: Registry, component: str, *, host: str = "", manager: str = "") -> None:
        self._registry, self._component, self._host = registry, component, host
        self._manager = manager or component
        self._events = registry.resource("events")
        self._told: dict[str, _Told] = {}

    def normal(self, obj: Obj, reason: str, message: str, path: str = "") -> None:
        """Tell of something expected; `path` is the fieldPath, such as `spec.containers{app}`."""
        self.record(obj, "Normal", reason, message, path)

    def warning(self, obj: Obj, reason: str, message: str, path: str = "") -> None:
        """Tell of something that went wrong."""
        self.record(obj, "Warning", reason, message, path)

    def record(self, obj: Obj, type_: str, reason: str, message: str, path: str = "") -> None:
        """Write an event about an object, or count one more of an earlier one."""
        now = self._registry.clock.now()
        involved = reference(obj, path)
        told = self._told.setdefault(_who(involved), _Told(_Bucket(float(BURST), now)))
        key, message = _aggregate(told, involved, type_, reason, message, now)
        if not told.bucket.take(now):
            return
        namespace = involved.get("namespace") or "default"
        if not self._count(told.names.get(key), namespace, message, now):
            name = self._create(namespace, involved, type_, reason, message, now)
            if name is not None:
                told.names[key] = name

    def _count(self, name: str | None, namespace: str, message: str, now: float) -> bool:
        if name is None:
            return False

        def once_more(event: Obj) -> None:
            event["count"] = event.get("count", 1) + 1
            event["lastTimestamp"] = rfc3339(now)
            event["message"] = message

        try:
            self._registry.change(self._events, name, namespace, once_more, subresource="", by=Writer(self._manager))
        except StatusError:
            return False
        return True

    def _create(self, namespace: str, involved: Obj, type_: str, reason: str, message: str, now: float) -> str | None:
        name = self._name(involved["name"], namespace, now)
        source = {"component": self._component} | ({"host": self._host} if self._host else {})
        event = {
            "metadata": {"name": name, "namespace": namespace},
            "involvedObject": involved,
            "reason": reason,
            "message": message,
            "source": source,
            "firstTimestamp": rfc3339(now),
            "lastTimestamp": rfc3339(now),
            "count": 1,
            "type": type_,
            "eventTime": None,
            "reportingComponent": self._component,
            "reportingInstance": self._host,
        }
        try:
            self._registry.create(self._events, event, namespace=namespace, by=Writer(self._manager))
        except StatusError as error:  # its namespace is gone or going: upstream drops such events too
            if error.code not in (403, 404, 409):
                raise
            return None
        return name

    def _name(self, about: str, namespace: str, now: float) -> str:
        """`OBJECT.NANOSECONDS`; several components may tell of one object in one moment of a stepping clock."""
        nano = int(now * 1e9)
        while self._registry.find(self._events, f"{about}.{nano:x}", namespace):
            nano += 1
        return f"{about}.{nano:x}"

    def forget(self, obj: Obj) -> None:
        """Drop what is remembered of an object that is gone."""
        self._told.pop(_who(reference(obj, "")), None)


def _aggregate(
    told: _Told, involved: Obj, type_: str, reason: str, message: str, now: float
) -> tuple[tuple[str, ...], str]:
    """The key under which this event is counted, and its message."""
    similar = told.similar.setdefault((type_, reason), _Similar())
    if now - similar.last > SIMILAR_SECONDS:
        similar.messages = ()
    if message not in similar.messages:
        similar.messages += (message,)
    similar.last = now
    if len(similar.messages) < SIMILAR:
        return (type_, reason, involved.get("fieldPath", ""), message), message
    similar.messages = similar.messages[:-1]
    return (type_, reason), "(combined from similar events): " + message


def reference(obj: Obj, path: str) -> Obj:
    """An ObjectReference to an object, as events carry it."""
    meta = obj["metadata"]
    found: Obj = {"kind": obj["kind"]}
    for key in ("namespace", "name", "uid"):
        if meta.get(key):
            found[key] = meta[key]
    found["apiVersion"] = obj["apiVersion"]
    if meta.get("resourceVersion"):
        found["resourceVersion"] = meta["resourceVersion"]
    if path:
        found["fieldPath"] = path
    return found


def _who(involved: Obj) -> str:
    return "/".join(str(involved.get(key, "")) for key in ("kind", "namespace", "name", "uid"))
