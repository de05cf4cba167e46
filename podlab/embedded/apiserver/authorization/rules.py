"""PolicyRules: what one allows, and how they are written.

Upstream: pkg/apis/rbac/v1/{evaluation_helpers,helpers}.go
"""

from __future__ import annotations

from collections.abc import Sequence

from podlab.apimachinery.gotext import quote
from podlab.apimachinery.policyrules import ALL, has, path_matches
from podlab.embedded.apiserver.authorization.attributes import Attributes
from podlab.embedded.apiserver.resource import Obj

FULL_AUTHORITY: tuple[Obj, ...] = (
    {"verbs": [ALL], "apiGroups": [ALL], "resources": [ALL]},
    {"verbs": [ALL], "nonResourceURLs": [ALL]},
)


def allows(rule: Obj, asked: Attributes) -> bool:
    """Whether a rule allows what is asked."""
    if not has(rule.get("verbs"), asked.verb):
        return False
    if not asked.resource:
        return any(path_matches(path, asked.path) for path in rule.get("nonResourceURLs") or ())
    names = rule.get("resourceNames")
    return (
        has(rule.get("apiGroups"), asked.group)
        and _resource_matches(rule.get("resources") or (), asked)
        and (not names or asked.name in names)
    )


def _resource_matches(given: Sequence[str], asked: Attributes) -> bool:
    if ALL in given or asked.full_resource in given:
        return True
    return bool(asked.subresource) and f"*/{asked.subresource}" in given


FIELDS = ("apiGroups", "resources", "nonResourceURLs", "resourceNames", "verbs")
GO_NAMES = dict(zip(FIELDS, ("APIGroups", "Resources", "NonResourceURLs", "ResourceNames", "Verbs"), strict=True))


def text(rule: Obj) -> str:
    """`{APIGroups:[""], Resources:["pods"], Verbs:["get"]}`."""
    parts = [f"{GO_NAMES[key]}:{quoted(rule[key])}" for key in FIELDS if rule.get(key)]
    return "{" + ", ".join(parts) + "}"


def quoted(given: Sequence[str]) -> str:
    """A list of texts as Go's `%q` writes it."""
    return "[" + " ".join(map(quote, given)) + "]"
