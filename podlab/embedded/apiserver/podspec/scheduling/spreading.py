"""Validation of topology spread, tolerations and gates. Upstream: pkg/apis/core/validation/validation.go"""

from __future__ import annotations

from typing import Any

from podlab.embedded.apiserver.podspec.scheduling.affinity import TWICE, UNSELECTED
from podlab.embedded.apiserver.status import Cause
from podlab.embedded.apiserver.validation import causes, metadata, names

Obj = dict[str, Any]
ACTIONS = ("DoNotSchedule", "ScheduleAnyway")
POLICIES = ("Honor", "Ignore")
EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")
KEYLESS = 'operator must be Exists when `key` is empty, which means "match all values and all keys"'


def spread(given: list[Obj], path: str) -> list[Cause]:
    """Return what is wrong with topologySpreadConstraints."""
    found = []
    for index, rule in enumerate(given):
        here, key, when = f"{path}[{index}]", rule.get("topologyKey", ""), rule.get("whenUnsatisfiable", "")
        if rule.get("maxSkew", 0) <= 0:
            found.append(causes.invalid(f"{here}.maxSkew", rule.get("maxSkew", 0), "must be greater than zero"))
        if not key:
            found.append(causes.required(f"{here}.topologyKey", "can not be empty"))
        if when not in ACTIONS:
            found.append(causes.unsupported(f"{here}.whenUnsatisfiable", when, ACTIONS))
        later = [(other.get("topologyKey", ""), other.get("whenUnsatisfiable", "")) for other in given[index + 1 :]]
        if (key, when) in later:
            found.append(causes.duplicate(f"{here}.{{topologyKey, whenUnsatisfiable}}", f"{{{key}, {when}}}"))
        found += _domains(rule, f"{here}.minDomains")
        for policy in ("nodeAffinityPolicy", "nodeTaintsPolicy"):
            found += names.among(f"{here}.{policy}", rule.get(policy), POLICIES)
        found += _label_keys(rule, f"{here}.matchLabelKeys")
        found += metadata.selector(rule.get("labelSelector"), f"{here}.labelSelector")
    return found


def _domains(rule: Obj, path: str) -> list[Cause]:
    least, when, found = rule.get("minDomains"), rule.get("whenUnsatisfiable", ""), []
    if least is None:
        return []
    if least <= 0:
        found.append(causes.invalid(path, least, "must be greater than zero"))
    if when != "DoNotSchedule":
        text = f"can only use minDomains if whenUnsatisfiable=DoNotSchedule, not {when}"
        found.append(causes.invalid(path, least, text))
    return found


def _label_keys(rule: Obj, path: str) -> list[Cause]:
    keys, selector = rule.get("matchLabelKeys") or [], rule.get("labelSelector")
    if not keys:
        return []
    if selector is None:
        return [causes.forbidden(path, UNSELECTED)]
    found = []
    seen = set(selector.get("matchLabels") or {})
    for one in selector.get("matchExpressions") or []:
        key = one.get("key", "")
        if key in keys and key in seen:
            found.append(causes.invalid(f"{path}[{keys.index(key)}]", key, f"{TWICE} labelSelector"))
        seen.add(key)
    for index, key in enumerate(keys):
        found += names.causes_of(f"{path}[{index}]", key, names.qualified(key))
    return found


def tolerations(given: list[Obj], path: str) -> list[Cause]:
    """Return what is wrong with tolerations."""
    found = []
    for index, toleration in enumerate(given):
        here = f"{path}[{index}]"
        key, operator = toleration.get("key", ""), toleration.get("operator", "")
        value, effect = toleration.get("value", ""), toleration.get("effect", "")
        if key:
            found += names.causes_of(f"{here}.key", key, names.qualified(key))
        elif operator != "Exists":
            found.append(causes.invalid(f"{here}.operator", operator, KEYLESS))
        if toleration.get("tolerationSeconds") is not None and effect != "NoExecute":
            text = "effect must be 'NoExecute' when `tolerationSeconds` is set"
            found.append(causes.invalid(f"{here}.effect", effect, text))
        found += _operator(operator, value, f"{here}.operator")
        if effect and effect not in EFFECTS:
            found.append(causes.unsupported(f"{here}.effect", effect, EFFECTS))
    return found


def _operator(operator: str, value: str, path: str) -> list[Cause]:
    if operator in ("Equal", ""):
        wrong = names.label_value(value)
        return [causes.invalid(path, value, ";".join(wrong))] if wrong else []
    if operator == "Exists":
        text = "value must be empty when `operator` is 'Exists'"
        return [causes.invalid(path, value, text)] if value else []
    # Gt and Lt are behind a gate that is off: they are named as supported, and refused.
    supported = ("Equal", "Exists", "Lt", "Gt") if operator in ("Lt", "Gt") else ("Equal", "Exists")
    return [causes.unsupported(path, operator, supported)]


def gates(spec: Obj, path: str) -> list[Cause]:
    """Return what is wrong with what a Pod waits for before it is scheduled, or is ready."""
    found: list[Cause] = []
    for index, gate in enumerate(spec.get("readinessGates") or []):
        kind = gate.get("conditionType", "")
        found += names.causes_of(f"{path}.readinessGates[{index}].conditionType", kind, names.qualified(kind))
    seen = set()
    for index, gate in enumerate(spec.get("schedulingGates") or []):
        name, here = gate.get("name", ""), f"{path}.schedulingGates[{index}]"
        found += names.causes_of(here, name, names.qualified(name))
        if name in seen:
            found.append(causes.duplicate(here, name))
        seen.add(name)
    return found
