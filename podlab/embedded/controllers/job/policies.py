"""What a Job's policies say of failed Pods and of done indexes.

Upstream: pkg/controller/job/{pod_failure_policy,success_policy}.go
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from podlab.embedded.controllers.job import indexes
from podlab.embedded.controllers.pods import podstates

Obj = dict[str, Any]

FAIL_JOB, FAIL_INDEX, IGNORE = "FailJob", "FailIndex", "Ignore"


def has_failed(job: Obj, pod: Obj) -> bool:
    """Whether a Pod counts as failed; one that is being deleted does unless only failed ones are replaced."""
    phase = (pod.get("status") or {}).get("phase")
    if phase == "Failed":
        return True
    return not replaces_failed_only(job) and podstates.deleting(pod) and phase != "Succeeded"


def replaces_failed_only(job: Obj) -> bool:
    """Whether a Pod is replaced only when it has ended."""
    return bool(job["spec"].get("podReplacementPolicy") == "Failed")


def matched(job: Obj, pod: Obj) -> tuple[str, str]:
    """The action for a failed Pod, "" if no rule fits, and the words about it."""
    policy = job["spec"].get("podFailurePolicy") or {}
    for place, rule in enumerate(policy.get("rules") or []):
        action = rule["action"]
        if words := _exit_codes(rule.get("onExitCodes"), pod) or _conditions(rule.get("onPodConditions"), pod):
            return action, f"{words} matching {action} rule at index {place}"
    return "", ""


def _exit_codes(wanted: Obj | None, pod: Obj) -> str:
    status = pod.get("status") or {}
    for found in (status.get("containerStatuses") or []) + (status.get("initContainerStatuses") or []):
        ended = (found.get("state") or {}).get("terminated")
        if (
            not wanted
            or not ended
            or not ended.get("exitCode")
            or wanted.get("containerName", found["name"]) != found["name"]
        ):
            continue
        if (ended["exitCode"] in wanted["values"]) == (wanted["operator"] == "In"):
            meta, code = pod["metadata"], ended["exitCode"]
            return f"Container {found['name']} for pod {meta['namespace']}/{meta['name']} failed with exit code {code}"
    return ""


def _conditions(wanted: list[Obj] | None, pod: Obj) -> str:
    found = {c["type"]: c["status"] for c in (pod.get("status") or {}).get("conditions") or []}
    for pattern in wanted or []:
        if found.get(pattern["type"]) == pattern.get("status", "True"):
            return f"Pod {pod['metadata']['namespace']}/{pod['metadata']['name']} has condition {pattern['type']}"
    return ""


def counts(job: Obj, pod: Obj) -> bool:
    """Whether a failure counts against the limits."""
    return matched(job, pod)[0] != IGNORE


def why_job_fails(job: Obj, pods: list[Obj]) -> str:
    """The words of the first rule that lets the whole Job fail; "" if none does."""
    for pod in pods:
        if has_failed(job, pod):
            action, words = matched(job, pod)
            if action == FAIL_JOB:
                return words
    return ""


def index_fails(job: Obj, pod: Obj) -> bool:
    """Whether with this failed Pod its index has failed for good."""
    if not has_failed(job, pod):
        return False
    action, _ = matched(job, pod)
    if action == FAIL_INDEX:
        return True
    return action != IGNORE and indexes.count_of(pod) >= job["spec"]["backoffLimitPerIndex"]


def success(job: Obj, done: Collection[int]) -> str:
    """The words of the success policy's first rule that is met; "" if none is."""
    completions = job["spec"].get("completions") or 0
    for place, rule in enumerate((job["spec"].get("successPolicy") or {}).get("rules") or []):
        listed = rule.get("succeededIndexes")
        among = set(range(completions)) if listed is None else indexes.parse(listed, completions)
        met = among & set(done)
        if len(met) >= rule.get("succeededCount", len(among)):
            return f"Matched rules at index {place}"
    return ""
