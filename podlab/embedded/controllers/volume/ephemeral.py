"""Makes the claims of Pods' ephemeral volumes; they go with their Pod, which owns them.

Upstream: pkg/controller/volume/ephemeral/controller.go
"""

from __future__ import annotations

from typing import Any

from podlab.embedded.apiserver.registry import Event, Registry
from podlab.embedded.apiserver.status import StatusError
from podlab.embedded.controllers.controller import CONTROLLER, MANAGER, Controller, Key, namespaced
from podlab.embedded.controllers.pods import podstates
from podlab.embedded.events import Recorder
from podlab.embedded.fit import claims
from podlab.embedded.serializer import fresh

Obj = dict[str, Any]

NAME = "ephemeral_volume"
DELAY = 0.02
"""Seconds until a claim is made: the scheduler has looked for it in vain by then."""


class EphemeralVolumes:
    """The ephemeral volume controller."""

    def __init__(self, registry: Registry) -> None:
        self._registry, self._claims = registry, registry.resource("persistentvolumeclaims")
        self._pods, self._recorder = registry.resource("pods"), Recorder(registry, NAME, manager=MANAGER)
        self._controller = Controller(registry, self._reconcile)
        self._controller.on("pods", self._on_pod)
        self._controller.on("persistentvolumeclaims", self._on_claim)
        self.stop = self._controller.stop

    def _on_pod(self, event: Event) -> None:
        if event.type == "ADDED" and claims.made_for(event.object):
            self._controller.add(namespaced(event.object), DELAY)
        elif event.type == "DELETED":
            self._recorder.forget(event.object)

    def _on_claim(self, event: Event) -> None:
        """A claim that is gone is made again while its Pod is there."""
        meta = event.object["metadata"]
        for reference in meta.get("ownerReferences") or () if event.type == "DELETED" else ():
            if reference["kind"] == "Pod" and reference.get("controller"):
                self._controller.add((meta["namespace"], reference["name"]))

    def _reconcile(self, key: Key) -> None:
        pod = self._registry.find(self._pods, key[1], key[0])
        if pod is None or podstates.deleting(pod):
            return
        for volume in pod["spec"].get("volumes") or []:
            if "ephemeral" in volume:
                self._provide(pod, volume)

    def _provide(self, pod: Obj, volume: Obj) -> None:
        """See to it that the claim of a volume is there. Raises StatusError."""
        there = self._registry.find(self._claims, claims.own(pod, volume), pod["metadata"]["namespace"])
        try:
            if there is None:
                made = claim_of(pod, volume)
                self._registry.create(self._claims, made, namespace=pod["metadata"]["namespace"], by=CONTROLLER)
            elif wrong := claims.not_its_own(there, pod):
                raise StatusError(500, "InternalError", wrong)
        except StatusError as error:
            self._recorder.warning(pod, "FailedBinding", f"ephemeral volume {volume['name']}: {error.message}")
            raise


def claim_of(pod: Obj, volume: Obj) -> Obj:
    """The claim that a Pod owns, as its volume describes it."""
    template = fresh(volume["ephemeral"]["volumeClaimTemplate"])
    given = {key: value for key, value in (template.get("metadata") or {}).items() if key in ("labels", "annotations")}
    owner = {"apiVersion": "v1", "kind": "Pod", "name": pod["metadata"]["name"], "uid": pod["metadata"]["uid"]}
    meta = {**given, "name": claims.own(pod, volume)}
    meta["ownerReferences"] = [{**owner, "controller": True, "blockOwnerDeletion": True}]
    return {"metadata": meta, "spec": template.get("spec") or {}}
