"""A client that answers from a handful of objects, for command lines of which only the words matter."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from podlab.answers import Response, Sent, ServerClock
from podlab.client import Client
from podlab.errors import ApiError, ClusterError
from podlab.kubeconfig.connection import Connection

Object = dict[str, Any]
META = {"name": "web", "namespace": "default", "uid": "u", "resourceVersion": "1"}
CONTAINER = {"name": "web", "image": "nginx", "ports": [{"name": "http", "containerPort": 80}], "resources": {}}
PODS = {"containers": [CONTAINER], "nodeName": "node", "restartPolicy": "Always"}
KINDS: dict[str, tuple[str, str, str, Object]] = {
    "pods": ("", "Pod", "po", {"spec": PODS, "status": {"phase": "Running"}}),
    "services": ("", "Service", "svc", {"spec": {"ports": [{"port": 80}], "selector": {"app": "web"}}}),
    "nodes": ("", "Node", "no", {"spec": {}, "status": {}}),
    "configmaps": ("", "ConfigMap", "cm", {"data": {"a": "1"}}),
    "secrets": ("", "Secret", "", {"data": {"a": "MQ=="}}),
    "namespaces": ("", "Namespace", "ns", {}),
    "serviceaccounts": ("", "ServiceAccount", "sa", {}),
    "replicasets": ("apps", "ReplicaSet", "rs", {"spec": {"selector": {}, "template": {"spec": PODS}}}),
    "daemonsets": ("apps", "DaemonSet", "ds", {"spec": {"selector": {}, "template": {"spec": PODS}}}),
    "replicationcontrollers": ("", "ReplicationController", "rc", {"spec": {"selector": {}}}),
    "controllerrevisions": ("apps", "ControllerRevision", "", {"revision": 1, "data": {"spec": {"template": {}}}}),
    "deployments": ("apps", "Deployment", "deploy", {
        "spec": {"replicas": 1, "selector": {"matchLabels": {"app": "web"}}, "template": {"spec": PODS}},
        "status": {},
    }),
    "cronjobs": ("batch", "CronJob", "cj", {"spec": {"jobTemplate": {"spec": {"template": {"spec": PODS}}}}}),
    "jobs": ("batch", "Job", "", {"spec": {"template": {"spec": PODS}}}),
    "events": ("", "Event", "ev", {"involvedObject": {}, "message": "x"}),
    "roles": ("rbac.authorization.k8s.io", "Role", "", {"rules": []}),
    "rolebindings": ("rbac.authorization.k8s.io", "RoleBinding", "", {"subjects": [], "roleRef": {}}),
    "certificatesigningrequests": ("certificates.k8s.io", "CertificateSigningRequest", "csr", {
        "spec": {}, "status": {"conditions": [{"type": "Approved", "status": "True"}]},
    }),
    "horizontalpodautoscalers": ("autoscaling", "HorizontalPodAutoscaler", "hpa", {"spec": {}}),
}  # fmt: skip


def discovery(root: str) -> Object:
    groups: dict[str, list[Object]] = {}
    for plural, (group, kind, short, _) in KINDS.items():
        entry = {
            "resource": plural,
            "responseKind": {"kind": kind},
            "scope": "Cluster" if plural in ("nodes", "namespaces", "certificatesigningrequests") else "Namespaced",
            "shortNames": [short] if short else [],
            "verbs": ["get", "list"],
        }
        groups.setdefault(group, []).append(entry)
    chosen = {name: entries for name, entries in groups.items() if (not name) == (root == "/api")}
    items = [
        {"metadata": {"name": name}, "versions": [{"version": "v1", "resources": entries}]}
        for name, entries in chosen.items()
    ]
    return {"kind": "APIGroupDiscoveryList", "items": items, "groups": [], "versions": ["v1"]}


class Canned(Client):
    """Knows one object of each kind; writes come back as they were sent, and nothing can be watched."""

    def __init__(self, folder: Path) -> None:
        self.kubeconfig = folder / "kubeconfig"
        self.context, self.namespace, self.server = None, "default", "https://canned.invalid:1"
        self.connection = Connection(self.server)
        self.request_timeout = None
        self._clock = ServerClock()
        self._sent = threading.local()

    def request(self, method: str, path: str, *, body: object = None, accept: str = "", **more: Any) -> Response:
        path = path.partition("?")[0]
        found = self.answer(method, path, body, "as=Table" in accept and method == "GET")
        return Response(200, {}, json.dumps(found).encode())

    def answer(self, method: str, path: str, body: object, table: bool) -> Object:
        if path in ("/api", "/apis"):
            return discovery(path)
        parts = path.strip("/").split("/")
        plural = next((part for part in parts if part in KINDS and parts.index(part) > 1), "")
        after = parts[parts.index(plural) + 1 :] if plural else []
        if plural == "namespaces" and len(after) > 1:
            plural, after = after[1], after[2:]
        if plural not in KINDS:
            raise ApiError({"code": 404, "reason": "NotFound", "message": "the server could not find it"})
        if method != "GET" and isinstance(body, dict) and "kind" in body:
            return {**body, "metadata": {**META, **(body.get("metadata") or {})}, "status": {"token": "x"}}
        group, kind, _, rest = KINDS[plural]
        obj = {"apiVersion": f"{group}/v1" if group else "v1", "kind": kind, "metadata": dict(META), **rest}
        if after or method != "GET":
            return obj
        if table:
            column = {"name": "Name", "type": "string", "format": "name"}
            rows = [{"cells": ["web"], "object": obj}] * 2
            return {"kind": "Table", "columnDefinitions": [column], "rows": rows, "metadata": {"resourceVersion": "1"}}
        return {"kind": f"{kind}List", "items": [obj, obj], "metadata": {"resourceVersion": "1"}}

    def lines(self, path: str, **more: Any) -> Iterator[bytes]:
        raise ClusterError("Unable to connect to the server: EOF")

    def connect(self, path: str, *, query: list[tuple[str, str]], protocols: list[str]) -> Any:
        raise ApiError({"code": 500, "reason": "InternalError", "message": "container not found"})

    def take_sent(self) -> Sent:
        return Sent()
