"""What is answered by what: one table for objects and their subresources, one for all other paths.

Upstream: staging/src/k8s.io/apiserver/pkg/endpoints/installer.go, pkg/server/routes
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from podlab.embedded.apiserver import status, verbs
from podlab.embedded.apiserver.answering.negotiation import Answer
from podlab.embedded.apiserver.auth import Authenticator
from podlab.embedded.apiserver.node import Machines
from podlab.embedded.apiserver.paths import discovery, eviction, health, reviews, scale, subresources, tokenrequest
from podlab.embedded.apiserver.registry import Registry
from podlab.embedded.apiserver.request import Request, RequestInfo
from podlab.embedded.apiserver.resource import Resource
from podlab.embedded.apiserver.verbs import Call


class Documents(Protocol):
    """Answers `/openapi/…`."""

    async def described(self, request: Request) -> None:
        """Come back when there is what the request is to be answered from."""

    def __call__(self, request: Request) -> Answer | None:
        """The answer, or None for a path that is not known."""


@dataclass(frozen=True, slots=True)
class Served:
    """What answers are made from; `documents` answers `/openapi/…`, `machines` are what `/podlab/nodes` turns off."""

    registry: Registry
    authenticator: Authenticator
    documents: Documents | None = None
    machines: Machines | None = None


OfObjects = Callable[[Call, Served], Answer]
OfPaths = Callable[[Request, Served], Answer | None]


class NoSuchPath(Exception):
    """Nothing of this group and version is served."""


def _plain(handle: Callable[[Call], Answer]) -> OfObjects:
    return lambda call, served: handle(call)


COLLECTION, OBJECT = "", "/"
PART = {"GET": _plain(verbs.get), "PUT": _plain(verbs.update), "PATCH": _plain(verbs.patch_)}
SCALE = dict.fromkeys(("GET", "PUT", "PATCH"), _plain(scale.answer))

OBJECTS: dict[str, Mapping[str, OfObjects]] = {
    COLLECTION: {
        "GET": _plain(verbs.list_),
        "POST": _plain(verbs.create),
        "DELETE": _plain(verbs.delete_collection),
    },
    OBJECT: {**PART, "DELETE": _plain(verbs.delete)},
    "status": PART,
    "ephemeralcontainers": PART,
    "resize": PART,
    "approval": PART,
    "scale": SCALE,
    "finalize": {"PUT": _plain(subresources.finalize)},
    "binding": {"POST": _plain(subresources.bind)},
    "eviction": {"POST": _plain(eviction.evict)},
    "token": {"POST": lambda call, served: tokenrequest.token(call, served.authenticator)},
}
"""Collections, objects and subresources; those that stream (log, exec, …) are connect's."""

OWN: dict[tuple[str, str], Callable[[Call], Answer]] = {
    ("", "bindings"): subresources.bind,
    ("", "componentstatuses"): subresources.component_status,
}
"""Kinds that are not stored."""

VERBS = {
    COLLECTION: {"GET": "list", "POST": "create", "DELETE": "deletecollection"},
    OBJECT: {"GET": "get", "PUT": "update", "PATCH": "patch", "DELETE": "delete"},
}
"""The verb that a kind must have."""


def resource_of(registry: Registry, info: RequestInfo) -> Resource:
    """The resource that a path names. Raises StatusError 404, NoSuchPath."""
    kinds = registry.resources
    found = kinds.get((f"{info.group}/{info.version}", info.resource)) or kinds.get((info.group, info.resource))
    if found is None or found.version != info.version or not _in_scope(found, info):
        known = any(r.group == info.group and not r.structure for r in kinds.values())
        raise status.no_such_resource() if known else NoSuchPath
    return found


def _in_scope(resource: Resource, info: RequestInfo) -> bool:
    if resource.namespaced:
        return bool(info.namespace) or not info.name
    return not info.namespace or (resource.plural == "namespaces" and info.name == info.namespace)


