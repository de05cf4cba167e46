"""A recording of several kinds, as what a namespace held at each moment: streams joined by resourceVersion."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from podlab.panels.controllers.tree import tree
from tests.panels.replay import GOLDEN, recorded

STREAMS = {
    "Deployment": "deployments.apps",
    "ReplicaSet": "replicasets.apps",
    "StatefulSet": "statefulsets.apps",
    "DaemonSet": "daemonsets.apps",
    "Job": "jobs.batch",
    "Pod": "pods",
}


def moments(name: str) -> Iterator[dict[str, list[dict[str, Any]]]]:
    """The objects by kind after each event."""
    there = {kind: stream for kind, stream in STREAMS.items() if (GOLDEN / name / f"watch-{stream}.jsonl").exists()}
    events = [(kind, event) for kind, stream in there.items() for event in recorded(name, stream)]
    now: dict[str, dict[str, dict[str, Any]]] = {kind: {} for kind in STREAMS}
    for kind, event in sorted(events, key=lambda each: int(each[1]["object"]["metadata"]["resourceVersion"])):
        obj = event["object"]
        now[kind][obj["metadata"]["uid"]] = obj
        if event["type"] == "DELETED":
            del now[kind][obj["metadata"]["uid"]]
        yield {each: list(objects.values()) for each, objects in now.items()}


def trees(name: str) -> Iterator[list[dict[str, Any]]]:
    """The tree after each event."""
    for objects in moments(name):
        yield tree(objects.pop("Pod"), objects)
