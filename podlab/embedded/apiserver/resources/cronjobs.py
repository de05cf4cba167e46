"""CronJobs. Upstream: pkg/apis/batch/v1/defaults.go, pkg/apis/batch/validation/validation.go"""

from __future__ import annotations

from typing import Any

from podlab.apimachinery import times
from podlab.apimachinery.labels import format_selector
from podlab.embedded.apiserver.columns import AGE, CONTAINERS, IMAGES, NAME, NONE, UNSET, Column, age, head
from podlab.embedded.apiserver.columns import inside as of_template
from podlab.embedded.apiserver.podspec import defaults
from podlab.embedded.apiserver.resource import Obj
from podlab.embedded.apiserver.resources import jobs, workloads
from podlab.embedded.apiserver.status import Cause
from podlab.embedded.apiserver.validation import causes, metadata, names, schedules

POLICIES = ("Allow", "Forbid", "Replace")
LONGEST = 52
COLUMNS = (
    NAME,
    Column("Schedule", "The schedule in Cron format, see https://en.wikipedia.org/wiki/Cron."),
    Column(
        "Timezone",
        "The time zone name for the given schedule, see "
        "https://en.wikipedia.org/wiki/List_of_tz_database_time_zones. If not specified, this will default to the "
        "time zone of the kube-controller-manager process. The set of valid time zone names and the time zone offset "
        "is loaded from the system-wide time zone database by the API server during CronJob validation and the "
        "controller manager during execution. If no system-wide time zone database can be found a bundled version of "
        "the database is used instead. If the time zone name becomes invalid during the lifetime of a CronJob or due "
        "to a change in host configuration, the controller will stop creating new new Jobs and will create a system "
        "event with the reason UnknownTimeZone. More information can be found in "
        "https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#time-zones",
    ),
    Column(
        "Suspend",
        "This flag tells the controller to suspend subsequent executions, it does not apply to already started "
        "executions.  Defaults to false.",
        type="boolean",
    ),
    Column("Active", "A list of pointers to currently running jobs.", type="integer"),
    Column("Last Schedule", "Information when was the last time the job was successfully scheduled."),
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


def row(obj: Obj, now: float) -> list[Any]:
    """LAST SCHEDULE is how long ago. Upstream: pkg/printers/internalversion/printers.go (printCronJob)"""
    name, spec, status = head(obj)
    last = times.since(status["lastScheduleTime"], now) if status.get("lastScheduleTime") else NONE
    template = ((spec.get("jobTemplate") or {}).get("spec") or {}).get("template") or {}
    active, suspended = len(status.get("active") or []), str(spec.get("suspend")) if "suspend" in spec else UNSET
    inside = [
        *of_template(template),
        format_selector(((spec.get("jobTemplate") or {}).get("spec") or {}).get("selector")),
    ]
    return [
        name,
        spec.get("schedule", ""),
        spec.get("timeZone") or NONE,
        suspended,
        active,
        last,
        age(obj, now),
        *inside,
    ]


def default(obj: Obj) -> None:
    """Defaults of a CronJob."""
    spec = obj.setdefault("spec", {})
    workloads.put(
        spec, concurrencyPolicy="Allow", suspend=False, successfulJobsHistoryLimit=3, failedJobsHistoryLimit=1
    )
    inner = spec.setdefault("jobTemplate", {})
    inner.setdefault("metadata", {})
    defaults.template(inner.setdefault("spec", {}).setdefault("template", {}))
    obj.setdefault("status", {})


def validate(obj: Obj, old: Obj | None) -> list[Cause]:
    """Return what is wrong with a CronJob, in upstream's order."""
    spec, found = obj.get("spec") or {}, metadata.validate(obj, old)
    found += schedules.validate(spec.get("schedule", ""), "spec.schedule")
    found += metadata.non_negative("spec.startingDeadlineSeconds", spec.get("startingDeadlineSeconds"))
    found += schedules.time_zone(spec.get("timeZone"), "spec.timeZone")
    if (spec.get("concurrencyPolicy") or "") not in POLICIES:
        found.append(causes.unsupported("spec.concurrencyPolicy", spec.get("concurrencyPolicy"), POLICIES))
    found += _template((spec.get("jobTemplate") or {}).get("spec") or {}, "spec.jobTemplate.spec")
    for key in ("successfulJobsHistoryLimit", "failedJobsHistoryLimit"):
        found += metadata.non_negative(f"spec.{key}", spec.get(key))
    name = obj["metadata"].get("name", "")
    if old is None and len(name) > LONGEST:
        found.append(causes.invalid("metadata.name", name, names.at_most(LONGEST)))
    return found


def _template(spec: Obj, path: str) -> list[Cause]:
    found = jobs.validate_spec(spec, path)
    if spec.get("selector") is not None:
        found.append(causes.invalid(f"{path}.selector", spec["selector"], "`selector` will be auto-generated"))
    if spec.get("manualSelector"):
        found.append(causes.unsupported(f"{path}.manualSelector", True, ("nil", "false")))
    return found


CRON_JOBS = workloads.workload(
    "batch",
    "CronJob",
    "cj",
    default=default,
    validate=validate,
    columns=COLUMNS,
    row=row,
)
