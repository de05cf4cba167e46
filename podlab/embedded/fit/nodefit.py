"""Whether a Pod fits on a node, and if not, why: pure functions.

Upstream: pkg/scheduler/framework/plugins (nodeunschedulable, tainttoleration, nodeaffinity, nodeports, noderesources,
volumebinding)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from podlab.apimachinery import quantity
from podlab.embedded.apiserver.podspec import requirements
from podlab.embedded.fit import neighbours

Obj = dict[str, Any]
Port = tuple[str, int, str]

NOT_HELPFUL = "Preemption is not helpful for scheduling"
NO_VICTIMS = "No preemption victims found for incoming pod"


UNNAMED = "node(s) didn't satisfy plugin(s) [NodeAffinity]"
UNSCHEDULABLE = "node(s) were unschedulable"
UNTOLERATED = "node(s) had untolerated taint(s)"
UNMATCHED = "node(s) didn't match Pod's node affinity/selector"
NO_PORTS = "node(s) didn't have free ports for the requested pod ports"
IN_USE = (
    "node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod"
)
CURABLE = (
    NO_PORTS,
    IN_USE,
    "Too many pods",
    neighbours.ANTI_AFFINITY,
    neighbours.THEIR_ANTI_AFFINITY,
    neighbours.SPREAD,
)
"""Reasons that fall away when other Pods go."""


@dataclass(frozen=True, slots=True)
class Load:
    """Some Pods and what they take up together: resources in billionths, host ports; and their owners."""

    pods: tuple[Obj, ...]
    requested: Counter[str]
    ports: frozenset[Port]
    owners: Counter[tuple[str, str]]


def load(pods: Iterable[Obj]) -> Load:
    """Sum up."""
    pods = tuple(pods)
    requested: Counter[str] = Counter()
    for pod in pods:
        requested.update(requests(pod))
    ports = frozenset(port for pod in pods for port in _ports(pod))
    return Load(pods, requested, ports, Counter(owner for pod in pods for owner in owners(pod)))


def joined(there: Load, pod: Obj) -> Load:
    """With one more."""
    requested, theirs = there.requested.copy(), there.owners.copy()
    requested.update(requests(pod))
    theirs.update(owners(pod))
    return Load((*there.pods, pod), requested, there.ports | _ports(pod), theirs)


def weighs_the_same(pod: Obj, before: Obj) -> bool:
    """Whether a changed Pod takes up what it did."""
    return bool(pod["spec"] == before["spec"]) and owners(pod) == owners(before)


def owners(pod: Obj) -> list[tuple[str, str]]:
    """Who owns a Pod: namespace and uid."""
    meta = pod["metadata"]
    return [(meta.get("namespace", ""), reference["uid"]) for reference in meta.get("ownerReferences") or []]


def misfits(pod: Obj, beside: neighbours.Refusal | None = None) -> Callable[[Obj, Load], list[str]]:
    """Why a Pod cannot run on a node with what runs there: all reasons of the first filter that refuses it.

    What concerns the Pod alone is asked once for all nodes; `beside` says what the Pods of all nodes mean for it (see
    `around`).
    """
    spec, ports = pod["spec"], _ports(pod)
    wanted = sorted((name, amount) for name, amount in requests(pod).items() if amount)
    picky = bool(spec.get("nodeSelector") or spec.get("affinity"))

    def found(node: Obj, there: Load) -> list[str]:
        if picky or node["spec"].get("taints") or node["spec"].get("unschedulable"):
            for reason, accepts in OWN_FILTERS.items():
                if not accepts(spec, node):
                    return [reason]
        if ports & there.ports:
            return [NO_PORTS]
        if short := _insufficient(wanted, node, there):
            return short
        return [refused] if beside and (refused := beside(node)) else []

    return found


def around(pod: Obj, nodes: Sequence[Obj], placed: neighbours.Placed) -> neighbours.Refusal | None:
    """What the Pods that have a node mean for one that wants one, None if nothing."""
    if not placed and not neighbours.looks_around(pod):
        return None
    return neighbours.judge(pod, nodes, placed, lambda constraint, node: _included(pod, constraint, node))


def _included(pod: Obj, constraint: Obj, node: Obj) -> bool:
    """Upstream: pkg/scheduler/framework/plugins/podtopologyspread/common.go (matchNodeInclusionPolicies)"""
    spec = pod["spec"]
    if constraint.get("nodeAffinityPolicy") != "Ignore" and not matches_node(spec, node):
        return False
    return constraint.get("nodeTaintsPolicy") != "Honor" or _tolerates_taints(spec, node)


def preemptable(pod: Obj, node: Obj, reasons: Sequence[str]) -> bool:
    """Whether a Pod could run on a node if others were removed from it, as far as the reasons tell."""
    free, wanted = node["status"].get("allocatable") or {}, requests(pod)

    def curable(reason: str) -> bool:
        name = reason.removeprefix("Insufficient ")
        if name != reason:
            return wanted[name] <= quantity.nano(free.get(name, "0"))
        return reason in CURABLE

    return bool(reasons) and all(map(curable, reasons))


def _tolerates_unschedulable(spec: Obj) -> bool:
    taint = {"key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule"}
    return any(tolerates(toleration, taint) for toleration in spec.get("tolerations") or [])


def _may_be_used(spec: Obj, node: Obj) -> bool:
    return not node["spec"].get("unschedulable") or _tolerates_unschedulable(spec)


def _tolerates_taints(spec: Obj, node: Obj) -> bool:
    taints = node["spec"].get("taints")
    return not taints or not untolerated(spec, taints)


def untolerated(spec: Obj, taints: Sequence[Obj]) -> list[Obj]:
    """The taints that keep a Pod away from a node."""
    tolerations = spec.get("tolerations") or []
    hard = [taint for taint in taints if taint.get("effect") in ("NoSchedule", "NoExecute")]
    return [taint for taint in hard if not any(tolerates(toleration, taint) for toleration in tolerations)]


def tolerates(toleration: Obj, taint: Obj) -> bool:
    """Upstream: staging/src/k8s.io/api/core/v1/toleration.go (ToleratesTaint)"""
    if toleration.get("effect") and toleration["effect"] != taint.get("effect"):
        return False
    if toleration.get("key") and toleration["key"] != taint.get("key"):
        return False
    if toleration.get("operator") == "Exists":
        return True
    return bool(toleration.get("value", "") == taint.get("value", ""))


def matches_node(spec: Obj, node: Obj) -> bool:
    """Whether nodeSelector and required node affinity accept a node."""
    selector, affinity = spec.get("nodeSelector") or {}, (spec.get("affinity") or {}).get("nodeAffinity") or {}
    if not selector and not affinity:
        return True
    labels = node["metadata"].get("labels") or {}
    if any(labels.get(key) != value for key, value in selector.items()):
        return False
    required = affinity.get("requiredDuringSchedulingIgnoredDuringExecution")
    if not required:
        return True
    return any(term_matches(term, labels, node) for term in required.get("nodeSelectorTerms") or [])


def _may_be_named(spec: Obj, node: Obj) -> bool:
    """Whether a Pod whose node affinity names its nodes, as a DaemonSet's, could mean a node at all.

    Upstream: pkg/scheduler/framework/plugins/nodeaffinity/node_affinity.go (PreFilter)
    """
    affinity = (spec.get("affinity") or {}).get("nodeAffinity") or {}
    required = affinity.get("requiredDuringSchedulingIgnoredDuringExecution") or {}
    terms = [
        [set(f["values"]) for f in term.get("matchFields") or [] if f["operator"] == "In"]
        for term in required.get("nodeSelectorTerms") or []
    ]
    if not terms or not all(terms):
        return True
    return any(all(node["metadata"]["name"] in names for names in term) for term in terms)


OWN_FILTERS = {
    UNNAMED: _may_be_named,
    UNSCHEDULABLE: _may_be_used,
    UNTOLERATED: _tolerates_taints,
    UNMATCHED: matches_node,
}
"""The filters that look at the node alone, by what they say: whether they accept a Pod's spec."""


