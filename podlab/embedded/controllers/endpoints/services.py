"""Which Services a change of a Pod concerns: what the controllers of slices and of Endpoints share.

Upstream: staging/src/k8s.io/endpointslice/util/controller_utils.go
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from podlab.embedded.apiserver.registry import Event, Registry
from podlab.embedded.controllers.controller import Controller, Key, namespaced
from podlab.embedded.controllers.endpoints import addresses
from podlab.embedded.controllers.endpoints.triggers import Triggers

Obj = dict[str, Any]


class Services:
    """Calls `sync(service, pods, triggered)` for a Service with a selector, and `gone(key)` when it is no more."""

    def __init__(
        self, registry: Registry, sync: Callable[[Obj, list[Obj], str], None], gone: Callable[[Key], None]
    ) -> None:
        self._registry, self._sync, self._gone = registry, sync, gone
        self._services, self._pods = registry.resource("services"), registry.resource("pods")
        self._triggers = Triggers()
        self.controller = Controller(registry, self._reconcile)
        self.controller.watch("services", namespaced)
        self.controller.on("pods", self._on_pod)

    def _on_pod(self, event: Event) -> None:
        pod, before = event.object, event.previous
        if event.type == "MODIFIED" and before and addresses.facts(pod) == addresses.facts(before):
            return
        for service in self._registry.list(self._services, pod["metadata"]["namespace"]):
            if addresses.selected(service, pod) or (before and addresses.selected(service, before)):
                self.controller.add(namespaced(service))

    def _reconcile(self, key: Key) -> None:
        service = self._registry.find(self._services, key[1], key[0])
        if service is None:
            self._triggers.forget(key)
            self._gone(key)
        elif service["spec"].get("selector"):
            pods = [pod for pod in self._registry.list(self._pods, key[0]) if addresses.selected(service, pod)]
            reached = [pod for pod in pods if addresses.belongs(pod, terminating=True)]
            self._sync(service, pods, self._triggers.look(key, service, reached))
