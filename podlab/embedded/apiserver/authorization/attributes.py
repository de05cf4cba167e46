"""What is asked of the authorizer, and its refusals.

Upstream: staging/src/k8s.io/apiserver/pkg/authorization/authorizer/interfaces.go
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from podlab.embedded.apiserver import status
from podlab.embedded.apiserver.request import RequestInfo
from podlab.embedded.apiserver.resource import User
from podlab.embedded.apiserver.status import StatusError

UPGRADED = ("exec", "attach", "portforward")
"""Subresources of Pods whose WebSockets begin as a GET and count as a create."""


@dataclass(frozen=True, slots=True)
class Attributes:
    """One question: may `user` do this? Without a resource it is about a path."""

    user: User
    verb: str
    group: str = ""
    resource: str = ""
    subresource: str = ""
    name: str = ""
    namespace: str = ""
    path: str = ""

    @property
    def full_resource(self) -> str:
        """`pods`, `pods/log`."""
        return f"{self.resource}/{self.subresource}" if self.subresource else self.resource


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer, with what allowed it or what is wrong with the roles."""

    allowed: bool
    reason: str = ""


def of_request(
    user: User, info: RequestInfo, query: Mapping[str, Sequence[str]], *, upgrade: bool = False
) -> Attributes:
    """The question that a request puts."""
    if not info.resource:
        return Attributes(user, info.verb, path=info.path)
    verb, name = info.verb, info.name
    if upgrade and info.resource == "pods" and info.subresource in UPGRADED:
        verb = "create"
    if not name and verb in ("list", "watch"):
        name = _selected_name(query)
    return Attributes(user, verb, info.group, info.resource, info.subresource, name, info.namespace)


def _selected_name(query: Mapping[str, Sequence[str]]) -> str:
    """The one object that a field selector leaves."""
    for term in ",".join(query.get("fieldSelector", ())).split(","):
        key, _, value = term.partition("=")
        if key == "metadata.name" and value:
            return value.removeprefix("=")
    return ""


def forbidden(asked: Attributes, reason: str = "") -> StatusError:
    """The refusal. Upstream: apiserver/pkg/endpoints/handlers/responsewriters/errors.go"""
    more = f": {reason}" if reason else ""
    if not asked.resource:
        message = f'forbidden: User "{asked.user.name}" cannot {asked.verb} path "{asked.path}"{more}'
        return StatusError(403, "Forbidden", message, {})
    qualified = f"{asked.resource}.{asked.group}" if asked.group else asked.resource
    return status.forbidden(qualified, asked.name, described(asked) + more)


def described(asked: Attributes) -> str:
    """Who cannot do what where."""
    where = f'in the namespace "{asked.namespace}"' if asked.namespace else "at the cluster scope"
    return (
        f'User "{asked.user.name}" cannot {asked.verb} resource "{asked.full_resource}"'
        f' in API group "{asked.group}" {where}'
    )
