"""Deployments, ReplicaSets, StatefulSets, DaemonSets, Jobs and CronJobs: controllers and the Pods they keep."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from podlab.apimachinery.duration import human_duration
from podlab.apimachinery.times import parse, rfc1123
from podlab.kubectl.describe.containers import containers
from podlab.kubectl.describe.sections import (
    Object,
    annotation_lines,
    controller,
    format_selector,
    head,
    labels,
    page,
    small,
    tolerations,
    topology_spread,
)
from podlab.kubectl.describe.volumes import volumes
from podlab.kubectl.formats.printer import format_labels

HASH = "pod-template-hash"


def pod_template(template: Object) -> list[str]:
    """The Pod Template section, one level in."""
    metadata, spec = template.get("metadata") or {}, template.get("spec") or {}
    lines = ["Pod Template:", *labels("  Labels", metadata.get("labels"))]
    lines += annotation_lines("  Annotations", metadata["annotations"]) if metadata.get("annotations") else []
    lines += [f"  Service Account:\t{spec['serviceAccountName']}"] if spec.get("serviceAccountName") else []
    if spec.get("initContainers"):
        lines += containers("Init Containers", spec["initContainers"], None, space="  ")
    lines += containers("Containers", spec.get("containers"), None, space="  ")
    lines += volumes(spec.get("volumes"), "  ")
    lines += topology_spread(spec.get("topologySpreadConstraints"), "  ")
    lines += [f"  Priority Class Name:\t{spec['priorityClassName']}"] if spec.get("priorityClassName") else []
    return [
        *lines,
        *labels("  Node-Selectors", spec.get("nodeSelector")),
        *tolerations("  Tolerations", spec.get("tolerations")),
    ]


def pods_status(obj: Object, pods: list[Object]) -> str:
    """How many of the controller's own Pods are in each phase."""
    uid = obj["metadata"].get("uid")
    phases = [
        (pod.get("status") or {}).get("phase")
        for pod in pods
        if any(o.get("controller") and o.get("uid") == uid for o in pod["metadata"].get("ownerReferences") or [])
    ]
    count = phases.count
    return (
        f"{count('Running')} Running / {count('Pending')} Waiting / "
        f"{count('Succeeded')} Succeeded / {count('Failed')} Failed"
    )


def _conditions(status: Object) -> list[str]:
    rows = [f"  {c['type']} \t{c['status']}\t{c.get('reason', '')}" for c in status.get("conditions") or []]
    return ["Conditions:", "  Type\tStatus\tReason", "  ----\t------\t------", *rows] if rows else []


def describe_deployment(
    obj: Object, related: dict[str, list[Object]], events: list[Object] | None, now: datetime
) -> str:
    """`kubectl describe deployment`; `related["replicasets"]` are those its selector matches."""
    metadata, spec, status = obj["metadata"], obj["spec"], obj.get("status") or {}
    strategy = spec.get("strategy") or {}
    numbers = [f"{spec.get('replicas', 0)} desired"]
    for key in ("updatedReplicas", "replicas", "availableReplicas", "unavailableReplicas"):
        numbers.append(f"{status.get(key, 0)} {'total' if key == 'replicas' else key.removesuffix('Replicas')}")
    lines = [f"Name:\t{metadata['name']}", f"Namespace:\t{metadata.get('namespace', '')}"]
    lines.append(f"CreationTimestamp:\t{rfc1123(metadata.get('creationTimestamp'))}")
    lines += head(obj)[2:]
    lines.append(f"Selector:\t{format_selector(spec.get('selector'))}")
    lines.append(f"Replicas:\t{' | '.join(numbers)}")
    lines += [f"StrategyType:\t{strategy.get('type', '')}", f"MinReadySeconds:\t{spec.get('minReadySeconds', 0)}"]
    if strategy.get("rollingUpdate"):
        rolling = strategy["rollingUpdate"]
        text = f"{rolling.get('maxUnavailable', 0)} max unavailable, {rolling.get('maxSurge', 0)} max surge"
        lines.append(f"RollingUpdateStrategy:\t{text}")
    lines += [*pod_template(spec["template"]), *_conditions(status)]
    new, old = split_replica_sets(obj, related.get("replicasets") or [])
    if new or old:
        lines += [f"OldReplicaSets:\t{_replica_sets(old)}", f"NewReplicaSet:\t{_replica_sets(new)}"]
    return page(lines, events, now)


