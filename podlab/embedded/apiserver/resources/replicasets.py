"""ReplicaSets and ReplicationControllers. Upstream: pkg/apis/apps/v1/defaults.go, pkg/apis/core/v1/defaults.go"""

from __future__ import annotations

from typing import Any

from podlab.apimachinery.labels import format_labels, format_selector, selects
from podlab.embedded.apiserver.columns import AGE, CONTAINERS, IMAGES, NAME, Column, age, head, inside
from podlab.embedded.apiserver.resource import Obj
from podlab.embedded.apiserver.resources import templates, workloads
from podlab.embedded.apiserver.status import Cause
from podlab.embedded.apiserver.validation import causes, metadata

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
    name, spec, status = head(obj)
    counts = [spec.get("replicas", 0), status.get("replicas", 0), status.get("readyReplicas", 0)]
    return [name, *counts, age(obj, now), *inside(spec.get("template")), format_selector(spec.get("selector"))]


def controller_row(obj: Obj, now: float) -> list[Any]:
    return [*row(obj, now)[:-1], format_labels((obj.get("spec") or {}).get("selector"))]


def default_replicas(obj: Obj) -> None:
    """Defaults of a ReplicaSet."""
    spec, _ = workloads.default_template(obj)
    workloads.put(spec, replicas=1)


def default_controller(obj: Obj) -> None:
    """Defaults of a ReplicationController: what it selects are its template's labels."""
    spec, template = workloads.default_template(obj)
    labels = template["metadata"].get("labels")
    if labels:
        if not spec.get("selector"):
            spec["selector"] = dict(labels)
        if not obj["metadata"].get("labels"):
            obj["metadata"]["labels"] = dict(labels)
    workloads.put(spec, replicas=1)


def validate_controller(obj: Obj, old: Obj | None) -> list[Cause]:
    """Return what is wrong with a ReplicationController."""
    spec = obj.get("spec") or {}
    found = metadata.validate(obj, old) + metadata.non_negative("spec.minReadySeconds", spec.get("minReadySeconds"))
    selector, template = spec.get("selector"), spec.get("template") or {}
    if not selector:
        found.append(causes.required("spec.selector"))
    found += metadata.non_negative("spec.replicas", spec.get("replicas"))
    labels = (template.get("metadata") or {}).get("labels")
    if selector and not selects({"matchLabels": selector}, labels):
        found.append(causes.invalid("spec.template.metadata.labels", labels, templates.MISMATCH))
    found += templates.validate_template(template, "spec.template")
    policy = (template.get("spec") or {}).get("restartPolicy", "")
    if policy != "Always":
        found.append(causes.unsupported("spec.template.spec.restartPolicy", policy, ("Always",)))
    return found


REPLICA_SETS = workloads.workload(
    "apps",
    "ReplicaSet",
    "rs",
    scale=True,
    default=default_replicas,
    validate=workloads.validation("replicaset", "selector"),
    columns=COLUMNS,
    row=row,
)
REPLICATION_CONTROLLERS = workloads.workload(
    "",
    "ReplicationController",
    "rc",
    scale=True,
    default=default_controller,
    validate=validate_controller,
    columns=CONTROLLER_COLUMNS,
    row=controller_row,
)