def may_cure(reason: str, pod: Obj, before: Obj | None, node: Obj) -> bool:
    """Whether a node that is new (`before` is None) or changed may take a Pod that was refused for this reason.

    As seen on kind: changed taints are worth a try to all but those whose topology is not there, changed labels only to
    those that ask for them.
    Upstream: EventsToRegister and the QueueingHintFn of each plugin, such as isSchedulableAfterNodeChange
    """
    if before is None:
        return True
    if _taints_differ(node, before) and reason not in (neighbours.SPREAD, neighbours.SPREAD_LABEL):
        return True
    if accepts := OWN_FILTERS.get(reason):
        return accepts(pod["spec"], node) and not accepts(pod["spec"], before)
    if reason in neighbours.REASONS:
        return neighbours.topology(pod, node) != neighbours.topology(pod, before)
    return bool(node["status"].get("allocatable") != (before.get("status") or {}).get("allocatable"))


def _taints_differ(node: Obj, before: Obj) -> bool:
    return any(node["spec"].get(key) != before["spec"].get(key) for key in ("taints", "unschedulable"))


def term_matches(term: Obj, labels: Obj, node: Obj) -> bool:
    """Whether a node, with its labels, meets a term of a node selector; an empty term is met by none."""
    expressions, fields = term.get("matchExpressions") or [], term.get("matchFields") or []
    if not expressions and not fields:
        return False
    named = {"metadata.name": node["metadata"]["name"]}
    return all(_holds(e, labels) for e in expressions) and all(_holds(f, named) for f in fields)


