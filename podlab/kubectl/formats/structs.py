"""The order in which Go's structs have their fields: what kubectl builds itself it prints in that order.

Upstream: staging/src/k8s.io/api (core/v1, apps/v1, batch/v1, rbac/v1, networking/v1, autoscaling/v2, policy/v1)
"""

from __future__ import annotations

from typing import Any

FIELDS = (
    "kind", "apiVersion", "metadata", "name", "generateName", "namespace", "uid", "resourceVersion", "generation",
    "creationTimestamp", "labels", "annotations", "ownerReferences", "finalizers", "managedFields", "immutable",
    "data", "binaryData", "stringData", "verbs", "apiGroups", "resources", "resourceNames", "nonResourceURLs",
    "subjects", "roleRef", "value", "valueFrom", "globalDefault", "description",
    "preemptionPolicy", "schedule", "jobTemplate", "minAvailable", "replicas", "volumes", "initContainers",
    "containers", "image", "command", "args", "containerPort", "protocol", "port", "targetPort", "nodePort",
    "ports", "envFrom", "env", "selector", "maxUnavailable", "template", "strategy", "clusterIP", "clusterIPs",
    "type", "externalIPs", "sessionAffinity", "externalName", "resource", "target", "averageValue",
    "averageUtilization", "volumeMounts", "imagePullPolicy", "securityContext", "stdin", "stdinOnce", "tty",
    "restartPolicy", "terminationGracePeriodSeconds", "dnsPolicy", "nodeSelector", "serviceAccountName",
    "nodeName", "hostNetwork", "matchLabels", "matchExpressions", "hard", "scopes", "number", "ingressClassName",
    "defaultBackend", "tls", "rules", "aggregationRule",
    "hosts", "secretName", "host", "path", "pathType", "backend", "scaleTargetRef",
    "minReplicas", "maxReplicas", "metrics", "spec", "status", "disruptionsAllowed", "currentHealthy",
    "desiredHealthy", "expectedPods",
)  # fmt: skip
PLACE = {name: at for at, name in enumerate(FIELDS)}
CONTAINER = ("name", "image", "command", "args", "workingDir", "ports", "envFrom", "env", "resources", "resizePolicy",
             "restartPolicy", "volumeMounts", "volumeDevices", "livenessProbe", "readinessProbe", "startupProbe",
             "lifecycle", "terminationMessagePath", "terminationMessagePolicy", "imagePullPolicy", "securityContext",
             "stdin", "stdinOnce", "tty")  # fmt: skip
OTHERWISE = {
    "containers": CONTAINER,
    "initContainers": CONTAINER,
    "roleRef": ("apiGroup", "kind", "name"),
    "subjects": ("kind", "apiGroup", "name", "namespace"),
    "scaleTargetRef": ("kind", "name", "apiVersion"),
}
MAPS = ("labels", "annotations", "matchLabels", "data", "binaryData", "stringData", "hard", "limits", "requests",
        "nodeSelector")  # fmt: skip


def as_struct(value: Any, field: str = "") -> Any:
    """The value with its fields in their struct's order; the keys of maps are sorted."""
    if isinstance(value, list):
        return [as_struct(each, field) for each in value]
    if not isinstance(value, dict):
        return value
    return {key: as_struct(value[key], key) for key in sorted(value, key=lambda key: _place(key, field, value))}


def _place(key: str, field: str, value: dict[str, Any]) -> tuple[int, str]:
    if field in MAPS or (field == "selector" and not value.keys() & {"matchLabels", "matchExpressions"}):
        return 0, key
    order = OTHERWISE.get(field)
    return (order.index(key) if order and key in order else PLACE.get(key, len(FIELDS))), key


EMPTY = {"Deployment": "strategy", "StatefulSet": "updateStrategy", "DaemonSet": "updateStrategy"}
"""Fields of a workload's spec that Go writes even if they are empty."""


def with_empty_structs(obj: Any) -> Any:
    """A manifest as Go writes it again: each container has its `resources`, and a Pod or a workload its `status`."""
    if not isinstance(obj, dict):
        return obj
    empty: dict[str, Any] = {EMPTY[obj["kind"]]: {}} if obj.get("kind") in EMPTY else {}
    whole = (
        {**obj, "spec": {**empty, **_with_resources(obj["spec"])}} if isinstance(obj.get("spec"), dict) else dict(obj)
    )
    return whole if "spec" not in obj or "status" in obj else {**whole, "status": {}}


def _with_resources(value: Any, field: str = "") -> Any:
    if isinstance(value, list):
        return [_with_resources(each, field) for each in value]
    if not isinstance(value, dict):
        return value
    inner = {key: _with_resources(each, key) for key, each in value.items()}
    return {"resources": {}, **inner} if field in ("containers", "initContainers") else inner


def sorted_fields(value: Any) -> Any:
    """The value with all its fields by name, as of what kubectl knows no struct of."""
    if isinstance(value, list):
        return [sorted_fields(each) for each in value]
    return {key: sorted_fields(value[key]) for key in sorted(value)} if isinstance(value, dict) else value
