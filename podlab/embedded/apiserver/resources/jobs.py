"""Jobs. Upstream: pkg/apis/batch/v1/defaults.go, pkg/apis/batch/validation/validation.go"""

from __future__ import annotations

from typing import Any

from podlab.apimachinery import times
from podlab.apimachinery.labels import format_selector, selects
from podlab.embedded.apiserver.columns import AGE, CONTAINERS, IMAGES, NAME, Column, age, head, inside
from podlab.embedded.apiserver.podspec import internal
from podlab.embedded.apiserver.resource import Context, Obj
from podlab.embedded.apiserver.resources import templates, workloads
from podlab.embedded.apiserver.status import Cause
from podlab.embedded.apiserver.validation import causes, metadata
from podlab.embedded.apiserver.validation import jobs as rules
from podlab.embedded.apiserver.validation.statuses import jobstatuses

UID = "batch.kubernetes.io/controller-uid"
GENERATED = {"controller-uid", "job-name", UID, "batch.kubernetes.io/job-name"}
"""The labels by which a Job selects its own Pods."""

COLUMNS = (
    NAME,
    Column("Status", "Status of the job."),
    Column(
        "Completions",
        "The number of pods which reached phase Succeeded. The value increases monotonically for a given spec. "
        "However, it may decrease in reaction to scale down of elastic indexed jobs.",
    ),
    Column("Duration", "Time required to complete the job."),
    AGE,
    CONTAINERS,
    IMAGES,
    Column(
        "Selector",
        "A label query over pods that should match the pod count. Normally, the system sets this field for you. More "
        "info: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors",
        priority=1,
    ),
)

STATES = ("Complete", "Failed", "Terminating", "Suspended", "FailureTarget", "SuccessCriteriaMet")
"""What a Job's STATUS says, the first that holds."""


def row(obj: Obj, now: float) -> list[Any]:
    """COMPLETIONS is done of wanted, DURATION until it ended or now.

    Upstream: pkg/printers/internalversion/printers.go (printJob)
    """
    name, spec, status = head(obj)
    conditions = {c.get("type") for c in status.get("conditions") or [] if c.get("status") == "True"}
    if obj["metadata"].get("deletionTimestamp"):
        conditions.add("Terminating")
    state = next((word for word in STATES if word in conditions), "Running")
    wanted, done = spec.get("completions"), status.get("succeeded", 0)
    parallel = spec.get("parallelism") or 0
    rest = f"1 of {parallel}" if parallel > 1 else "1"
    completions = f"{done}/{wanted if wanted is not None else rest}"
    started, ended = status.get("startTime"), status.get("completionTime")
    lasted = times.since(started, times.seconds(ended) if ended else now) if started else ""
    template = spec.get("template") or {}
    return [name, state, completions, lasted, age(obj, now), *inside(template), format_selector(spec.get("selector"))]


def default(obj: Obj) -> None:
    """Defaults of a Job."""
    spec, template = workloads.default_template(obj)
    _job_spec(spec)
    labels = template["metadata"].get("labels")
    if labels and not obj["metadata"].get("labels"):
        obj["metadata"]["labels"] = labels  # one map with the template's, as upstream's: what is added to it is in both


def _job_spec(spec: Obj) -> None:
    if spec.get("completions") is None and spec.get("parallelism") is None:
        spec["completions"] = spec["parallelism"] = 1
    workloads.put(spec, parallelism=1, completionMode="NonIndexed", suspend=False, manualSelector=False)
    per_index = spec.get("backoffLimitPerIndex") is not None
    workloads.put(spec, backoffLimit=2**31 - 1 if per_index else 6)
    workloads.put(spec, podReplacementPolicy="Failed" if spec.get("podFailurePolicy") else "TerminatingOrFailed")
    for rule in (spec.get("podFailurePolicy") or {}).get("rules") or []:
        for pattern in rule.get("onPodConditions") or []:
            pattern["status"] = pattern.get("status") or "True"


def prepare(obj: Obj, old: Obj | None, ctx: Context) -> None:
    """A Job selects its own Pods by its uid. Upstream: pkg/registry/batch/job/strategy.go generateSelector"""
    workloads.prepare(obj, old, ctx)
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


