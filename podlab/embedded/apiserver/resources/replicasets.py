"""ReplicaSets and ReplicationControllers. Upstream: pkg/apis/apps/v1/defaults.go, pkg/apis/core/v1/defaults.go"""

from __future__ import annotations

from typing import Any

from podlab.apimachinery.labels import format_labels, format_selector
from podlab.embedded.apiserver.columns import AGE, CONTAINERS, IMAGES, NAME, Column, age, head, inside
from podlab.embedded.apiserver.resource import Obj
from podlab.embedded.apiserver.resources import templates, workloads
from podlab.embedded.apiserver.status import Cause
from podlab.embedded.apiserver.validation import causes, metadata
from podlab.embedded.apiserver.validation.statuses import replicacounts

COLUMNS = (
    NAME,
    Column(
        "Desired",
        "Replicas is the number of desired pods. This is a pointer to distinguish between explicit zero and "
        "unspecified. Defaults to 1. More info: https://kubernetes.io/docs/concepts/workloads/controllers/replicaset",
        type="integer",
    ),
    Column(
        "Current",
        "Replicas is the most recently observed number of non-terminating pods. More info: "
        "https://kubernetes.io/docs/concepts/workloads/controllers/replicaset",
        type="integer",
    ),
    Column(
        "Ready",
        "The number of non-terminating pods targeted by this ReplicaSet with a Ready Condition.",
        type="integer",
    ),
    AGE,
    CONTAINERS,
    IMAGES,
    Column(
        "Selector",
        "Selector is a label query over pods that should match the replica count. Label keys and values that must "
        "match in order to be controlled by this replica set. It must match the pod template's labels. More info: "
        "https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors",
        priority=1,
    ),
)
CONTROLLER_COLUMNS = (
    NAME,
    Column(
        "Desired",
        "Replicas is the number of desired replicas. This is a pointer to distinguish between explicit zero and "
        "unspecified. Defaults to 1. More info: "
        "https://kubernetes.io/docs/concepts/workloads/controllers/replicationcontroller#what-is-a-replicationcontroller",
        type="integer",
    ),
    Column(
        "Current",
        "Replicas is the most recently observed number of replicas. More info: "
        "https://kubernetes.io/docs/concepts/workloads/controllers/replicationcontroller#what-is-a-replicationcontroller",
        type="integer",
    ),
    Column("Ready", "The number of ready replicas for this replication controller.", type="integer"),
    AGE,
    CONTAINERS,
    IMAGES,
    Column(
        "Selector",
        "Selector is a label query over pods that should match the Replicas count. If Selector is empty, it is "
        "defaulted to the labels present on the Pod template. Label keys and values that must match in order to be "
        "controlled by this replication controller, if empty defaulted to labels on Pod template. More info: "
        "https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors",
        priority=1,
    ),
)


def row(obj: Obj, now: float) -> list[Any]:
    """DESIRED, CURRENT and READY. Upstream: pkg/printers/internalversion/printers.go (printReplicaSet)"""
    name, spec, status = head(obj)
    counts = [spec.get("replicas", 0), status.get("replicas", 0), status.get("readyReplicas", 0)]
    return [name, *counts, age(obj, now), *inside(spec.get("template")), format_selector(spec.get("selector"))]


def controller_row(obj: Obj, now: float) -> list[Any]:
    """As a ReplicaSet's, with its selector of plain labels.

    Upstream: pkg/printers/internalversion/printers.go (printReplicationController)
    """
    return [*row(obj, now)[:-1], format_labels((obj.get("spec") or {}).get("selector"))]


def default_replicas(obj: Obj) -> None:
    """Defaults of a ReplicaSet."""
    spec, _ = workloads.default_template(obj)
    workloads.put(spec, replicas=1)


def default_controller(obj: Obj) -> None:
    """Defaults of a ReplicationController: what it selects are its template's labels."""
    if (obj.get("spec") or {}).get("template") is None:
        workloads.put(obj.setdefault("spec", {}), replicas=1)
        return
    spec, template = workloads.default_template(obj)
    labels = template["metadata"].get("labels")
    if labels:
        if not spec.get("selector"):
            spec["selector"] = dict(labels)
        if not obj["metadata"].get("labels"):
            obj["metadata"]["labels"] = dict(labels)
    workloads.put(spec, replicas=1)


def validate(obj: Obj, old: Obj | None) -> list[Cause]:
    """Return what is wrong with a ReplicaSet, in upstream's order."""
    spec, found = obj.get("spec") or {}, metadata.validate(obj, old)
    for key in ("replicas", "minReadySeconds"):
        found += metadata.non_negative(f"spec.{key}", spec.get(key))
    found += templates.selector(spec, "deployment")
    if not templates.unsound(spec.get("selector")):
        found += templates.template_of_replicas(spec, "spec.template")
    if old is not None:
        found += metadata.immutable("spec.selector", spec.get("selector"), old["spec"].get("selector"))
    return found


def validate_controller(obj: Obj, old: Obj | None) -> list[Cause]:
    """Return what is wrong with a ReplicationController."""
    spec = obj.get("spec") or {}
    found = metadata.validate(obj, old) + metadata.non_negative("spec.minReadySeconds", spec.get("minReadySeconds"))
    selector, template = spec.get("selector"), spec.get("template")
    if not selector:
        found.append(causes.required("spec.selector"))
    found += metadata.non_negative("spec.replicas", spec.get("replicas"))
    if template is None:
        return [*found, causes.required("spec.template")]
    chosen = {**spec, "selector": {"matchLabels": selector or labels_of(template)}}
    return found + templates.template_of_replicas(chosen, "spec.template", "ReplicationController")


def labels_of(template: Obj) -> Obj:
    """The labels of a template of Pods, {} where it has none."""
    labels: Obj = (template.get("metadata") or {}).get("labels") or {}
    return labels


REPLICA_SETS = workloads.workload(
    "apps",
    "ReplicaSet",
    "rs",
    scale=True,
    default=default_replicas,
    validate=validate,
    validate_status=replicacounts.replica_set,
    columns=COLUMNS,
    row=row,
)


def selectable(controller: Obj) -> dict[str, str]:
    """A field selector may ask how many there are. Upstream: pkg/registry/core/replicationcontroller/strategy.go"""
    return {"status.replicas": str((controller.get("status") or {}).get("replicas", 0))}


REPLICATION_CONTROLLERS = workloads.workload(
    "",
    "ReplicationController",
    "rc",
    scale=True,
    default=default_controller,
    validate=validate_controller,
    validate_status=replicacounts.replica_set,
    fields=selectable,
    columns=CONTROLLER_COLUMNS,
    row=controller_row,
)
