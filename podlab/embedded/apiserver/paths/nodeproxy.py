"""`nodes/NAME/proxy`: what of a kubelet's own API is served, its health and its Pods.

Upstream: pkg/registry/core/node/rest/proxy.go, pkg/kubelet/server/server.go
"""

from __future__ import annotations

from podlab.embedded.apiserver.answering import negotiation
from podlab.embedded.apiserver.answering.negotiation import Answer
from podlab.embedded.apiserver.paths import health
from podlab.embedded.apiserver.resource import Obj
from podlab.embedded.apiserver.verbs import Call


def answer(call: Call) -> Answer:
    """Answer for the kubelet of a node. Raises StatusError 404 where there is no such node."""
    name = call.name.split(":")[0]
    call.registry.get(call.resource, name)
    path = call.request.info.rest.strip("/")
    if call.request.method != "GET" or path not in ("healthz", "pods"):
        return health.not_found()
    if path == "healthz":
        return Answer(200, b"ok", health.TEXT)
    pods = call.registry.list(call.registry.resource("pods"), fields=f"spec.nodeName={name}")
    found: Obj = {"kind": "PodList", "apiVersion": "v1", "metadata": {}, "items": [_bare(pod) for pod in pods]}
    return Answer(200, negotiation.dump(found))


def _bare(pod: Obj) -> Obj:
    return {key: value for key, value in pod.items() if key not in ("kind", "apiVersion")}
