"""FlowSchemas tell whether their priority level is there. Upstream: apiserver/pkg/util/flowcontrol/apf_controller.go"""

from __future__ import annotations

from podlab.apimachinery.times import rfc3339
from podlab.embedded.apiserver.registry import Registry
from podlab.embedded.apiserver.resource import Writer
from podlab.embedded.controllers.controller import Controller, Key, Obj

GROUP = "flowcontrol.apiserver.k8s.io"
BY = Writer("api-priority-and-fairness-config-consumer-v1")


def dangling(level: str, there: bool) -> Obj:
    """The condition of a FlowSchema, without its time."""
    names = f'This FlowSchema references the PriorityLevelConfiguration object named "{level}"'
    if there:
        return {"type": "Dangling", "status": "False", "reason": "Found", "message": f"{names} and it exists"}
    text = f"{names} but there is no such object"
    return {"type": "Dangling", "status": "True", "reason": "NotFound", "message": text}


class FlowSchemas:
    """Keeps the condition Dangling."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._schemas = registry.resource(f"flowschemas.{GROUP}")
        self._levels = registry.resource(f"prioritylevelconfigurations.{GROUP}")
        self._controller = Controller(registry, self._reconcile)
        self._controller.watch(f"flowschemas.{GROUP}", lambda obj: ("", obj["metadata"]["name"]))
        self._controller.watch(f"prioritylevelconfigurations.{GROUP}", lambda obj: ("level", obj["metadata"]["name"]))

    def stop(self) -> None:
        """Stop watching."""
        self._controller.stop()

    def _reconcile(self, key: Key) -> None:
        for schema in self._registry.list(self._schemas):
            level = schema["spec"]["priorityLevelConfiguration"]["name"]
            if key == ("", schema["metadata"]["name"]) or key == ("level", level):
                self._tell(schema, level)

    def _tell(self, schema: Obj, level: str) -> None:
        wanted = dangling(level, self._registry.find(self._levels, level) is not None)
        known: Obj = next(iter((schema.get("status") or {}).get("conditions") or ()), {})
        if known.get("status") == wanted["status"] and known.get("message") == wanted["message"]:
            return
        name = schema["metadata"]["name"]
        condition = {**wanted, "lastTransitionTime": rfc3339(self._registry.clock.now())}
        body = {"apiVersion": f"{GROUP}/v1", "kind": "FlowSchema", "metadata": {"name": name}}
        body["status"] = {"conditions": [condition]}
        self._registry.apply(
            self._schemas, name, "", body, decode=lambda obj: obj, force=True, subresource="status", by=BY
        )
