"""Pods. Upstream: pkg/registry/core/pod/strategy.go, pkg/apis/core/v1/helper/qos"""

from __future__ import annotations

from typing import Any

from podlab.apimachinery import podrow
from podlab.apimachinery.times import rfc3339
from podlab.embedded.apiserver.columns import AGE, NAME, Column
from podlab.embedded.apiserver.podspec import defaults, dropped, ephemeral, resize, strategy, updates
from podlab.embedded.apiserver.podspec import spec as podspec
from podlab.embedded.apiserver.podspec.containers import only_in_pods
from podlab.embedded.apiserver.podspec.qos import qos
from podlab.embedded.apiserver.podspec.security import podannotations
from podlab.embedded.apiserver.podspec.warnings import warnings as podwarnings
from podlab.embedded.apiserver.resource import Context, Obj, Part, Resource
from podlab.embedded.apiserver.status import Cause
from podlab.embedded.apiserver.validation import causes, metadata
from podlab.embedded.apiserver.validation.statuses import corestatuses


def default(pod: Obj) -> None:
    """Fill in what a manifest leaves out."""
    spec = pod.setdefault("spec", {})
    defaults.pod(spec)
    dropped.forget(pod.get("metadata") or {})
    pod.setdefault("status", {})


def prepare(pod: Obj, old: Obj | None, ctx: Context) -> None:
    """Give a new Pod its first status, whatever the client sent, and make fields of what is said elsewhere."""
    dropped.drop(pod["spec"])
    if old is not None:
        return
    if (pod["spec"].get("terminationGracePeriodSeconds") or 0) < 0:
        pod["spec"]["terminationGracePeriodSeconds"] = 1
    strategy.label_keys(pod)
    pod["status"] = {"phase": "Pending", "qosClass": qos(pod)}
    gates = pod["spec"].get("schedulingGates")
    if gates:
        pod["status"]["conditions"] = [_gated(rfc3339(ctx.now()))]
    ctx.warn(strategy.app_armor(pod))


def _gated(now: str) -> Obj:
    return {
        "type": "PodScheduled",
        "status": "False",
        "lastTransitionTime": now,
        "reason": "SchedulingGated",
        "message": "Scheduling is blocked due to non-empty scheduling gates",
    }


def validate(pod: Obj, old: Obj | None) -> list[Cause]:
    """Return what is wrong with a Pod, in upstream's order."""
    spec = pod.get("spec") or {}
    found = metadata.validate(pod, old)
    if old is not None and old["spec"].get("activeDeadlineSeconds") == spec.get("activeDeadlineSeconds") == 0:
        spec = {key: value for key, value in spec.items() if key != "activeDeadlineSeconds"}
    found += podannotations.validate(pod["metadata"].get("annotations"), spec, "metadata.annotations")
    found += podspec.validate(spec, "spec", pod=pod["metadata"].get("name", ""))
    found += _tokens(spec)
    for key in ("containers", "initContainers"):
        found += only_in_pods(spec.get(key) or [], f"spec.{key}")
    if old is None:
        return found + _create(pod, spec)
    return found + updates.validate(pod, old)


def _tokens(spec: Obj) -> list[Cause]:
    """Only an account has tokens."""
    text = "must not be specified when serviceAccountName is not set"
    return [
        causes.forbidden(f"spec.volumes[{index}].projected.sources[{number}].serviceAccountToken", text)
        for index, volume in enumerate(spec.get("volumes") or [])
        for number, source in enumerate((volume.get("projected") or {}).get("sources") or [])
        if source.get("serviceAccountToken") is not None and not spec.get("serviceAccountName")
    ]


def _create(pod: Obj, spec: Obj) -> list[Cause]:
    found = []
    if spec.get("ephemeralContainers"):
        found.append(causes.forbidden("spec.ephemeralContainers", "cannot be set on create"))
    if spec.get("nodeName") and spec.get("schedulingGates"):
        text = "cannot be set until all schedulingGates have been cleared"
        found.append(causes.forbidden("spec.nodeName", text))
    return found + podannotations.matching(pod["metadata"].get("annotations"), spec, "spec")


