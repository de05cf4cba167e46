"""How a StatefulSet's Pods and their claims are created, kept and deleted, and the Events that tell of it.

Upstream: pkg/controller/statefulset/stateful_pod_control.go
"""

from __future__ import annotations

from podlab.embedded.apiserver.registry import Registry
from podlab.embedded.apiserver.resource import Resource
from podlab.embedded.apiserver.status import StatusError
from podlab.embedded.controllers.controller import CONTROLLER, Obj
from podlab.embedded.controllers.owned import Owned
from podlab.embedded.controllers.statefulset import identity
from podlab.embedded.events import Recorder


class StatefulPodControl:
    """Acts for StatefulSets on Pods and claims."""

    def __init__(self, registry: Registry, recorder: Recorder, owned: Owned) -> None:
        self._registry, self._recorder, self._owned = registry, recorder, owned
        self._pods = registry.resource("pods")

    def _claims(self) -> Resource:
        return self._registry.resource("persistentvolumeclaims")

    def create(self, owner: Obj, pod: Obj) -> None:
        """Create a Pod after its claims. Raises StatusError."""
        try:
            self.create_claims(owner, pod)
            made = self._registry.create(self._pods, pod, namespace=pod["metadata"]["namespace"], by=CONTROLLER)
            self._owned.add(made)
            self.retain(owner, made)
        except StatusError as error:
            if error.reason != "AlreadyExists":
                self._tell("Create", owner, pod, error)
            raise
        self._tell("Create", owner, pod)

    def delete(self, owner: Obj, pod: Obj) -> None:
        """Delete a Pod. Raises StatusError."""
        meta = pod["metadata"]
        try:
            self._registry.delete(self._pods, meta["name"], meta["namespace"], by=CONTROLLER)
        except StatusError as error:
            self._tell("Delete", owner, pod, error)
            raise
        self._tell("Delete", owner, pod)

    def update(self, owner: Obj, pod: Obj) -> None:
        """Make a Pod and its claims what they should be, and tell it if something was to do. Raises StatusError."""
        matches = identity.matches(owner, pod)
        try:
            if not matches:
                self._restore(pod)
            if self.retain(owner, pod) or not matches:
                self._tell("Update", owner, pod)
        except StatusError as error:
            self._tell("Update", owner, pod, error)
            raise

    def _restore(self, pod: Obj) -> None:
        """Give a Pod the labels of its identity again."""
        meta = pod["metadata"]

        def label(obj: Obj) -> None:
            obj["metadata"]["labels"] = {**(obj["metadata"].get("labels") or {}), **identity.labels_of(meta["name"])}

        self._registry.change(self._pods, meta["name"], meta["namespace"], label, subresource="", by=CONTROLLER)

    def create_claims(self, owner: Obj, pod: Obj) -> None:
        """Create the claims that are missing. Raises StatusError."""
        namespace = pod["metadata"]["namespace"]
        for claim in identity.claims(owner, identity.ordinal(pod)):
            name = claim["metadata"]["name"]
            there = self._registry.find(self._claims(), name, namespace)
            if there is None:
                self._create_claim(owner, pod, claim)
            elif there["metadata"].get("deletionTimestamp"):
                raise StatusError(500, "InternalError", f"pvc {name} is being deleted")

    def _create_claim(self, owner: Obj, pod: Obj, claim: Obj) -> None:
        name, who = claim["metadata"]["name"], owner["metadata"]["name"]
        about = f"Pod {pod['metadata']['name']} in StatefulSet {who}"
        try:
            self._registry.create(self._claims(), claim, namespace=pod["metadata"]["namespace"], by=CONTROLLER)
        except StatusError as error:
            text = f"Create Claim {name} for {about} failed error: {error.message}"
            self._recorder.warning(owner, "FailedCreate", text)
            error.message = f"failed to create PVC {name}: {error.message}"
            raise
        self._recorder.normal(owner, "SuccessfulCreate", f"Create Claim {name} {about} success")

    def is_stale(self, owner: Obj, pod: Obj) -> bool:
        """Whether a claim still belongs to an earlier Pod of this name, with which it will go."""
        return any(
            reference["kind"] == "Pod" and reference["name"] == pod["metadata"]["name"]
            for claim in self._found(owner, pod)
            for reference in claim["metadata"].get("ownerReferences") or ()
        )

    def retain(self, owner: Obj, pod: Obj) -> bool:
        """Let the claims' owners be what the retention policy wants; whether they were not. Raises StatusError."""
        changed = False
        for claim in self._found(owner, pod):
            owners = identity.claim_owners(owner, pod, claim)
            if owners != (claim["metadata"].get("ownerReferences") or []):
                self._own(claim, owners)
                changed = True
        return changed

    def _own(self, claim: Obj, owners: list[Obj]) -> None:
        def change(obj: Obj) -> None:
            obj["metadata"].pop("ownerReferences", None)
            if owners:
                obj["metadata"]["ownerReferences"] = owners

        meta = claim["metadata"]
        self._registry.change(self._claims(), meta["name"], meta["namespace"], change, subresource="", by=CONTROLLER)

    def _found(self, owner: Obj, pod: Obj) -> list[Obj]:
        namespace = pod["metadata"]["namespace"]
        names = (claim["metadata"]["name"] for claim in identity.claims(owner, identity.ordinal(pod)))
        there = (self._registry.find(self._claims(), name, namespace) for name in names)
        return [claim for claim in there if claim is not None]

    def _tell(self, verb: str, owner: Obj, pod: Obj, error: StatusError | None = None) -> None:
        about = f"{verb} Pod {pod['metadata']['name']} in StatefulSet {owner['metadata']['name']}"
        if error is None:
            self._recorder.normal(owner, f"Successful{verb}", f"{about} successful")
        else:
            self._recorder.warning(owner, f"Failed{verb}", f"{about} failed error: {error.message}")
