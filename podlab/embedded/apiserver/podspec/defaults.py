"""Defaults of a Pod's spec, alone or in a template. Upstream: pkg/apis/core/v1/defaults.go"""

from __future__ import annotations

import re
from typing import Any

from podlab.apimachinery import quantity
from podlab.embedded.apiserver.podspec import requirements

Obj = dict[str, Any]
MILLI = 10**6
SOURCES: dict[str, Obj] = {
    "hostPath": {"type": ""},
    "iscsi": {"iscsiInterface": "default"},
    "rbd": {"pool": "rbd", "user": "admin", "keyring": "/etc/ceph/keyring"},
    "azureDisk": {"cachingMode": "ReadWrite", "fsType": "ext4", "readOnly": False, "kind": "Shared"},
    "scaleIO": {"storageMode": "ThinProvisioned", "fsType": "xfs"},
}
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
    for key in ("initContainers", "containers", "ephemeralContainers"):
        for container in given.get(key) or []:
            _container(container)
    for volume in given.get("volumes") or []:
        _volume(volume)
    rounded(given, "overhead")
    for kind in ("limits", "requests"):
        rounded(given.get("resources") or {}, kind)


def pod(given: Obj) -> None:
    """Fill in what only a Pod's own spec gets, not a template's."""
    spec(given)
    for key in ("containers", "initContainers"):
        for container in given.get(key) or []:
            _requests(container["resources"])
            for port in (container.get("ports") or []) if given.get("hostNetwork") else []:
                if not port.get("hostPort") and port.get("containerPort"):
                    port["hostPort"] = port["containerPort"]
    if given.get("resources") is not None:
        _of_whole_pod(given, given["resources"])
    if given.get("enableServiceLinks") is None:
        given["enableServiceLinks"] = True


def rounded(holder: Obj, key: str) -> None:
    """Round amounts up to thousandths. Upstream: SetDefaults_ResourceList"""
    for name, value in (holder.get(key) or {}).items():
        if quantity.nano(value) % MILLI:
            holder[key][name] = quantity.write(quantity.milli(value) * MILLI, quantity.parse(value).form)


def _of_whole_pod(given: Obj, resources: Obj) -> None:
    """A Pod's own requests and limits. Upstream: defaultPodRequests, defaultHugePagePodLimits"""
    limits, requests = dict(resources.get("limits") or {}), dict(resources.get("requests") or {})
    if not limits and not requests:
        return
    for name, total in requirements.aggregate(given, "limits").items():
        if name.startswith(requirements.HUGE):
            limits.setdefault(name, requirements.written(given, name, total, "limits"))
    if limits:
        for name, total in requirements.aggregate(given).items():
            if name in requirements.OF_PODS:
                requests.setdefault(name, requirements.written(given, name, total))
        requests = {**{n: v for n, v in limits.items() if requirements.for_pods(n)}, **requests}
    resources.update({key: value for key, value in (("limits", limits), ("requests", requests)) if value})


def _container(container: Obj) -> None:
    container.setdefault("imagePullPolicy", pull_policy(container.get("image", "")))
    container.setdefault("terminationMessagePath", "/dev/termination-log")
    container.setdefault("terminationMessagePolicy", "File")
    container.setdefault("resources", {})
    for port in container.get("ports") or []:
        port.setdefault("protocol", "TCP")
    for variable in container.get("env") or []:
        _field_reference(variable.get("valueFrom") or {})
    for key in ("livenessProbe", "readinessProbe", "startupProbe"):
        if container.get(key) is not None:
            _probe(container[key])
    for hook in (container.get("lifecycle") or {}).values():
        if isinstance(hook, dict):
            _http(hook)
    for kind in ("limits", "requests"):
        rounded(container["resources"], kind)


PATH = "[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
REFERENCE = re.compile(
    rf"(?:[A-Za-z0-9.-]+(?::[0-9]+)?/)?{PATH}(?:/{PATH})*(?::(?P<tag>[A-Za-z0-9_][A-Za-z0-9_.-]{{0,127}}))?"
    r"(?P<digest>@[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,})?"
)


LONGEST_NAME = 255


def _full_name(image: str) -> str:
    """An image's name with the registry that is meant where none is said, without tag and digest."""
    name = re.sub(r":[^:/]*$", "", image.partition("@")[0])
    return name if "/" in name else f"docker.io/library/{name}"


def pull_policy(image: str) -> str:
    """`Always` for `latest`, said or meant, else `IfNotPresent`, as for what is no reference; a digest counts as a tag.

    Upstream: pkg/util/parsers/parsers.go ParseImageName
    """
    match = REFERENCE.fullmatch(image)
    if match is None or len(_full_name(image)) > LONGEST_NAME:
        return "IfNotPresent"
    tag = match["tag"] or ("" if match["digest"] else "latest")
    return "Always" if tag == "latest" else "IfNotPresent"


def _field_reference(source: Obj) -> None:
    if source.get("fieldRef") is not None:
        source["fieldRef"].setdefault("apiVersion", "v1")
    if source.get("fileKeyRef") is not None:
        source["fileKeyRef"].setdefault("optional", False)


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
    for item in (volume.get("downwardAPI") or {}).get("items") or []:
        _field_reference(item)
    if (volume.get("projected") or {}).get("sources") == []:
        volume["projected"]["sources"] = None
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
    for key, values in SOURCES.items():
        for name, value in values.items() if volume.get(key) is not None else ():
            volume[key].setdefault(name, value)


def template(given: Obj) -> None:
    """Fill in a Pod template."""
    given.setdefault("metadata", {})
    spec(given.setdefault("spec", {}))
