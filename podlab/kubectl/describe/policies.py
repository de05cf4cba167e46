"""HorizontalPodAutoscalers, PodDisruptionBudgets, PriorityClasses.

Upstream: staging/src/k8s.io/kubectl/pkg/describe/describe.go
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from podlab.apimachinery.times import rfc1123
from podlab.kubectl.describe.sections import Object, format_selector, head, page, small
from podlab.kubectl.formats.printer import format_labels

UNKNOWN = "<unknown>"


def describe_autoscaler(obj: Object, related: dict[str, list[Object]], events: list[Object] | None,
                        now: datetime) -> str:  # fmt: skip
    """`kubectl describe hpa`."""
    spec, status, target = obj["spec"], obj.get("status") or {}, obj["spec"]["scaleTargetRef"]
    current = status.get("currentMetrics") or []
    lines = [*head(obj), f"CreationTimestamp:\t{rfc1123(obj['metadata'].get('creationTimestamp'))}"]
    lines += [f"Reference:\t{target['kind']}/{target['name']}", "Metrics:\t( current / target )"]
    for at, metric in enumerate(spec.get("metrics") or []):
        lines.append(f"  {_metric(metric, current[at] if at < len(current) else {})}")
    lines.append(f"Min replicas:\t{spec.get('minReplicas', '<unset>')}")
    lines.append(f"Max replicas:\t{spec.get('maxReplicas', 0)}")
    if spec.get("behavior"):
        lines += ["Behavior:", *_behavior(spec["behavior"])]
    counts = f"{status.get('currentReplicas', 0)} current / {status.get('desiredReplicas', 0)} desired"
    lines.append(f"{target['kind']} pods:\t{counts}")
    if status.get("conditions"):
        lines += ["Conditions:", "  Type\tStatus\tReason\tMessage", "  ----\t------\t------\t-------"]
        lines += [
            f"  {each['type']}\t{each['status']}\t{each.get('reason', '')}\t{each.get('message', '')}"
            for each in status["conditions"]
        ]
    return page(lines, events, now)


def _metric(metric: Object, current: Object) -> str:
    """A line of Metrics: what is measured, what it is, what it should be."""
    kind = metric["type"]
    field = kind[0].lower() + kind[1:]
    wanted, now = metric.get(field) or {}, (current.get(field) or {}).get("current") or {}
    target, name = wanted.get("target") or {}, (wanted.get("metric") or {}).get("name", "")
    if kind in ("Resource", "ContainerResource"):
        of = f' of container "{wanted["container"]}"' if "container" in wanted else ""
        return _resource(f"resource {wanted.get('name', '')}{of} on pods", target, now)
    if kind == "Pods":
        return f'"{name}" on pods:\t{now.get("averageValue", UNKNOWN)} / {target.get("averageValue")}'
    described = wanted.get("describedObject")
    on = f" on {described['kind']}/{described['name']}" if described else ""
    what, key = ("average value", "averageValue") if target.get("type") == "AverageValue" else ("value", "value")
    return f'"{name}"{on} (target {what}):\t{now.get(key, UNKNOWN)} / {target.get(key)}'


def _resource(what: str, target: Object, now: Object) -> str:
    if "averageValue" in target:
        return f"{what}:\t{now.get('averageValue', UNKNOWN)} / {target['averageValue']}"
    percent = now.get("averageUtilization")
    shown = UNKNOWN if percent is None else f"{percent}% ({now.get('averageValue', '')})"
    wanted = f"{target['averageUtilization']}%" if "averageUtilization" in target else "<auto>"
    return f"{what}  (as a percentage of request):\t{shown} / {wanted}"


def _behavior(behavior: Object) -> Iterator[str]:
    for title, field in (("Scale Up", "scaleUp"), ("Scale Down", "scaleDown")):
        rules = behavior.get(field)
        if rules is None:
            continue
        yield f"  {title}:"
        if "stabilizationWindowSeconds" in rules:
            yield f"    Stabilization Window: {rules['stabilizationWindowSeconds']} seconds"
        if rules.get("policies"):
            yield f"    Select Policy: {rules.get('selectPolicy', 'Max')}"
            yield "    Policies:"
        for each in rules.get("policies") or []:
            yield f"      - Type: {each['type']}\tValue: {each['value']}\tPeriod: {each['periodSeconds']} seconds"


def describe_disruption_budget(obj: Object, related: dict[str, list[Object]], events: list[Object] | None,
                               now: datetime) -> str:  # fmt: skip
    """`kubectl describe poddisruptionbudget`."""
    spec, status = obj.get("spec") or {}, obj.get("status") or {}
    lines = head(obj)[:2]
    for title, field in (("Min available", "minAvailable"), ("Max unavailable", "maxUnavailable")):
        lines += [f"{title}:\t{spec[field]}"] if field in spec else []
    lines.append(f"Selector:\t{format_selector(spec['selector']) if spec.get('selector') else '<unset>'}")
    counts: tuple[tuple[str, Any], ...] = (
        ("Allowed disruptions", "disruptionsAllowed"),
        ("Current", "currentHealthy"),
        ("Desired", "desiredHealthy"),
        ("Total", "expectedPods"),
    )
    lines += ["Status:", *(f"    {title}:\t{status.get(field, 0)}" for title, field in counts)]
    return page(lines, events, now)


def describe_priority_class(obj: Object, related: dict[str, list[Object]], events: list[Object] | None,
                            now: datetime) -> str:  # fmt: skip
    """`kubectl describe priorityclass`."""
    lines = [f"Name:\t{obj['metadata']['name']}", f"Value:\t{obj.get('value', 0)}"]
    lines += [f"GlobalDefault:\t{small(obj.get('globalDefault'))}"]
    lines += [f"PreemptionPolicy:\t{obj.get('preemptionPolicy', '')}", f"Description:\t{obj.get('description', '')}"]
    return page([*lines, f"Annotations:\t{format_labels(obj['metadata'].get('annotations'))}"], events, now)
