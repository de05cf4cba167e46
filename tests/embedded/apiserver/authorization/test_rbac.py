"""A cluster's own roles and bindings: who may do what, and who may give it away."""

from __future__ import annotations

from typing import Any

import pytest

from podlab.embedded import bootstrap
from podlab.embedded.apiserver.authorization import rbac
from podlab.embedded.apiserver.authorization.attributes import Attributes
from podlab.embedded.apiserver.authorization.impersonation import impersonated
from podlab.embedded.apiserver.authorization.rbac import ADMIN
from podlab.embedded.apiserver.registry import Registry
from podlab.embedded.apiserver.resource import User, Writer
from podlab.embedded.apiserver.status import StatusError
from podlab.embedded.clock import RealClock
from podlab.embedded.server import Core

Obj = dict[str, Any]
NOBODY = Writer()
BOSS = User("boss", ("system:authenticated",))
MANAGES = {"apiGroups": [rbac.GROUP], "resources": ["roles", "rolebindings"], "verbs": ["create", "update"]}


@pytest.fixture
def registry() -> Registry:
    core = Core(None, "lab", clock=RealClock(1.0), seed=1)
    bootstrap.populate(core.registry, "172.18.0.2")
    return core.registry


def _kind(registry: Registry, kind: str) -> Any:
    return registry.resource(f"{kind}.{rbac.GROUP}")


def _role(registry: Registry, name: str, *rules: Obj, by: Writer = NOBODY) -> Obj:
    made = {"metadata": {"name": name}, "rules": list(rules)}
    return registry.create(_kind(registry, "roles"), made, namespace="default", by=by)


def _bind(registry: Registry, role: str, user: str, kind: str = "Role", by: Writer = NOBODY) -> Obj:
    reference = {"kind": kind, "name": role}
    made = {"metadata": {"name": f"{role}-{user}"}, "roleRef": reference, "subjects": [{"kind": "User", "name": user}]}
    return registry.create(_kind(registry, "rolebindings"), made, namespace="default", by=by)


def _pods(verb: str) -> Obj:
    return {"apiGroups": [""], "resources": ["pods"], "verbs": [verb]}


def test_the_kits_own_clusters_say_who_is_let_in_and_why(registry: Registry) -> None:
    asked = Attributes(User("kubernetes-admin", ("kubeadm:cluster-admins",)), "delete", resource="nodes", name="x")
    assert rbac.decide(registry, asked).reason == (
        'RBAC: allowed by ClusterRoleBinding "kubeadm:cluster-admins" of ClusterRole "cluster-admin"'
        ' to Group "kubeadm:cluster-admins"'
    )


def test_the_admins_token_outlives_its_binding(registry: Registry) -> None:
    registry.delete(_kind(registry, "clusterrolebindings"), "kubeadm:cluster-admins")
    rbac.authorize(registry, Attributes(ADMIN, "get", resource="pods"))
    impostor = User(ADMIN.name, ADMIN.groups)
    assert not rbac.decide(registry, Attributes(impostor, "get", resource="pods")).allowed


def test_a_binding_without_a_role_says_so(registry: Registry) -> None:
    _bind(registry, "nothing", "jane")
    with pytest.raises(StatusError) as refused:
        rbac.authorize(registry, Attributes(User("jane"), "list", resource="pods", namespace="default"))
    assert refused.value.message == (
        'pods is forbidden: User "jane" cannot list resource "pods" in API group "" in the namespace "default": '
        'RBAC: role.rbac.authorization.k8s.io "nothing" not found'
    )


def test_nobody_gives_what_they_do_not_have(registry: Registry) -> None:
    _role(registry, "boss", _pods("get"), MANAGES)
    _bind(registry, "boss", "boss")
    by = Writer(user=BOSS)
    _role(registry, "same", _pods("get"), by=by)
    _bind(registry, "same", "friend", by=by)
    with pytest.raises(StatusError) as refused:
        _role(registry, "more", _pods("delete"), by=by)
    assert refused.value.message == (
        'roles.rbac.authorization.k8s.io "more" is forbidden: user "boss" (groups=["system:authenticated"]) is'
        " attempting to grant RBAC permissions not currently held:\n"
        '{APIGroups:[""], Resources:["pods"], Verbs:["delete"]}'
    )
    with pytest.raises(StatusError, match="not currently held"):
        _bind(registry, "cluster-admin", "boss", "ClusterRole", by=by)


def test_bind_and_escalate_are_verbs_of_their_own(registry: Registry) -> None:
    _role(registry, "boss", {**MANAGES, "verbs": ["create", "escalate"]})
    _bind(registry, "boss", "boss")
    _role(registry, "more", _pods("delete"), by=Writer(user=BOSS))
    with pytest.raises(StatusError, match="not currently held"):
        _bind(registry, "more", "boss", by=Writer(user=BOSS))
    _role(registry, "binder", {**MANAGES, "verbs": ["bind"], "resources": ["roles"], "resourceNames": ["more"]})
    _bind(registry, "binder", "boss")
    _bind(registry, "more", "boss", by=Writer(user=BOSS))


def test_who_may_impersonate_whom_is_a_role_too(registry: Registry) -> None:
    headers = {"impersonate-user": "system:serviceaccount:default:robot"}
    with pytest.raises(StatusError) as refused:
        impersonated(registry, BOSS, headers)
    assert 'cannot impersonate resource "serviceaccounts" in API group "" in the namespace' in refused.value.message
    assert impersonated(registry, ADMIN, headers).groups[1:] == (
        "system:serviceaccounts:default",
        "system:authenticated",
    )
    many = {"impersonate-user": "jane", "impersonate-extra-scopes": "a\nb", "impersonate-group": "x\ny"}
    assert impersonated(registry, ADMIN, many).extra == {"scopes": ("a", "b")}


def test_somebody_else_may_be_had_for_some_deeds_only(registry: Registry) -> None:
    headers, known = {"impersonate-user": "jane"}, set[str]()
    listing = Attributes(BOSS, "list", "", "pods", namespace="default")
    with pytest.raises(StatusError, match='cannot impersonate-on:user-info:list resource "pods"'):
        impersonated(registry, BOSS, headers, listing, known)
    _role(registry, "on", {"apiGroups": [""], "resources": ["pods"], "verbs": ["impersonate-on:user-info:list"]})
    _bind(registry, "on", "boss")
    with pytest.raises(StatusError, match='cannot impersonate:user-info resource "users" in API group "authentic'):
        impersonated(registry, BOSS, headers, listing, known)
    known.add("boss")
    with pytest.raises(StatusError, match='cannot impersonate resource "users"'):
        impersonated(registry, BOSS, headers, listing, known)
