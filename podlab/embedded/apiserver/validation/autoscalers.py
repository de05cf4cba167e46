"""What is wrong with a HorizontalPodAutoscaler. Upstream: pkg/apis/autoscaling/validation/validation.go"""

from __future__ import annotations

from typing import Any

from podlab.apimachinery import quantity
from podlab.embedded.apiserver.status import Cause
from podlab.embedded.apiserver.validation import causes, metadata, names

Obj = dict[str, Any]

SOURCES = {
    "ContainerResource": "containerResource",
    "External": "external",
    "Object": "object",
    "Pods": "pods",
    "Resource": "resource",
}
EMPTY = "must populate information for the given metric source"
ZERO = "must specify at least one Object or External metric to support scaling to zero replicas"
NEITHER = "must set either a target raw value or a target utilization"
BOTH = "may not set both a target raw value and a target utilization"
UP = {
    "stabilizationWindowSeconds": 0,
    "selectPolicy": "Max",
    "policies": [
        {"type": "Pods", "value": 4, "periodSeconds": 15},
        {"type": "Percent", "value": 100, "periodSeconds": 15},
    ],
}
DOWN = {"selectPolicy": "Max", "policies": [{"type": "Percent", "value": 100, "periodSeconds": 15}]}


def default_behavior(spec: Obj) -> None:
    """Fill in both ways of scaling once one is told. Upstream: pkg/apis/autoscaling/v2/defaults.go"""
    if (behavior := spec.get("behavior")) is None:
        return
    for key, rules in (("scaleUp", UP), ("scaleDown", DOWN)):
        given = {name: value for name, value in (behavior.get(key) or {}).items() if value is not None}
        copied = {name: [dict(p) for p in v] if isinstance(v, list) else v for name, v in rules.items()}
        behavior[key] = {**copied, **given}


def validate(obj: Obj, old: Obj | None) -> list[Cause]:
    """Return what is wrong with a HorizontalPodAutoscaler, in upstream's order."""
    spec, found = obj.get("spec") or {}, metadata.validate(obj, old)
    least, most = spec.get("minReplicas"), spec.get("maxReplicas") or 0
    if least is not None and least < 1:
        found.append(causes.invalid("spec.minReplicas", least, "must be greater than or equal to 1"))
    if most == 0:
        found.append(causes.required("spec.maxReplicas", "must be set and greater than 0"))
    elif most < 1:
        found.append(causes.invalid("spec.maxReplicas", most, "must be greater than or equal to 1"))
    if least is not None and most < least:
        found.append(causes.invalid("spec.maxReplicas", most, "must be greater than or equal to `minReplicas`"))
    found += _reference(spec.get("scaleTargetRef") or {}, "spec.scaleTargetRef", grouped=True)
    metrics = spec.get("metrics") or []
    for index, metric in enumerate(metrics):
        found += _metric(metric, f"spec.metrics[{index}]")
    if least == 0 and not any(metric.get("type") in ("Object", "External") for metric in metrics):
        found.append(causes.forbidden("spec.metrics", ZERO))
    for key in ("scaleUp", "scaleDown"):
        rules = (spec.get("behavior") or {}).get(key)
        found += _rules(rules, f"spec.behavior.{key}") if rules is not None else []
    return found


def _reference(given: Obj, path: str, *, grouped: bool) -> list[Cause]:
    found: list[Cause] = []
    for key in ("kind", "name"):
        value, here = given.get(key), f"{path}.{key}"
        found += names.causes_of(here, value, names.path_segment(value)) if value else [causes.required(here)]
    version = given.get("apiVersion", "")
    if version.count("/") > 1:
        found.append(causes.invalid(f"{path}.apiVersion", version, f"unexpected GroupVersion string: {version}"))
    elif grouped and not version.rpartition("/")[0] and given.get("kind") != "ReplicationController":
        found.append(causes.invalid(f"{path}.apiVersion", version, "apiVersion must specify API group"))
    return found


def _metric(metric: Obj, path: str) -> list[Cause]:
    kind, found = metric.get("type") or "", []
    if not kind:
        found.append(causes.required(f"{path}.type", "must specify a metric source type"))
    if kind not in SOURCES:
        found.append(causes.unsupported(f"{path}.type", kind, SOURCES))
    order = ("object", "external", "pods", "resource", "containerResource")
    present = [key for key in order if metric.get(key) is not None]
    for key in present[:1]:
        found += CHECKS[key](metric[key], f"{path}.{key}")
    wanted = SOURCES.get(kind, "")
    if wanted and wanted not in present:
        found.append(causes.required(f"{path}.{wanted}", EMPTY))
    if len(present) > 1:
        text = "must populate the given metric source only"
        found += [causes.forbidden(f"{path}.{key}", text) for key in present if key != wanted]
    return found


