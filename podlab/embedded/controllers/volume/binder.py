"""Ties claims to volumes, asks for new ones, and follows what becomes of volumes whose claims are gone.

Upstream: pkg/controller/volume/persistentvolume/pv_controller.go
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any

from podlab.apimachinery import times
from podlab.apimachinery.gotext import quote
from podlab.embedded.apiserver.registry import Event, Registry
from podlab.embedded.controllers.controller import CONTROLLER, MANAGER, Controller, Key, namespaced
from podlab.embedded.controllers.pods import podstates
from podlab.embedded.events import Recorder
from podlab.embedded.fit import matching
from podlab.embedded.fit.claims import used
from podlab.embedded.fit.matching import BY_CONTROLLER, COMPLETED, PROVISIONER, SELECTED_NODE

Obj = dict[str, Any]

NEW = 1.0
"""Seconds from its creation for which a claim is new."""
RESYNC = 15.0
"""Seconds between two looks at all claims that wait."""
WAITING = (
    "Waiting for a volume to be created either by the external provisioner '{}' or manually by the system "
    "administrator. If volume creation is delayed, please verify that the provisioner is running and correctly "
    "registered."
)
NONE = "no persistent volumes available for this claim and no storage class is set"
IN_TREE, NO_PROVISIONER = "kubernetes.io/", "no volume plugin matched name: {}"
NO_PLUGIN = "no deletable volume plugin matched"
TEMPORARY = re.compile(r"/tmp/.+")
LOST = "Bound claim has lost its PersistentVolume. Data on the volume is lost!"
LOST_REFERENCE = "Bound claim has lost reference to PersistentVolume. Data on the volume is lost!"
MISBOUND = "Two claims are bound to the same volume, this one is bound incorrectly"


class VolumeBinder:
    """One controller for all claims and volumes."""

    def __init__(self, registry: Registry) -> None:
        self._registry, self._clock = registry, registry.clock
        self._claims, self._volumes = (
            registry.resource("persistentvolumeclaims"),
            registry.resource("persistentvolumes"),
        )
        self._classes = registry.resource("storageclasses.storage.k8s.io")
        self._recorder = Recorder(registry, "persistentvolume-controller", manager=MANAGER)
        self._origin = self._clock.now()
        self._controller = Controller(registry, self._reconcile)
        self._controller.watch("persistentvolumeclaims", namespaced)
        self._controller.watch("persistentvolumes", lambda volume: ("", volume["metadata"]["name"]))
        self._controller.on("persistentvolumes", self._on_volume)
        self.stop = self._controller.stop

    def _on_volume(self, event: Event) -> None:
        """The claim of a volume that is gone has lost it."""
        reference = event.object["spec"].get("claimRef")
        if event.type == "DELETED" and reference:
            self._controller.add((reference["namespace"], reference["name"]))

    def _reconcile(self, key: Key) -> None:
        if not key[0]:
            if volume := self._registry.find(self._volumes, key[1]):
                self._volume(volume)
            return
        claim = self._registry.find(self._claims, key[1], key[0])
        if claim is None:
            for volume in self._registry.list(self._volumes):
                reference = volume["spec"].get("claimRef") or {}
                if (reference.get("namespace"), reference.get("name")) == key:
                    self._volume(volume)
        elif matching.annotation(claim, COMPLETED):
            self._bound(claim)
        elif self._unbound(claim):
            looks = math.floor((self._clock.now() - self._origin) / RESYNC) + 1
            self._controller.add(key, self._origin + looks * RESYNC - self._clock.now())

    # Claims

    def _unbound(self, claim: Obj) -> bool:
        """Tie a claim to a volume if there is one; returns whether it waits for one."""
        name = claim["spec"].get("volumeName")
        if name:
            return self._named(claim, self._registry.find(self._volumes, name))
        class_ = (
            self._registry.find(self._classes, matching.storage_class(claim)) if matching.storage_class(claim) else None
        )
        delayed = (class_ or {}).get("volumeBindingMode") == "WaitForFirstConsumer"
        chosen = matching.annotation(claim, SELECTED_NODE)
        volume = matching.best(self._registry.list(self._volumes), claim, delayed=delayed)
        if volume:
            self._bind(volume, claim)
            return False
        self._wait(claim, class_, ready=not delayed or bool(chosen))
        return True

    def _named(self, claim: Obj, volume: Obj | None) -> bool:
        """Tie a claim to the volume that it asks for, if that can be; returns whether it waits for it."""
        if volume is None:
            return True
        name, reference = quote(volume["metadata"]["name"]), volume["spec"].get("claimRef")
        if reference and not matching.claims(volume, claim):
            self._recorder.warning(claim, "FailedBinding", f"volume {name} already bound to a different claim.")
            return True
        if not reference and (why := matching.unfit(volume, claim)):
            self._recorder.warning(claim, "VolumeMismatch", f"Cannot bind to requested volume {name}: {why}")
            return True
        self._bind(volume, claim)
        return False

    def _wait(self, claim: Obj, class_: Obj | None, *, ready: bool) -> None:
        """Say what a claim waits for, and ask the provisioner of its class."""
        name = matching.storage_class(claim)
        if not name:
            self._recorder.normal(claim, "FailedBinding", NONE)
        elif class_ is None:
            self._recorder.warning(claim, "ProvisioningFailed", f'storageclass.storage.k8s.io "{name}" not found')
        elif not ready:
            meta = claim["metadata"]
            new = self._clock.now() - times.seconds(meta["creationTimestamp"]) < NEW and not _of_pod(meta)
            for told in _delayed(self._unplaced(claim), new=new):
                self._recorder.normal(claim, *told)
        elif class_["provisioner"].startswith(IN_TREE):
            self._recorder.warning(claim, "ProvisioningFailed", NO_PROVISIONER.format(class_["provisioner"]))
        else:
            if matching.annotation(claim, PROVISIONER[1]) == class_["provisioner"]:
                return
            asked = dict.fromkeys(PROVISIONER, class_["provisioner"])
            self._write_claim(claim, lambda obj: obj["metadata"].setdefault("annotations", {}).update(asked), "")
            self._recorder.normal(claim, "ExternalProvisioning", WAITING.format(class_["provisioner"]))

    def _unplaced(self, claim: Obj) -> list[str]:
        """The Pods that want a claim and have no node yet."""
        name, namespace = claim["metadata"]["name"], claim["metadata"]["namespace"]
        pods = self._registry.list(self._registry.resource("pods"), namespace)
        waiting = (pod for pod in pods if not pod["spec"].get("nodeName") and not podstates.finished(pod))
        return [pod["metadata"]["name"] for pod in waiting if name in used(pod)]

    def _bound(self, claim: Obj) -> None:
        """See to it that a claim still has its volume."""
        name = claim["spec"].get("volumeName")
        volume = self._registry.find(self._volumes, name) if name else None
        if volume is None:
            self._lose(claim, "ClaimLost", LOST if name else LOST_REFERENCE)
        elif not volume["spec"].get("claimRef") or matching.claims(volume, claim):
            self._bind(volume, claim)
        else:
            self._lose(claim, "ClaimMisbound", MISBOUND)

    def _lose(self, claim: Obj, reason: str, message: str) -> None:
        if claim["status"].get("phase") != "Lost":
            self._write_claim(claim, _lost)
            self._recorder.warning(claim, reason, message)

    def _bind(self, volume: Obj, claim: Obj) -> None:
        """Tie both to each other, each step only if it is not done yet."""
        spec = volume["spec"]
        if not (spec.get("claimRef") or {}).get("uid"):
            self._write_volume(volume, lambda obj: matching.tie(obj, claim), "")
        self._phase(volume, "Bound")
        if claim["spec"].get("volumeName") != volume["metadata"]["name"] or not matching.annotation(claim, COMPLETED):
            self._write_claim(claim, lambda obj: _tie_claim(obj, volume), "")
        status = {"phase": "Bound", "accessModes": spec.get("accessModes"), "capacity": spec.get("capacity")}
        if claim["status"].get("phase") != "Bound":
            self._write_claim(claim, lambda obj: obj["status"].update(status))

    # Volumes

    def _volume(self, volume: Obj) -> None:
        reference = volume["spec"].get("claimRef")
        if not reference:
            self._phase(volume, "Available")
            return
        claim = self._registry.find(self._claims, reference["name"], reference["namespace"])
        if claim is None or reference.get("uid") not in (None, "", claim["metadata"]["uid"]):
            if not reference.get("uid"):
                self._phase(volume, "Available")
            elif (volume.get("status") or {}).get("phase") != "Failed":
                self._phase(volume, "Released")
                self._reclaim(volume)
        elif not reference.get("uid"):
            self._phase(volume, "Available")
            self._controller.add(namespaced(claim))
        elif claim["spec"].get("volumeName") in (None, "", volume["metadata"]["name"]):
            self._controller.add(namespaced(claim))
        elif matching.annotation(volume, matching.PROVISIONED_BY) and _deletable(volume):
            self._phase(volume, "Released")
        else:
            self._write_volume(volume, _untie, "")
            self._phase(volume, "Available")

    def _reclaim(self, volume: Obj) -> None:
        """Remove a volume that no provisioner made. Upstream: deleteVolumeOperation, pkg/volume/hostpath"""
        if not _deletable(volume) or matching.annotation(volume, matching.PROVISIONED_BY) or podstates.deleting(volume):
            return
        if why := _undeletable(volume):
            failed = {"phase": "Failed", "message": why}
            self._write_volume(volume, lambda obj: obj["status"].update(failed))
            self._recorder.warning(volume, "VolumeFailedDelete", why)
            return
        self._registry.delete(self._volumes, volume["metadata"]["name"], by=CONTROLLER)

    def _phase(self, volume: Obj, phase: str) -> None:
        self._write_volume(volume, lambda obj: obj["status"].update(phase=phase))

    def _write_volume(self, volume: Obj, change: Callable[[Obj], object], part: str = "status") -> None:
        name = volume["metadata"]["name"]
        self._registry.change(self._volumes, name, "", lambda obj: _do(change, obj), subresource=part, by=CONTROLLER)

    def _write_claim(self, claim: Obj, change: Callable[[Obj], object], part: str = "status") -> None:
        name, namespace = claim["metadata"]["name"], claim["metadata"]["namespace"]
        self._registry.change(
            self._claims, name, namespace, lambda obj: _do(change, obj), subresource=part, by=CONTROLLER
        )


def _of_pod(meta: Obj) -> bool:
    """Whether it was made for a Pod, which was there before it."""
    return any(ref["kind"] == "Pod" and ref.get("controller") for ref in meta.get("ownerReferences") or ())


def _delayed(pods: list[str], *, new: bool) -> list[tuple[str, str]]:
    """The events of a claim that waits for a node to be chosen.

    One that a StatefulSet makes just before its Pod is looked at before and after.
    """
    first = ("WaitForFirstConsumer", "waiting for first consumer to be created before binding")
    if not pods:
        return [first]
    several = "s" if len(pods) > 1 else ""
    then = ("WaitForPodScheduled", f"waiting for pod{several} {','.join(pods)} to be scheduled")
    return [first, then] if new else [then]


def _undeletable(volume: Obj) -> str:
    """Why the controller cannot remove what a volume stands for; "" for a directory below /tmp of the node."""
    path = (volume["spec"].get("hostPath") or {}).get("path")
    if path is None:
        return f'error getting deleter volume plugin for volume "{volume["metadata"]["name"]}": {NO_PLUGIN}'
    return "" if TEMPORARY.match(path) else f"host_path deleter only supports /tmp/.+ but received provided {path}"


def _do(change: Callable[[Obj], object], obj: Obj) -> None:
    change(obj)


def _deletable(volume: Obj) -> bool:
    return bool(volume["spec"].get("persistentVolumeReclaimPolicy") == "Delete")


def _lost(claim: Obj) -> None:
    status = claim["status"]
    status["phase"] = "Lost"
    for key in ("accessModes", "capacity"):
        status.pop(key, None)


def _untie(volume: Obj) -> None:
    """Let go of a claim that is bound elsewhere; a reference that a person has written stays. Upstream: unbindVolume"""
    annotations = volume["metadata"].get("annotations") or {}
    if annotations.pop(BY_CONTROLLER, None):
        del volume["spec"]["claimRef"]
    else:
        volume["spec"]["claimRef"].pop("uid", None)


def _tie_claim(claim: Obj, volume: Obj) -> None:
    annotations = claim["metadata"].setdefault("annotations", {})
    annotations[COMPLETED] = "yes"
    if claim["spec"].get("volumeName") != volume["metadata"]["name"]:
        annotations[BY_CONTROLLER] = "yes"
        claim["spec"]["volumeName"] = volume["metadata"]["name"]
