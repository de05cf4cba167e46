"""What is said of metrics that cannot be had: nobody serves the metrics APIs here.

Upstream: pkg/controller/podautoscaler/{horizontal,replica_calculator}.go
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Obj = dict[str, Any]

ABSENT = "the server could not find the requested resource"
RESOURCE = f"unable to fetch metrics from resource metrics API: {ABSENT} (get pods.metrics.k8s.io)"
CUSTOM = "unable to fetch metrics from custom metrics API: no custom metrics API (custom.metrics.k8s.io) registered"


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a metric is not there: the reason and words of its Event and condition, and what leads to them in a sum."""

    reason: str
    message: str
    prefix: str

    @property
    def whole(self) -> str:
        """The words as part of what is said of all metrics."""
        return f"{self.prefix}: {self.message}"


def failures(metrics: list[Obj], namespace: str) -> list[Failure]:
    """One for each metric."""
    return [SOURCES[metric["type"]](_source(metric), namespace) for metric in metrics]


def total(found: list[Failure]) -> str:
    """What is said of all of them."""
    return f"invalid metrics ({len(found)} invalid out of {len(found)}), first error is: {found[0].whole}"


def _source(metric: Obj) -> Obj:
    name = str(metric["type"])
    return dict(metric.get(name[:1].lower() + name[1:]) or {})


def _used(source: Obj) -> str:
    name = source["name"]
    what = "usage" if (source.get("target") or {}).get("averageValue") is not None else "utilization"
    return f"failed to get {name} {what}: unable to get metrics for resource {name}: {RESOURCE}"


def _resource(source: Obj, namespace: str) -> Failure:
    return Failure("FailedGetResourceMetric", _used(source), f"failed to get {source['name']} resource metric value")


def _container(source: Obj, namespace: str) -> Failure:
    prefix = f"failed to get {source['container']} container metric value"
    return Failure("FailedGetContainerResourceMetric", _used(source), prefix)


def _pods(source: Obj, namespace: str) -> Failure:
    message = f"unable to get metric {source['metric']['name']}: {CUSTOM}"
    return Failure("FailedGetPodsMetric", message, "failed to get pods metric value")


def _object(source: Obj, namespace: str) -> Failure:
    name, about = source["metric"]["name"], source["describedObject"]
    message = f"unable to get metric {name}: {about['kind']} on {namespace} {about['name']}/{CUSTOM}"
    prefix = "failed to get object metric value"
    if source["target"].get("type") == "AverageValue":
        prefix += f": failed to get {name} object metric"
    return Failure("FailedGetObjectMetric", message, prefix)


def _external(source: Obj, namespace: str) -> Failure:
    name = source["metric"]["name"]
    fetched = f"unable to fetch metrics from external metrics API: {ABSENT} (get {name}.external.metrics.k8s.io)"
    message = (
        f"unable to get external metric {namespace}/{name}/{_selector(source['metric'].get('selector'))}: {fetched}"
    )
    average = source["target"].get("averageValue") is not None
    inner = f"failed to get {name} external metric" if average else f"failed to get external metric {name}"
    return Failure("FailedGetExternalMetric", message, f"failed to get {name} external metric value: {inner}")


def _selector(selector: Obj | None) -> str:
    """A LabelSelector as Go prints it."""
    if selector is None:
        return "nil"
    labels = "".join(f"{key}: {value}," for key, value in sorted((selector.get("matchLabels") or {}).items()))
    terms = "".join(
        f"LabelSelectorRequirement{{Key:{term['key']},Operator:{term['operator']},"
        f"Values:[{' '.join(term.get('values') or [])}],}},"
        for term in selector.get("matchExpressions") or []
    )
    return (
        f"&LabelSelector{{MatchLabels:map[string]string{{{labels}}},"
        f"MatchExpressions:[]LabelSelectorRequirement{{{terms}}},}}"
    )


SOURCES: dict[str, Callable[[Obj, str], Failure]] = {
    "Resource": _resource,
    "ContainerResource": _container,
    "Pods": _pods,
    "Object": _object,
    "External": _external,
}
