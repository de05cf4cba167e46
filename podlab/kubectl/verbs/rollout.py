"""`kubectl rollout status`.

Upstream: staging/src/k8s.io/kubectl/pkg/cmd/rollout, pkg/polymorphichelpers/rollout_status.go
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from podlab.apimachinery.duration import parse_duration
from podlab.errors import ApiError, PodlabError, WaitTimeout
from podlab.kubectl.command import Command
from podlab.kubectl.resources.restmapper import Mapping
from podlab.kubectl.verbs.label import objects_named
from podlab.kubectl.verbs.revisions import REVISION

Object = dict[str, Any]


def status(
    command: Command,
    *arguments: str,
    filename: Sequence[str] = (),
    selector: str = "",
    watch: bool = True,
    revision: int = 0,
    timeout: str = "0s",
) -> None:
    """Print a rollout's progress until it is done.

    Raises:
        WaitTimeout: it is not done in time; PodlabError: it has failed.
    """
    if not arguments and not filename:
        raise PodlabError("error: required resource not specified")
    if revision < 0:
        raise PodlabError(f"error: revision must be a positive integer: {revision}")
    until = time.monotonic() + (parse_duration(timeout) or 7 * 24 * 3600)
    every = len(arguments) == 1 and "/" not in arguments[0] and not selector
    found = objects_named(command, arguments, filename, selector, every)
    if not found and not command.failures:
        command.err(f"No resources found in {command.namespace} namespace.\n")
    for mapping, obj in found:
        _follow(command, mapping, obj, watch, until, revision)


def _follow(command: Command, mapping: Mapping, obj: Object, watch: bool, until: float, revision: int) -> None:
    path = mapping.path(obj["metadata"].get("namespace", ""))
    name = obj["metadata"]["name"]
    said = ""
    there = (obj["metadata"].get("annotations") or {}).get(REVISION, "")
    if revision and mapping.kind == "Deployment" and there != str(revision):
        raise PodlabError(f"error: desired revision ({revision}) is different from the running revision ({there})")
    while True:
        text, done = progress(obj)
        if text != said:
            command.out(text)
            said = text
        if done or not watch:
            return
        left = until - time.monotonic()
        if left <= 0:
            raise WaitTimeout("error: timed out waiting for the condition")
        obj = _next(command, path, name, obj, min(left, 300))


def _next(command: Command, path: str, name: str, obj: Object, seconds: float) -> Object:
    query = {"fieldSelector": f"metadata.name={name}", "resourceVersion": obj["metadata"]["resourceVersion"]}
    try:
        for event in command.client.watch(path, query=query, timeout=seconds):
            if event["type"] == "DELETED":
                raise PodlabError("error: object has been deleted")
            found: Object = event["object"]
            return found
    except ApiError as error:
        if error.code != 410:
            raise
    return command.client.get(f"{path}/{name}")


def progress(obj: Object) -> tuple[str, bool]:
    """The line that says how far the rollout of a workload is, and whether it is done.

    Raises:
        PodlabError: it has failed, or this kind has no rollout.
    """
    kinds = {"Deployment": _deployment, "DaemonSet": _daemon_set, "StatefulSet": _stateful_set}
    if obj.get("kind") not in kinds:
        group = str(obj.get("apiVersion", "")).rpartition("/")[0]
        raise PodlabError(f"error: no status viewer has been implemented for {obj.get('kind')}.{group}".rstrip("."))
    observed = obj.get("status", {}).get("observedGeneration", 0)
    if obj["metadata"].get("generation", 0) > observed:
        what = {"Deployment": "deployment", "DaemonSet": "daemon set", "StatefulSet": "statefulset"}[obj["kind"]]
        return f"Waiting for {what} spec update to be observed...\n", False
    return kinds[obj["kind"]](obj["metadata"]["name"], obj["spec"], obj.get("status", {}))


def _deployment(name: str, spec: Object, status: Object) -> tuple[str, bool]:
    conditions = {c["type"]: c for c in status.get("conditions") or ()}
    if conditions.get("Progressing", {}).get("reason") == "ProgressDeadlineExceeded":
        raise PodlabError(f'error: deployment "{name}" exceeded its progress deadline')
    wanted, updated = spec.get("replicas", 1), status.get("updatedReplicas", 0)
    replicas, available = status.get("replicas", 0), status.get("availableReplicas", 0)
    head = f'Waiting for deployment "{name}" rollout to finish: '
    if updated < wanted:
        return f"{head}{updated} out of {wanted} new replicas have been updated...\n", False
    if replicas > updated:
        return f"{head}{replicas - updated} old replicas are pending termination...\n", False
    if available < updated:
        return f"{head}{available} of {updated} updated replicas are available...\n", False
    return f'deployment "{name}" successfully rolled out\n', True


def _daemon_set(name: str, spec: Object, status: Object) -> tuple[str, bool]:
    if spec.get("updateStrategy", {}).get("type") != "RollingUpdate":
        raise PodlabError("error: rollout status is only available for RollingUpdate strategy type")
    wanted, updated = status.get("desiredNumberScheduled", 0), status.get("updatedNumberScheduled", 0)
    available = status.get("numberAvailable", 0)
    head = f'Waiting for daemon set "{name}" rollout to finish: '
    if updated < wanted:
        return f"{head}{updated} out of {wanted} new pods have been updated...\n", False
    if available < wanted:
        return f"{head}{available} of {wanted} updated pods are available...\n", False
    return f'daemon set "{name}" successfully rolled out\n', True


def _stateful_set(name: str, spec: Object, status: Object) -> tuple[str, bool]:
    if spec.get("updateStrategy", {}).get("type") != "RollingUpdate":
        raise PodlabError("error: rollout status is only available for RollingUpdate strategy type")
    wanted, ready = spec.get("replicas", 1), status.get("readyReplicas", 0)
    if ready < wanted:
        return f"Waiting for {wanted - ready} pods to be ready...\n", False
    partition = (spec["updateStrategy"].get("rollingUpdate") or {}).get("partition")
    updated = status.get("updatedReplicas", 0)
    if partition is not None:
        if updated < wanted - partition:
            of = f"{updated} out of {wanted - partition} new pods have been updated...\n"
            return f"Waiting for partitioned roll out to finish: {of}", False
        return f"partitioned roll out complete: {updated} new pods have been updated...\n", True
    if status.get("updateRevision") != status.get("currentRevision"):
        update = status.get("updateRevision", "")
        return f"waiting for statefulset rolling update to complete {updated} pods at revision {update}...\n", False
    current = status.get("currentReplicas", 0)
    revision = status.get("currentRevision", "")
    return f"statefulset rolling update complete {current} pods at revision {revision}...\n", True
