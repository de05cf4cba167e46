"""Rolls a Deployment's template out to ReplicaSets. Upstream: pkg/controller/deployment/deployment_controller.go"""

from __future__ import annotations

from podlab.embedded.apiserver.registry import Event, Registry
from podlab.embedded.controllers.controller import MANAGER, Controller, Key, Obj, namespaced
from podlab.embedded.controllers.deployment.family import is_rolling
from podlab.embedded.controllers.deployment.sync import Sync
from podlab.embedded.controllers.owned import Owned, controller_of
from podlab.embedded.controllers.pods.claims import Claims
from podlab.embedded.controllers.pods.podevents import owners_of
from podlab.embedded.events import Recorder
from podlab.embedded.serializer import fresh

KIND = "Deployment"
PACE = 0.004


class Deployments:
    """The Deployment controller."""

    def __init__(self, registry: Registry, pods: Owned) -> None:
        self._registry, self._pods = registry, pods
        self._deployments = registry.resource("deployments.apps")
        self._sets = Owned(registry, "replicasets.apps")
        self._claims = Claims(registry, registry.resource("replicasets.apps"), self._sets)
        self._recorder = Recorder(registry, "deployment-controller", manager=MANAGER)
        self._controller = Controller(registry, self._reconcile, pace=PACE)
        self._controller.on("deployments.apps", self._on_deployment)
        self._controller.on("replicasets.apps", owners_of(self._controller, registry, self._deployments))
        self._controller.on("pods", self._on_pod)

    def stop(self) -> None:
        """Stop watching and working."""
        self._controller.stop()
        self._sets.stop()

    def _on_deployment(self, event: Event) -> None:
        if event.type == "DELETED":
            self._recorder.forget(event.object)
        else:
            self._controller.add(namespaced(event.object))

    def _on_pod(self, event: Event) -> None:
        """Where all Pods have to go before new ones come, the last one that goes is what is waited for."""
        reference = controller_of(event.object)
        if event.type != "DELETED" or reference is None or reference["kind"] != "ReplicaSet":
            return
        namespace = event.object["metadata"]["namespace"]
        one = self._registry.find(self._registry.resource("replicasets.apps"), reference["name"], namespace)
        owner = controller_of(one) if one else None
        if owner is None or owner["kind"] != KIND:
            return
        deployment = self._registry.find(self._deployments, owner["name"], namespace)
        if deployment and not is_rolling(deployment):
            self._controller.add((namespace, owner["name"]))

    def _reconcile(self, key: Key) -> None:
        deployment = self._registry.find(self._deployments, key[1], key[0])
        if deployment is None:
            return
        sets: list[Obj] = fresh(self._claims.claim(deployment, as_read=True))
        pods = [] if is_rolling(deployment) else [pod for one in sets for pod in self._pods.of(one)]
        again = Sync(self._registry, self._recorder, deployment, sets, pods).run()
        if again is not None:
            self._controller.add(key, max(again, 0.0) + 1)
