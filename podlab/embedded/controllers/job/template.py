"""The Pods that a Job makes. Upstream: pkg/controller/job/{job_controller,indexed_job_utils}.go"""

from __future__ import annotations

from typing import Any

from podlab.embedded.controllers.job import indexes, policies
from podlab.embedded.controllers.pods.podcontrol import from_template

Obj = dict[str, Any]

FINALIZER = "batch.kubernetes.io/job-tracking"
VARIABLE = "JOB_COMPLETION_INDEX"


def pod(job: Obj) -> Obj:
    """A Pod of a Job without indexes."""
    made = from_template(job, job["spec"]["template"])
    finalizers = made["metadata"].setdefault("finalizers", [])
    if FINALIZER not in finalizers:
        finalizers.append(FINALIZER)
    return made


def indexed_pod(job: Obj, index: int, failed: Obj | None) -> Obj:
    """A Pod for an index.

    Args:
        failed: the Pod that failed at this index before, where failures are counted for each index.
    """
    made, name = pod(job), job["metadata"]["name"]
    meta, spec = made["metadata"], made["spec"]
    meta["generateName"] = f"{name[: 253 - 6 - len(str(index))]}-{index}-"
    meta.setdefault("annotations", {})[indexes.INDEX] = str(index)
    meta.setdefault("labels", {})[indexes.INDEX] = str(index)
    if indexes.per_index(job):
        meta["annotations"] |= _failures(job, failed)
    spec["hostname"] = f"{name}-{index}"[:63]
    for container in (spec.get("initContainers") or []) + spec["containers"]:
        environment = container.setdefault("env", [])
        if all(each["name"] != VARIABLE for each in environment):
            path = {"fieldPath": f"metadata.labels['{indexes.INDEX}']"}
            environment.append({"name": VARIABLE, "valueFrom": {"fieldRef": path}})
    return made


def _failures(job: Obj, failed: Obj | None) -> Obj:
    """How often the index has failed so far, and how often that did not count."""
    if failed is None:
        return {indexes.FAILURES: "0"}
    counted, ignored = indexes.count_of(failed), indexes.count_of(failed, indexes.IGNORED)
    if policies.counts(job, failed):
        counted += 1
    else:
        ignored += 1
    return {indexes.FAILURES: str(counted)} | ({indexes.IGNORED: str(ignored)} if ignored else {})


def is_tracked(pod: Obj) -> bool:
    """Whether a Pod's end has not been counted yet."""
    return FINALIZER in (pod["metadata"].get("finalizers") or [])
