"""PolicyRules taken apart and put together. Upstream: staging/src/k8s.io/component-helpers/auth/rbac/validation"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

Obj = dict[str, Any]


def parts(rule: Obj) -> Iterator[Obj]:
    """The rule as rules of one verb on one thing each."""
    for group in rule.get("apiGroups") or ():
        for resource in rule.get("resources") or ():
            for verb in rule.get("verbs") or ():
                part: Obj = {"apiGroups": [group], "resources": [resource], "verbs": [verb]}
                for name in rule.get("resourceNames") or ():
                    yield {**part, "resourceNames": [name]}
                if not rule.get("resourceNames"):
                    yield part
    for path in rule.get("nonResourceURLs") or ():
        for verb in rule.get("verbs") or ():
            yield {"nonResourceURLs": [path], "verbs": [verb]}


def compact(rules: Sequence[Obj]) -> list[Obj]:
    """The verbs of rules about the same resource, in one rule."""
    result: list[Obj] = []
    simple: dict[tuple[str, ...], Obj] = {}
    for rule in rules:
        names = rule.get("resourceNames") or []
        one = len(rule.get("apiGroups") or ()) == 1 and len(rule.get("resources") or ()) == 1 and len(names) <= 1
        if not one or rule.get("nonResourceURLs"):
            result.append(rule)
            continue
        key = (rule["apiGroups"][0], rule["resources"][0], *names)
        if key in simple:
            simple[key]["verbs"] += rule["verbs"]
        else:
            simple[key] = {**rule, "verbs": list(rule["verbs"])}
    return result + list(simple.values())
