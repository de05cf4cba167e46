"""A Pod may not be resized beyond what its node has to give at all.

Upstream: keps/sig-node/1287-in-place-update-pod-resources
"""

from __future__ import annotations

from podlab.apimachinery import quantity
from podlab.embedded.apiserver import status
from podlab.embedded.apiserver.podspec import totals
from podlab.embedded.apiserver.resource import Context, Obj

UNITS = {"cpu": quantity.NANO // 1000, "memory": quantity.NANO}


def check(pod: Obj, ctx: Context) -> None:
    """Raise StatusError 403 where all requests together are more than the node's allocatable CPU or memory."""
    name = (pod.get("spec") or {}).get("nodeName")
    node = ctx.registry.find(ctx.registry.resource("nodes"), name) if name else None
    if node is None:
        return
    wanted, given = totals.of_pod(pod, "requests"), (node.get("status") or {}).get("allocatable") or {}
    short = []
    for resource, unit in UNITS.items():
        asked, most = wanted.get(resource), quantity.nano(given.get(resource, "0"))
        if asked and asked.nano > most:
            short.append(f"{resource}, requested: {asked.nano // unit}, allocatable: {most // unit}")
    if short:
        text = f"node didn't have enough allocatable resources: {'; '.join(short)}"
        raise status.forbidden(ctx.resource.qualified, ctx.name, text)
