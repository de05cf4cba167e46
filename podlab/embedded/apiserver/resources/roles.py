"""Roles and bindings. Upstream: pkg/apis/rbac/validation/validation.go, pkg/apis/rbac/v1/defaults.go"""

from __future__ import annotations

from typing import Any

from podlab.embedded.apiserver.authorization import escalation
from podlab.embedded.apiserver.columns import AGE, NAME, Column, age
from podlab.embedded.apiserver.resource import Obj, Resource, nothing
from podlab.embedded.apiserver.status import Cause
from podlab.embedded.apiserver.validation import causes, metadata, names

GROUP = "rbac.authorization.k8s.io"
GO_REFERENCE = {"apiGroup": "APIGroup", "kind": "Kind", "name": "Name"}


def default_role(role: Obj) -> None:
    """No rules are none, however they are written."""
    if role.get("rules") == []:
        del role["rules"]


def default_binding(binding: Obj) -> None:
    """Give the role and the subjects their API group."""
    reference = binding.setdefault("roleRef", {})
    reference["apiGroup"] = reference.get("apiGroup") or GROUP
    for subject in binding.get("subjects") or []:
        if subject.get("kind") in ("User", "Group") and not subject.get("apiGroup"):
            subject["apiGroup"] = GROUP


def validate_role(role: Obj, old: Obj | None) -> list[Cause]:
    """Return what is wrong with a Role."""
    return metadata.validate(role, old, names.path_segment) + _rules(role, namespaced=True)


def validate_cluster_role(role: Obj, old: Obj | None) -> list[Cause]:
    """Return what is wrong with a ClusterRole."""
    found = metadata.validate(role, old, names.path_segment) + _rules(role, namespaced=False)
    aggregation = role.get("aggregationRule")
    if aggregation is None:
        return found
    selectors, path = aggregation.get("clusterRoleSelectors") or [], "aggregationRule.clusterRoleSelectors"
    if not selectors:
        found.append(causes.required(path, "at least one clusterRoleSelector required if aggregationRule is non-nil"))
    for index, selector in enumerate(selectors):
        wrong = metadata.selector(selector, f"{path}[{index}]")
        found += [*wrong, causes.invalid(f"{path}[{index}]", None, "invalid label selector.")] if wrong else []
    return found


def _rules(role: Obj, *, namespaced: bool) -> list[Cause]:
    return [
        cause
        for index, rule in enumerate(role.get("rules") or [])
        for cause in _rule(rule, f"rules[{index}]", namespaced=namespaced)
    ]


def _rule(rule: Obj, path: str, *, namespaced: bool) -> list[Cause]:
    found = []
    paths, resources = rule.get("nonResourceURLs"), rule.get("resources")
    if not rule.get("verbs"):
        found.append(causes.required(f"{path}.verbs", "verbs must contain at least one value"))
    if paths:
        here = f"{path}.nonResourceURLs"
        if namespaced:
            found.append(causes.invalid(here, paths, "namespaced rules cannot apply to non-resource URLs"))
        if rule.get("apiGroups") or resources or rule.get("resourceNames"):
            found.append(
                causes.invalid(here, paths, "rules cannot apply to both regular resources and non-resource URLs")
            )
        return found
    if not rule.get("apiGroups"):
        found.append(causes.required(f"{path}.apiGroups", "resource rules must supply at least one api group"))
    if not resources:
        found.append(causes.required(f"{path}.resources", "resource rules must supply at least one resource"))
    return found


def validate_binding(binding: Obj, old: Obj | None) -> list[Cause]:
    """Return what is wrong with a RoleBinding or a ClusterRoleBinding."""
    namespaced = binding["kind"] == "RoleBinding"
    found = metadata.validate(binding, old, names.path_segment)
    if old is not None and old["roleRef"] != binding["roleRef"]:
        shown = {go: binding["roleRef"].get(key, "") for key, go in GO_REFERENCE.items()}
        found.append(causes.invalid("roleRef", shown, "cannot change roleRef"))
    found += _reference(binding["roleRef"], ("Role", "ClusterRole") if namespaced else ("ClusterRole",))
    for index, subject in enumerate(binding.get("subjects") or []):
        found += _subject(subject, f"subjects[{index}]", namespaced=namespaced)
    return found


