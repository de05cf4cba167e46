"""The Pod behind what a command line names: `web`, `deployment/web`, `service/web`.

Upstream: staging/src/k8s.io/kubectl/pkg/polymorphichelpers/attachablepodforobject.go, helpers.go (GetFirstPod)
"""

from __future__ import annotations

import time
from typing import Any

from podlab.apimachinery.duration import parse_duration
from podlab.errors import PodlabError
from podlab.kubeconfig.eventloop import pause
from podlab.kubectl.command import Command
from podlab.kubectl.describe.sections import format_selector
from podlab.kubectl.formats.printer import format_labels
from podlab.kubectl.resources.listing import read_list
from podlab.kubectl.resources.restmapper import Mapping

Object = dict[str, Any]
PLAIN = ("ReplicationController", "Service")
LOOK = 0.5
"""Seconds between two looks for a Pod that is not there yet."""


def selector_of(obj: Object) -> str | None:
    """The label selector of a controller's or a Service's Pods; None if it has none."""
    wanted = (obj.get("spec") or {}).get("selector")
    if not wanted:
        return None
    return format_labels(wanted) if obj.get("kind") in PLAIN else format_selector(wanted)


def attachable_pod(command: Command, mapping: Mapping, obj: Object, patience: str = "1m0s") -> Object:
    """The Pod itself, or the one behind a controller or a Service that serves best; waits until there is one.

    Raises:
        PodlabError: this kind has no Pods, or none came in time.
    """
    if mapping.kind == "Pod" and not mapping.group:
        return obj
    selector = selector_of(obj) if obj.get("kind") != "CronJob" else None
    if selector is None:
        raise without_pods(obj, "attach to")
    return first_pod(command, obj["metadata"]["namespace"], selector, patience)[0]


def without_pods(obj: Object, doing: str) -> PodlabError:
    """What is said of an object that has no Pods; `doing` it was tried, such as `attach to`."""
    kind = f"*{str(obj.get('apiVersion', '')).rpartition('/')[2]}.{obj.get('kind')}"
    why = f"selector for {kind} not implemented"
    if obj.get("kind") == "Service":
        why = f"invalid service '{obj['metadata']['name']}': Service is defined without a selector"
    return PodlabError(f"error: cannot {doing} {kind}: {why}")


def first_pod(command: Command, namespace: str, selector: str, patience: str) -> tuple[Object, int]:
    """The Pod of a selector that serves best, and how many there are.

    Raises:
        PodlabError: none came in time.
    """
    end = time.monotonic() + parse_duration(patience)
    while True:
        pods = command.mapper.by_name("pods")
        found = read_list(command.client, pods, namespace, label_selector=selector)["items"]
        if found:
            return sorted(found, key=by_activity)[0], len(found)
        if time.monotonic() >= end:
            raise PodlabError("error: timed out waiting for the condition")
        pause(LOOK)


def by_activity(pod: Object, restarted: int = 1) -> tuple[object, ...]:
    """Scheduled first, then running, then ready, ready for longest, fewest restarts (-1: most of them), oldest.

    Upstream: staging/src/k8s.io/kubectl/pkg/util/podutils/podutils.go (ActivePods, ByLogging)
    """
    status = pod.get("status") or {}
    ready = next((c for c in status.get("conditions") or [] if c["type"] == "Ready" and c["status"] == "True"), None)
    restarts = max((c.get("restartCount", 0) for c in status.get("containerStatuses") or []), default=0)
    return (
        not pod["spec"].get("nodeName"),
        {"Running": 0, "Unknown": 1, "Pending": 2}.get(status.get("phase", ""), 0),
        ready is None,
        (ready or {}).get("lastTransitionTime") or "",
        restarted * restarts,
        pod["metadata"].get("creationTimestamp") or "",
    )
