"""`kubectl autoscale`: a HorizontalPodAutoscaler for a workload.

Upstream: staging/src/k8s.io/kubectl/pkg/cmd/autoscale/autoscale.go
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from podlab.apimachinery.quantity import canonical
from podlab.errors import ApiError, PodlabError
from podlab.kubectl.command import Command
from podlab.kubectl.manifests.writing import Writing
from podlab.kubectl.resources.restmapper import Mapping
from podlab.kubectl.verbs.label import objects_in, objects_named

Object = dict[str, Any]
DEPRECATED = (
    "Flag --cpu-percent has been deprecated, Use --cpu with percentage or resource quantity format "
    "(e.g., '70%' for utilization or '500m' for milliCPU).\n"
)
NO_OLDER = "error: failed to create autoscaling/v2 HPA and the configuration is incompatible with autoscaling/v1: {why}"
"""What kubectl says of any refusal where `--cpu` is no percentage alone: it tries the older version, too."""
UNITS = {"cpu": "m", "memory": "Mi"}
"""What a bare number counts."""
SCALABLE = ("Deployment", "ReplicaSet", "StatefulSet", "ReplicationController")


def autoscale(
    command: Command,
    *arguments: str,
    filename: Sequence[str] = (),
    min_: int = -1,
    max_: int = -1,
    cpu_percent: int = -1,
    cpu: str = "",
    memory: str = "",
    name: str = "",
) -> None:
    """Create an autoscaler for each workload.

    Raises:
        PodlabError: the bounds make no sense, or the kind has no replicas.
    """
    _check(min_, max_, cpu_percent, cpu)
    told = cpu
    if cpu_percent >= 0:
        command.err(DEPRECATED)
        cpu = f"{cpu_percent}%"
    metrics = [_metric(kind, text) for kind, text in (("cpu", cpu), ("memory", memory)) if text]
    writing = Writing(command, "kubectl-autoscale", typed=True, late=True)
    scalers = command.mapper.by_name("horizontalpodautoscalers.autoscaling")
    written = bool(filename) and not arguments  # nobody asks whether that is there
    for mapping, obj in objects_in(command, (), filename) if written else objects_named(command, arguments, filename):
        with command.going_on():
            spec: Object = {"maxReplicas": max_, "scaleTargetRef": _target(mapping, obj["metadata"]["name"])}
            spec |= {"minReplicas": min_} if min_ > 0 else {}
            spec |= {"metrics": metrics} if metrics else {}
            namespace = obj["metadata"].get("namespace") or command.namespace
            metadata = {"name": name or obj["metadata"]["name"], "namespace": namespace}
            made = {"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "metadata": metadata}
            made |= {"spec": spec, "status": {"currentMetrics": None, "desiredReplicas": 0}}
            try:
                answer = writing.post(scalers, namespace, made)
            except ApiError as error:
                if told.endswith("%") and not memory:
                    raise
                why = "%!w(<nil>)" if told else "empty input"
                raise PodlabError(NO_OLDER.format(why=why), error.hint) from error
            writing.tell(scalers, answer, "autoscaled")


def _check(least: int, most: int, cpu_percent: int, cpu: str) -> None:
    if most == -1:
        raise PodlabError('error: required flag(s) "max" not set')
    if most < 1:
        raise PodlabError(f"error: --max=MAXPODS is required and must be at least 1, max: {most}")
    if most < least:
        raise PodlabError(f"error: --max=MAXPODS must be larger or equal to --min=MINPODS, max: {most}, min: {least}")
    if cpu_percent >= 0 and cpu:
        raise PodlabError("error: --cpu-percent and --cpu are mutually exclusive")


def _target(mapping: Mapping, name: str) -> Object:
    if mapping.kind not in SCALABLE:
        what = f"{mapping.group}/{mapping.version}, Resource={mapping.plural}"
        raise PodlabError(
            f"error: cannot autoscale a {mapping.kind}: could not find scale subresource for {what} in "
            "discovery information"
        )
    return {"apiVersion": mapping.api_version, "kind": mapping.kind, "name": name}


def _metric(kind: str, text: str) -> Object:
    """What is measured, and the goal: `70%` of the request, or an amount for each Pod."""
    percent = text.endswith("%")
    if percent:
        if not re.fullmatch("[0-9]+%", text):
            raise PodlabError(f"error: invalid percentage value: {text[:-1]}")
        target: Object = {"averageUtilization": int(text[:-1]), "type": "Utilization"}
    else:
        try:
            unit = UNITS[kind] if re.fullmatch(r"[0-9]+(\.[0-9]+)?", text, re.ASCII) else ""
            target = {"averageValue": canonical(text + unit), "type": "AverageValue"}
        except ValueError:
            raise PodlabError(f"error: invalid resource {kind} value: {text}") from None
    return {"resource": {"name": kind, "target": target}, "type": "Resource"}
