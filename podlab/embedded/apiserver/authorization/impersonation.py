"""To be somebody else for one request: for anything, or only for what a role names.

Upstream: staging/src/k8s.io/apiserver/pkg/endpoints/filters/impersonation
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from urllib.parse import unquote

from podlab.embedded.apiserver import status
from podlab.embedded.apiserver.authorization import rbac
from podlab.embedded.apiserver.authorization.attributes import Attributes
from podlab.embedded.apiserver.registry import Registry
from podlab.embedded.apiserver.resource import User

ANONYMOUS, AUTHENTICATED, UNAUTHENTICATED = "system:anonymous", "system:authenticated", "system:unauthenticated"
EXTRA = "impersonate-extra-"
NODE = "system:node:"
IDENTITIES = "authentication.k8s.io"


def impersonated(
    registry: Registry,
    user: User,
    headers: Mapping[str, str],
    target: Attributes | None = None,
    known: set[str] | None = None,
) -> User:
    """The user that a request wishes to be made by. Raises StatusError 400, 403.

    Args:
        target: what is to be done.
        known: who has been somebody else for anything before; such users are told what they lack of that.
    """
    asked = [key for key in headers if key.startswith("impersonate-")]
    if not asked:
        return user
    name = headers.get("impersonate-user", "")
    if not name:
        raise status.bad_request(f"requested {asked[0]} without impersonating a user")
    groups = _lines(headers.get("impersonate-group", ""))
    extra = {unquote(key[len(EXTRA) :]): tuple(_lines(headers[key])) for key in asked if key.startswith(EXTRA)}
    wanted = User(name, tuple(groups), headers.get("impersonate-uid", ""), extra)
    try:
        for question in _questions(user, wanted):
            rbac.authorize(registry, question)
        if known is not None:
            known.add(user.name)
    except status.StatusError:
        if target is None or (known and user.name in known):
            raise
        for question in _constrained(user, wanted, target):
            rbac.authorize(registry, question)
    return User(name, tuple(_groups(name, groups)), wanted.uid, extra)


def _lines(text: str) -> list[str]:
    return [line for line in text.split("\n") if line]


def _account(name: str) -> tuple[str, str] | None:
    """Namespace and name of a ServiceAccount's user."""
    namespace, _, account = name.removeprefix(rbac.ACCOUNT_PREFIX).partition(":")
    return (namespace, account) if name.startswith(rbac.ACCOUNT_PREFIX) and account else None


def _questions(user: User, wanted: User) -> Iterator[Attributes]:
    account = _account(wanted.name)
    if account:
        yield Attributes(user, "impersonate", "", "serviceaccounts", name=account[1], namespace=account[0])
    else:
        yield Attributes(user, "impersonate", "", "users", name=wanted.name)
    for group in wanted.groups:
        yield Attributes(user, "impersonate", "", "groups", name=group)
    for key, values in wanted.extra.items():
        for value in values:
            yield Attributes(user, "impersonate", IDENTITIES, "userextras", key, value)
    if wanted.uid:
        yield Attributes(user, "impersonate", IDENTITIES, "uids", name=wanted.uid)


def _constrained(user: User, wanted: User, target: Attributes) -> Iterator[Attributes]:
    """What must be allowed to do only this as somebody else: the deed, then the being."""
    account, node = _account(wanted.name), wanted.name.removeprefix(NODE)
    mode = "serviceaccount" if account else "arbitrary-node" if node != wanted.name else "user-info"
    yield replace(target, verb=f"impersonate-on:{mode}:{target.verb}")
    being = f"impersonate:{mode}"
    if mode == "arbitrary-node":
        yield Attributes(user, being, IDENTITIES, "nodes", name=node)
    for question in _questions(user, wanted):
        if mode != "arbitrary-node" or question.resource != "users":
            yield replace(question, verb=being, group=IDENTITIES)


def _groups(name: str, given: list[str]) -> list[str]:
    groups = list(given)
    account = _account(name)
    if account and not groups:
        groups = ["system:serviceaccounts", f"system:serviceaccounts:{account[0]}"]
    if name == ANONYMOUS:
        return groups if UNAUTHENTICATED in groups else [*groups, UNAUTHENTICATED]
    return groups if {AUTHENTICATED, UNAUTHENTICATED} & set(groups) else [*groups, AUTHENTICATED]
