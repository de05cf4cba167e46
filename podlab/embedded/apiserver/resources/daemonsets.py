"""DaemonSets. Upstream: pkg/apis/apps/v1/defaults.go, pkg/apis/apps/validation/validation.go"""

from __future__ import annotations

from typing import Any

from podlab.apimachinery.labels import format_labels, format_selector
from podlab.embedded.apiserver.columns import AGE, CONTAINERS, IMAGES, NAME, Column, age, head, inside
from podlab.embedded.apiserver.resource import Context, Obj
from podlab.embedded.apiserver.resources import templates, workloads
from podlab.embedded.apiserver.status import Cause
from podlab.embedded.apiserver.validation import amounts, causes, metadata
from podlab.embedded.apiserver.validation.statuses import replicacounts

COLUMNS = (
    NAME,
    Column(
        "Desired",
        "The total number of nodes that should be running the daemon pod (including nodes correctly running the "
        "daemon pod). More info: https://kubernetes.io/docs/concepts/workloads/controllers/daemonset/",
        type="integer",
    ),
    Column(
        "Current",
        "The number of nodes that are running at least 1 daemon pod and are supposed to run the daemon pod. More "
        "info: https://kubernetes.io/docs/concepts/workloads/controllers/daemonset/",
        type="integer",
    ),
    Column(
        "Ready",
        "numberReady is the number of nodes that should be running the daemon pod and have one or more of the daemon "
        "pod running with a Ready Condition.",
        type="integer",
    ),
    Column("Up-to-date", "The total number of nodes that are running updated daemon pod", type="integer"),
    Column(
        "Available",
        "The number of nodes that should be running the daemon pod and have one or more of the daemon pod running "
        "and available (ready for at least spec.minReadySeconds)",
        type="integer",
    ),
    Column(
        "Node Selector",
        "NodeSelector is a selector which must be true for the pod to fit on a node. Selector which must match a "
        "node's labels for the pod to be scheduled on that node. More info: "
        "https://kubernetes.io/docs/concepts/configuration/assign-pod-node/",
    ),
    AGE,
    CONTAINERS,
    IMAGES,
    Column(
        "Selector",
        "A label query over pods that are managed by the daemon set. Must match in order to be controlled. It must "
        "match the pod template's labels. More info: "
        "https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors",
        priority=1,
    ),
)


def row(obj: Obj, now: float) -> list[Any]:
    """Five counts of its status, and the node selector of its template.

    Upstream: pkg/printers/internalversion/printers.go (printDaemonSet)
    """
    name, spec, status = head(obj)
    keys = ("desiredNumberScheduled", "currentNumberScheduled", "numberReady", "updatedNumberScheduled")
    counts = [status.get(key, 0) for key in (*keys, "numberAvailable")]
    template = spec.get("template") or {}
    where = format_labels((template.get("spec") or {}).get("nodeSelector"))
    return [name, *counts, where, age(obj, now), *inside(template), format_selector(spec.get("selector"))]


def default(obj: Obj) -> None:
    """Defaults of a DaemonSet."""
    spec, _ = workloads.default_template(obj)
    workloads.put(obj["metadata"].setdefault("annotations", {}), **{templates.TEMPLATE_GENERATION: "1"})
    strategy = spec.setdefault("updateStrategy", {})
    workloads.put(strategy, type="RollingUpdate")
    if strategy["type"] == "RollingUpdate":
        workloads.put(strategy.setdefault("rollingUpdate", {}), maxUnavailable=1)
    if strategy.get("rollingUpdate") is not None:  # written whole, whatever the type
        workloads.put(strategy["rollingUpdate"], maxUnavailable=0, maxSurge=0)
    workloads.put(spec, revisionHistoryLimit=10)


def prepare(obj: Obj, old: Obj | None, ctx: Context) -> None:
    """An annotation counts the changes of the template, whatever the client says of it."""
    workloads.prepare(obj, old, ctx)
    if old is None:
        return
    number = (old["metadata"].get("annotations") or {}).get(templates.TEMPLATE_GENERATION, "0")
    counted = int(number) + (obj["spec"]["template"] != old["spec"]["template"]) if number.isdigit() else 1
    obj["metadata"].setdefault("annotations", {})[templates.TEMPLATE_GENERATION] = str(counted)


def validate(obj: Obj, old: Obj | None) -> list[Cause]:
    """Return what is wrong with a DaemonSet, in upstream's order."""
    spec, found = obj.get("spec") or {}, metadata.validate(obj, old)
    selector = spec.get("selector")
    if old is not None:
        found += metadata.immutable("spec.selector", selector, old["spec"].get("selector"))
    found += metadata.selector(selector, "spec.selector")
    if selector is not None and not selector.get("matchLabels") and not selector.get("matchExpressions"):
        found.append(causes.invalid("spec.selector", selector, "empty selector is invalid for daemonset"))
    chosen = {**spec, "selector": {"matchLabels": {}}} if templates.unsound(selector) else spec
    found += templates.template_of_replicas(chosen, "spec.template", "DaemonSet")
    found += metadata.non_negative("spec.minReadySeconds", spec.get("minReadySeconds"))
    found += _strategy(spec.get("updateStrategy") or {}, "spec.updateStrategy")
    return found + metadata.non_negative("spec.revisionHistoryLimit", spec.get("revisionHistoryLimit"))


def _strategy(strategy: Obj, path: str) -> list[Cause]:
    kind, here = strategy.get("type") or "", f"{path}.rollingUpdate"
    if kind == "OnDelete":
        return []
    if kind != "RollingUpdate":
        return [causes.unsupported(path, workloads.in_go(strategy), ("RollingUpdate", "OnDelete"))]
    rolling = strategy.get("rollingUpdate") or {}
    away, surge = rolling.get("maxUnavailable"), rolling.get("maxSurge")
    found = []
    for key, value in (("maxUnavailable", away), ("maxSurge", surge)):
        found += amounts.positive(value, f"{here}.{key}") + amounts.at_most_all(value, f"{here}.{key}")
    if amounts.number(away) and amounts.number(surge):
        found.append(causes.invalid(f"{here}.maxSurge", surge, "may not be set when maxUnavailable is non-zero"))
    if not amounts.number(away) and not amounts.number(surge):
        found.append(causes.required(f"{here}.maxUnavailable", "cannot be 0 when maxSurge is 0"))
    return found


DAEMON_SETS = workloads.workload(
    "apps",
    "DaemonSet",
    "ds",
    default=default,
    prepare=prepare,
    validate=validate,
    validate_status=replicacounts.daemon_set,
    columns=COLUMNS,
    row=row,
)
