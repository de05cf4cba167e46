"""The event recorder: how scheduler, kubelet and controllers tell what they did.

Equal events are counted, many similar ones are combined, and a source that floods one object is cut off.
Upstream: staging/src/k8s.io/client-go/tools/record/{event,events_cache}.go
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from podlab.apimachinery.times import rfc3339
from podlab.embedded.apiserver.registry import Registry
from podlab.embedded.apiserver.resource import Writer
from podlab.embedded.apiserver.status import StatusError

Obj = dict[str, Any]

BURST = 25
"""Events of one type that a source may send about one object at once; one more every `REFILL` seconds."""
REFILL = 300.0
SIMILAR = 10
"""So many different messages with one reason within `SIMILAR_SECONDS` are combined."""
SIMILAR_SECONDS = 600.0


Key = tuple[str, ...]
"""Under which an event is counted: type and reason, where it was not combined also fieldPath and message."""


@dataclass(slots=True)
class _Told:
    """What was told of one object in events of one type: by reason the messages and the last time, by key their names.

    It is kept of every Pod, so it is small: keys and messages that many have in common are there once.
    """

    filled: float
    tokens: float = float(BURST)
    similar: tuple[tuple[Key, Key, float], ...] = ()
    names: tuple[tuple[Key, str], ...] = ()

    def name(self, key: Key) -> str | None:
        """The name of the event that is counted under this key."""
        return next((name for known, name in self.names if known is key or known == key), None)

    def take(self, now: float) -> bool:
        """Whether one more may be sent."""
        self.tokens = min(float(BURST), self.tokens + (now - self.filled) / REFILL)
        self.filled = now
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True


@lru_cache(1024)
def _same(words: Key) -> Key:
    """What is told of thousands of Pods is kept once."""
    return words


class Recorder:
    """Writes events for one component, such as the kubelet on one node."""

    def __init__(self, registry: Registry, component: str, *, host: str = "", manager: str = "") -> None:
        self._registry, self._component, self._host = registry, component, host
        self._by = Writer(manager or component)
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
        told = self._told.setdefault(_who(involved, type_), _Told(now))
        key, message = _aggregate(told, involved, type_, reason, message, now)
        if not told.take(now):
            return
        namespace = involved.get("namespace") or "default"
        if not self._count(told.name(key), namespace, message, now):
            name = self._create(namespace, involved, type_, reason, message, now)
            if name is not None:
                told.names = (*(each for each in told.names if each[0] != key), (key, name))

    def _count(self, name: str | None, namespace: str, message: str, now: float) -> bool:
        if name is None:
            return False

        def once_more(event: Obj) -> None:
            event["count"] = event.get("count", 1) + 1
            event["lastTimestamp"] = rfc3339(now)
            event["message"] = message

        try:
            self._registry.change(self._events, name, namespace, once_more, subresource="", by=self._by)
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
            self._registry.create(self._events, event, namespace=namespace, by=self._by)
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
        for type_ in ("Normal", "Warning"):
            self._told.pop(_who(reference(obj, ""), type_), None)


def _aggregate(told: _Told, involved: Obj, type_: str, reason: str, message: str, now: float) -> tuple[Key, str]:
    """The key under which this event is counted, and its message."""
    kind = _same((type_, reason))
    others = tuple([each for each in told.similar if each[0] != kind])
    messages = next(
        (texts for known, texts, last in told.similar if known == kind and now - last <= SIMILAR_SECONDS), ()
    )
    if message not in messages:
        messages = _same((*messages, message))
    combined = len(messages) >= SIMILAR
    told.similar = (*others, (kind, messages[:-1] if combined else messages, now))
    if combined:
        return kind, "(combined from similar events): " + message
    return _same((type_, reason, involved.get("fieldPath", ""), message)), message


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


def _who(involved: Obj, type_: str) -> str:
    """What events of one type are about: of Normal ones the uid, which is there already."""
    who = str(involved.get("uid", involved["name"]))
    if who == involved["name"]:  # a node has its name for one
        who = "/".join(str(involved.get(key, "")) for key in ("kind", "namespace", "name"))
    return who if type_ == "Normal" else f"{who} {type_}"
