"""Kinds that are stored and that nobody acts on: no controller, no proxy, no webhook is called.

What would change how the cluster answers (custom resources, aggregated APIs, admission webhooks) can be read, not made.
"""

from __future__ import annotations

import json
from typing import Any

from podlab.embedded.apiserver.resource import Context, Obj, Resource, nothing
from podlab.embedded.apiserver.status import Cause
from podlab.embedded.apiserver.validation import causes, metadata

READ = ("get", "list", "watch")
METRICS = "autoscaling.alpha.kubernetes.io/metrics"
BEHAVIOR = "autoscaling.alpha.kubernetes.io/behavior"


def _anything(name: str) -> list[str]:
    """Names that only have to fit into a path. Upstream: pkg/api/validation/path ValidatePathSegmentName"""
    if name in (".", ".."):
        return [f"may not be '{name}'"]
    return [f"may not contain '{letter}'" for letter in "/%" if letter in name]


def _no_status(obj: Obj, old: Obj | None, ctx: Context) -> None:
    """A new object has no status, whatever the client sent."""
    if old is None:
        obj["status"] = {}


def validate(obj: Obj, old: Obj | None) -> list[Cause]:
    """Only the metadata is looked at."""
    return metadata.validate(obj, old)


def _stored(
    group: str,
    kind: str,
    *short_names: str,
    plural: str = "",
    version: str = "v1",
    status: bool = False,
    **more: Any,
) -> Resource:
    singular = kind.lower()
    if status:
        more.setdefault("prepare", _no_status)
    more.setdefault("validate", validate)
    return Resource(
        group=group,
        version=version,
        kind=kind,
        plural=plural or f"{singular}s",
        singular=singular,
        short_names=short_names,
        subresources=("status",) if status else (),
        **more,
    )


def _class(group: str, kind: str, *short_names: str, default: Any = nothing) -> Resource:
    return _stored(group, kind, *short_names, plural=f"{kind.lower()}es", namespaced=False, default=default)


def _slice(obj: Obj) -> None:
    for endpoint in obj.get("endpoints") or []:
        endpoint.setdefault("conditions", {})
    for port in obj.get("ports") or []:
        port.setdefault("name", "")
        port.setdefault("protocol", "TCP")


def _endpoints(obj: Obj) -> None:
    for port in (port for subset in obj.get("subsets") or [] for port in subset.get("ports") or []):
        port.setdefault("protocol", "TCP")


def _network_policy(obj: Obj) -> None:
    spec = obj.setdefault("spec", {})
    for rule in (*(spec.get("ingress") or []), *(spec.get("egress") or [])):
        for port in rule.get("ports") or []:
            port.setdefault("protocol", "TCP")
    if not spec.get("policyTypes"):
        spec["policyTypes"] = ["Ingress", *(["Egress"] if spec.get("egress") else [])]


def _priority_class(obj: Obj) -> None:
    obj.setdefault("preemptionPolicy", "PreemptLowerPriority")
    obj.setdefault("value", 0)


def _priority_fixed(obj: Obj, old: Obj | None) -> list[Cause]:
    found = metadata.validate(obj, old)
    if old is None:
        return found + _priority_allowed(obj)
    found += metadata.immutable("value", obj.get("value", 0), old.get("value", 0))
    return found + metadata.immutable("preemptionPolicy", obj.get("preemptionPolicy"), old.get("preemptionPolicy"))


HIGHEST_PRIORITY = 1_000_000_000


def _priority_allowed(obj: Obj) -> list[Cause]:
    """What a user may not ask for. Upstream: pkg/apis/scheduling/validation/validation.go"""
    name, value = (obj.get("metadata") or {}).get("name", ""), obj.get("value", 0)
    if name in ("system-node-critical", "system-cluster-critical"):
        return []
    if name.startswith("system-"):
        reserved = "priority class names with 'system-' prefix are reserved for system use only."
        return [causes.forbidden("metadata.name", f"{reserved} error: {name} is not a known system priority class")]
    if value > HIGHEST_PRIORITY:
        text = f"maximum allowed value of a user defined priority is {HIGHEST_PRIORITY}"
        return [causes.forbidden("value", text)]
    return []


