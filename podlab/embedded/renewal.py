"""Leases that are renewed again and again: the same write as any update of their holder's, without looking at it all.

A hundred nodes renew ten leases a second. What admission, validation and managedFields say of such a write is known:
it changes one time, which its writer owns already.
Upstream: staging/src/k8s.io/component-helpers/apimachinery/lease/controller.go
"""

from __future__ import annotations

from typing import Any

from podlab.apimachinery.times import rfc3339, rfc3339micro
from podlab.embedded.apiserver.registry import Registry
from podlab.embedded.apiserver.resource import Writer

Obj = dict[str, Any]


def renew(registry: Registry, name: str, namespace: str, by: Writer) -> bool:
    """Write the present moment into a lease; whether there is one. Raises StatusError."""
    resource = registry.resource("leases.coordination.k8s.io")
    key, now = resource.key(name, namespace), registry.clock.now()
    found = registry.store.get(key)
    if found is None:
        return False
    renewed = _renewed(found[0], now, by.manager)
    if renewed is None:
        registry.change(resource, name, namespace, lambda lease: _set(lease, now), subresource="", by=by)
    elif renewed["spec"] != found[0]["spec"]:
        renewed["metadata"]["resourceVersion"] = str(registry.store.revision + 1)
        registry.store.put(key, renewed)
    return True


def _set(lease: Obj, now: float) -> None:
    lease["spec"]["renewTime"] = rfc3339micro(now)


def _renewed(lease: Obj, now: float, manager: str) -> Obj | None:
    """The lease as it will be; None where others than its writer own a part of it, or it does not own the time."""
    meta, spec = lease["metadata"], lease.get("spec") or {}
    entries = meta.get("managedFields") or []
    if len(entries) != 1 or "renewTime" not in spec:
        return None
    (entry,) = entries
    who = entry["manager"], entry["operation"], entry["apiVersion"], entry.get("subresource")
    owned = entry["fieldsV1"].get("f:spec") or {}
    if who != (manager, "Update", lease["apiVersion"], None) or "f:renewTime" not in owned:
        return None
    tracked = {**meta, "managedFields": [{**entry, "time": rfc3339(now)}]}
    return {**lease, "metadata": tracked, "spec": {**spec, "renewTime": rfc3339micro(now)}}
