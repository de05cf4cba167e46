"""Workloads besides Deployments: stored and validated, no controller acts on them yet.

Upstream: pkg/apis/apps/v1/defaults.go, pkg/apis/batch/v1/defaults.go, pkg/apis/core/v1/defaults.go
"""

from __future__ import annotations

from typing import Any

from podlab.embedded.apiserver import selectors
from podlab.embedded.apiserver.resource import Context, Obj, Resource
from podlab.embedded.apiserver.resources import deployments, poddefaults, podwarnings
from podlab.embedded.apiserver.resources.templates import validate_template
from podlab.embedded.apiserver.status import Cause
from podlab.embedded.apiserver.validation import causes, metadata

ALL = ("all",)
UID = "batch.kubernetes.io/controller-uid"


def _template(obj: Obj) -> tuple[Obj, Obj]:
    spec = obj.setdefault("spec", {})
    template: Obj = spec.setdefault("template", {})
    poddefaults.template(template)
    obj.setdefault("status", {})
    return spec, template


def _set(target: Obj, **values: Any) -> None:
    for key, value in values.items():
        target.setdefault(key, value)


def default_replicas(obj: Obj) -> None:
    """Defaults of a ReplicaSet."""
    spec, _ = _template(obj)
    _set(spec, replicas=1)


def default_controller(obj: Obj) -> None:
    """Defaults of a ReplicationController: what it selects are its template's labels."""
    spec, template = _template(obj)
    labels = template["metadata"].get("labels")
    if labels:
        if not spec.get("selector"):
            spec["selector"] = dict(labels)
        if not obj["metadata"].get("labels"):
            obj["metadata"]["labels"] = dict(labels)
    _set(spec, replicas=1)


def default_stateful(obj: Obj) -> None:
    """Defaults of a StatefulSet."""
    spec, _ = _template(obj)
    _set(spec, podManagementPolicy="OrderedReady", replicas=1, revisionHistoryLimit=10)
    strategy = spec.setdefault("updateStrategy", {})
    _set(strategy, type="RollingUpdate")
    if strategy["type"] == "RollingUpdate":
        _set(strategy.setdefault("rollingUpdate", {}), partition=0)
    _set(spec.setdefault("persistentVolumeClaimRetentionPolicy", {}), whenDeleted="Retain", whenScaled="Retain")
    for claim in spec.get("volumeClaimTemplates") or []:
        _set(claim, apiVersion="v1", kind="PersistentVolumeClaim", status={})
        _set(claim["spec"], volumeMode="Filesystem")
        _set(claim["status"], phase="Pending")


def default_daemon(obj: Obj) -> None:
    """Defaults of a DaemonSet."""
    spec, _ = _template(obj)
    _set(obj["metadata"].setdefault("annotations", {}), **{"deprecated.daemonset.template.generation": "1"})
    strategy = spec.setdefault("updateStrategy", {})
    _set(strategy, type="RollingUpdate")
    if strategy["type"] == "RollingUpdate":
        _set(strategy.setdefault("rollingUpdate", {}), maxUnavailable=1, maxSurge=0)
    _set(spec, revisionHistoryLimit=10)


def default_job(obj: Obj) -> None:
    """Defaults of a Job."""
    spec, template = _template(obj)
    _job_spec(spec)
    labels = template["metadata"].get("labels")
    if labels and not obj["metadata"].get("labels"):
        obj["metadata"]["labels"] = dict(labels)


def _job_spec(spec: Obj) -> None:
    if spec.get("completions") is None and spec.get("parallelism") is None:
        spec["completions"] = spec["parallelism"] = 1
    _set(spec, parallelism=1, completionMode="NonIndexed", suspend=False, manualSelector=False)
    per_index = spec.get("backoffLimitPerIndex") is not None
    _set(spec, backoffLimit=2**31 - 1 if per_index else 6)
    _set(spec, podReplacementPolicy="Failed" if spec.get("podFailurePolicy") else "TerminatingOrFailed")