def of_object(call: Call, served: Served) -> Answer:
    """Answer a request about objects. Raises StatusError 404, 405 for what is not served."""
    info, method = call.request.info, call.request.method
    if info.subresource:
        known = info.subresource in call.resource.subresources and not info.rest
        handlers = OBJECTS.get(info.subresource) if known else None
        if handlers is None and call.resource.structure is not None:
            raise status.not_found(call.resource.qualified, info.name)
        if handlers is None:
            raise status.no_such_resource()
        if method not in handlers:
            raise status.method_not_allowed()
        return handlers[method](call, served)
    if of_its_own := OWN.get((call.resource.group, call.resource.plural)):
        if VERBS[OBJECT if info.name else COLLECTION].get(method) not in call.resource.verbs:
            raise status.method_not_allowed()
        return of_its_own(call)
    if reviews.answers(call.resource):
        if info.name:
            raise status.no_such_resource()
        if info.verb != "create":
            raise status.method_not_allowed()
        return reviews.review(call, served.authenticator)
    place = OBJECT if info.name else COLLECTION
    verb = VERBS[place].get(method)
    homeless = verb == "create" and call.resource.namespaced and not info.namespace
    if verb not in call.resource.verbs or homeless:
        raise status.method_not_allowed()
    if verb in call.resource.refused:
        raise status.method_not_allowed(WITHOUT_EFFECT.format(call.resource.qualified))
    return OBJECTS[place][method](call, served)


WITHOUT_EFFECT = "the embedded cluster takes no {}, as they would have no effect on it; use kind for them"


def _documents(request: Request, served: Served) -> Answer | None:
    return served.documents(request) if served.documents else None


def _machines(request: Request, served: Served) -> Answer | None:
    return health.machines(served.machines, request) if served.machines else None


PATHS: tuple[tuple[str, bool, OfPaths], ...] = (
    ("/podlab/clock", False, lambda request, served: health.clock(served.registry, request)),
    ("/podlab/nodes", False, _machines),
    ("/api", False, lambda request, served: discovery.answer(request, served.registry.resources.values())),
    ("/openapi/", True, _documents),
    ("/healthz", False, lambda request, served: health.health(request)),
    ("/livez", False, lambda request, served: health.health(request)),
    ("/readyz", False, lambda request, served: health.health(request)),
    ("/version", True, lambda request, served: health.version(request)),
    ("/metrics", True, lambda request, served: health.metrics(served.registry)),
    ("/metrics/slis", True, lambda request, served: health.indicators()),
    ("/statusz", True, lambda request, served: health.statusz(served.registry)),
    ("/flagz", True, lambda request, served: health.flagz(served.registry)),
    ("/openid/v1/jwks", True, lambda request, served: health.keys(served.authenticator.public_key())),
    (
        "/.well-known/openid-configuration",
        True,
        lambda request, served: health.openid(request.headers.get("host", ""), served.authenticator.public_key()),
    ),
    ("/", True, lambda request, served: health.index(served.registry)),
)
"""Beginnings of paths, whether only GET is answered, and what answers; None is for the next one."""
WHOLE = frozenset(
    (
        "/podlab/clock",
        "/podlab/nodes",
        "/version",
        "/metrics",
        "/metrics/slis",
        "/statusz",
        "/flagz",
        "/openid/v1/jwks",
        "/.well-known/openid-configuration",
        "/",
    )
)
"""Those below which there is nothing."""


def of_path(request: Request, served: Served) -> Answer:
    """Answer a request that is not about objects."""
    path = request.info.path.rstrip("/") or "/"
    for start, reading, handle in PATHS:
        if path != start if start in WHOLE else not path.startswith(start):
            continue
        if reading and request.method not in ("GET", "HEAD"):
            if start == "/version":
                raise status.method_not_allowed()
            return health.not_found()
        if (answer := handle(request, served)) is not None:
            return answer
    return health.not_found()
