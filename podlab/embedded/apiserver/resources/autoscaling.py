"""HorizontalPodAutoscalers, kept as autoscaling/v2 and served as v1 too.

Upstream: pkg/apis/autoscaling/v2/defaults.go, pkg/apis/autoscaling/v1/conversion.go
"""

from __future__ import annotations

import json
from typing import Any

from podlab.embedded.apiserver.columns import AGE, NAME, NONE, UNKNOWN, Column, age, head
from podlab.embedded.apiserver.resource import Context, Obj
from podlab.embedded.apiserver.resources.stored import stored
from podlab.embedded.apiserver.status import Cause
from podlab.embedded.apiserver.validation import autoscalers
from podlab.embedded.apiserver.validation.statuses import replicacounts

METRICS = "autoscaling.alpha.kubernetes.io/metrics"
BEHAVIOR = "autoscaling.alpha.kubernetes.io/behavior"
COLUMNS = (
    NAME,
    Column(
        "Reference",
        "scaleTargetRef points to the target resource to scale, and is used to the pods for which metrics should be "
        "collected, as well as to actually change the replica count.",
    ),
    Column(
        "Targets",
        "metrics contains the specifications for which to use to calculate the desired replica count (the maximum "
        "replica count across all metrics will be used).  The desired replica count is calculated multiplying the "
        "ratio between the target value and the current value by the current number of pods.  Ergo, metrics used "
        "must decrease as the pod count is increased, and vice-versa.  See the individual metric source types for "
        "more information about how each type of metric must respond. If not set, the default metric will be set to "
        "80% average CPU utilization.",
    ),
    Column(
        "MinPods",
        "minReplicas is the lower limit for the number of replicas to which the autoscaler can scale down.  It "
        "defaults to 1 pod.  minReplicas is allowed to be 0 if the alpha feature gate HPAScaleToZero is enabled and "
        "at least one Object or External metric is configured.  Scaling is active as long as at least one metric "
        "value is available.",
    ),
    Column(
        "MaxPods",
        "maxReplicas is the upper limit for the number of replicas to which the autoscaler can scale up. It cannot "
        "be less that minReplicas.",
    ),
    Column(
        "Replicas",
        "currentReplicas is current number of replicas of pods managed by this autoscaler, as last seen by the "
        "autoscaler.",
    ),
    AGE,
)


def row(obj: Obj, now: float) -> list[Any]:
    """Return the cells, made from the stored form (autoscaling/v2)."""
    name, spec, status = head(obj)
    target = spec.get("scaleTargetRef") or {}
    least = spec.get("minReplicas")
    return [
        name, f"{target.get('kind', '')}/{target.get('name', '')}", _targets(spec.get("metrics") or []),
        NONE if least is None else str(least), spec.get("maxReplicas", 0), status.get("currentReplicas", 0),
        age(obj, now),
    ]  # fmt: skip


def _targets(metrics: list[Obj]) -> str:
    """What is aimed at. Upstream: pkg/printers/internalversion/printers.go (formatHPAMetrics)"""
    found = [_target(metric) for metric in metrics]
    return ", ".join(found[:2]) + (f" + {len(found) - 2} more..." if len(found) > 2 else "") or NONE


def _target(metric: Obj) -> str:
    kind = metric.get("type", "")
    source = next((value for value in metric.values() if isinstance(value, dict)), {})
    target = source.get("target") or {}
    average, percent = target.get("averageValue"), target.get("averageUtilization")
    if kind in ("Resource", "ContainerResource"):
        return f"{source.get('name', '')}: {UNKNOWN}/{average or ('<auto>' if percent is None else f'{percent}%')}"
    if average and kind in ("External", "Object"):
        return f"{UNKNOWN}/{average} (avg)"
    return f"{UNKNOWN}/{average or target.get('value') or ''}"


def default(obj: Obj) -> None:
    """One replica at least, and 80 % of the CPU where no metric is given.

    Upstream: pkg/apis/autoscaling/v2/defaults.go
    """
    spec = obj.setdefault("spec", {})
    spec.setdefault("minReplicas", 1)
    if not spec.get("metrics"):
        spec["metrics"] = [_processor(80)]
    autoscalers.default_behavior(spec)


