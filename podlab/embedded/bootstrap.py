"""What a cluster has from the start: namespaces, default roles, priority classes, the `kubernetes` Service.

Upstream: pkg/controlplane/controller/{systemnamespaces,kubernetesservice}, pkg/apis/scheduling/v1/helpers.go
"""

from __future__ import annotations

import json
from typing import Any

from podlab.embedded.apiserver.authorization import policy
from podlab.embedded.apiserver.registry import Registry
from podlab.embedded.apiserver.resource import Writer

Obj = dict[str, Any]

NAMESPACES = ("kube-system", "kube-public", "kube-node-lease", "default")
MANAGER = "kube-apiserver"
PRIORITIES = {
    "system-node-critical": (
        2000001000,
        "Used for system critical pods that must not be moved from their current node.",
    ),
    "system-cluster-critical": (
        2000000000,
        "Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.",
    ),
}
"""The classes that the API server makes: value and description."""
PORT = {"name": "https", "port": 6443, "protocol": "TCP"}


def populate(registry: Registry, address: str) -> None:
    """Create what is missing of it.

    Args:
        address: where the API server is reached from inside the cluster.
    """
    namespaces, services = registry.resource("namespaces"), registry.resource("services")
    for name in NAMESPACES:
        if not registry.find(namespaces, name):
            registry.create(namespaces, {"metadata": {"name": name}}, by=Writer(MANAGER))
    policy.ensure(registry)
    _ensure_priorities(registry)
    if not registry.find(services, "kubernetes", "default"):
        registry.create(services, _kubernetes(), namespace="default", by=Writer(MANAGER))
    classes = registry.resource("storageclasses.storage.k8s.io")
    if not registry.find(classes, "standard"):
        registry.create(classes, _standard(), by=Writer("kubectl-client-side-apply"))
    for plural, make in (("endpoints", _endpoints), ("endpointslices.discovery.k8s.io", _slice)):
        if not registry.find(registry.resource(plural), "kubernetes", "default"):
            registry.create(registry.resource(plural), make(address), namespace="default", by=Writer(MANAGER))


def _ensure_priorities(registry: Registry) -> None:
    classes = registry.resource("priorityclasses.scheduling.k8s.io")
    for name, (value, description) in PRIORITIES.items():
        if not registry.find(classes, name):
            made = {"metadata": {"name": name}, "value": value, "description": description}
            registry.create(classes, made, by=Writer(MANAGER))


def _standard() -> Obj:
    """The StorageClass that kind applies. Upstream: sigs.k8s.io/kind (default-storage.yaml)"""
    default = {"storageclass.kubernetes.io/is-default-class": "true"}
    rest = {"reclaimPolicy": "Delete", "volumeBindingMode": "WaitForFirstConsumer"}
    manifest: Obj = {"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass"}
    manifest |= {
        "metadata": {"annotations": default, "name": "standard"},
        "provisioner": "rancher.io/local-path",
    } | rest
    applied = json.dumps(manifest, separators=(",", ":")) + "\n"
    annotations = {"kubectl.kubernetes.io/last-applied-configuration": applied, **default}
    return {**manifest, "metadata": {"name": "standard", "annotations": annotations}}


def _kubernetes() -> Obj:
    labels = {"component": "apiserver", "provider": "kubernetes"}
    port = {"name": "https", "port": 443, "protocol": "TCP", "targetPort": 6443}
    spec = {"clusterIP": "10.96.0.1", "ports": [port], "type": "ClusterIP", "sessionAffinity": "None"}
    return {"metadata": {"name": "kubernetes", "labels": labels}, "spec": spec}


def _endpoints(address: str) -> Obj:
    """Upstream: pkg/controlplane/reconcilers/endpointsadapter.go"""
    labels = {"endpointslice.kubernetes.io/skip-mirror": "true"}
    subset = {"addresses": [{"ip": address}], "ports": [dict(PORT)]}
    return {"metadata": {"name": "kubernetes", "labels": labels}, "subsets": [subset]}


def _slice(address: str) -> Obj:
    return {
        "metadata": {"name": "kubernetes", "labels": {"kubernetes.io/service-name": "kubernetes"}},
        "addressType": "IPv4",
        "endpoints": [{"addresses": [address], "conditions": {"ready": True}}],
        "ports": [dict(PORT)],
    }
