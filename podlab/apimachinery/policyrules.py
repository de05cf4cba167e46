"""PolicyRules taken apart and put together. Upstream: staging/src/k8s.io/component-helpers/auth/rbac/validation"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

Obj = dict[str, Any]
ALL = "*"


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
            verbs = simple[key]["verbs"]
            verbs += [verb for verb in rule["verbs"] if verb not in verbs]
        else:
            simple[key] = {**rule, "verbs": list(rule["verbs"])}
    return result + list(simple.values())


def uncovered(owned: Sequence[Obj], wanted: Sequence[Obj]) -> list[Obj]:
    """The parts of the wanted rules that the owned ones do not cover. Upstream: policy_comparator.go (Covers)"""
    return [part for rule in wanted for part in parts(rule) if not any(_covers(own, part) for own in owned)]


def _covers(own: Obj, part: Obj) -> bool:
    names, paths = own.get("resourceNames") or [], own.get("nonResourceURLs") or ()
    if not has(own.get("verbs"), part["verbs"][0]):
        return False
    if "nonResourceURLs" in part:
        return any(path_matches(path, part["nonResourceURLs"][0]) for path in paths) and not names
    wanted = part.get("resourceNames") or []
    return (
        has(own.get("apiGroups"), part["apiGroups"][0])
        and _resource_covered(own.get("resources") or (), part["resources"][0])
        and (not names or (bool(wanted) and wanted[0] in names))
    )


def _resource_covered(given: Sequence[str], wanted: str) -> bool:
    if ALL in given or wanted in given:
        return True
    return "/" in wanted and f"*/{wanted.partition('/')[2]}" in given


def has(given: Sequence[str] | None, wanted: str) -> bool:
    """Whether a rule's list names this, or everything."""
    return given is not None and (wanted in given or ALL in given)


def path_matches(pattern: str, path: str) -> bool:
    """Whether a rule's non-resource URL is this path, or one above it with `*`."""
    if pattern in (ALL, path):
        return True
    return pattern.endswith("*") and path.startswith(pattern.rstrip("*"))