def _storage_class(obj: Obj) -> None:
    obj.setdefault("reclaimPolicy", "Delete")
    obj.setdefault("volumeBindingMode", "Immediate")


def _csi_driver(obj: Obj) -> None:
    spec = obj.setdefault("spec", {})
    for key in ("attachRequired", "podInfoOnMount", "storageCapacity", "requiresRepublish", "seLinuxMount"):
        spec.setdefault(key, key in ("attachRequired",))
    spec.setdefault("fsGroupPolicy", "ReadWriteOnceWithFSType")
    spec.setdefault("volumeLifecycleModes", ["Persistent"])


def _autoscaler(obj: Obj) -> None:
    spec = obj.setdefault("spec", {})
    spec.setdefault("minReplicas", 1)
    if not spec.get("metrics"):
        spec["metrics"] = [_processor(80)]


def _autoscaler_v1(obj: Obj) -> None:
    obj.setdefault("spec", {}).setdefault("minReplicas", 1)


def _processor(percent: int) -> Obj:
    target = {"type": "Utilization", "averageUtilization": percent}
    return {"type": "Resource", "resource": {"name": "cpu", "target": target}}


def _percent(metric: Obj) -> int | None:
    resource = metric.get("resource") or {}
    percent: int | None = (resource.get("target") or {}).get("averageUtilization")
    return percent if resource.get("name") == "cpu" else None


def load_autoscaler(obj: Obj) -> Obj:
    """Turn a stored HorizontalPodAutoscaler into autoscaling/v1; what that cannot say goes into annotations."""
    spec, annotations = dict(obj.get("spec") or {}), dict(obj["metadata"].get("annotations") or {})
    metrics, behavior = spec.pop("metrics", None) or [], spec.pop("behavior", None)
    for metric in metrics:
        if _percent(metric) is not None and "targetCPUUtilizationPercentage" not in spec:
            spec["targetCPUUtilizationPercentage"] = _percent(metric)
    rest = [m for m in metrics if _percent(m) is None]
    for key, value in ((METRICS, rest), (BEHAVIOR, behavior)):
        if value:
            annotations[key] = json.dumps(value, separators=(",", ":"))
    meta = {**obj["metadata"], **({"annotations": annotations} if annotations else {})}
    kept = ("observedGeneration", "lastScaleTime", "currentReplicas", "desiredReplicas")
    given = obj.get("status") or {}
    status = {"currentReplicas": 0, "desiredReplicas": 0, **{key: given[key] for key in kept if key in given}}
    return {**obj, "apiVersion": "autoscaling/v1", "metadata": meta, "spec": spec, "status": status}


def save_autoscaler(obj: Obj) -> Obj:
    """Turn an autoscaling/v1 HorizontalPodAutoscaler into its stored form."""
    spec, annotations = dict(obj.get("spec") or {}), dict(obj["metadata"].get("annotations") or {})
    percent = spec.pop("targetCPUUtilizationPercentage", None)
    metrics = [_processor(percent)] if percent is not None else []
    for key, put in ((METRICS, metrics.extend), (BEHAVIOR, lambda value: spec.update(behavior=value))):
        try:
            put(json.loads(annotations.pop(key)))
        except (KeyError, ValueError, TypeError):
            continue
    meta = {key: value for key, value in obj["metadata"].items() if key != "annotations"}
    if annotations:
        meta["annotations"] = annotations
    spec["metrics"] = metrics or [_processor(80)]
    return {**obj, "apiVersion": "autoscaling/v2", "metadata": meta, "spec": spec}


def _ingress(obj: Obj) -> None:
    obj.setdefault("spec", {})
    obj.setdefault("status", {}).setdefault("loadBalancer", {})


