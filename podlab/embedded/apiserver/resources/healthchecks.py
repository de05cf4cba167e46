"""The port on which each node says whether it has Pods of a load balancer that keeps its clients' addresses.

Upstream: pkg/registry/core/service/storage/alloc.go (allocHealthCheckNodePort, updateHealthCheckNodePort)
"""

from __future__ import annotations

from typing import Any

from podlab.embedded.apiserver import status
from podlab.embedded.apiserver.resource import Context, Obj
from podlab.embedded.apiserver.resources import nodeports
from podlab.embedded.apiserver.validation.services import checks_health

KEY = "healthCheckNodePort"
REFUSED = "failed to allocate requested HealthCheck NodePort"


def release(spec: Obj, old: Obj) -> None:
    """A Service that does not need its port any more, and does not ask for another, has none."""
    if checks_health(old) and not checks_health(spec) and spec.get(KEY) == old.get(KEY):
        spec.pop(KEY, None)


def allocate(spec: Obj, old: Obj, used: set[Any], ctx: Context) -> None:
    """Give a port to a Service that begins to need one. Raises StatusError 500."""
    if not checks_health(spec) or checks_health(old):
        return
    number = spec.get(KEY) or 0
    if not number:
        spec[KEY] = nodeports.free(used, ctx)
    elif number not in nodeports.NODE_PORTS:
        raise status.internal(f"{REFUSED} {number}: {nodeports.PORT_RANGE}")
    elif number in used and not ctx.by.dry_run:
        raise status.internal(f"{REFUSED} {number}: {nodeports.TAKEN}")