def split_replica_sets(deployment: Object, replica_sets: list[Object]) -> tuple[list[Object], list[Object]]:
    """The deployment's newest ReplicaSet of its present template (none or one), and the others it owns."""
    uid = deployment["metadata"].get("uid")
    own = [
        rs
        for rs in replica_sets
        if any(o.get("controller") and o.get("uid") == uid for o in rs["metadata"].get("ownerReferences") or [])
    ]
    wanted = _without_hash(deployment["spec"]["template"])
    by_age = sorted(own, key=lambda rs: (rs["metadata"].get("creationTimestamp") or "", rs["metadata"]["name"]))
    new = [rs for rs in by_age if _without_hash(rs["spec"]["template"]) == wanted][:1]
    return new, [rs for rs in own if rs not in new]


def _without_hash(template: Object) -> Object:
    metadata = {key: value for key, value in (template.get("metadata") or {}).items() if value is not None}
    metadata["labels"] = {key: value for key, value in (metadata.get("labels") or {}).items() if key != HASH}
    return {**template, "metadata": metadata}


def _replica_sets(values: list[Object]) -> str:
    texts = []
    for rs in values:
        created, wanted = (rs.get("status") or {}).get("replicas", 0), rs["spec"].get("replicas", 0)
        texts.append(f"{rs['metadata']['name']} ({created}/{wanted} replicas created)")
    return ", ".join(texts) or "<none>"


def describe_replica_set(
    obj: Object, related: dict[str, list[Object]], events: list[Object] | None, now: datetime
) -> str:
    """`kubectl describe replicaset`, and replicationcontroller, whose selector is a plain map."""
    spec, status = obj["spec"], obj.get("status") or {}
    selector = spec.get("selector") or {}
    is_plain = obj.get("kind") == "ReplicationController"
    first, second, *rest = head(obj)
    lines = [first, second, f"Selector:\t{format_labels(selector) if is_plain else format_selector(selector)}", *rest]
    lines += [] if is_plain else controller(obj)
    lines.append(f"Replicas:\t{status.get('replicas', 0)} current / {spec.get('replicas', 0)} desired")
    lines.append(f"Pods Status:\t{pods_status(obj, related.get('pods') or [])}")
    return page([*lines, *pod_template(spec["template"]), *_conditions(status)], events, now)


def describe_stateful_set(
    obj: Object, related: dict[str, list[Object]], events: list[Object] | None, now: datetime
) -> str:
    """`kubectl describe statefulset`."""
    spec, status = obj["spec"], obj.get("status") or {}
    first, second, *rest = head(obj)
    update = spec.get("updateStrategy") or {}
    lines = [first, second, f"CreationTimestamp:\t{rfc1123(obj['metadata'].get('creationTimestamp'))}"]
    lines += [f"Selector:\t{format_selector(spec.get('selector'))}", *rest]
    lines.append(f"Replicas:\t{spec.get('replicas', 0)} desired | {status.get('replicas', 0)} total")
    lines.append(f"Update Strategy:\t{update.get('type', '')}")
    rolling = update.get("rollingUpdate") or {}
    if "partition" in rolling:
        lines.append(f"  Partition:\t{rolling['partition']}")
        lines += [f"  MaxUnavailable:\t{rolling['maxUnavailable']}"] if "maxUnavailable" in rolling else []
    lines.append(f"Pods Status:\t{pods_status(obj, related.get('pods') or [])}")
    lines += [*pod_template(spec["template"]), *_claims(spec.get("volumeClaimTemplates"))]
    return page(lines, events, now)


def _claims(templates: list[Object] | None) -> list[str]:
    lines = ["Volume Claims:"] if templates else ["Volume Claims:\t<none>"]
    for claim in templates or []:
        metadata, spec = claim["metadata"], claim.get("spec") or {}
        storage = ((spec.get("resources") or {}).get("requests") or {}).get("storage", "<default>")
        lines += [f"  Name:\t{metadata['name']}", f"  StorageClass:\t{spec.get('storageClassName', '')}"]
        for title, key in (("Labels", "labels"), ("Annotations", "annotations")):
            values = metadata.get(key) or {}
            texts = [f"{name}={values[name]}" for name in sorted(values)] or ["<none>"]
            lines += [f"  {title}:\t{texts[0]}", *(f"  \t{text}" for text in texts[1:])]
        lines += [f"  Capacity:\t{storage}", f"  Access Modes:\t[{' '.join(spec.get('accessModes') or [])}]"]
    return lines


