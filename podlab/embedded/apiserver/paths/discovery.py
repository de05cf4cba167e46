"""Discovery: which groups, versions and resources are served, plain and aggregated; exactly those that are.

Upstream: apiserver/pkg/endpoints/discovery, apidiscovery.k8s.io/v2
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from podlab.apimachinery.versions import priority
from podlab.embedded.apiserver import status
from podlab.embedded.apiserver.answering import negotiation
from podlab.embedded.apiserver.answering.negotiation import Answer, Form
from podlab.embedded.apiserver.request import Request
from podlab.embedded.apiserver.resource import Obj, Resource

GROUP_ORDER = (
    "apiregistration.k8s.io", "apps", "events.k8s.io", "authentication.k8s.io", "authorization.k8s.io", "autoscaling",
    "batch", "certificates.k8s.io", "networking.k8s.io", "policy", "rbac.authorization.k8s.io", "storage.k8s.io",
    "admissionregistration.k8s.io", "apiextensions.k8s.io", "scheduling.k8s.io", "coordination.k8s.io", "node.k8s.io",
    "discovery.k8s.io", "resource.k8s.io", "flowcontrol.apiserver.k8s.io",
)  # fmt: skip
AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
# Kind (with group and version where they are not the resource's own) and verbs of subresources.
CHANGING, STREAMING = ("get", "patch", "update"), ("create", "get")
PROXYING = ("create", "delete", "get", "patch", "update")
SUBRESOURCES: dict[str, tuple[str, str, str, tuple[str, ...]]] = {
    "pods/attach": ("", "", "PodAttachOptions", STREAMING),
    "pods/binding": ("", "", "Binding", ("create",)),
    "pods/ephemeralcontainers": ("", "", "Pod", CHANGING),
    "pods/eviction": ("policy", "v1", "Eviction", ("create",)),
    "pods/exec": ("", "", "PodExecOptions", STREAMING),
    "pods/log": ("", "", "Pod", ("get",)),
    "pods/portforward": ("", "", "PodPortForwardOptions", STREAMING),
    "pods/proxy": ("", "", "PodProxyOptions", PROXYING),
    "pods/resize": ("", "", "Pod", CHANGING),
    "nodes/proxy": ("", "", "NodeProxyOptions", PROXYING),
    "services/proxy": ("", "", "ServiceProxyOptions", PROXYING),
    "namespaces/finalize": ("", "", "Namespace", ("update",)),
    "serviceaccounts/token": ("authentication.k8s.io", "v1", "TokenRequest", ("create",)),
    "deployments/scale": ("autoscaling", "v1", "Scale", CHANGING),
    "replicasets/scale": ("autoscaling", "v1", "Scale", CHANGING),
    "replicationcontrollers/scale": ("autoscaling", "v1", "Scale", CHANGING),
    "statefulsets/scale": ("autoscaling", "v1", "Scale", CHANGING),
}

STORED = {
    ("admissionregistration.k8s.io", "mutatingadmissionpolicies"): "v1beta1",
    ("admissionregistration.k8s.io", "mutatingadmissionpolicybindings"): "v1beta1",
    ("apiextensions.k8s.io", "customresourcedefinitions"): "v1beta1",
    ("autoscaling", "horizontalpodautoscalers"): "v2",
}
"""Kinds that are stored in another version than is served."""


def answer(request: Request, resources: Iterable[Resource]) -> Answer | None:
    """Answer `/api`, `/apis` and what is below, or None for a path that is not discovery's. Raises StatusError."""
    parts = request.info.path.strip("/").split("/")
    served = tuple(resources)
    if parts[0] not in ("api", "apis") or len(parts) > 3:
        return None
    accept = request.headers.get("accept", "")
    if len(parts) == 1 and _aggregates(accept):
        found: Obj | None = _aggregated(served, core=parts[0] == "api")
        _only_get(request)
        return _tagged(request, found)
    found = _plain(parts, served, request.headers.get("host", ""))
    if found is None:
        builtin = parts[0] == "api" or any(r.group == parts[1] and not r.structure for r in served)
        if builtin and len(parts) == (2 if parts[0] == "api" else 3):
            raise status.no_such_resource()
        return None
    if parts != ["apis"]:  # which the aggregator answers, whatever the method
        _only_get(request)
    form = negotiation.negotiate(accept, frozenset(), streams=False)
    return Answer(200, _encoded(request, found, form), form.media_type)


def _encoded(request: Request, found: Any, form: Form) -> bytes:
    pretty = negotiation.wants_pretty(request.query, request.headers.get("user-agent", ""))
    return negotiation.encode(found, form, pretty=pretty)


def _only_get(request: Request) -> None:
    if request.method not in ("GET", "HEAD"):
        raise status.method_not_allowed()


def _aggregates(accept: str) -> bool:
    """Whether the first form asked for that can be served is the aggregated one."""
    for clause in accept.replace(" ", "").split(","):
        media_type, *parameters = clause.split(";")
        if media_type == "application/json" and "g=apidiscovery.k8s.io" in parameters:
            if "v=v2" in parameters and "as=APIGroupDiscoveryList" in parameters:
                return True
        elif media_type in ("application/json", "application/yaml", "*/*", "application/*", ""):
            return False
    return False


def _tagged(request: Request, found: Any) -> Answer:
    tag = f'"{hashlib.sha512(negotiation.encode(found, Form())).hexdigest().upper()}"'
    known = request.headers.get("if-none-match", "") == tag
    headers = {"ETag": tag, "Vary": "Accept", "Cache-Control": "public"}
    return Answer(304 if known else 200, b"" if known else _encoded(request, found, Form()), AGGREGATED, headers)


