"""Nodes. Upstream: pkg/registry/core/node/strategy.go, plugin/pkg/admission/nodetaint"""

from __future__ import annotations

from typing import Any

from podlab.embedded.apiserver.columns import AGE, NAME, NONE, UNKNOWN, Column, age, head
from podlab.embedded.apiserver.resource import Context, Obj, Resource
from podlab.embedded.apiserver.status import Cause
from podlab.embedded.apiserver.validation import causes, metadata, names
from podlab.embedded.apiserver.validation.networkpolicies import cidr
from podlab.embedded.apiserver.validation.statuses import corestatuses

NOT_READY = {"key": "node.kubernetes.io/not-ready", "effect": "NoSchedule"}
EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")


def default(node: Obj) -> None:
    """What a node can give to Pods is all that it has, unless it says otherwise."""
    spec = node.setdefault("spec", {})
    alone, several = spec.get("podCIDR"), spec.get("podCIDRs") or []
    if alone and alone != (several or [""])[0]:  # who knows only the old field means it
        several = spec["podCIDRs"] = [alone]
    if several:
        spec["podCIDR"] = several[0]
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
    """Its taints, and that its addresses of Pods do not change.

    Upstream: pkg/apis/core/validation/validation.go (ValidateNode, ValidateNodeUpdate)
    """
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
    for key, name in (("podCIDRs", "podCIDR"), ("providerID", "providerID")):
        if before.get(key) and before[key] != spec.get(key):
            text = f'node updates may not change {name} except from "" to valid'
            found.append(causes.forbidden(f"spec.{key}", text))
    return found + _networks(spec.get("podCIDRs") or [])


def _networks(given: list[str]) -> list[Cause]:
    found = [cause for index, text in enumerate(given) for cause in cidr(text, f"spec.podCIDRs[{index}]")[1]]
    families = [":" in text for text in given]
    if not found and len(given) > 1 and (len(given) > 2 or len(set(families)) == 1):
        text = "may specify no more than one CIDR for each IP family"
        found.append(causes.invalid("spec.podCIDRs", given, text))
    return found


def selectable(node: Obj) -> dict[str, str]:
    """A field selector may ask whether it is cordoned. Upstream: pkg/registry/core/node/strategy.go"""
    return {"spec.unschedulable": "true" if (node.get("spec") or {}).get("unschedulable") else "false"}


COLUMNS = (
    NAME,
    Column("Status", "The status of the node"),
    Column("Roles", "The roles of the node"),
    AGE,
    Column("Version", "Kubelet Version reported by the node."),
    Column(
        "Internal-IP",
        "List of addresses reachable to the node. Queried from cloud provider, if available. More info: "
        "https://kubernetes.io/docs/reference/node/node-status/#addresses Note: This field is declared as mergeable, "
        "but the merge key is not sufficiently unique, which can cause data corruption when it is merged. Callers "
        "should instead use a full-replacement patch. See https://pr.k8s.io/79391 for an example. Consumers should "
        "assume that addresses can change during the lifetime of a Node. However, there are some exceptions where "
        "this may not be possible, such as Pods that inherit a Node's address in its own status or consumers of the "
        "downward API (status.hostIP).",
        priority=1,
    ),
    Column(
        "External-IP",
        "List of addresses reachable to the node. Queried from cloud provider, if available. More info: "
        "https://kubernetes.io/docs/reference/node/node-status/#addresses Note: This field is declared as mergeable, "
        "but the merge key is not sufficiently unique, which can cause data corruption when it is merged. Callers "
        "should instead use a full-replacement patch. See https://pr.k8s.io/79391 for an example. Consumers should "
        "assume that addresses can change during the lifetime of a Node. However, there are some exceptions where "
        "this may not be possible, such as Pods that inherit a Node's address in its own status or consumers of the "
        "downward API (status.hostIP).",
        priority=1,
    ),
    Column(
        "OS-Image",
        "OS Image reported by the node from /etc/os-release (e.g. Debian GNU/Linux 7 (wheezy)).",
        priority=1,
    ),
    Column(
        "Kernel-Version",
        "Kernel Version reported by the node from 'uname -r' (e.g. 3.16.0-0.bpo.4-amd64).",
        priority=1,
    ),
    Column(
        "Container-Runtime",
        "ContainerRuntime Version reported by the node through runtime remote API (e.g. containerd://1.4.2).",
        priority=1,
    ),
)


def row(obj: Obj, now: float) -> list[Any]:
    """STATUS is Ready, NotReady or Unknown, and whether it is cordoned.

    Upstream: pkg/printers/internalversion/printers.go (printNode)
    """
    name, spec, status = head(obj)
    ready = [c for c in status.get("conditions") or [] if c.get("type") == "Ready"]
    state = [("Ready" if c.get("status") == "True" else "NotReady") for c in ready[-1:]] or ["Unknown"]
    if spec.get("unschedulable"):
        state.append("SchedulingDisabled")
    info = status.get("nodeInfo") or {}
    kernel = info.get("kernelVersion") or UNKNOWN
    if info.get("architecture"):
        kernel += f" ({info['architecture']})"
    addresses = {a.get("type"): a.get("address") for a in reversed(status.get("addresses") or [])}
    return [
        name, ",".join(state), _roles(obj["metadata"].get("labels") or {}), age(obj, now),
        info.get("kubeletVersion", ""),
        addresses.get("InternalIP", NONE), addresses.get("ExternalIP", NONE), info.get("osImage") or UNKNOWN,
        kernel, info.get("containerRuntimeVersion") or UNKNOWN,
    ]  # fmt: skip


def _roles(given: Obj) -> str:
    prefix = "node-role.kubernetes.io/"
    roles = {key.removeprefix(prefix) for key in given if key.startswith(prefix) and key != prefix}
    if given.get("kubernetes.io/role"):
        roles.add(given["kubernetes.io/role"])
    return ",".join(sorted(roles)) or NONE


NODES = Resource(
    group="",
    version="v1",
    kind="Node",
    plural="nodes",
    singular="node",
    short_names=("no",),
    namespaced=False,
    subresources=("proxy", "status"),
    default=default,
    validate=validate,
    validate_status=corestatuses.node,
    prepare=prepare,
    fields=selectable,
    columns=COLUMNS,
    row=row,
)
