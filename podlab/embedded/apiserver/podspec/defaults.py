"""Defaults of a Pod's spec, alone or in a template. Upstream: pkg/apis/core/v1/defaults.go"""

from __future__ import annotations

from typing import Any

Obj = dict[str, Any]
CLAIM_SOURCES_MODE = ("secret", "configMap", "downwardAPI", "projected")


def spec(given: Obj) -> None:
    """Fill in what a PodSpec leaves out; Pods and templates alike."""
    given.setdefault("dnsPolicy", "ClusterFirst")
    given.setdefault("restartPolicy", "Always")
    given.setdefault("securityContext", {})
    given.setdefault("schedulerName", "default-scheduler")
    given.setdefault("terminationGracePeriodSeconds", 30)
    if given.get("serviceAccountName") or given.get("serviceAccount"):
        name = given.get("serviceAccountName") or given["serviceAccount"]
        given["serviceAccountName"] = given["serviceAccount"] = name
    host = bool(given.get("hostNetwork"))
    for key in ("initContainers", "containers", "ephemeralContainers"):
        for container in given.get(key) or []:
            _container(container, host and key != "ephemeralContainers")
    for volume in given.get("volumes") or []:
        _volume(volume)
    _requests(given.get("resources") or {})


def _container(container: Obj, host_network: bool) -> None:
    container.setdefault("imagePullPolicy", pull_policy(container.get("image", "")))
    container.setdefault("terminationMessagePath", "/dev/termination-log")
    container.setdefault("terminationMessagePolicy", "File")
    container.setdefault("resources", {})
    for port in container.get("ports") or []:
        port.setdefault("protocol", "TCP")
        if host_network and not port.get("hostPort") and port.get("containerPort"):
            port["hostPort"] = port["containerPort"]
    for variable in container.get("env") or []:
        _field_reference(variable.get("valueFrom") or {})
    for key in ("livenessProbe", "readinessProbe", "startupProbe"):
        if container.get(key) is not None:
            _probe(container[key])
    for hook in (container.get("lifecycle") or {}).values():
        if isinstance(hook, dict):
            _http(hook)
    _requests(container["resources"])


def pull_policy(image: str) -> str:
    """`Always` for `latest`, said or meant, else `IfNotPresent`; a digest counts as a tag."""
    name = image.rsplit("/", 1)[-1]
    if "@" in name:
        tag = name.partition("@")[0].partition(":")[2]
        return "Always" if tag == "latest" else "IfNotPresent"
    tag = name.partition(":")[2]
    return "Always" if tag in ("", "latest") else "IfNotPresent"


def _field_reference(source: Obj) -> None:
    if source.get("fieldRef") is not None:
        source["fieldRef"].setdefault("apiVersion", "v1")


def _probe(probe: Obj) -> None:
    for key, value in (("timeoutSeconds", 1), ("periodSeconds", 10), ("successThreshold", 1), ("failureThreshold", 3)):
        if not probe.get(key):
            probe[key] = value
    if probe.get("grpc") is not None and probe["grpc"].get("service") is None:
        probe["grpc"]["service"] = ""
    _http(probe)


def _http(handler: Obj) -> None:
    if handler.get("httpGet") is not None:
        handler["httpGet"].setdefault("path", "/")
        handler["httpGet"].setdefault("scheme", "HTTP")


def _requests(resources: Obj) -> None:
    """A request that is not given is as high as the limit."""
    limits = resources.get("limits") or {}
    if limits:
        resources["requests"] = {**limits, **(resources.get("requests") or {})}


def _volume(volume: Obj) -> None:
    if not set(volume) - {"name"}:
        volume["emptyDir"] = {}
    for key in CLAIM_SOURCES_MODE:
        if volume.get(key) is not None:
            volume[key].setdefault("defaultMode", 420)
    if volume.get("hostPath") is not None:
        volume["hostPath"].setdefault("type", "")
    for item in (volume.get("downwardAPI") or {}).get("items") or []:
        _field_reference(item)
    for source in (volume.get("projected") or {}).get("sources") or []:
        for item in (source.get("downwardAPI") or {}).get("items") or []:
            _field_reference(item)
        if source.get("serviceAccountToken") is not None:
            source["serviceAccountToken"].setdefault("expirationSeconds", 3600)
    claim = ((volume.get("ephemeral") or {}).get("volumeClaimTemplate") or {}).get("spec")
    if claim is not None:
        claim.setdefault("volumeMode", "Filesystem")
    if volume.get("image") is not None:
        volume["image"].setdefault("pullPolicy", pull_policy(volume["image"].get("reference", "")))
    if volume.get("iscsi") is not None:
        volume["iscsi"].setdefault("iscsiInterface", "default")


def template(given: Obj) -> None:
    """Fill in a Pod template."""
    given.setdefault("metadata", {})
    spec(given.setdefault("spec", {}))
