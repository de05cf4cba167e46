"""Which Pods a quota with scopes is about. Upstream: pkg/quota/v1/evaluator/core/pods.go (podMatchesScopeFunc)"""

from __future__ import annotations

from podlab.embedded.apiserver.podspec import totals
from podlab.embedded.apiserver.resource import Obj


def selectors(quota: Obj) -> list[Obj]:
    """The scopes of a quota, all in the form of a selector's terms."""
    spec = quota.get("spec") or {}
    plain = [{"scopeName": scope, "operator": "Exists"} for scope in spec.get("scopes") or []]
    return plain + list((spec.get("scopeSelector") or {}).get("matchExpressions") or [])


def matches(terms: list[Obj], obj: Obj) -> bool:
    """Whether an object is in all scopes; only Pods can be in any."""
    return all(obj.get("kind") == "Pod" and _in_scope(term, obj) for term in terms)


def _in_scope(term: Obj, pod: Obj) -> bool:
    spec, scope = pod.get("spec") or {}, term.get("scopeName")
    if scope in ("Terminating", "NotTerminating"):
        return (spec.get("activeDeadlineSeconds") is not None) is (scope == "Terminating")
    if scope in ("BestEffort", "NotBestEffort"):
        return _best_effort(pod) is (scope == "BestEffort")
    if scope == "PriorityClass":
        return _priority(term, spec.get("priorityClassName") or "")
    return scope == "CrossNamespacePodAffinity" and _crosses(spec.get("affinity") or {})


def _best_effort(pod: Obj) -> bool:
    given = {**totals.of_pod(pod, "requests"), **totals.of_pod(pod, "limits")}
    return not any(given[name].nano for name in ("cpu", "memory") if name in given)


def _priority(term: Obj, name: str) -> bool:
    values = term.get("values") or []
    return {
        "Exists": bool(name),
        "DoesNotExist": not name,
        "In": name in values,
        "NotIn": name not in values,
    }.get(term.get("operator", ""), False)


def _crosses(affinity: Obj) -> bool:
    """Whether a Pod looks at Pods of other namespaces to find its place."""
    for key in ("podAffinity", "podAntiAffinity"):
        given = affinity.get(key) or {}
        required = given.get("requiredDuringSchedulingIgnoredDuringExecution") or []
        preferred = given.get("preferredDuringSchedulingIgnoredDuringExecution") or []
        for term in (*required, *(each.get("podAffinityTerm") or {} for each in preferred)):
            if term.get("namespaces") or term.get("namespaceSelector") is not None:
                return True
    return False
