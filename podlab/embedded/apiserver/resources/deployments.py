"""Deployments. Upstream: pkg/apis/apps/v1/defaults.go, pkg/apis/apps/validation/validation.go"""

from __future__ import annotations

from typing import Any

from podlab.apimachinery.labels import format_selector
from podlab.embedded.apiserver.columns import AGE, CONTAINERS, IMAGES, NAME, Column, age, head, inside
from podlab.embedded.apiserver.podspec import defaults, dropped
from podlab.embedded.apiserver.resource import Context, Obj, Resource
from podlab.embedded.apiserver.resources import templates, workloads
from podlab.embedded.apiserver.status import Cause
from podlab.embedded.apiserver.validation import amounts, causes, metadata
from podlab.embedded.apiserver.validation.statuses import replicacounts


def default(deployment: Obj) -> None:
    """Fill in what a manifest leaves out."""
    spec = deployment.setdefault("spec", {})
    spec.setdefault("replicas", 1)
    defaults.template(spec.setdefault("template", {}))
    strategy = spec.setdefault("strategy", {})
    strategy.setdefault("type", "RollingUpdate")
    if strategy["type"] == "RollingUpdate":
        rolling = strategy.setdefault("rollingUpdate", {})
        rolling.setdefault("maxUnavailable", "25%")
        rolling.setdefault("maxSurge", "25%")
    spec.setdefault("revisionHistoryLimit", 10)
    spec.setdefault("progressDeadlineSeconds", 600)
    deployment.setdefault("status", {})


def prepare(deployment: Obj, old: Obj | None, ctx: Context) -> None:
    """A new Deployment has no status, whatever the client sent."""
    dropped.drop((deployment["spec"].get("template") or {}).get("spec") or {})
    if old is None:
        deployment["status"] = {}


def validate(deployment: Obj, old: Obj | None) -> list[Cause]:
    """Return what is wrong with a Deployment, in upstream's order."""
    spec = deployment.get("spec") or {}
    found = metadata.validate(deployment, old)
    found += metadata.non_negative("spec.replicas", spec.get("replicas"))
    found += templates.selector(spec, "deployment")
    if not templates.unsound(spec.get("selector")):
        found += templates.template_of_replicas(spec, "spec.template")
    found += _strategy(spec.get("strategy") or {}, "spec.strategy")
    for key in ("minReadySeconds", "revisionHistoryLimit", "progressDeadlineSeconds"):
        found += metadata.non_negative(f"spec.{key}", spec.get(key))
    deadline = spec.get("progressDeadlineSeconds")
    if deadline is not None and deadline <= spec.get("minReadySeconds", 0):
        found.append(causes.invalid("spec.progressDeadlineSeconds", deadline, "must be greater than minReadySeconds"))
    if old is not None:
        found += metadata.immutable("spec.selector", spec.get("selector"), old["spec"].get("selector"))
    return found


def _strategy(strategy: Obj, path: str) -> list[Cause]:
    kind, rolling = strategy.get("type", ""), strategy.get("rollingUpdate")
    if kind == "Recreate":
        text = "may not be specified when strategy `type` is 'Recreate'"
        return [causes.forbidden(f"{path}.rollingUpdate", text)] if rolling is not None else []
    if kind != "RollingUpdate":
        return [causes.unsupported(path, workloads.in_go(strategy), ("Recreate", "RollingUpdate"))]
    rolling, here = rolling or {}, f"{path}.rollingUpdate"
    found: list[Cause] = []
    for key in ("maxUnavailable", "maxSurge"):
        found += amounts.positive(rolling.get(key, 0), f"{here}.{key}")
    least = rolling.get("maxUnavailable", 0)
    if amounts.number(least) == 0 and amounts.number(rolling.get("maxSurge", 0)) == 0:
        found.append(causes.invalid(f"{here}.maxUnavailable", least, "may not be 0 when `maxSurge` is 0"))
    return found + amounts.at_most_all(least, f"{here}.maxUnavailable")


def scale(deployment: Obj) -> Obj:
    """Return the Scale of a Deployment. Upstream: pkg/registry/apps/deployment/storage scaleFromDeployment"""
    meta, spec, status = deployment["metadata"], deployment.get("spec") or {}, deployment.get("status") or {}
    kept = ("name", "namespace", "uid", "resourceVersion", "creationTimestamp")
    replicas = spec.get("replicas", 0)
    return {
        "kind": "Scale",
        "apiVersion": "autoscaling/v1",
        "metadata": {key: meta[key] for key in kept if key in meta},
        "spec": {"replicas": replicas} if replicas else {},
        "status": {"replicas": status.get("replicas", 0), "selector": format_selector(spec.get("selector"))},
    }


COLUMNS = (
    NAME,
    Column("Ready", "Number of the pod with ready state"),
    Column(
        "Up-to-date",
        "Total number of non-terminating pods targeted by this deployment that have the desired template spec.",
    ),
    Column(
        "Available",
        "Total number of available non-terminating pods (ready for at least minReadySeconds) targeted by this "
        "deployment.",
    ),
    AGE,
    CONTAINERS,
    IMAGES,
    Column(
        "Selector",
        "Label selector for pods. Existing ReplicaSets whose pods are selected by this will be the ones affected by "
        "this deployment. It must match the pod template's labels.",
        priority=1,
    ),
)


def row(obj: Obj, now: float) -> list[Any]:
    """READY is ready of wanted; containers and images are those of the template.

    Upstream: pkg/printers/internalversion/printers.go (printDeployment)
    """
    name, spec, status = head(obj)
    ready = f"{status.get('readyReplicas', 0)}/{spec.get('replicas', 0)}"
    updated, available = status.get("updatedReplicas", 0), status.get("availableReplicas", 0)
    return [
        name,
        ready,
        updated,
        available,
        age(obj, now),
        *inside(spec.get("template")),
        format_selector(spec.get("selector")),
    ]


DEPLOYMENTS = Resource(
    group="apps",
    version="v1",
    kind="Deployment",
    plural="deployments",
    singular="deployment",
    short_names=("deploy",),
    categories=("all",),
    subresources=("scale", "status"),
    validate_status=replicacounts.deployment,
    default=default,
    validate=validate,
    prepare=prepare,
    warnings=templates.workload_warnings,
    generation=True,
    counts_annotations=True,
    columns=COLUMNS,
    row=row,
)