def validate(obj: Obj, old: Obj | None) -> list[Cause]:
    """Return what is wrong with a Job, in upstream's order."""
    spec, found = obj.get("spec") or {}, metadata.validate(_as_sent(obj), old)
    found += _generated(obj, spec) + validate_spec(spec, "spec")
    chosen, labels = spec.get("selector"), ((spec.get("template") or {}).get("metadata") or {}).get("labels")
    wrong = [causes.required("spec.selector")] if chosen is None else metadata.selector(chosen, "spec.selector")
    found += wrong
    if (chosen is None or not wrong) and not selects(chosen, labels):
        found.append(templates.mismatch("spec.template.metadata.labels", labels))
    found += rules.hostname(obj["metadata"].get("name") or "", spec)
    return found + (_changes(spec, old["spec"]) if old is not None else [])


def _as_sent(obj: Obj) -> Obj:
    """A Job without labels that are its template's generated ones: upstream has them only when it reads the Job."""
    labels = obj["metadata"].get("labels")
    if not labels or labels.keys() != GENERATED or labels != obj["spec"]["template"]["metadata"].get("labels"):
        return obj
    return {**obj, "metadata": {key: value for key, value in obj["metadata"].items() if key != "labels"}}


def _generated(obj: Obj, spec: Obj) -> list[Cause]:
    """Return what is wrong with what a Job is given to select its Pods. Upstream: validateGeneratedSelector"""
    uid, name = obj["metadata"].get("uid"), obj["metadata"].get("name")
    labels, chosen = ((spec.get("template") or {}).get("metadata") or {}).get("labels") or {}, spec.get("selector")
    if spec.get("manualSelector") or chosen is None or not uid:
        return []
    wanted = {"controller-uid": uid, "job-name": name, UID: uid, "batch.kubernetes.io/job-name": name}
    path = "spec.template.metadata.labels"
    found = [
        causes.invalid(f"{path}[{key}]", dict(sorted(labels.items())), f"must be '{value}'")
        for key, value in wanted.items()
        if labels.get(key) != value
    ]
    if not selects(chosen, wanted):
        found.append(causes.invalid("spec.selector", chosen, "`selector` not auto-generated"))
    return found


def _changes(spec: Obj, old: Obj) -> list[Cause]:
    """Return what an update may not change. Upstream: ValidateJobSpecUpdate"""
    found = _completions(spec, old)
    found += metadata.immutable("spec.selector", spec.get("selector"), old.get("selector"))
    template, before = spec["template"], old["template"]
    shown = internal.pod_spec(template.get("spec") or {})
    if old.get("suspend"):
        if template.get("spec") != _suspended(template, before):
            found.append(causes.invalid("spec.template.spec", shown, "field is immutable"))
    elif template != before:
        value = {**(template.get("metadata") or {}), "Spec": shown}
        found.append(causes.invalid("spec.template", value, "field is immutable"))
    for key in ("completionMode", "podFailurePolicy", "backoffLimitPerIndex", "managedBy", "successPolicy"):
        if spec.get(key) != old.get(key):
            found.append(causes.invalid(f"spec.{key}", rules.in_go(key, spec.get(key)), "field is immutable"))
    return found


def _completions(spec: Obj, old: Obj) -> list[Cause]:
    """Return what is wrong with another number of completions: an Indexed Job grows as a whole."""
    wanted, before = spec.get("completions"), old.get("completions")
    if spec.get("completionMode") != "Indexed":
        return metadata.immutable("spec.completions", wanted, before)
    if wanted in (before, None, spec.get("parallelism")):
        return []
    return [causes.invalid("spec.completions", wanted, "can only be modified in tandem with spec.parallelism")]


def _suspended(template: Obj, old: Obj) -> Obj:
    """What was, with what may change in a Job that is suspended taken from what is to be."""
    spec = template.get("spec") or {}
    before = {**(old.get("spec") or {})}
    for key in ("nodeSelector", "affinity", "tolerations", "schedulingGates"):
        before.pop(key, None)
        if key in spec:
            before[key] = spec[key]
    return before


def validate_spec(spec: Obj, path: str) -> list[Cause]:
    """Return what is wrong with the spec of a Job, or of a CronJob's template of Jobs."""
    found = rules.numbers(spec, path)
    found += templates.validate_template(spec.get("template") or {}, f"{path}.template")
    return found + rules.restart_policy(spec, path)


def selectable(job: Obj) -> dict[str, str]:
    """A field selector may ask for how many Pods succeeded. Upstream: pkg/registry/batch/job/strategy.go"""
    return {"status.successful": str((job.get("status") or {}).get("succeeded", 0))}


JOBS = workloads.workload(
    "batch",
    "Job",
    default=default,
    validate=validate,
    prepare=prepare,
    validate_status=jobstatuses.job,
    fields=selectable,
    columns=COLUMNS,
    row=row,
)