def default_cron(obj: Obj) -> None:
    """Defaults of a CronJob."""
    spec = obj.setdefault("spec", {})
    _set(spec, concurrencyPolicy="Allow", suspend=False, successfulJobsHistoryLimit=3, failedJobsHistoryLimit=1)
    inner = spec.setdefault("jobTemplate", {})
    inner.setdefault("metadata", {})
    poddefaults.template(inner.setdefault("spec", {}).setdefault("template", {}))
    obj.setdefault("status", {})


def prepare(obj: Obj, old: Obj | None, ctx: Context) -> None:
    """A new workload has only the status that its controller would have to fill in."""
    if old is None:
        counts = {
            "DaemonSet": ("currentNumberScheduled", "numberMisscheduled", "desiredNumberScheduled", "numberReady"),
            "StatefulSet": ("replicas", "availableReplicas"),
            "ReplicaSet": ("replicas",),
            "ReplicationController": ("replicas",),
        }
        obj["status"] = dict.fromkeys(counts.get(obj["kind"], ()), 0)


def prepare_job(obj: Obj, old: Obj | None, ctx: Context) -> None:
    """A Job selects its own Pods by its uid. Upstream: pkg/registry/batch/job/strategy.go generateSelector"""
    prepare(obj, old, ctx)
    spec, uid = obj["spec"], obj["metadata"].get("uid")
    if old is not None or spec.get("manualSelector") or not uid:
        return
    labels = spec["template"].setdefault("metadata", {}).setdefault("labels", {})
    name = obj["metadata"].get("name", "")
    for key, value in (("controller-uid", uid), ("job-name", name), (UID, uid), ("batch.kubernetes.io/job-name", name)):
        labels.setdefault(key, value)
    spec.setdefault("selector", {}).setdefault("matchLabels", {}).setdefault(UID, uid)
    if not obj["metadata"].get("labels"):
        obj["metadata"]["labels"] = dict(labels)


def _selector(spec: Obj, kind: str) -> list[Cause]:
    selector = spec.get("selector")
    if selector is None:
        return [causes.required("spec.selector")]
    found = metadata.selector(selector, "spec.selector")
    if not selector.get("matchLabels") and not selector.get("matchExpressions"):
        found.append(causes.invalid("spec.selector", selector, f"empty selector is invalid for {kind}"))
    return found


def _validate(kind: str, *immutable: str) -> Any:
    def validate(obj: Obj, old: Obj | None) -> list[Cause]:
        spec = obj.get("spec") or {}
        found = metadata.validate(obj, old) + metadata.non_negative("spec.replicas", spec.get("replicas"))
        found += _selector(spec, kind) + deployments.template_of_replicas(spec, "spec.template")
        for key in ("minReadySeconds", "revisionHistoryLimit"):
            found += metadata.non_negative(f"spec.{key}", spec.get(key))
        for key in immutable if old else ():
            found += metadata.immutable(f"spec.{key}", spec.get(key), (old or {})["spec"].get(key))
        return found

    return validate


def validate_controller(obj: Obj, old: Obj | None) -> list[Cause]:
    """Return what is wrong with a ReplicationController."""
    spec = obj.get("spec") or {}
    found = metadata.validate(obj, old) + metadata.non_negative("spec.minReadySeconds", spec.get("minReadySeconds"))
    selector, template = spec.get("selector"), spec.get("template") or {}
    if not selector:
        found.append(causes.required("spec.selector"))
    found += metadata.non_negative("spec.replicas", spec.get("replicas"))
    labels = (template.get("metadata") or {}).get("labels")
    if selector and not selectors.selects({"matchLabels": selector}, labels):
        found.append(causes.invalid("spec.template.metadata.labels", labels, deployments.MISMATCH))
    found += validate_template(template, "spec.template")
    policy = (template.get("spec") or {}).get("restartPolicy", "")
    if policy != "Always":
        found.append(causes.unsupported("spec.template.spec.restartPolicy", policy, ("Always",)))
    return found


