"""Which nodes a DaemonSet's Pods belong on, and what its status says of them.

Upstream: pkg/controller/daemon/daemon_controller.go, util/daemonset_util.go
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from podlab.embedded.controllers.controller import Obj
from podlab.embedded.controllers.pods import podstates
from podlab.embedded.controllers.pods.podcontrol import from_template
from podlab.embedded.fit import nodefit

HASH, GENERATION = "controller-revision-hash", "pod-template-generation"
TEMPLATE_GENERATION = "deprecated.daemonset.template.generation"
NODE_FIELD = "metadata.name"
TOLERATED = (
    ("node.kubernetes.io/not-ready", "NoExecute"),
    ("node.kubernetes.io/unreachable", "NoExecute"),
    ("node.kubernetes.io/disk-pressure", "NoSchedule"),
    ("node.kubernetes.io/memory-pressure", "NoSchedule"),
    ("node.kubernetes.io/pid-pressure", "NoSchedule"),
    ("node.kubernetes.io/unschedulable", "NoSchedule"),
)
"""Taints that do not keep daemons away."""
NETWORK = ("node.kubernetes.io/network-unavailable", "NoSchedule")
"""Nor this one those that use the node's network."""


def new_pod(owner: Obj, node: str, hash_: str) -> Obj:
    """The Pod for a node: only there may the scheduler put it."""
    pod = from_template(owner, owner["spec"]["template"])
    meta, spec = pod["metadata"], pod["spec"]
    labels = {**(meta.get("labels") or {}), **({HASH: hash_} if hash_ else {})}
    if generation := template_generation(owner):
        labels[GENERATION] = generation
    meta["labels"] = labels
    spec["tolerations"] = _tolerations(spec)
    term = {"matchFields": [{"key": NODE_FIELD, "operator": "In", "values": [node]}]}
    affinity = spec.setdefault("affinity", {}).setdefault("nodeAffinity", {})
    affinity["requiredDuringSchedulingIgnoredDuringExecution"] = {"nodeSelectorTerms": [term]}
    return pod


def _tolerations(spec: Obj) -> list[Obj]:
    added = [*TOLERATED, *([NETWORK] if spec.get("hostNetwork") else [])]
    found = [*(spec.get("tolerations") or ())]
    for key, effect in added:
        toleration = {"key": key, "operator": "Exists", "effect": effect}
        found = [
            one for one in found if {**one, "tolerationSeconds": None} != {**toleration, "tolerationSeconds": None}
        ]
        found.append(toleration)
    return found


def template_generation(owner: Obj) -> str:
    """How often the template was changed, as an annotation counts it."""
    return str((owner["metadata"].get("annotations") or {}).get(TEMPLATE_GENERATION, ""))


Eligibility = Mapping[str, tuple[bool, bool]]
"""Each node by name: whether a Pod should be there, and whether one that is there may stay."""


def eligibility(owner: Obj, all_nodes: Iterable[Obj]) -> Eligibility:
    """All nodes as a DaemonSet sees them: looked at once for all that is decided about it."""
    given = owner["spec"]["template"].get("spec") or {}
    spec = {**given, "tolerations": _tolerations(given)}
    return {node["metadata"]["name"]: _should_run(spec, node) for node in all_nodes}


def _should_run(spec: Obj, node: Obj) -> tuple[bool, bool]:
    if spec.get("nodeName") not in (None, "", node["metadata"]["name"]):
        return False, False
    if not nodefit.matches_node(spec, node):
        return False, False
    untolerated = nodefit.untolerated(spec, (node.get("spec") or {}).get("taints") or [])
    evicting = any(taint.get("effect") == "NoExecute" for taint in untolerated)
    return not untolerated, not evicting


def concerns(owner: Obj, node: Obj, pods: Iterable[Obj]) -> bool:
    """Whether a changed node is reason to look at a DaemonSet again: a Pod is missing there, or may not stay."""
    runs, stays = eligibility(owner, [node])[node["metadata"]["name"]]
    there = any(pod["spec"].get("nodeName") == node["metadata"]["name"] for pod in pods)
    if not there:
        return runs
    return not stays or bool((owner.get("status") or {}).get("numberMisscheduled"))


def node_of(pod: Obj) -> str:
    """The node that a Pod is on, or is meant for."""
    spec = pod["spec"]
    if spec.get("nodeName"):
        return str(spec["nodeName"])
    affinity = ((spec.get("affinity") or {}).get("nodeAffinity") or {}).get(
        "requiredDuringSchedulingIgnoredDuringExecution"
    )
    for term in (affinity or {}).get("nodeSelectorTerms") or ():
        for field in term.get("matchFields") or ():
            if field["key"] == NODE_FIELD and field["operator"] == "In" and field["values"]:
                return str(field["values"][0])
    return ""


def by_node(pods: Iterable[Obj]) -> dict[str, list[Obj]]:
    """The Pods of each node, the oldest first; those that have ended and are being deleted count no more."""
    found: dict[str, list[Obj]] = {}
    for pod in pods:
        if not (podstates.finished(pod) and podstates.deleting(pod)):
            found.setdefault(node_of(pod), []).append(pod)
    return {node: sorted(there, key=_age) for node, there in found.items()}


def _age(pod: Obj) -> tuple[bool, str, str]:
    meta = pod["metadata"]
    return not pod["spec"].get("nodeName"), meta["creationTimestamp"], meta["name"]


def is_updated(owner: Obj, pod: Obj, hash_: str) -> bool:
    """Whether a Pod is of the present template."""
    labels, generation = pod["metadata"].get("labels") or {}, template_generation(owner)
    return bool((generation and labels.get(GENERATION) == generation) or (hash_ and labels.get(HASH) == hash_))


def updated(owner: Obj, pods: list[Obj], hash_: str) -> tuple[Obj | None, Obj | None] | None:
    """A node's new and old Pod, without those that are going; None where there are several of a sort."""
    sorts: dict[bool, list[Obj]] = {True: [], False: []}
    for pod in pods:
        if not podstates.deleting(pod):
            sorts[is_updated(owner, pod, hash_)].append(pod)
    if any(len(sort) > 1 for sort in sorts.values()):
        return None
    return next(iter(sorts[True]), None), next(iter(sorts[False]), None)


def status(owner: Obj, nodes: Eligibility, pods: dict[str, list[Obj]], hash_: str, now: float) -> Obj:
    """The new status."""
    wanted = {name for name, (should, _) in nodes.items() if should}
    first = [there[0] for node, there in pods.items() if node in wanted]
    available = sum(is_available(owner, pod, now) for pod in first)
    counts = {
        "numberAvailable": available,
        "numberUnavailable": len(wanted) - available,
        "updatedNumberScheduled": sum(is_updated(owner, pod, hash_) for pod in first),
        "observedGeneration": owner["metadata"]["generation"],
    }
    always = {
        "currentNumberScheduled": len(first),
        "numberMisscheduled": sum(node in nodes and node not in wanted for node in pods),
        "desiredNumberScheduled": len(wanted),
        "numberReady": sum(map(podstates.ready, first)),
    }
    kept = {key: value for key, value in (owner.get("status") or {}).items() if key in ("collisionCount", "conditions")}
    return {**always, **{key: count for key, count in counts.items() if count}, **kept}


def is_available(owner: Obj, pod: Obj, now: float) -> bool:
    """Whether a Pod has been ready for long enough."""
    return podstates.available(pod, owner["spec"].get("minReadySeconds") or 0, now)
