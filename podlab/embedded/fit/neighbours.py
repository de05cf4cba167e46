"""Whether a Pod may run beside those that are there already: pure functions.

Upstream: pkg/scheduler/framework/plugins (interpodaffinity, podtopologyspread)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from podlab.apimachinery.labels import selects

Obj = dict[str, Any]
Placed = Sequence[tuple[Obj, Mapping[str, str]]]
"""Every Pod that has a node, with that node's labels."""

REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
AFFINITY = "node(s) didn't match pod affinity rules"
ANTI_AFFINITY = "node(s) didn't match pod anti-affinity rules"
THEIR_ANTI_AFFINITY = "node(s) didn't satisfy existing pods anti-affinity rules"
SPREAD = "node(s) didn't match pod topology spread constraints"
SPREAD_LABEL = f"{SPREAD} (missing required label)"
REASONS = (AFFINITY, ANTI_AFFINITY, THEIR_ANTI_AFFINITY, SPREAD, SPREAD_LABEL)


def refusal(pod: Obj, labels: Mapping[str, str], placed: Placed) -> str:
    """Why a Pod may not run on a node with these labels, given what runs elsewhere; "" if it may."""
    return _spread(pod, labels, placed) or _affinity(pod, labels, placed)


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


def _spread(pod: Obj, labels: Mapping[str, str], placed: Placed) -> str:
    hard = [
        constraint
        for constraint in pod["spec"].get("topologySpreadConstraints") or []
        if constraint.get("whenUnsatisfiable", "DoNotSchedule") == "DoNotSchedule"
    ]
    if any(constraint["topologyKey"] not in labels for constraint in hard):
        return SPREAD_LABEL
    return SPREAD if any(_skewed(pod, constraint, labels, placed) for constraint in hard) else ""


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


def _skewed(pod: Obj, constraint: Obj, labels: Mapping[str, str], placed: Placed) -> bool:
    key, selector = constraint["topologyKey"], constraint.get("labelSelector")
    meta = pod["metadata"]
    counts: Counter[str] = Counter({labels[key]: 0})
    for other, there in placed:
        counts[there.get(key, "")] += (
            other["metadata"]["namespace"] == meta["namespace"]
            and key in there
            and not other["metadata"].get("deletionTimestamp")
            and selects(selector, other["metadata"].get("labels") or {})
        )
    domains = [number for value, number in counts.items() if value]
    least = min(domains) if len(domains) >= int(constraint.get("minDomains") or 1) else 0
    itself = selects(selector, meta.get("labels") or {})
    return counts[labels[key]] + itself - least > int(constraint["maxSkew"])