def _identifier(source: Obj, path: str) -> list[Cause]:
    name = (source.get("metric") or {}).get("name")
    if not name:
        return [causes.required(f"{path}.metric.name", "must specify a metric name")]
    return names.causes_of(f"{path}.metric.name", name, names.path_segment(name))


def _target(source: Obj, path: str) -> list[Cause]:
    target, here, found = source.get("target") or {}, f"{path}.target", []
    kind, share = target.get("type") or "", target.get("averageUtilization")
    if not kind:
        found.append(causes.required(f"{here}.type", "must specify a metric target type"))
    if kind not in ("Utilization", "Value", "AverageValue"):
        found.append(causes.invalid(f"{here}.type", kind, "must be either Utilization, Value, or AverageValue"))
    for key in ("value", "averageValue"):
        if key in target and not _positive(target[key]):
            found.append(causes.invalid(f"{here}.{key}", target[key], "must be positive"))
    if share is not None and share < 1:
        found.append(causes.invalid(f"{here}.averageUtilization", share, "must be greater than 0"))
    return found


def _positive(value: Any) -> bool:
    return quantity.nano(value) > 0


def _object(source: Obj, path: str) -> list[Cause]:
    target = source.get("target") or {}
    found = _reference(source.get("describedObject") or {}, f"{path}.describedObject", grouped=False)
    found += _identifier(source, path) + _target(source, path)
    if target.get("value") is None and target.get("averageValue") is None:
        text = "must set either a target value or averageValue"
        found.append(causes.required(f"{path}.target.averageValue", text))
    return found


def _external(source: Obj, path: str) -> list[Cause]:
    target, found = source.get("target") or {}, _identifier(source, path) + _target(source, path)
    given = [key for key in ("value", "averageValue") if target.get(key) is not None]
    if not given:
        text = "must set either a target value for metric or a per-pod target"
        found.append(causes.required(f"{path}.target.averageValue", text))
    if len(given) == 2:
        text = "may not set both a target value for metric and a per-pod target"
        found.append(causes.forbidden(f"{path}.target.value", text))
    return found


def _pods(source: Obj, path: str) -> list[Cause]:
    found, value = _identifier(source, path) + _target(source, path), (source.get("target") or {}).get("averageValue")
    if value is None or not _positive(value):
        found.append(causes.required(f"{path}.target.averageValue", "must specify a positive target averageValue"))
    return found


def _resource(source: Obj, path: str) -> list[Cause]:
    target, found = source.get("target") or {}, []
    if not source.get("name"):
        found.append(causes.required(f"{path}.name", "must specify a resource name"))
    if path.endswith("containerResource") and not source.get("container"):
        found.append(causes.required(f"{path}.container", "must specify a container"))
    found += _target(source, path)
    share, value = target.get("averageUtilization"), target.get("averageValue")
    if share is None and value is None:
        found.append(causes.required(f"{path}.target.averageUtilization", NEITHER))
    if share is not None and value is not None:
        found.append(causes.forbidden(f"{path}.target.averageValue", BOTH))
    return found


CHECKS = {
    "object": _object,
    "external": _external,
    "pods": _pods,
    "resource": _resource,
    "containerResource": _resource,
}


def _rules(rules: Obj, path: str) -> list[Cause]:
    window, here, found = rules.get("stabilizationWindowSeconds"), f"{path}.stabilizationWindowSeconds", []
    if window is not None and window < 0:
        found.append(causes.invalid(here, window, "must be greater than or equal to zero"))
    if window is not None and window > 3600:
        found.append(causes.invalid(here, window, "must be less than or equal to 3600"))
    found += names.among(f"{path}.selectPolicy", rules.get("selectPolicy"), ("Disabled", "Max", "Min"))
    if not rules.get("policies"):
        found.append(causes.required(f"{path}.policies", "must specify at least one Policy"))
    for index, policy in enumerate(rules.get("policies") or []):
        found += _policy(policy, f"{path}.policies[{index}]")
    if (tolerance := rules.get("tolerance")) is not None and quantity.nano(tolerance) < 0:
        found.append(causes.invalid(f"{path}.tolerance", tolerance, "must be greater than or equal to 0"))
    return found


def _policy(policy: Obj, path: str) -> list[Cause]:
    found = names.among(f"{path}.type", policy.get("type") or "", ("Percent", "Pods"))
    for key in ("value", "periodSeconds"):
        if (policy.get(key) or 0) <= 0:
            found.append(causes.invalid(f"{path}.{key}", policy.get(key) or 0, "must be greater than zero"))
    if (policy.get("periodSeconds") or 0) > 1800:
        found.append(
            causes.invalid(f"{path}.periodSeconds", policy["periodSeconds"], "must be less than or equal to 1800")
        )
    return found
