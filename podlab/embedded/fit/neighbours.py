"""Whether a Pod may run beside those that are there already: pure functions.

Upstream: pkg/scheduler/framework/plugins (interpodaffinity, podtopologyspread)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from podlab.apimachinery.labels import selects

Obj = dict[str, Any]
Placed = Sequence[tuple[Obj, Mapping[str, str]]]
"""Every Pod that has a node, with that node's labels."""
Counts = Callable[[Obj, Obj], bool]
Refusal = Callable[[Obj], str]

REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
AFFINITY = "node(s) didn't match pod affinity rules"
ANTI_AFFINITY = "node(s) didn't match pod anti-affinity rules"
THEIR_ANTI_AFFINITY = "node(s) didn't satisfy existing pods anti-affinity rules"
SPREAD = "node(s) didn't match pod topology spread constraints"
SPREAD_LABEL = f"{SPREAD} (missing required label)"
REASONS = (AFFINITY, ANTI_AFFINITY, THEIR_ANTI_AFFINITY, SPREAD, SPREAD_LABEL)


def judge(pod: Obj, nodes: Sequence[Obj], placed: Placed, counts: Counts) -> Refusal:
    """What says why a Pod may not run on a node, given what runs elsewhere; "" if it may.

    Args:
        counts: whether a node is among those over which a constraint spreads.
    """
    hard = [
        constraint
        for constraint in pod["spec"].get("topologySpreadConstraints") or []
        if constraint.get("whenUnsatisfiable", "DoNotSchedule") == "DoNotSchedule"
    ]
    keys = {constraint["topologyKey"] for constraint in hard}
    alike = [node for node in nodes if keys <= (node["metadata"].get("labels") or {}).keys()]
    spreads = []
    for constraint in hard:
        over = [node["metadata"] for node in alike if counts(constraint, node)]
        spreads.append((constraint, _numbers(pod, constraint, over, placed)))

    def refusal(node: Obj) -> str:
        labels = node["metadata"].get("labels") or {}
        return _spread(pod, labels, spreads) or _affinity(pod, labels, placed)

    return refusal


def shuns(pod: Obj) -> bool:
    """Whether a Pod keeps others away from itself."""
    return bool(_terms(pod, "podAntiAffinity"))


def looks_around(pod: Obj) -> bool:
    """Whether it matters to a Pod what runs elsewhere, as far as it says so itself."""
    spec = pod["spec"]
    near = spec.get("affinity") and (shuns(pod) or _terms(pod, "podAffinity"))
    return bool(near or spec.get("topologySpreadConstraints"))


def _terms(pod: Obj, kind: str) -> list[Obj]:
    return list(((pod["spec"].get("affinity") or {}).get(kind) or {}).get(REQUIRED) or [])


def _meant(term: Obj, owner: Obj, other: Obj) -> bool:
    """Whether an affinity term of `owner` speaks of `other`."""
    meta = other["metadata"]
    everywhere = term.get("namespaceSelector") == {}
    namespaces = term.get("namespaces") or [owner["metadata"]["namespace"]]
    selector = term.get("labelSelector")
    inside = everywhere or meta["namespace"] in namespaces
    return inside and selector is not None and selects(selector, meta.get("labels") or {})


def _together(key: str, one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    return key in one and one[key] == other.get(key)


def _affinity(pod: Obj, labels: Mapping[str, str], placed: Placed) -> str:
    for term in _terms(pod, "podAffinity"):
        meant = [there for other, there in placed if _meant(term, pod, other)]
        first = not meant and _meant(term, pod, pod) and term["topologyKey"] in labels
        if not first and not any(_together(term["topologyKey"], labels, there) for there in meant):
            return AFFINITY
    for term in _terms(pod, "podAntiAffinity"):
        for other, there in placed:
            if _meant(term, pod, other) and _together(term["topologyKey"], labels, there):
                return ANTI_AFFINITY
    for other, there in placed:
        for term in _terms(other, "podAntiAffinity"):
            if _meant(term, other, pod) and _together(term["topologyKey"], labels, there):
                return THEIR_ANTI_AFFINITY
    return ""


def _spread(pod: Obj, labels: Mapping[str, str], spreads: Sequence[tuple[Obj, Mapping[str, int]]]) -> str:
    for constraint, numbers in spreads:
        here = labels.get(constraint["topologyKey"])
        if here is None:
            return SPREAD_LABEL
        least = min(numbers.values()) if len(numbers) >= int(constraint.get("minDomains") or 1) else 0
        itself = selects(constraint.get("labelSelector"), pod["metadata"].get("labels") or {})
        if numbers.get(here, 0) + itself - least > int(constraint["maxSkew"]):
            return SPREAD
    return ""


def _numbers(pod: Obj, constraint: Obj, nodes: Sequence[Obj], placed: Placed) -> dict[str, int]:
    """How many Pods that a constraint selects run in each domain of these nodes; a selector of all counts none.

    Upstream: pkg/scheduler/framework/plugins/podtopologyspread/common.go (countPodsMatchSelector)
    """
    key, selector = constraint["topologyKey"], constraint.get("labelSelector")
    names = {node["name"] for node in nodes}
    numbers = dict.fromkeys((node["labels"][key] for node in nodes), 0)
    if not any((selector or {}).values()):
        return numbers
    for other, there in placed:
        meta = other["metadata"]
        if (
            other["spec"]["nodeName"] in names
            and meta["namespace"] == pod["metadata"]["namespace"]
            and not meta.get("deletionTimestamp")
            and selects(selector, meta.get("labels") or {})
        ):
            numbers[there[key]] += 1
    return numbers


def may_cure(reason: str, pod: Obj, before: Obj | None, other: Obj) -> bool:
    """Whether a Pod that was refused for this reason may find a place now that `other` runs, or has other labels.

    Upstream: isSchedulableAfterPodChange of each plugin
    """
    bound = before if before and before["spec"].get("nodeName") else None
    if reason == AFFINITY:
        terms = _terms(pod, "podAffinity")
        wanted = [each is not None and all(_meant(term, pod, each) for term in terms) for each in (bound, other)]
        return wanted == [False, True]
    if reason == ANTI_AFFINITY:
        terms = _terms(pod, "podAntiAffinity")
        shunned = [each is not None and any(_meant(term, pod, each) for term in terms) for each in (bound, other)]
        return shunned == [True, False]
    if reason not in (SPREAD, SPREAD_LABEL) or other["metadata"]["namespace"] != pod["metadata"]["namespace"]:
        return False
    selectors = [each.get("labelSelector") for each in pod["spec"].get("topologySpreadConstraints") or []]
    counted = [each for each in (bound, other) if each]
    return any(selects(selector, each["metadata"].get("labels") or {}) for selector in selectors for each in counted)


def topology(pod: Obj, node: Obj) -> dict[str, str | None]:
    """The labels of a node by which the Pod's terms and constraints tell places apart."""
    terms = [*_terms(pod, "podAffinity"), *_terms(pod, "podAntiAffinity")]
    keys = {each["topologyKey"] for each in (*terms, *(pod["spec"].get("topologySpreadConstraints") or []))}
    labels = node["metadata"].get("labels") or {}
    return {key: labels.get(key) for key in keys}
