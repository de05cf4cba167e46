"""`nodes/NAME/proxy`: what of a kubelet's own API is served: its health, its configuration, its Pods and their logs.

What it measures (stats, metrics) and the files of its machine (logs) are not there.
Upstream: pkg/registry/core/node/rest/proxy.go, pkg/kubelet/server/server.go
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from podlab.embedded.apiserver.answering import negotiation
from podlab.embedded.apiserver.answering.negotiation import Answer
from podlab.embedded.apiserver.node import Node
from podlab.embedded.apiserver.paths import health, healthchecks, serviceproxy
from podlab.embedded.apiserver.resource import Obj
from podlab.embedded.apiserver.status import StatusError
from podlab.embedded.apiserver.verbs import Call

FORBIDDEN = "Forbidden (user=kube-apiserver-kubelet-client, verb={}, resource=nodes, subresource(s)=[{}])\n"
UNGRANTED = frozenset(("checkpoint", "statusz"))
"""What the API server's own client may not ask of a kubelet."""
VERBS: Mapping[str, str] = MappingProxyType({"POST": "create", "PUT": "update", "DELETE": "delete", "PATCH": "patch"})
PORT = "10250"


async def answer(call: Call, node: Node | None) -> Answer:
    """Answer for the kubelet of a node. Raises StatusError 404 for no such node, 503 for a port where nobody is."""
    _, name, port = serviceproxy.split(call.name, "node")
    found = call.registry.get(call.resource, name)
    if port not in ("", PORT):
        raise _unreachable(found, port or PORT)
    request = call.request
    words = [word for word in request.info.rest.split("/") if word]
    if words[:1] == ["healthz"]:
        return health.told(healthchecks.KUBELET, "healthz", "/".join(words[1:]), request)
    if words[:1] and words[0] in UNGRANTED:
        refused = FORBIDDEN.format(VERBS.get(request.method, "get"), words[0])
        return Answer(403, refused.encode(), health.TEXT)
    if words[:1] == ["containerLogs"] and len(words) == 4 and request.method == "GET" and node:
        return await _log(call, node, *words[1:])
    if request.info.rest == "configz":
        return Answer(200, _configuration(call, name))
    if request.method != "GET" or words not in (["pods"], ["runningpods"]):
        return health.not_found()
    pods = call.registry.list(call.registry.resource("pods"), fields=f"spec.nodeName={name}")
    shown = [_bare(pod) for pod in pods] if words == ["pods"] else [_running(pod) for pod in pods if _runs(pod)]
    listed: Obj = {"kind": "PodList", "apiVersion": "v1", "metadata": {}, "items": shown}
    return Answer(200, negotiation.dump(listed))


def _unreachable(node: Obj, port: str) -> StatusError:
    addresses = (node.get("status") or {}).get("addresses") or []
    ip = next((each["address"] for each in addresses if each["type"] == "InternalIP"), "")
    refused = f"error trying to reach service: dial tcp {ip}:{port}: connect: connection refused"
    return StatusError(503, "ServiceUnavailable", refused)


async def _log(call: Call, node: Node, namespace: str, name: str, container: str) -> Answer:
    """`containerLogs/NAMESPACE/POD/CONTAINER`"""
    pod = call.registry.find(call.registry.resource("pods"), name, namespace)
    if pod is None or pod["spec"].get("nodeName") != serviceproxy.split(call.name, "node")[1]:
        return Answer(404, f'pod "{name}" does not exist\n'.encode(), health.TEXT)
    if container not in (each["name"] for each in pod["spec"]["containers"]):
        return Answer(404, f'container "{container}" not found in pod "{name}"\n'.encode(), health.TEXT)
    return Answer(200, b"".join([piece async for piece in node.log(pod, container=container)]), "text/plain")


@cache
def _configured() -> Obj:
    text = (files("podlab.embedded.apiserver.paths") / "configz.json").read_text(encoding="utf-8")
    found: Obj = json.loads(text)
    return found


def _configuration(call: Call, name: str) -> bytes:
    """`configz`, as kind configures its kubelets. Upstream: staging/src/k8s.io/component-base/configz"""
    found = _configured()["kubeletconfig"]
    provider = (call.registry.get(call.resource, name).get("spec") or {}).get("providerID", "")
    return negotiation.dump({"kubeletconfig": {**found, "providerID": provider}})


def _bare(pod: Obj) -> Obj:
    return {key: value for key, value in pod.items() if key not in ("kind", "apiVersion")}


def _runs(pod: Obj) -> bool:
    return any("running" in (each.get("state") or {}) for each in pod["status"].get("containerStatuses") or [])


def _running(pod: Obj) -> Obj:
    """A Pod as the container runtime knows it: its names, and the images of what runs."""
    kept = {key: pod["metadata"][key] for key in ("name", "namespace", "uid")}
    statuses = [each for each in pod["status"]["containerStatuses"] if "running" in (each.get("state") or {})]
    shown = [{"name": each["name"], "image": each["imageID"].rpartition("@")[2], "resources": {}} for each in statuses]
    return {"metadata": kept, "spec": {"containers": shown}, "status": {}}
