"""Validation of affinities. Upstream: pkg/apis/core/validation/validation.go validateAffinity"""

from __future__ import annotations

from typing import Any

from podlab.embedded.apiserver.status import Cause
from podlab.embedded.apiserver.validation import causes, metadata, names

Obj = dict[str, Any]
OPERATORS = ("In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt")
REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"
UNSELECTED = "must not be specified when labelSelector is not set"
TWICE = "exists in both matchLabelKeys and"


def affinity(given: Obj, path: str) -> list[Cause]:
    """Return what is wrong with affinities to nodes and to other Pods."""
    node, here = given.get("nodeAffinity") or {}, f"{path}.nodeAffinity"
    found = [] if node.get(REQUIRED) is None else node_selector(node[REQUIRED], f"{here}.{REQUIRED}")
    for index, term in enumerate(node.get(PREFERRED) or []):
        place = f"{here}.{PREFERRED}[{index}]"
        found += _weight(term, place) + _node_term(term.get("preference") or {}, f"{place}.preference", lax=True)
    for kind in ("podAffinity", "podAntiAffinity"):
        found += _pod_affinity(given.get(kind) or {}, f"{path}.{kind}")
    return found


def _weight(term: Obj, path: str) -> list[Cause]:
    weight = term.get("weight", 0)
    return [] if 1 <= weight <= 100 else [causes.invalid(f"{path}.weight", weight, "must be in the range 1-100")]


def node_selector(given: Obj, path: str) -> list[Cause]:
    """Return what is wrong with a selector of nodes."""
    terms, here = given.get("nodeSelectorTerms") or [], f"{path}.nodeSelectorTerms"
    if not terms:
        return [causes.required(here, "must have at least one node selector term")]
    return [cause for index, term in enumerate(terms) for cause in _node_term(term, f"{here}[{index}]", lax=False)]


def _node_term(term: Obj, path: str, *, lax: bool) -> list[Cause]:
    found = []
    for index, rule in enumerate(term.get("matchExpressions") or []):
        found += _expression(rule, f"{path}.matchExpressions[{index}]", lax=lax)
    for index, rule in enumerate(term.get("matchFields") or []):
        found += _field(rule, f"{path}.matchFields[{index}]")
    return found


def _expression(rule: Obj, path: str, *, lax: bool) -> list[Cause]:
    operator, values, key = rule.get("operator", ""), rule.get("values") or [], rule.get("key", "")
    found = []
    if operator in ("In", "NotIn") and not values:
        found.append(causes.required(f"{path}.values", "must be specified when `operator` is 'In' or 'NotIn'"))
    elif operator in ("Exists", "DoesNotExist") and values:
        text = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"
        found.append(causes.forbidden(f"{path}.values", text))
    elif operator in ("Gt", "Lt") and len(values) != 1:
        text = "must be specified single value when `operator` is 'Lt' or 'Gt'"
        found.append(causes.required(f"{path}.values", text))
    elif operator not in OPERATORS:
        found.append(causes.invalid(f"{path}.operator", operator, "not a valid selector operator"))
    found += names.causes_of(f"{path}.key", key, names.qualified(key))
    for index, value in enumerate([] if lax else values):
        found += names.causes_of(f"{path}.values[{index}]", value, names.label_value(value))
    return found


def _field(rule: Obj, path: str) -> list[Cause]:
    operator, values, key = rule.get("operator", ""), rule.get("values") or [], rule.get("key", "")
    found = []
    if operator not in ("In", "NotIn"):
        found.append(causes.invalid(f"{path}.operator", operator, "not a valid selector operator"))
    elif len(values) != 1:
        text = "must be only one value when `operator` is 'In' or 'NotIn' for node field selector"
        found.append(causes.required(f"{path}.values", text))
    if key != "metadata.name":
        return [*found, causes.invalid(f"{path}.key", key, "not a valid field selector key")]
    for index, value in enumerate(values):
        found += names.causes_of(f"{path}.values[{index}]", value, names.subdomain(value))
    return found


def _pod_affinity(given: Obj, path: str) -> list[Cause]:
    found = []
    for index, term in enumerate(given.get(REQUIRED) or []):
        found += _pod_term(term, f"{path}.{REQUIRED}[{index}]")
    for index, term in enumerate(given.get(PREFERRED) or []):
        here = f"{path}.{PREFERRED}[{index}]"
        found += _weight(term, here) + _pod_term(term.get("podAffinityTerm") or {}, f"{here}.podAffinityTerm")
    return found


def _pod_term(term: Obj, path: str) -> list[Cause]:
    found = metadata.selector(term.get("labelSelector"), f"{path}.labelSelector")
    found += metadata.selector(term.get("namespaceSelector"), f"{path}.namespaceSelector")
    for name in term.get("namespaces") or []:
        found += names.causes_of(f"{path}.namespace", name, names.label(name))
    found += _label_keys(term, path)
    key = term.get("topologyKey", "")
    if not key:
        found.append(causes.required(f"{path}.topologyKey", "can not be empty"))
    return found + names.causes_of(f"{path}.topologyKey", key, names.qualified(key))


def _label_keys(term: Obj, path: str) -> list[Cause]:
    """matchLabelKeys and mismatchLabelKeys. Upstream: ValidateMatchLabelKeysAndMismatchLabelKeys"""
    match, mismatch = term.get("matchLabelKeys") or [], term.get("mismatchLabelKeys") or []
    found = []
    for keys, name in ((match, "matchLabelKeys"), (mismatch, "mismatchLabelKeys")):
        if keys and term.get("labelSelector") is None:
            found.append(causes.forbidden(f"{path}.{name}", UNSELECTED))
        else:
            for index, key in enumerate(keys):
                found += names.causes_of(f"{path}.{name}[{index}]", key, names.qualified(key))
    selector = term.get("labelSelector") or {}
    seen = set(selector.get("matchLabels") or {})
    for rule in selector.get("matchExpressions") or []:
        key = rule.get("key", "")
        if key in match and key in seen:
            place = len(match) - 1 - match[::-1].index(key)
            found.append(causes.invalid(f"{path}[{place}]", key, f"{TWICE} labelSelector"))
        seen.add(key)
    for index, key in enumerate(match):
        if key in mismatch:
            found.append(causes.invalid(f"{path}.matchLabelKeys[{index}]", key, f"{TWICE} mismatchLabelKeys"))
    return found