def _holds(expression: Obj, labels: Obj) -> bool:
    key, operator, values = expression["key"], expression["operator"], expression.get("values") or []
    value = labels.get(key)
    if operator in ("Exists", "DoesNotExist"):
        return bool((value is not None) == (operator == "Exists"))
    if operator in ("In", "NotIn"):
        return bool((value is not None and value in values) == (operator == "In"))
    try:
        given, limit = int(value or ""), int(values[0])
    except (TypeError, ValueError, IndexError):
        return False
    return given > limit if operator == "Gt" else given < limit


def _ports(pod: Obj) -> set[Port]:
    ports = (port for c in pod["spec"].get("containers") or [] for port in c.get("ports") or [])
    return {
        (port.get("protocol", "TCP"), port["hostPort"], port.get("hostIP", "0.0.0.0"))
        for port in ports
        if port.get("hostPort")
    }


def _insufficient(wanted: Sequence[tuple[str, int]], node: Obj, there: Load) -> list[str]:
    free = node["status"].get("allocatable") or {}
    reasons = ["Too many pods"] if len(there.pods) + 1 > quantity.whole(free.get("pods", 110)) else []
    for name, amount in wanted:
        if amount > quantity.nano(free.get(name, "0")) - there.requested[name]:
            reasons.append(f"Insufficient {name}")
    return reasons


def is_short(reasons: Iterable[str]) -> bool:
    """Whether something is used up on a node: whoever goes from one may cure that.

    Upstream: pkg/scheduler/framework/plugins/noderesources/fit.go (isSchedulableAfterPodEvent)
    """
    return any(reason.startswith("Insufficient ") or reason == "Too many pods" for reason in reasons)


def shrunk(before: Obj, pod: Obj) -> set[str]:
    """The resources of which a resized Pod asks for less."""
    if before["spec"] == pod["spec"]:
        return set()
    then, now = requests(before), requests(pod)
    return {name for name in then if now[name] < then[name]}


def requests(pod: Obj) -> Counter[str]:
    """What a Pod asks for by resource, in billionths."""
    return Counter(requirements.total(pod["spec"]))


def fit_error(reasons: Sequence[Sequence[str]], preempting: Sequence[Sequence[str]] = ()) -> str:
    """The message of FailedScheduling for the reasons of each node, and for those why preemption is no cure.

    Upstream: pkg/scheduler/framework/types.go (FitError)
    """
    if not reasons:
        return "no nodes available to schedule pods"
    counts = Counter(reason for of_node in reasons for reason in of_node)
    texts = ", ".join(sorted(f"{number} {reason}" for reason, number in counts.items()))
    total = len(reasons)
    why = Counter(
        reason
        for of_node in preempting or [[NO_VICTIMS if set(found) <= set(CURABLE) else NOT_HELPFUL] for found in reasons]
        for reason in of_node
    )
    tried = ", ".join(sorted(f"{number} {text}" for text, number in why.items()))
    return (
        f"0/{total} nodes are available: {texts}. no new claims to deallocate, "
        f"preemption: 0/{total} nodes are available: {tried}."
    )


def with_preemption(message: str, result: str) -> str:
    """The message of `fit_error` with another result of preemption; without a result, it makes room."""
    found = message.partition(" no new claims")[0]
    return f"{found} no new claims to deallocate, preemption: {result}" if result else found


def unplaceable(reason: str, nodes: int) -> str:
    """The message for a Pod that no node is even looked at for."""
    return f"0/{nodes} nodes are available: {reason}. not found"