def validate_v1(obj: Obj, old: Obj | None) -> list[Cause]:
    """What is wrong with it, told of the fields of v2, in which it is kept."""
    return autoscalers.validate(save(obj), save(old) if old else None)


def default_v1(obj: Obj) -> None:
    """One replica at least; the target of v1 stays as it was sent. Upstream: pkg/apis/autoscaling/v1/defaults.go"""
    obj.setdefault("spec", {}).setdefault("minReplicas", 1)


def prepare(obj: Obj, old: Obj | None, ctx: Context) -> None:
    """A new one begins with a status of its own.

    Upstream: pkg/registry/autoscaling/horizontalpodautoscaler/strategy.go
    """
    if old is None:
        obj["status"] = {"currentMetrics": None, "desiredReplicas": 0}


def _processor(percent: int) -> Obj:
    target = {"type": "Utilization", "averageUtilization": percent}
    return {"type": "Resource", "resource": {"name": "cpu", "target": target}}


def _percent(metric: Obj) -> int | None:
    resource = metric.get("resource") or {}
    percent: int | None = (resource.get("target") or {}).get("averageUtilization")
    return percent if resource.get("name") == "cpu" else None


def load(obj: Obj) -> Obj:
    """Turn a stored HorizontalPodAutoscaler into autoscaling/v1; what that cannot say goes into annotations."""
    spec, annotations = dict(obj.get("spec") or {}), dict(obj["metadata"].get("annotations") or {})
    metrics, behavior = spec.pop("metrics", None) or [], spec.pop("behavior", None)
    for metric in metrics:
        if _percent(metric) is not None and "targetCPUUtilizationPercentage" not in spec:
            spec["targetCPUUtilizationPercentage"] = _percent(metric)
    rest = [m for m in metrics if _percent(m) is None]
    for key, value in ((METRICS, rest), (BEHAVIOR, behavior)):
        if value:
            annotations[key] = json.dumps(value, separators=(",", ":"))
    meta = {**obj["metadata"], **({"annotations": annotations} if annotations else {})}
    kept = ("observedGeneration", "lastScaleTime", "currentReplicas", "desiredReplicas")
    given = obj.get("status") or {}
    status = {"currentReplicas": 0, "desiredReplicas": 0, **{key: given[key] for key in kept if key in given}}
    return {**obj, "apiVersion": "autoscaling/v1", "metadata": meta, "spec": spec, "status": status}


def save(obj: Obj) -> Obj:
    """Turn an autoscaling/v1 HorizontalPodAutoscaler into its stored form."""
    spec, annotations = dict(obj.get("spec") or {}), dict(obj["metadata"].get("annotations") or {})
    percent = spec.pop("targetCPUUtilizationPercentage", None)
    metrics = [_processor(percent)] if percent is not None else []
    for key, put in ((METRICS, metrics.extend), (BEHAVIOR, lambda value: spec.update(behavior=value))):
        try:
            put(json.loads(annotations.pop(key)))
        except (KeyError, ValueError, TypeError):
            continue
    meta = {key: value for key, value in obj["metadata"].items() if key != "annotations"}
    if annotations:
        meta["annotations"] = annotations
    spec["metrics"] = metrics or [_processor(80)]
    return {**obj, "apiVersion": "autoscaling/v2", "metadata": meta, "spec": spec}


AUTOSCALERS = stored(
    "autoscaling",
    "HorizontalPodAutoscaler",
    "hpa",
    version="v2",
    status=True,
    categories=("all",),
    default=default,
    validate=autoscalers.validate,
    validate_status=replicacounts.autoscaler,
    prepare=prepare,
    columns=COLUMNS,
    row=row,
)
AUTOSCALERS_V1 = stored(
    "autoscaling",
    "HorizontalPodAutoscaler",
    "hpa",
    status=True,
    categories=("all",),
    default=default_v1,
    validate=validate_v1,
    validate_status=replicacounts.autoscaler,
    prepare=prepare,
    stored_as=("autoscaling", "horizontalpodautoscalers"),
    load=load,
    save=save,
    columns=COLUMNS,
    row=row,
)
