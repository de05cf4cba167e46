"""The OpenAPI v3 documents of what has no objects: groups, the lists of them, the version, keys.

Upstream: k8s.io/apiserver/pkg/endpoints/discovery, pkg/server/routes, pkg/routes; api/openapi-spec/v3
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from podlab.embedded.apiserver.resource import Obj
from podlab.embedded.runtime.images.system import KUBERNETES

META = "io.k8s.apimachinery.pkg.apis.meta.v1."
VERSION = "io.k8s.apimachinery.pkg.version.Info"
BEARER = {"description": "Bearer Token authentication", "in": "header", "name": "authorization", "type": "apiKey"}
ENCODED = ("application/json", "application/vnd.kubernetes.protobuf", "application/yaml")
TEXT = {"type": "string"}
FILLED = {"default": "", "type": "string"}


def _listed(what: Obj) -> Obj:
    return {"items": what, "type": "array", "x-kubernetes-list-type": "atomic"}


def _of(name: str) -> Obj:
    return {"allOf": [{"$ref": f"#/components/schemas/{META}{name}"}], "default": {}}


def _struct(properties: Obj, *required: str, kind: str = "") -> Obj:
    found: Obj = {"properties": properties, "type": "object"}
    if required:
        found["required"] = list(required)
    if kind:
        found["properties"] = dict(sorted({"apiVersion": TEXT, "kind": TEXT, **properties}.items()))
        found["x-kubernetes-group-version-kind"] = [{"group": "", "kind": kind, "version": "v1"}]
    return found


ADDRESSES = {"serverAddressByClientCIDRs": _listed(_of("ServerAddressByClientCIDR"))}
ADDRESS = {
    "ServerAddressByClientCIDR": _struct({"clientCIDR": FILLED, "serverAddress": FILLED}, "clientCIDR", "serverAddress")
}
VERSIONS = _struct(
    {**ADDRESSES, "versions": _listed(FILLED)}, "versions", "serverAddressByClientCIDRs", kind="APIVersions"
)
GROUP: Obj = {
    "APIGroup": _struct(
        {
            "name": FILLED,
            "preferredVersion": _of("GroupVersionForDiscovery"),
            **ADDRESSES,
            "versions": _listed(_of("GroupVersionForDiscovery")),
        },
        *("name", "versions"),
        kind="APIGroup",
    ),
    "GroupVersionForDiscovery": _struct({"groupVersion": FILLED, "version": FILLED}, "groupVersion", "version"),
    **ADDRESS,
}
OPTIONAL = ("emulationMajor", "emulationMinor", "minCompatibilityMajor", "minCompatibilityMinor")
REQUIRED = (
    "major",
    "minor",
    "gitVersion",
    "gitCommit",
    "gitTreeState",
    "buildDate",
    "goVersion",
    "compiler",
    "platform",
)
KEYS = "get service account issuer OpenID JSON Web Key Set (contains public token verification keys)"
ISSUER = "get service account issuer OpenID configuration, also known as the 'OIDC discovery doc'"
UNAUTHORIZED = {"401": {"description": "Unauthorized"}}


def documents(groups: Iterable[str]) -> dict[str, Obj]:
    """The documents by their paths; `groups` are those with a path of their own."""
    read, one = "get available API versions", "get information of a group"
    everyone = {"APIGroupList": _struct({"groups": _listed(_of("APIGroup"))}, "groups", kind="APIGroupList"), **GROUP}
    info = _struct({name: FILLED if name in REQUIRED else TEXT for name in sorted((*REQUIRED, *OPTIONAL))}, *REQUIRED)
    plain = ("application/json",)
    keys = ("application/jwk-set+json",)
    found = {
        "api": _document(
            "/api/", _get(read, "getCoreAPIVersions", "core", "APIVersions"), {"APIVersions": VERSIONS, **ADDRESS}
        ),
        "apis": _document("/apis/", _get(read, "getAPIVersions", "apis", "APIGroupList"), everyone),
        "version": _document(
            "/version/",
            _get("get the version information for this server", "getCodeVersion", "version", VERSION, plain),
            {VERSION: info},
        ),
        "openid/v1/jwks": _document(
            "/openid/v1/jwks/", _get(KEYS, "getServiceAccountIssuerOpenIDKeyset", "openid", "", keys)
        ),
        ".well-known/openid-configuration": _document(
            "/.well-known/openid-configuration/",
            _get(ISSUER, "getServiceAccountIssuerOpenIDConfiguration", "WellKnown", "", plain),
        ),
    }
    for group in groups:
        words = group.removesuffix(".k8s.io").split(".")
        tag = words[0] + "".join(word.capitalize() for word in words[1:])
        found[f"apis/{group}"] = _document(
            f"/apis/{group}/", _get(one, f"get{tag[0].upper()}{tag[1:]}APIGroup", tag, "APIGroup"), GROUP
        )
    return found


def _get(text: str, name: str, tag: str, shown: str, media: tuple[str, ...] = ENCODED) -> Obj:
    full = shown if "." in shown else META + shown
    value = {"$ref": f"#/components/schemas/{full}"} if shown else TEXT
    answer = {"content": {each: {"schema": value} for each in media}, "description": "OK"}
    return {"description": text, "operationId": name, "responses": {"200": answer, **UNAUTHORIZED}, "tags": [tag]}


def _document(path: str, get: Obj, schemas: Obj | None = None) -> Obj:
    components: dict[str, Any] = {"securitySchemes": {"BearerToken": BEARER}}
    if schemas:
        components["schemas"] = {name if "." in name else META + name: each for name, each in sorted(schemas.items())}
    info = {"title": "Kubernetes", "version": KUBERNETES}
    return {"components": components, "info": info, "openapi": "3.0.0", "paths": {path: {"get": get}}}
