"""`kubectl scale`.

Upstream: staging/src/k8s.io/kubectl/pkg/cmd/scale/scale.go
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from podlab.apimachinery.duration import parse_duration
from podlab.apimachinery.gotext import quote
from podlab.errors import PodlabError
from podlab.kubeconfig.eventloop import pause
from podlab.kubectl.command import Command
from podlab.kubectl.manifests.writing import Writing
from podlab.kubectl.resources.listing import read_one
from podlab.kubectl.resources.restmapper import Mapping
from podlab.kubectl.verbs.label import objects_named

Object = dict[str, Any]
NOT_GIVEN = -(2**63)
LOOK = 0.5
"""Seconds between two looks at the status."""


def scale(
    command: Command,
    *arguments: str,
    replicas: int = NOT_GIVEN,
    current_replicas: int = -1,
    filename: Sequence[str] = (),
    selector: str = "",
    all_: bool = False,
    timeout: str = "0s",
    resource_version: str = "",
) -> None:
    """Set the number of replicas; with `timeout`, wait until there are so many."""
    if replicas == NOT_GIVEN:
        raise PodlabError('error: required flag(s) "replicas" not set')
    if replicas < 0:
        raise PodlabError("error: The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0")
    writing = Writing(command, "kubectl-scale")
    found = objects_named(command, arguments, filename, selector, all_)
    if not found and not command.failures:
        raise PodlabError("error: no objects passed to scale")
    for mapping, obj in found:  # the first refusal ends it
        there = obj.get("spec", {}).get("replicas", -1)
        if current_replicas >= 0 and there != current_replicas:
            raise PodlabError(f"error: Expected replicas to be {current_replicas}, was {there}")
        version = obj["metadata"].get("resourceVersion", "")
        if resource_version and version != resource_version:
            raise PodlabError(f"error: Expected resource version to be {resource_version}, was {version}")
        path = mapping.path(obj["metadata"].get("namespace", ""), obj["metadata"]["name"], "scale")
        if not writing.on_client:
            writing.patch(path, {"spec": {"replicas": replicas}}, "merge-patch", bare=True)
        if parse_duration(timeout) and not writing.on_client:
            _wait(command, mapping, obj, replicas, parse_duration(timeout))
        writing.tell(mapping, obj, "scaled")


def _wait(command: Command, mapping: Mapping, obj: Object, replicas: int, seconds: float) -> None:
    """Until there are that many replicas, or somebody else has set another number.

    Raises:
        PodlabError: it does not in time.
    """
    until, metadata = time.monotonic() + seconds, obj["metadata"]
    while True:
        there = read_one(command.client, mapping, metadata.get("namespace", ""), metadata["name"], "scale")
        asked, counted = ((there.get(part) or {}).get("replicas", 0) for part in ("spec", "status"))
        if asked != replicas or counted == replicas:
            return
        if time.monotonic() >= until:
            raise PodlabError(f"error: timed out waiting for {quote(metadata['name'])} to be synced")
        pause(LOOK)