def describe_daemon_set(
    obj: Object, related: dict[str, list[Object]], events: list[Object] | None, now: datetime
) -> str:
    """`kubectl describe daemonset`."""
    spec, status = obj["spec"], obj.get("status") or {}
    first, second, *rest = head(obj)
    lines = [first, second, f"Selector:\t{format_selector(spec.get('selector'))}"]
    lines += [f"Node-Selector:\t{format_labels((spec['template'].get('spec') or {}).get('nodeSelector'))}", *rest]
    for title, key in (
        ("Desired Number of Nodes Scheduled", "desiredNumberScheduled"),
        ("Current Number of Nodes Scheduled", "currentNumberScheduled"),
        ("Number of Nodes Scheduled with Up-to-date Pods", "updatedNumberScheduled"),
        ("Number of Nodes Scheduled with Available Pods", "numberAvailable"),
        ("Number of Nodes Misscheduled", "numberMisscheduled"),
    ):
        lines.append(f"{title}: {status.get(key, 0)}")
    lines.append(f"Pods Status:\t{pods_status(obj, related.get('pods') or [])}")
    return page([*lines, *pod_template(spec["template"])], events, now)


def describe_job(obj: Object, related: dict[str, list[Object]], events: list[Object] | None, now: datetime) -> str:
    """`kubectl describe job`."""
    spec, status = obj["spec"], obj.get("status") or {}
    first, second, *rest = head(obj)
    lines = [first, second, f"Selector:\t{format_selector(spec.get('selector'))}", *rest, *controller(obj)]
    lines += [f"Parallelism:\t{spec['parallelism']}"] if "parallelism" in spec else []
    lines.append(f"Completions:\t{spec.get('completions', '<unset>')}")
    for title, key in (
        ("Completion Mode", "completionMode"),
        ("Suspend", "suspend"),
        ("Backoff Limit", "backoffLimit"),
        ("TTL Seconds After Finished", "ttlSecondsAfterFinished"),
    ):
        if key in spec:
            lines.append(f"{title}:\t{small(spec[key]) if isinstance(spec[key], bool) else spec[key]}")
    lines += _job_times(status)
    lines += [f"Active Deadline Seconds:\t{spec['activeDeadlineSeconds']}s"] if "activeDeadlineSeconds" in spec else []
    ready = f" ({status['ready']} Ready)" if "ready" in status else ""
    counts = [status.get(key, 0) for key in ("active", "succeeded", "failed")]
    lines.append(f"Pods Statuses:\t{counts[0]} Active{ready} / {counts[1]} Succeeded / {counts[2]} Failed")
    if spec.get("completionMode") == "Indexed":
        lines.append(f"Completed Indexes:\t{_capped(status.get('completedIndexes', ''))}")
    return page([*lines, *pod_template(spec["template"])], events, now)


def _job_times(status: Object) -> list[str]:
    start, end = (parse(text) if text else None for text in (status.get("startTime"), status.get("completionTime")))
    lines = [f"Start Time:\t{rfc1123(status['startTime'])}"] if start else []
    lines += [f"Completed At:\t{rfc1123(status['completionTime'])}"] if end else []
    return lines + ([f"Duration:\t{human_duration(end - start)}"] if start and end else [])


def _capped(indexes: str) -> str:
    comma = indexes.find(",", 50)
    return indexes[: comma + 1] + "..." if comma >= 0 else indexes or "<none>"


def describe_cron_job(obj: Object, related: dict[str, list[Object]], events: list[Object] | None, now: datetime) -> str:
    """`kubectl describe cronjob`."""
    spec, status = obj["spec"], obj.get("status") or {}
    lines = [
        *head(obj),
        f"Schedule:\t{spec.get('schedule', '')}",
        f"Concurrency Policy:\t{spec.get('concurrencyPolicy', '')}",
    ]
    suspend: Any = spec.get("suspend")
    lines.append(f"Suspend:\t{'<unset>' if suspend is None else str(bool(suspend))}")
    lines.append(f"Time Zone:\t{spec.get('timeZone', '<unset>')}")
    lines.append(f"Successful Job History Limit:\t{spec.get('successfulJobsHistoryLimit', '<unset>')}")
    lines.append(f"Failed Job History Limit:\t{spec.get('failedJobsHistoryLimit', '<unset>')}")
    deadline = spec.get("startingDeadlineSeconds")
    lines.append(f"Starting Deadline Seconds:\t{'<unset>' if deadline is None else f'{deadline}s'}")
    job = (spec.get("jobTemplate") or {}).get("spec") or {}
    lines.append(f"Selector:\t{format_selector(job['selector']) if job.get('selector') else '<unset>'}")
    lines.append(f"Parallelism:\t{job.get('parallelism', '<unset>')}")
    lines.append(f"Completions:\t{job.get('completions', '<unset>')}")
    lines += [f"Active Deadline Seconds:\t{job['activeDeadlineSeconds']}s"] if "activeDeadlineSeconds" in job else []
    last = status.get("lastScheduleTime")
    lines += [*pod_template(job["template"]), f"Last Schedule Time:\t{rfc1123(last) if last else '<unset>'}"]
    active = ", ".join(ref.get("name", "") for ref in status.get("active") or [])
    return page([*lines, f"Active Jobs:\t{active or '<none>'}"], events, now)
