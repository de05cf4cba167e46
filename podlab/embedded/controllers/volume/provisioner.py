"""The local-path provisioner of kind: makes a directory of the node into a volume, and removes it again.

Upstream: github.com/rancher/local-path-provisioner, sigs.k8s.io/sig-storage-lib-external-provisioner
"""

from __future__ import annotations

from typing import Any

from podlab.embedded.apiserver.registry import Registry
from podlab.embedded.apiserver.resource import Writer
from podlab.embedded.apiserver.status import StatusError
from podlab.embedded.controllers.controller import Controller, Key, namespaced
from podlab.embedded.events import Recorder
from podlab.embedded.fit import matching

Obj = dict[str, Any]

NAME, MANAGER = "rancher.io/local-path", "local-path-provisioner"
FOLDER = "/var/local-path-provisioner"
WORK = 3.0
"""Seconds that making or removing a directory takes: a helper Pod does it there."""


class LocalPathProvisioner:
    """Serves the claims of StorageClasses that name it."""

    def __init__(self, registry: Registry) -> None:
        self._registry, self._clock = registry, registry.clock
        self._claims, self._volumes = (
            registry.resource("persistentvolumeclaims"),
            registry.resource("persistentvolumes"),
        )
        self._classes = registry.resource("storageclasses.storage.k8s.io")
        self._recorders: dict[str, Recorder] = {}
        self._since: dict[str, float] = {}
        self._controller = Controller(registry, self._reconcile)
        self._controller.watch("persistentvolumeclaims", namespaced)
        self._controller.watch("persistentvolumes", lambda volume: ("", volume["metadata"]["name"]))
        self.stop = self._controller.stop

    @property
    def _recorder(self) -> Recorder:
        pods = self._registry.list(self._registry.resource("pods"), "local-path-storage")
        pod = pods[0]["metadata"] if pods else {"name": MANAGER, "uid": "0"}
        name = f"{NAME}_{pod['name']}_{pod['uid']}"
        return self._recorders.setdefault(name, Recorder(self._registry, name, manager=MANAGER))

    def _due(self, key: Key, uid: str) -> bool:
        """Whether the work on something has taken its time; the first time it is asked the work begins."""
        left = self._since.setdefault(uid, self._clock.now()) + WORK - self._clock.now()
        if left > 0:
            self._controller.add(key, left)
        else:
            del self._since[uid]
        return left <= 0

    def _reconcile(self, key: Key) -> None:
        if key[0]:
            claim = self._registry.find(self._claims, key[1], key[0])
            if claim and self._asked(claim):
                self._provision(key, claim)
        elif volume := self._registry.find(self._volumes, key[1]):
            self._reclaim(key, volume)

    def _asked(self, claim: Obj) -> bool:
        ours = matching.annotation(claim, matching.PROVISIONER[1]) == NAME
        chosen = matching.annotation(claim, matching.SELECTED_NODE)
        return ours and bool(chosen) and not claim["spec"].get("volumeName") and not _going(claim)

    def _provision(self, key: Key, claim: Obj) -> None:
        meta, name = claim["metadata"], f"pvc-{claim['metadata']['uid']}"
        if self._registry.find(self._volumes, name):
            return
        if meta["uid"] not in self._since:
            text = f'External provisioner is provisioning volume for claim "{key[0]}/{key[1]}"'
            self._recorder.normal(claim, "Provisioning", text)
        if not self._due(key, meta["uid"]):
            return
        class_ = self._registry.find(self._classes, matching.storage_class(claim)) or {}
        self._registry.create(self._volumes, volume_for(claim, name, class_), by=Writer(MANAGER))
        self._recorder.normal(claim, "ProvisioningSucceeded", f"Successfully provisioned volume {name}")

    def _reclaim(self, key: Key, volume: Obj) -> None:
        released = (volume.get("status") or {}).get("phase") == "Released"
        mine = matching.annotation(volume, matching.PROVISIONED_BY) == NAME
        if not (released and mine) or volume["spec"].get("persistentVolumeReclaimPolicy") != "Delete" or _going(volume):
            return
        if self._due(key, volume["metadata"]["uid"]):
            try:
                self._registry.delete(self._volumes, key[1], by=Writer(MANAGER))
            except StatusError as error:
                if error.code != 404:
                    raise


def _going(obj: Obj) -> bool:
    return bool(obj["metadata"].get("deletionTimestamp"))


def volume_for(claim: Obj, name: str, class_: Obj) -> Obj:
    """The volume that a claim gets on the node that was chosen for its first Pod."""
    meta, spec, node = claim["metadata"], claim["spec"], matching.annotation(claim, matching.SELECTED_NODE)
    term = {"matchExpressions": [{"key": "kubernetes.io/hostname", "operator": "In", "values": [node]}]}
    path = f"{FOLDER}/{name}_{meta['namespace']}_{meta['name']}"
    return {
        "metadata": {
            "name": name,
            "annotations": {"local.path.provisioner/selected-node": node, matching.PROVISIONED_BY: NAME},
        },
        "spec": {
            "accessModes": spec.get("accessModes"),
            "capacity": {"storage": spec["resources"]["requests"]["storage"]},
            "claimRef": matching.reference(claim),
            "hostPath": {"path": path, "type": "DirectoryOrCreate"},
            "nodeAffinity": {"required": {"nodeSelectorTerms": [term]}},
            "persistentVolumeReclaimPolicy": class_.get("reclaimPolicy", "Delete"),
            "storageClassName": spec.get("storageClassName"),
            "volumeMode": spec.get("volumeMode"),
        },
    }