def validate_job(obj: Obj, old: Obj | None) -> list[Cause]:
    """Return what is wrong with a Job."""
    spec, found = obj.get("spec") or {}, metadata.validate(obj, old)
    found += _job(spec, "spec")
    if old is not None:
        for key in ("completions", "selector", "template", "completionMode"):
            if key == "completions" and spec.get("completionMode") == "Indexed":
                continue
            found += metadata.immutable(f"spec.{key}", spec.get(key), old["spec"].get(key))
    return found


def _job(spec: Obj, path: str) -> list[Cause]:
    found: list[Cause] = []
    for key in ("parallelism", "completions", "activeDeadlineSeconds", "backoffLimit", "ttlSecondsAfterFinished"):
        found += metadata.non_negative(f"{path}.{key}", spec.get(key))
    template = spec.get("template") or {}
    found += validate_template(template, f"{path}.template")
    policy = (template.get("spec") or {}).get("restartPolicy", "")
    if policy == "Always":
        text = 'Required value: valid values: "OnFailure", "Never"'
        found.append(Cause(f"{path}.template.spec.restartPolicy", "FieldValueRequired", text))
    elif policy not in ("OnFailure", "Never"):
        found.append(causes.unsupported(f"{path}.template.spec.restartPolicy", policy, ("OnFailure", "Never")))
    return found


def validate_cron(obj: Obj, old: Obj | None) -> list[Cause]:
    """Return what is wrong with a CronJob; the schedule has to be there, and of five words or a name."""
    spec, found = obj.get("spec") or {}, metadata.validate(obj, old)
    schedule = spec.get("schedule", "")
    words = schedule.split()
    if not schedule:
        found.append(causes.required("spec.schedule"))
    elif not schedule.startswith("@") and len(words) != 5:
        text = f"expected exactly 5 fields, found {len(words)}: [{' '.join(words)}]"
        found.append(causes.invalid("spec.schedule", schedule, text))
    if (spec.get("concurrencyPolicy") or "") not in ("Allow", "Forbid", "Replace"):
        allowed = ("Allow", "Forbid", "Replace")
        found.append(causes.unsupported("spec.concurrencyPolicy", spec.get("concurrencyPolicy"), allowed))
    return found + _job((spec.get("jobTemplate") or {}).get("spec") or {}, "spec.jobTemplate.spec")


def warnings(obj: Obj, old: Obj | None) -> list[str]:
    """Return the warnings about the Pods of a workload."""
    spec, path = obj.get("spec") or {}, "spec.template.spec"
    if obj.get("kind") == "CronJob":
        spec, path = (spec.get("jobTemplate") or {}).get("spec") or {}, "spec.jobTemplate.spec.template.spec"
    return podwarnings.spec((spec.get("template") or {}).get("spec") or {}, path)


def _workload(group: str, kind: str, *short_names: str, scale: bool = False, **more: Any) -> Resource:
    return Resource(
        group=group,
        version="v1",
        kind=kind,
        plural=f"{kind.lower()}s",
        singular=kind.lower(),
        short_names=short_names,
        categories=ALL,
        subresources=("scale", "status") if scale else ("status",),
        warnings=warnings,
        generation=True,
        **{"prepare": prepare, **more},
    )


WORKLOADS: tuple[Resource, ...] = (
    _workload("", "ReplicationController", "rc", scale=True, default=default_controller, validate=validate_controller),
    _workload(
        "apps",
        "ReplicaSet",
        "rs",
        scale=True,
        default=default_replicas,
        validate=_validate("replicaset", "selector"),
    ),
    _workload("apps", "StatefulSet", "sts", scale=True, default=default_stateful, validate=_validate("statefulset")),
    _workload("apps", "DaemonSet", "ds", default=default_daemon, validate=_validate("daemonset", "selector")),
    Resource(
        group="apps",
        version="v1",
        kind="ControllerRevision",
        plural="controllerrevisions",
        singular="controllerrevision",
        validate=metadata.validate,
    ),
    _workload("batch", "Job", default=default_job, validate=validate_job, prepare=prepare_job),
    _workload("batch", "CronJob", "cj", default=default_cron, validate=validate_cron),
)
