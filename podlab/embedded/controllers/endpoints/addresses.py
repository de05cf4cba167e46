"""What a Pod is as an endpoint of a Service, and what the objects that tell of it are labelled with.

Upstream: staging/src/k8s.io/endpointslice/{utils,reconciler}.go, pkg/controller/endpoint/endpoints_controller.go
"""

from __future__ import annotations

from typing import Any

from podlab.embedded.controllers.pods import podstates

Obj = dict[str, Any]

HEADLESS = "service.kubernetes.io/headless"
SERVICE = "kubernetes.io/service-name"
SLICE_MANAGER = "endpointslice.kubernetes.io/managed-by"
TRIGGERED = "endpoints.kubernetes.io/last-change-trigger-time"
ZONE = "topology.kubernetes.io/zone"
RESERVED = (SERVICE, SLICE_MANAGER, HEADLESS)
"""Labels of a Service that its slices do not take over."""


def selected(service: Obj, pod: Obj) -> bool:
    """Whether a Service with a selector means a Pod."""
    wanted = service["spec"].get("selector") or {}
    return bool(wanted) and wanted.items() <= (pod["metadata"].get("labels") or {}).items()


def belongs(pod: Obj, *, terminating: bool) -> bool:
    """Whether a Pod can be an endpoint: it has an address and has not ended.

    Args:
        terminating: whether one that is being deleted still can.
    """
    if podstates.finished(pod) or not (pod.get("status") or {}).get("podIP"):
        return False
    return terminating or not podstates.deleting(pod)


def facts(pod: Obj) -> tuple[object, ...]:
    """All of a Pod that a Service's endpoints depend on."""
    spec, status = pod["spec"], pod.get("status") or {}
    return (
        pod["metadata"]["uid"],
        pod["metadata"].get("labels"),
        spec.get("nodeName"),
        spec.get("hostname"),
        spec.get("subdomain"),
        status.get("podIPs"),
        podstates.ready(pod),
        podstates.finished(pod),
        podstates.deleting(pod),
    )


def target(pod: Obj) -> Obj:
    """The reference to a Pod."""
    meta = pod["metadata"]
    return {"kind": "Pod", "namespace": meta["namespace"], "name": meta["name"], "uid": meta["uid"]}


def hostname(service: Obj, pod: Obj) -> str:
    """The Pod's name within the Service's domain, if it has one there."""
    spec = pod["spec"]
    return str(spec.get("hostname") or "") if spec.get("subdomain") == service["metadata"]["name"] else ""


def endpoint(service: Obj, pod: Obj, node: Obj | None) -> Obj:
    """The Pod as an EndpointSlice tells of it."""
    serving, terminating = podstates.ready(pod), podstates.deleting(pod)
    ready = bool(service["spec"].get("publishNotReadyAddresses")) or (serving and not terminating)
    found: Obj = {
        "addresses": [pod["status"]["podIP"]],
        "conditions": {"ready": ready, "serving": serving, "terminating": terminating},
        "targetRef": target(pod),
    }
    if name := hostname(service, pod):
        found["hostname"] = name
    if where := pod["spec"].get("nodeName"):
        found["nodeName"] = where
    zone = (node or {"metadata": {}})["metadata"].get("labels", {}).get(ZONE)
    if zone:
        found["zone"] = zone
    if hints := _hints(service, found):
        found["hints"] = hints
    return found


def _hints(service: Obj, endpoint: Obj) -> Obj:
    """Where traffic should come from. Upstream: staging/src/k8s.io/endpointslice/trafficdist/trafficdist.go"""
    wanted, hints = service["spec"].get("trafficDistribution"), {}
    if not wanted or not endpoint["conditions"]["ready"]:
        return {}
    if wanted == "PreferSameNode" and endpoint.get("nodeName"):
        hints["forNodes"] = [{"name": endpoint["nodeName"]}]
    if endpoint.get("zone"):
        hints["forZones"] = [{"name": endpoint["zone"]}]
    return hints


def is_headless(service: Obj) -> bool:
    """Whether a Service has no address of its own."""
    return bool(service["spec"].get("clusterIP") == "None")


def slice_labels(service: Obj, manager: str) -> Obj:
    """The labels of a Service's slices."""
    meta = service["metadata"]
    labels = {key: value for key, value in (meta.get("labels") or {}).items() if key not in RESERVED}
    if is_headless(service):
        labels[HEADLESS] = ""
    return labels | {SERVICE: meta["name"], SLICE_MANAGER: manager}