def _ingress_status(obj: Obj, old: Obj | None, ctx: Context) -> None:
    if old is None:
        obj["status"] = {"loadBalancer": {}}


def _autoscaler_status(obj: Obj, old: Obj | None, ctx: Context) -> None:
    if old is None:
        obj["status"] = {"currentReplicas": 0, "desiredReplicas": 0}


def _request_status(obj: Obj, old: Obj | None, ctx: Context) -> None:
    """Who asks for a certificate stands in the request. Upstream: pkg/registry/certificates/certificates/strategy.go"""
    if old is not None:
        return
    obj["status"] = {}
    spec, user = obj.setdefault("spec", {}), ctx.by.user
    spec.update(username=user.name, groups=list(user.groups), usages=spec.get("usages"))
    if user.uid:
        spec["uid"] = user.uid


def _reading(group: str, kind: str, plural: str, *short_names: str) -> Resource:
    return _stored(
        group,
        kind,
        *short_names,
        plural=plural,
        namespaced=False,
        verbs=READ,
        categories=("api-extensions",),
    )


ADMISSION = "admissionregistration.k8s.io"
AUTOSCALERS = "horizontalpodautoscalers"
ALL = ("all",)
STORED: tuple[Resource, ...] = (
    _stored("", "Endpoints", "ep", plural="endpoints", default=_endpoints),
    _stored("discovery.k8s.io", "EndpointSlice", default=_slice, generation=True),
    _stored("policy", "PodDisruptionBudget", "pdb", status=True, generation=True),
    _stored(
        "autoscaling",
        "HorizontalPodAutoscaler",
        "hpa",
        version="v2",
        status=True,
        categories=ALL,
        default=_autoscaler,
        prepare=_autoscaler_status,
    ),
    _stored(
        "autoscaling",
        "HorizontalPodAutoscaler",
        "hpa",
        status=True,
        categories=ALL,
        default=_autoscaler_v1,
        prepare=_autoscaler_status,
        stored_as=("autoscaling", AUTOSCALERS),
        load=load_autoscaler,
        save=save_autoscaler,
    ),
    _stored(
        "networking.k8s.io",
        "Ingress",
        "ing",
        plural="ingresses",
        status=True,
        default=_ingress,
        prepare=_ingress_status,
        generation=True,
    ),
    _class("networking.k8s.io", "IngressClass"),
    _stored(
        "networking.k8s.io",
        "NetworkPolicy",
        "netpol",
        plural="networkpolicies",
        default=_network_policy,
        generation=True,
    ),
    _class("node.k8s.io", "RuntimeClass"),
    _stored(
        "scheduling.k8s.io",
        "PriorityClass",
        "pc",
        plural="priorityclasses",
        namespaced=False,
        default=_priority_class,
        validate=_priority_fixed,
        generation=True,
    ),
    _class("storage.k8s.io", "StorageClass", "sc", default=_storage_class),
    _stored("storage.k8s.io", "CSINode", namespaced=False),
    _stored("storage.k8s.io", "CSIDriver", namespaced=False, default=_csi_driver, generation=True),
    _stored("certificates.k8s.io", "CertificateSigningRequest", "csr", namespaced=False, prepare=_request_status),
    _reading(ADMISSION, "MutatingWebhookConfiguration", "mutatingwebhookconfigurations"),
    _reading(ADMISSION, "ValidatingWebhookConfiguration", "validatingwebhookconfigurations"),
    _reading(ADMISSION, "ValidatingAdmissionPolicy", "validatingadmissionpolicies"),
    _reading(ADMISSION, "ValidatingAdmissionPolicyBinding", "validatingadmissionpolicybindings"),
    _reading("apiextensions.k8s.io", "CustomResourceDefinition", "customresourcedefinitions", "crd", "crds"),
    _reading("apiregistration.k8s.io", "APIService", "apiservices"),
)
