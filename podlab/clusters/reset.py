"""Emptying the namespace in which lessons live; what the cluster itself put there stays."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from typing import Any

from podlab.clusters.cluster import Cluster, silent
from podlab.clusters.progress import Report
from podlab.errors import ApiError
from podlab.text import Text

KEPT = {("configmaps", "kube-root-ca.crt"), ("services", "kubernetes"), ("serviceaccounts", "default")}
NOT_OURS = {"events", "endpoints", "endpointslices", "leases", "controllerrevisions"}
"""Resources that go by themselves, or that only the cluster writes."""


def empty(cluster: Cluster, report: Report = silent, kept: AbstractSet[tuple[str, str]] = frozenset()) -> list[str]:
    """Delete all objects in the cluster's lesson namespace, and nothing outside it; `RESOURCE/NAME` of each.

    Args:
        kept: what stays, as resource and name, beside what the cluster itself put there.
    """
    from podlab.client import Client

    client = Client(cluster.kubeconfig)
    deleted = []
    for group in _groups(client):
        for resource in client.request("GET", group).json()["resources"]:
            if not deletable(resource):
                continue
            path = f"{group}/namespaces/{cluster.namespace}/{resource['name']}"
            for name in _names(client, path, resource["name"], KEPT | kept):
                label = f"{resource['name']}/{name}"
                if _delete(client, f"{path}/{name}"):
                    report(str(Text(ko="{label} 삭제", en="Deleting {label}").format(label=label)))
                    deleted.append(label)
    return deleted


def deletable(resource: dict[str, Any]) -> bool:
    """Whether objects of a discovered resource are a learner's to delete."""
    wanted = {"list", "delete"} <= set(resource.get("verbs", []))
    return wanted and bool(resource["namespaced"]) and "/" not in resource["name"] and resource["name"] not in NOT_OURS


def _groups(client: Any) -> list[str]:
    # owners first: a ReplicaSet deleted before its Deployment would come back
    found = [f"/apis/{g['preferredVersion']['groupVersion']}" for g in client.request("GET", "/apis").json()["groups"]]
    return [*sorted(found, key=lambda path: path != "/apis/apps/v1"), "/api/v1"]


def _names(client: Any, path: str, resource: str, kept: AbstractSet[tuple[str, str]]) -> list[str]:
    try:
        items = client.request("GET", path).json()["items"]
    except ApiError as error:
        if error.code in (403, 404, 405):
            return []
        raise
    own = [item["metadata"] for item in items]
    return [meta["name"] for meta in own if (resource, meta["name"]) not in kept and not meta.get("ownerReferences")]


def _delete(client: Any, path: str) -> bool:
    try:
        client.request("DELETE", path, body={"propagationPolicy": "Background"})
    except ApiError as error:
        if error.code not in (403, 404):  # 403: a learner's seat may read its own quota, not delete it
            raise
        return False
    return True
