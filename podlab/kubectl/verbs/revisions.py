"""The revisions of a workload: a Deployment's ReplicaSets, the ControllerRevisions of others; what one looked like.

Upstream: staging/src/k8s.io/kubectl/pkg/polymorphichelpers/history.go, rollback.go
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from podlab.errors import PodlabError
from podlab.kubectl.command import Command
from podlab.kubectl.describe.sections import format_selector
from podlab.kubectl.describe.workloads import HASH
from podlab.kubectl.resources.listing import read_list
from podlab.kubectl.resources.restmapper import Mapping

Object = dict[str, Any]
REVISION = "deployment.kubernetes.io/revision"
CAUSE = "kubernetes.io/change-cause"
KINDS = ("Deployment", "DaemonSet", "StatefulSet")


@dataclass(frozen=True, slots=True)
class Revision:
    """One revision: its number, the object that keeps it, and its Pod template."""

    number: int
    obj: Object
    template: Object

    @property
    def cause(self) -> str:
        """What `kubernetes.io/change-cause` says."""
        return str((self.obj["metadata"].get("annotations") or {}).get(CAUSE) or "<none>")


VISITED = ("Pod", "ReplicaSet", "ReplicationController", "Job", "CronJob")
"""Kinds that kubectl knows, and that keep no revisions."""
LACKING = {"history viewer": "history"}


def revisions(command: Command, mapping: Mapping, obj: Object, lacking: str) -> list[Revision]:
    """The revisions of a workload, oldest first.

    Args:
        lacking: what this kind does not have: `history viewer`, `rollbacker`.

    Raises:
        PodlabError: this kind keeps no revisions.
    """
    if mapping.kind not in KINDS:
        what = f"{mapping.kind}.{mapping.group}".rstrip(".")
        if mapping.kind not in VISITED:
            unknown = f"no visitor method exists for {{{mapping.group} {mapping.kind}}}"
            raise PodlabError(f'error: error retrieving {LACKING.get(lacking, lacking)} for "{what}", {unknown}')
        raise PodlabError(f'error: no {lacking} has been implemented for "{what}"')
    deployment = mapping.kind == "Deployment"
    keeper = command.mapper.by_name("replicasets.apps" if deployment else "controllerrevisions.apps")
    selector = format_selector(obj["spec"]["selector"])
    listed = read_list(command.client, keeper, obj["metadata"]["namespace"], label_selector=selector)["items"]
    uid = obj["metadata"]["uid"]
    kind = {"apiVersion": keeper.api_version, "kind": keeper.kind}
    own = [
        {**kind, **each}
        for each in listed
        if any(o.get("controller") and o.get("uid") == uid for o in each["metadata"].get("ownerReferences") or [])
    ]
    found = [_of_replica_set(each) if deployment else _of_controller_revision(each) for each in own]
    return sorted((each for each in found if each.number), key=lambda each: each.number)


def _of_replica_set(obj: Object) -> Revision:
    number = (obj["metadata"].get("annotations") or {}).get(REVISION, "0")
    template = obj["spec"]["template"]
    cause = (obj["metadata"].get("annotations") or {}).get(CAUSE)
    if cause:
        metadata = template.get("metadata") or {}
        template = {
            **template,
            "metadata": {**metadata, "annotations": {**(metadata.get("annotations") or {}), CAUSE: cause}},
        }
    return Revision(int(number) if number.isdigit() else 0, obj, template)


def _of_controller_revision(obj: Object) -> Revision:
    template = {key: value for key, value in obj["data"]["spec"]["template"].items() if key != "$patch"}
    return Revision(int(obj["revision"]), obj, template)


def without_hash(template: Object) -> Object:
    """A template as its Deployment has it."""
    metadata = dict(template.get("metadata") or {})
    metadata["labels"] = {k: v for k, v in (metadata.get("labels") or {}).items() if k != HASH}
    return {**template, "metadata": metadata}
