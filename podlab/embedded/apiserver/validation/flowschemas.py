"""What FlowSchemas and priority levels may say.

Upstream: pkg/apis/flowcontrol/validation/validation.go (ValidateFlowSchemaSpec, ValidatePriorityLevelConfigurationSpec)
"""

from __future__ import annotations

import math
from typing import Any

from podlab.embedded.apiserver.resource import Obj
from podlab.embedded.apiserver.status import Cause
from podlab.embedded.apiserver.validation import causes, names

LOWEST_PRECEDENCE = 10000
VERBS = ("create", "delete", "deletecollection", "get", "list", "patch", "proxy", "update", "watch")
MOST_QUEUES, MOST_BITS = 10_000_000, 60
SUBJECTS = {"Group": "group", "ServiceAccount": "serviceAccount", "User": "user"}


def spec(name: str, given: Obj) -> list[Cause]:
    """Return what is wrong with a schema's spec."""
    found, here = _precedence(name, given.get("matchingPrecedence", 0)), "spec.priorityLevelConfiguration.name"
    method, level = given.get("distinguisherMethod"), (given.get("priorityLevelConfiguration") or {}).get("name")
    if method is not None and method.get("type") not in ("ByNamespace", "ByUser"):
        shown = {"Type": method.get("type", "")}
        found.append(causes.unsupported("spec.distinguisherMethod.type", shown, ("ByNamespace", "ByUser")))
    if level:
        found += names.causes_of(here, level, names.subdomain(level))
    else:
        found.append(causes.required(here, "must reference a priority level"))
    for index, rule in enumerate(given.get("rules") or []):
        found += _rule(rule, f"spec.rules[{index}]")
    return found


def _precedence(name: str, value: int) -> list[Cause]:
    path = "spec.matchingPrecedence"
    if value <= 0:
        return [causes.invalid(path, value, "must be a positive value")]
    if value > LOWEST_PRECEDENCE:
        return [causes.invalid(path, value, f"must not be greater than {LOWEST_PRECEDENCE}")]
    if value == 1 and name != "exempt":
        return [causes.invalid(path, value, "only the schema named 'exempt' may have matchingPrecedence 1")]
    return []


def _rule(rule: Obj, path: str) -> list[Cause]:
    found, resources, others = [], rule.get("resourceRules") or [], rule.get("nonResourceRules") or []
    for index, subject in enumerate(rule.get("subjects") or []):
        found += _subject(subject, f"{path}.subjects[{index}]")
    if not rule.get("subjects"):
        found.append(causes.required(f"{path}.subjects", "subjects must contain at least one value"))
    if not resources and not others:
        text = "at least one of resourceRules and nonResourceRules has to be non-empty"
        found.append(causes.required(path, text))
    for index, each in enumerate(resources):
        here = f"{path}.resourceRules[{index}]"
        found += _verbs(each, here)
        for key, one, many in (("apiGroups", "api group", "api groups"), ("resources", "resource", "resources")):
            needed = f"resource rules must supply at least one {one}"
            found += _some(each, f"{here}.{key}", key, needed, many)
        if each.get("namespaces") or not each.get("clusterScope"):
            needed = "resource rules that are not cluster scoped must supply at least one namespace"
            found += _some(each, f"{here}.namespaces", "namespaces", needed, "namespaces")
    for index, each in enumerate(others):
        here = f"{path}.nonResourceRules[{index}]"
        needed = "nonResourceURLs must contain at least one value"
        found += _verbs(each, here) + _some(
            each, f"{here}.nonResourceURLs", "nonResourceURLs", needed, "non-resource URLs"
        )
    return found


def _verbs(rule: Obj, path: str) -> list[Cause]:
    given = rule.get("verbs") or []
    found = _some(rule, f"{path}.verbs", "verbs", "verbs must contain at least one value", "verbs")
    if not found and "*" not in given and not set(given) <= set(VERBS):
        found.append(causes.unsupported(f"{path}.verbs", given, VERBS))
    return found


def _some(rule: Obj, path: str, key: str, needed: str, many: str) -> list[Cause]:
    """There is at least one, and none beside the one that stands for all."""
    given: list[Any] = rule.get(key) or []
    if not given:
        return [causes.required(path, needed)]
    if "*" in given and len(given) > 1:
        return [causes.invalid(path, given, f"if '*' is present, must not specify other {many}")]
    return []


