"""What kinds with a template of Pods have in common. Upstream: pkg/apis/apps/v1/defaults.go"""

from __future__ import annotations

from typing import Any

from podlab.embedded.apiserver.podspec import defaults, dropped
from podlab.embedded.apiserver.resource import Context, Obj, Resource
from podlab.embedded.apiserver.resources import templates

ALL = ("all",)


def default_template(obj: Obj) -> tuple[Obj, Obj]:
    """Default the Pods that it makes; returns its spec and the template in it, both to be changed further."""
    spec = obj.setdefault("spec", {})
    template: Obj = spec.setdefault("template", {})
    defaults.template(template)
    obj.setdefault("status", {})
    return spec, template


def in_go(strategy: Obj) -> Obj:
    """A strategy as a refusal of its type shows it: the fields of upstream's struct, those not given as zero."""
    rolling = strategy.get("rollingUpdate")
    parts = ("maxUnavailable", "maxSurge")
    shown = None if rolling is None else {key[0].upper() + key[1:]: rolling.get(key) or 0 for key in parts}
    return {"Type": strategy.get("type") or "", "RollingUpdate": shown}


def put(target: Obj, **values: Any) -> None:
    """Set the fields that are not there yet."""
    for key, value in values.items():
        target.setdefault(key, value)


def prepare(obj: Obj, old: Obj | None, ctx: Context) -> None:
    """A new workload has only the status that its controller would have to fill in."""
    drop(obj)
    if old is None:
        counts = {
            "DaemonSet": ("currentNumberScheduled", "numberMisscheduled", "desiredNumberScheduled", "numberReady"),
            "StatefulSet": ("replicas", "availableReplicas"),
            "ReplicaSet": ("replicas",),
            "ReplicationController": ("replicas",),
        }
        obj["status"] = dict.fromkeys(counts.get(obj["kind"], ()), 0)


def drop(obj: Obj) -> None:
    """Take out of the template what gates do not let in."""
    spec = obj.get("spec") or {}
    spec = (spec.get("jobTemplate") or {}).get("spec") or spec
    if (spec.get("podFailurePolicy") or {}).get("rules") == []:
        spec["podFailurePolicy"]["rules"] = None
    dropped.drop((spec.get("template") or {}).get("spec") or {})


def workload(group: str, kind: str, *short_names: str, scale: bool = False, **more: Any) -> Resource:
    """A kind of `group`/v1 that makes Pods from a template; `more` are fields of `Resource` that differ."""
    return Resource(
        group=group,
        version="v1",
        kind=kind,
        plural=f"{kind.lower()}s",
        singular=kind.lower(),
        short_names=short_names,
        categories=ALL,
        subresources=("scale", "status") if scale else ("status",),
        generation=True,
        **{"prepare": prepare, "warnings": templates.workload_warnings, **more},
    )