def selectable(pod: Obj) -> dict[str, str]:
    """Return the fields that a field selector may name; of podIPs upstream knows the name, no value."""
    spec, status = pod.get("spec") or {}, pod.get("status") or {}
    return {
        "spec.nodeName": spec.get("nodeName", ""),
        "spec.restartPolicy": spec.get("restartPolicy", ""),
        "spec.schedulerName": spec.get("schedulerName", ""),
        "spec.serviceAccountName": spec.get("serviceAccountName", ""),
        "spec.hostNetwork": "true" if spec.get("hostNetwork") else "false",
        "status.phase": status.get("phase", ""),
        "status.podIP": status.get("podIP", ""),
        "status.podIPs": "",
        "status.nominatedNodeName": status.get("nominatedNodeName", ""),
    }


def grace(pod: Obj, requested: int | None) -> int:
    """Return the seconds that a deletion waits: none for a Pod that runs nowhere or has ended."""
    spec, status = pod.get("spec") or {}, pod.get("status") or {}
    seconds: Any = requested if requested is not None else spec.get("terminationGracePeriodSeconds", 30)
    if not spec.get("nodeName") or status.get("phase") in ("Failed", "Succeeded"):
        return 0
    return 1 if seconds < 0 else int(seconds)


COLUMNS = (
    NAME,
    Column("Ready", "The aggregate readiness state of this pod for accepting traffic."),
    Column("Status", "The aggregate status of the containers in this pod."),
    Column(
        "Restarts",
        "The number of times the containers in this pod have been restarted and when the last container in this pod "
        "has restarted.",
    ),
    AGE,
    Column(
        "IP",
        "podIP address allocated to the pod. Routable at least within the cluster. Empty if not yet allocated.",
        priority=1,
    ),
    Column(
        "Node",
        "NodeName indicates in which node this pod is scheduled. If empty, this pod is a candidate for scheduling by "
        "the scheduler defined in schedulerName. Once this field is set, the kubelet for this node becomes "
        "responsible for the lifecycle of this pod. This field should not be used to express a desire for the pod to "
        "be scheduled on a specific node. "
        "https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#nodename",
        priority=1,
    ),
    Column(
        "Nominated Node",
        "nominatedNodeName is set only when this pod preempts other pods on the node, but it cannot be scheduled "
        "right away as preemption victims receive their graceful termination periods. This field does not guarantee "
        "that the pod will be scheduled on this node. Scheduler may decide to place the pod elsewhere if other nodes "
        "become available sooner. Scheduler may also decide to give the resources on this node to a higher priority "
        "pod that is created after preemption. As a result, this field may be different than PodSpec.nodeName when "
        "the pod is scheduled.",
        priority=1,
    ),
    Column(
        "Readiness Gates",
        "If specified, all readiness gates will be evaluated for pod readiness. A pod is ready when all its "
        'containers are ready AND all conditions specified in the readiness gates have status equal to "True" More '
        "info: https://git.k8s.io/enhancements/keps/sig-network/580-pod-readiness-gates",
        priority=1,
    ),
)

PODS = Resource(
    group="",
    version="v1",
    kind="Pod",
    plural="pods",
    returns_deleted=True,
    singular="pod",
    short_names=("po",),
    categories=("all",),
    subresources=(
        "attach",
        "binding",
        "ephemeralcontainers",
        "eviction",
        "exec",
        "log",
        "portforward",
        "proxy",
        "resize",
        "status",
    ),
    default=default,
    validate=validate,
    validate_status=corestatuses.pod,
    parts={
        "ephemeralcontainers": Part(ephemeral.keep, ephemeral.validate),
        "resize": Part(resize.keep, resize.validate),
    },
    prepare=prepare,
    fields=selectable,
    warnings=podwarnings.pod,
    generation=True,
    grace=grace,
    columns=COLUMNS,
    row=podrow.pod,
)
