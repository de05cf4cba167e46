"""Role-based access control: the rules that bindings give to a user.

Upstream: plugin/pkg/auth/authorizer/rbac/rbac.go, pkg/registry/rbac/validation/rule.go
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from podlab.embedded.apiserver import status
from podlab.embedded.apiserver.authorization import attributes, rules
from podlab.embedded.apiserver.authorization.attributes import Attributes, Decision
from podlab.embedded.apiserver.resource import Obj, Objects, User
from podlab.embedded.apiserver.status import StatusError

GROUP = "rbac.authorization.k8s.io"
MASTERS = "system:masters"
ACCOUNT_PREFIX = "system:serviceaccount:"
CREDENTIAL = "authentication.kubernetes.io/credential-id"
CERTIFICATE = f"X509SHA256={hashlib.sha256(b'kubernetes-admin').hexdigest()}"
"""What stands for the digest of the certificate that kind's admin shows."""
ADMIN = User("kubernetes-admin", ("kubeadm:cluster-admins", "system:authenticated"), extra={CREDENTIAL: (CERTIFICATE,)})
"""The holder of the cluster's own token: may do everything, even after a learner deleted the binding that says so."""


@dataclass(frozen=True, slots=True)
class Grant:
    """A binding that gives a role to the user; `subject` is the one that made it so."""

    binding: Obj
    subject: Obj

    def reason(self) -> str:
        """What the answer to an access review says."""
        meta, reference = self.binding["metadata"], self.binding["roleRef"]
        name = f"{meta['name']}/{meta['namespace']}" if meta.get("namespace") else meta["name"]
        who = self.subject["name"]
        if self.subject["kind"] == "ServiceAccount":
            who = f"{who}/{self.subject.get('namespace') or meta.get('namespace', '')}"
        return (
            f'RBAC: allowed by {self.binding["kind"]} "{name}" of {reference["kind"]} "{reference["name"]}"'
            f' to {self.subject["kind"]} "{who}"'
        )


def authorize(registry: Objects, asked: Attributes) -> None:
    """Raise StatusError 403 if what is asked is not for this user."""
    if asked.user is ADMIN:
        return
    decision = decide(registry, asked)
    if not decision.allowed:
        raise attributes.forbidden(asked, decision.reason)


def decide(registry: Objects, asked: Attributes) -> Decision:
    """Whether a user may do what is asked, and why."""
    if MASTERS in asked.user.groups:
        return Decision(True)
    problems = []
    for grant in grants(registry, asked.user, asked.namespace):
        try:
            given = role_rules(registry, grant.binding["roleRef"], grant.binding["metadata"].get("namespace", ""))
        except StatusError as error:
            problems.append(error.message)
            continue
        if any(rules.allows(rule, asked) for rule in given):
            return Decision(True, grant.reason())
    return Decision(asked.user is ADMIN, _complaint(problems))


def _complaint(problems: list[str]) -> str:
    distinct = list(dict.fromkeys(problems))
    if not distinct:
        return ""
    return f"RBAC: {distinct[0]}" if len(distinct) == 1 else f"RBAC: [{', '.join(distinct)}]"


def grants(registry: Objects, user: User, namespace: str) -> Iterator[Grant]:
    """The bindings that name a user, those of the cluster first."""
    yield from _naming(registry.list(registry.resource(f"clusterrolebindings.{GROUP}")), user)
    if namespace:
        yield from _naming(registry.list(registry.resource(f"rolebindings.{GROUP}"), namespace), user)


def _naming(bindings: list[Obj], user: User) -> Iterator[Grant]:
    for binding in bindings:
        home = binding["metadata"].get("namespace", "")
        for subject in binding.get("subjects") or ():
            if _is(subject, user, home):
                yield Grant(binding, subject)
                break


def _is(subject: Obj, user: User, home: str) -> bool:
    kind, name = subject["kind"], subject["name"]
    if kind == "Group":
        return name in user.groups
    if kind == "User":
        return bool(name == user.name)
    namespace = subject.get("namespace") or home
    return bool(namespace) and user.name == f"{ACCOUNT_PREFIX}{namespace}:{name}"


def role_rules(registry: Objects, reference: Obj, namespace: str) -> list[Obj]:
    """The rules of the role that a binding refers to. Raises StatusError 404, and 500 for what is no role."""
    kind, name = reference.get("kind", ""), reference.get("name", "")
    if kind not in ("Role", "ClusterRole"):
        raise StatusError(500, "", f'unsupported role reference kind: "{kind}"')
    resource = registry.resource(f"{kind.lower()}s.{GROUP}")
    found = registry.find(resource, name, namespace)
    if found is None:
        raise status.not_found(f"{kind.lower()}.{GROUP}", name)
    return found.get("rules") or []


def rules_for(registry: Objects, user: User, namespace: str) -> tuple[list[Obj], list[str]]:
    """All rules that a user has in a namespace, and what is wrong with the roles."""
    found, problems = [], []
    for grant in grants(registry, user, namespace):
        try:
            found += role_rules(registry, grant.binding["roleRef"], grant.binding["metadata"].get("namespace", ""))
        except StatusError as error:
            problems.append(error.message)
    return found, problems
