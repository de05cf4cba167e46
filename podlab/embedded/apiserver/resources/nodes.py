"""Nodes. Upstream: pkg/registry/core/node/strategy.go, plugin/pkg/admission/nodetaint"""

from __future__ import annotations

from podlab.embedded.apiserver.resource import Context, Obj, Resource
from podlab.embedded.apiserver.status import Cause
from podlab.embedded.apiserver.validation import causes, metadata, names

NOT_READY = {"key": "node.kubernetes.io/not-ready", "effect": "NoSchedule"}
EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")


def default(node: Obj) -> None:
    """What a node can give to Pods is all that it has, unless it says otherwise."""
    node.setdefault("spec", {})
    status = node.setdefault("status", {})
    if status.get("capacity"):
        status["allocatable"] = {**status["capacity"], **(status.get("allocatable") or {})}


def prepare(node: Obj, old: Obj | None, ctx: Context) -> None:
    """Keep Pods away from a new node until it is ready."""
    if old is None:
        taints = node["spec"].get("taints") or []
        if not any(taint.get("key") == NOT_READY["key"] and taint.get("effect") == "NoSchedule" for taint in taints):
            node["spec"]["taints"] = [*taints, dict(NOT_READY)]


def validate(node: Obj, old: Obj | None) -> list[Cause]:
    found, seen = metadata.validate(node, old), set()
    spec = node.get("spec") or {}
    for index, taint in enumerate(spec.get("taints") or []):
        here, key, effect = f"metadata.taints[{index}]", taint.get("key", ""), taint.get("effect", "")
        found += names.causes_of(f"{here}.key", key, names.qualified(key))
        found += names.causes_of(f"{here}.value", taint.get("value", ""), names.label_value(taint.get("value", "")))
        if not effect:
            found.append(causes.required(f"{here}.effect"))
        elif effect not in EFFECTS:
            found.append(causes.unsupported(f"{here}.effect", effect, EFFECTS))
        if (key, effect) in seen:
            inside = {
                "Key": key,
                "Value": taint.get("value", ""),
                "Effect": effect,
                "TimeAdded": taint.get("timeAdded"),
            }
            found.append(causes.duplicate(here, inside, "taints must be unique by key and effect pair"))
        seen.add((key, effect))
    before = (old or {}).get("spec") or {}
    if old is not None and before.get("podCIDR") and before.get("podCIDR") != spec.get("podCIDR"):
        text = 'node updates may not change podCIDR except from "" to valid'
        found.append(causes.forbidden("spec.podCIDRs", text))
    return found


def selectable(node: Obj) -> dict[str, str]:
    return {"spec.unschedulable": "true" if (node.get("spec") or {}).get("unschedulable") else "false"}


NODES = Resource(
    group="",
    version="v1",
    kind="Node",
    plural="nodes",
    singular="node",
    short_names=("no",),
    namespaced=False,
    subresources=("status",),
    default=default,
    validate=validate,
    prepare=prepare,
    fields=selectable,
)