def _subject(subject: Obj, path: str) -> list[Cause]:
    kind = subject.get("kind", "")
    if kind not in SUBJECTS:
        return [causes.unsupported(f"{path}.kind", kind, sorted(SUBJECTS))]
    own = subject.get(SUBJECTS[kind])
    here, found = f"{path}.{SUBJECTS[kind]}", []
    if own is None:
        found.append(causes.required(here, f"{SUBJECTS[kind]} is required when subject kind is '{kind}'"))
    else:
        if not own.get("name"):
            found.append(causes.required(f"{here}.name"))
        if kind == "ServiceAccount" and not own.get("namespace"):
            found.append(causes.required(f"{here}.namespace", "must specify namespace for service account"))
    others = [(each, key) for each, key in reversed(SUBJECTS.items()) if each != kind and subject.get(key) is not None]
    text = "{1} is forbidden when subject kind is not '{0}'"
    return found + [causes.forbidden(f"{path}.{key}", text.format(each, key)) for each, key in others]


def level(name: str, given: Obj) -> list[Cause]:
    """Return what is wrong with a priority level's spec."""
    kind, limited, exempt, found = given.get("type") or "", given.get("limited"), given.get("exempt"), list[Cause]()
    if (name == "exempt") != (kind == "Exempt"):
        found.append(causes.invalid("spec.type", kind, "must be 'Exempt' if and only if `name` is 'exempt'"))
    if kind == "Exempt":
        if limited is not None:
            found.append(causes.forbidden("spec.limited", "must be nil if the type is not Limited"))
        return found + (_shares(exempt, "spec.exempt") + _lent(exempt, "spec.exempt") if exempt else [])
    if kind != "Limited":
        return [*found, causes.unsupported("spec.type", kind, ("Exempt", "Limited"))]
    if exempt is not None:
        found.append(causes.forbidden("spec.exempt", "must be nil if the type is Limited"))
    if limited is None:
        return [*found, causes.required("spec.limited", "must not be empty when type is Limited")]
    path, borrowed = "spec.limited", limited.get("borrowingLimitPercent")
    found += _shares(limited, path) + _response(limited.get("limitResponse") or {}, f"{path}.limitResponse")
    found += _lent(limited, path)
    if borrowed is not None and borrowed < 0:
        text = "if specified, must be a non-negative integer"
        found.append(causes.invalid(f"{path}.borrowingLimitPercent", borrowed, text))
    return found


def _shares(given: Obj, path: str) -> list[Cause]:
    shares = given.get("nominalConcurrencyShares") or 0
    text = "must be a non-negative integer"
    return [causes.invalid(f"{path}.nominalConcurrencyShares", shares, text)] if shares < 0 else []


def _lent(given: Obj, path: str) -> list[Cause]:
    lent = given.get("lendablePercent") or 0
    text = "must be between 0 and 100, inclusive"
    return [] if 0 <= lent <= 100 else [causes.invalid(f"{path}.lendablePercent", lent, text)]


def _response(given: Obj, path: str) -> list[Cause]:
    kind, queuing = given.get("type") or "", given.get("queuing")
    if kind == "Reject":
        text = "must be nil if limited.limitResponse.type is not Limited"
        return [causes.forbidden(f"{path}.queuing", text)] if queuing is not None else []
    if kind != "Queue":
        return [causes.unsupported(f"{path}.type", kind, ("Queue", "Reject"))]
    if queuing is None:
        text = "must not be empty if limited.limitResponse.type is Limited"
        return [causes.required(f"{path}.queuing", text)]
    return _queues(queuing, f"{path}.queuing")


def _queues(given: Obj, path: str) -> list[Cause]:
    length, queues, hand = (given.get(key) or 0 for key in ("queueLengthLimit", "queues", "handSize"))
    found = [causes.invalid(f"{path}.queueLengthLimit", length, "must be positive")] if length <= 0 else []
    if queues <= 0:
        found.append(causes.invalid(f"{path}.queues", queues, "must be positive"))
    elif queues > MOST_QUEUES:
        found.append(causes.invalid(f"{path}.queues", queues, f"must not be greater than {MOST_QUEUES}"))
    if hand <= 0:
        return [*found, causes.invalid(f"{path}.handSize", hand, "must be positive")]
    if hand > queues:
        text = f"should not be greater than queues ({queues})"
        return [*found, causes.invalid(f"{path}.handSize", hand, text)]
    if math.ceil(math.log2(queues) * hand) > MOST_BITS:
        dealt = f"deckSize {queues} and handSize {hand}"
        text = f"required entropy bits of {dealt} should not be greater than {MOST_BITS}"
        found.append(causes.invalid(f"{path}.handSize", hand, text))
    return found