def groups(resources: Iterable[Resource]) -> dict[str, list[str]]:
    """Return the named groups in the order in which they are shown, with their versions, the preferred one first."""
    found: dict[str, set[str]] = {}
    for resource in resources:
        if resource.group:
            found.setdefault(resource.group, set()).add(resource.version)

    def place(group: str) -> tuple[int, str]:
        return (GROUP_ORDER.index(group) if group in GROUP_ORDER else len(GROUP_ORDER), group)

    return {group: sorted(found[group], key=priority, reverse=True) for group in sorted(found, key=place)}


def _plain(parts: list[str], served: tuple[Resource, ...], host: str) -> Obj | None:
    if parts == ["api"]:
        address = {"clientCIDR": "0.0.0.0/0", "serverAddress": host}
        return {"kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": [address]}
    if parts == ["apis"]:
        listed = [_group(group, versions) for group, versions in groups(served).items()]
        return {"kind": "APIGroupList", "apiVersion": "v1", "groups": listed}
    group, version = ("", parts[1]) if parts[0] == "api" else (parts[1], "".join(parts[2:]))
    known = {(resource.group, resource.version) for resource in served}
    if parts[0] == "apis" and len(parts) == 2:
        versions = groups(served).get(group)
        return {"kind": "APIGroup", "apiVersion": "v1", **_group(group, versions)} if versions else None
    if (group, version) not in known or (parts[0] == "api" and len(parts) > 2):
        return None
    return resource_list(group, version, served)


def _group(group: str, versions: list[str]) -> Obj:
    shown = [{"groupVersion": f"{group}/{version}", "version": version} for version in versions]
    return {"name": group, "versions": shown, "preferredVersion": dict(shown[0])}


def resource_list(group: str, version: str, served: Sequence[Resource]) -> Obj:
    """Return the APIResourceList of one group and version, in order of names."""
    entries = []
    for resource in served:
        if (resource.group, resource.version) == (group, version):
            entries += [_entry(resource), *(_sub_entry(resource, name) for name in resource.subresources)]
    if not any(resource.structure for resource in served if resource.group == group):
        entries.sort(key=lambda entry: entry["name"])
    head = {"kind": "APIResourceList"} if not group else {"kind": "APIResourceList", "apiVersion": "v1"}
    return {**head, "groupVersion": f"{group}/{version}" if group else version, "resources": entries}


def _entry(resource: Resource) -> Obj:
    entry: Obj = {
        "name": resource.plural,
        "singularName": resource.singular,
        "namespaced": resource.namespaced,
        "kind": resource.kind,
        "verbs": list(resource.verbs) if resource.structure else sorted(resource.verbs),
    }
    if resource.short_names:
        entry["shortNames"] = list(resource.short_names)
    if resource.categories:
        entry["categories"] = list(resource.categories)
    if "watch" in resource.verbs:
        entry["storageVersionHash"] = _storage_hash(resource)
    return entry


def _storage_hash(resource: Resource) -> str:
    """Name the stored form as upstream does: half of a SHA-256 of group, version and kind."""
    import base64

    group, _ = resource.stored_as or (resource.group, resource.plural)
    version = STORED.get((group, resource.plural), resource.version)
    if resource.structure is not None and resource.save is not None:
        version = resource.save({"metadata": {}})["apiVersion"].rpartition("/")[2]
    digest = hashlib.sha256(f"{group}/{version}/{resource.kind}".encode()).digest()
    return base64.b64encode(digest[:8]).decode()


def _sub(resource: Resource, name: str) -> tuple[str, str, str, tuple[str, ...]]:
    if resource.structure is not None and name == "scale":
        return ("autoscaling", "v1", "Scale", CHANGING)
    return SUBRESOURCES.get(f"{resource.plural}/{name}", ("", "", resource.kind, CHANGING))


def _sub_entry(resource: Resource, name: str) -> Obj:
    group, version, kind, verbs = _sub(resource, name)
    entry: Obj = {"name": f"{resource.plural}/{name}", "singularName": "", "namespaced": resource.namespaced}
    if group:
        entry.update(group=group, version=version)
    return {**entry, "kind": kind, "verbs": list(verbs)}


@lru_cache(maxsize=8)
def _aggregated(served: tuple[Resource, ...], core: bool) -> Obj:
    shown = {"": ["v1"]} if core else groups(served)
    items = [
        {
            "metadata": {"name": group} if group else {},
            "versions": [
                {"version": version, "resources": _discovered(group, version, served), "freshness": "Current"}
                for version in versions
            ],
        }
        for group, versions in shown.items()
    ]
    return {"kind": "APIGroupDiscoveryList", "apiVersion": "apidiscovery.k8s.io/v2", "metadata": {}, "items": items}


def _discovered(group: str, version: str, served: Sequence[Resource]) -> list[Obj]:
    found = [r for r in served if (r.group, r.version) == (group, version)]
    return [_discovery(resource) for resource in sorted(found, key=lambda r: r.plural)]


def _discovery(resource: Resource) -> Obj:
    entry: Obj = {
        "resource": resource.plural,
        "responseKind": {"group": "", "version": "", "kind": resource.kind},
        "scope": "Namespaced" if resource.namespaced else "Cluster",
        "singularResource": resource.singular,
        "verbs": list(resource.verbs) if resource.structure else sorted(resource.verbs),
    }
    if resource.short_names:
        entry["shortNames"] = list(resource.short_names)
    if resource.categories:
        entry["categories"] = list(resource.categories)
    below = [
        {
            "subresource": name,
            "responseKind": {"group": group, "version": version, "kind": kind},
            "verbs": list(verbs),
        }
        for name in sorted(resource.subresources)
        for group, version, kind, verbs in (_sub(resource, name),)
    ]
    return {**entry, "subresources": below} if below else entry