def _reference(reference: Obj, kinds: tuple[str, ...]) -> list[Cause]:
    found = []
    if reference.get("apiGroup") != GROUP:
        found.append(causes.unsupported("roleRef.apiGroup", reference.get("apiGroup"), (GROUP,)))
    if reference.get("kind") not in kinds:
        found.append(causes.unsupported("roleRef.kind", reference.get("kind", ""), kinds))
    name = reference.get("name", "")
    if not name:
        return [*found, causes.required("roleRef.name")]
    return found + [causes.invalid("roleRef.name", name, text) for text in names.path_segment(name)]


def _subject(subject: Obj, path: str, *, namespaced: bool) -> list[Cause]:
    found = []
    kind, name, group = subject.get("kind", ""), subject.get("name", ""), subject.get("apiGroup", "")
    if not name:
        found.append(causes.required(f"{path}.name"))
    if kind == "ServiceAccount":
        if name:
            found += [causes.invalid(f"{path}.name", name, text) for text in names.subdomain(name)]
        if group:
            found.append(causes.unsupported(f"{path}.apiGroup", group, ("",)))
        if not namespaced and not subject.get("namespace"):
            found.append(causes.required(f"{path}.namespace"))
    elif kind in ("User", "Group"):
        if group != GROUP:
            found.append(causes.unsupported(f"{path}.apiGroup", group, (GROUP,)))
    else:
        found.append(causes.unsupported(f"{path}.kind", kind, ("ServiceAccount", "User", "Group")))
    return found


def row(binding: Obj, now: float) -> list[Any]:
    """The role, and who is bound to it."""
    reference, given = binding["roleRef"], binding.get("subjects") or []
    named = {kind: [s["name"] for s in given if s.get("kind") == kind] for kind in ("User", "Group")}
    accounts = [f"{s.get('namespace', '')}/{s['name']}" for s in given if s.get("kind") == "ServiceAccount"]
    subjects = [", ".join(each) for each in (named["User"], named["Group"], accounts)]
    return [binding["metadata"]["name"], f"{reference['kind']}/{reference['name']}", age(binding, now), *subjects]


def _columns(word: str, role: str) -> tuple[Column, ...]:
    unresolved = "If the RoleRef cannot be resolved, the Authorizer must return an error."
    about = ("Users", "Groups", "ServiceAccounts")
    subjects = (Column(each, f"{each} in the {word}", priority=1) for each in about)
    return (NAME, Column("Role", f"RoleRef can {role} in the global namespace. {unresolved}"), AGE, *subjects)


def _kind(kind: str, *, namespaced: bool, default: Any = nothing, **more: Any) -> Resource:
    return Resource(
        create_on_update=True,
        group=GROUP,
        version="v1",
        kind=kind,
        plural=f"{kind.lower()}s",
        singular=kind.lower(),
        namespaced=namespaced,
        default=default,
        **more,
    )


ROLES = _kind("Role", namespaced=True, default=default_role, validate=validate_role, prepare=escalation.check_role)
CLUSTER_ROLES = _kind(
    "ClusterRole",
    namespaced=False,
    default=default_role,
    validate=validate_cluster_role,
    prepare=escalation.check_role,
)
ROLE_BINDINGS = _kind(
    "RoleBinding",
    namespaced=True,
    default=default_binding,
    validate=validate_binding,
    prepare=escalation.check_binding,
    columns=_columns("roleBinding", "reference a Role in the current namespace or a ClusterRole"),
    row=row,
)
CLUSTER_ROLE_BINDINGS = _kind(
    "ClusterRoleBinding",
    namespaced=False,
    default=default_binding,
    validate=validate_binding,
    prepare=escalation.check_binding,
    columns=_columns("clusterRoleBinding", "only reference a ClusterRole"),
    row=row,
)
RBAC = (ROLES, CLUSTER_ROLES, ROLE_BINDINGS, CLUSTER_ROLE_BINDINGS)
