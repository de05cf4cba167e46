"""When what changed a Service's endpoints happened: the annotation from which latencies are measured.

Upstream: staging/src/k8s.io/endpointslice/util/trigger_time_tracker.go
"""

from __future__ import annotations

from typing import Any

from podlab.embedded.controllers.endpoints.addresses import TRIGGERED

Obj = dict[str, Any]
Key = tuple[str, str]
Moments = dict[str, str]


class Triggers:
    """Remembers of each Service what it has seen: only what is newer counts."""

    def __init__(self) -> None:
        self._seen: dict[Key, Moments] = {}

    def look(self, key: Key, service: Obj, pods: list[Obj]) -> str:
        """The earliest of the changes since the last look, as a time; "" if none is known."""
        now = {f"pod/{pod['metadata']['name']}": when for pod in pods if (when := _ready_changed(pod))}
        now["service"] = service["metadata"]["creationTimestamp"]
        before, self._seen[key] = self._seen.get(key, {}), now
        return min((when for name, when in now.items() if when > before.get(name, "")), default="")

    def forget(self, key: Key) -> None:
        """The Service is gone."""
        self._seen.pop(key, None)


def _ready_changed(pod: Obj) -> str:
    conditions = (pod.get("status") or {}).get("conditions") or []
    return next((str(c.get("lastTransitionTime") or "") for c in conditions if c["type"] == "Ready"), "")


def annotated(annotations: Obj | None, triggered: str) -> Obj:
    """Annotations with the time of the trigger, without one if it is not known."""
    rest = {key: value for key, value in (annotations or {}).items() if key != TRIGGERED}
    return rest | ({TRIGGERED: triggered} if triggered else {})
