"""PolicyRules: what one allows, whether rules cover others, how they are written.

Upstream: pkg/apis/rbac/v1/{evaluation_helpers,helpers}.go,
staging/src/k8s.io/component-helpers/auth/rbac/validation/policy_comparator.go
"""

from __future__ import annotations

from collections.abc import Sequence

from podlab.apimachinery import policyrules
from podlab.apimachinery.gotext import quote
from podlab.embedded.apiserver.authorization.attributes import Attributes
from podlab.embedded.apiserver.resource import Obj

ALL = "*"
FULL_AUTHORITY: tuple[Obj, ...] = (
    {"verbs": [ALL], "apiGroups": [ALL], "resources": [ALL]},
    {"verbs": [ALL], "nonResourceURLs": [ALL]},
)


def allows(rule: Obj, asked: Attributes) -> bool:
    """Whether a rule allows what is asked."""
    if not _has(rule.get("verbs"), asked.verb):
        return False
    if not asked.resource:
        return any(_path_matches(path, asked.path) for path in rule.get("nonResourceURLs") or ())
    names = rule.get("resourceNames")
    return (
        _has(rule.get("apiGroups"), asked.group)
        and _resource_matches(rule.get("resources") or (), asked)
        and (not names or asked.name in names)
    )


def _has(given: Sequence[str] | None, wanted: str) -> bool:
    return given is not None and (wanted in given or ALL in given)


def _path_matches(pattern: str, path: str) -> bool:
    if pattern in (ALL, path):
        return True
    return pattern.endswith("*") and path.startswith(pattern.rstrip("*"))


def _resource_matches(given: Sequence[str], asked: Attributes) -> bool:
    if ALL in given or asked.full_resource in given:
        return True
    return bool(asked.subresource) and f"*/{asked.subresource}" in given


def uncovered(owned: Sequence[Obj], wanted: Sequence[Obj]) -> list[Obj]:
    """The parts of the wanted rules that the owned ones do not cover."""
    return [part for rule in wanted for part in policyrules.parts(rule) if not any(_covers(own, part) for own in owned)]


def _covers(own: Obj, part: Obj) -> bool:
    names, paths = own.get("resourceNames") or [], own.get("nonResourceURLs") or ()
    if not _has(own.get("verbs"), part["verbs"][0]):
        return False
    if "nonResourceURLs" in part:
        return any(_path_matches(path, part["nonResourceURLs"][0]) for path in paths) and not names
    wanted = part.get("resourceNames") or []
    return (
        _has(own.get("apiGroups"), part["apiGroups"][0])
        and _resource_covered(own.get("resources") or (), part["resources"][0])
        and (not names or (bool(wanted) and wanted[0] in names))
    )


def _resource_covered(given: Sequence[str], wanted: str) -> bool:
    if ALL in given or wanted in given:
        return True
    return "/" in wanted and f"*/{wanted.partition('/')[2]}" in given


FIELDS = ("apiGroups", "resources", "nonResourceURLs", "resourceNames", "verbs")
GO_NAMES = dict(zip(FIELDS, ("APIGroups", "Resources", "NonResourceURLs", "ResourceNames", "Verbs"), strict=True))


def text(rule: Obj) -> str:
    """`{APIGroups:[""], Resources:["pods"], Verbs:["get"]}`."""
    parts = [f"{GO_NAMES[key]}:{quoted(rule[key])}" for key in FIELDS if rule.get(key)]
    return "{" + ", ".join(parts) + "}"


def quoted(given: Sequence[str]) -> str:
    """A list of texts as Go's `%q` writes it."""
    return "[" + " ".join(map(quote, given)) + "]"
