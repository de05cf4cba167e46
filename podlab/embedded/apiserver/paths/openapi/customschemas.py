"""The OpenAPI v3 schemas of custom resources: what the definition says, and what every object has.

Upstream: apiextensions-apiserver/pkg/controller/openapi/builder/builder.go
"""

from __future__ import annotations

from podlab.embedded.apiserver.custom.structure import EMBEDDED, INT_OR_STRING, META
from podlab.embedded.apiserver.resource import Obj, Resource

API_VERSION = (
    "APIVersion defines the versioned schema of this representation of an object. Servers should convert recognized "
    "schemas to the latest internal value, and may reject unrecognized values. More info: "
    "https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#resources"
)
KIND = (
    "Kind is a string value representing the REST resource this object represents. Servers may infer this from the "
    "endpoint the client submits requests to. Cannot be updated. In CamelCase. More info: "
    "https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#types-kinds"
)
CONVENTIONS = "https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md"
HEAD = {"apiVersion": {"description": API_VERSION, "type": "string"}, "kind": {"description": KIND, "type": "string"}}
EMBEDDED_HEAD = {
    "apiVersion": {
        "description": "apiVersion defines the versioned schema of this representation of an object. More info: "
        f"{CONVENTIONS}#resources",
        "type": "string",
    },
    "kind": {
        "description": "kind is a string value representing the type of this object. In CamelCase. More info: "
        f"{CONVENTIONS}#types-kinds",
        "type": "string",
    },
}
OBJECTS_META = f"Standard object's metadata. More info: {CONVENTIONS}#metadata"
OPENAPI_META = "io.k8s.apimachinery.pkg.apis.meta.v1."


def name_of(resource: Resource, kind: str = "") -> str:
    """`dev.podlab.stable.v1.CronTab`."""
    return ".".join([*reversed(resource.group.split(".")), resource.version, kind or resource.kind])


def schemas(resource: Resource) -> Obj:
    """The schemas of the kind and of its list."""
    found = _shown(getattr(resource.structure, "schema", {}))
    found["properties"] = {**(found.get("properties") or {}), **HEAD, "metadata": _meta("ObjectMeta", OBJECTS_META)}
    found["properties"] = dict(sorted(found["properties"].items()))
    found["x-kubernetes-group-version-kind"] = [_gvk(resource, resource.kind)]
    reference = {"$ref": f"#/components/schemas/{name_of(resource)}"}
    items = {"description": f"List of {resource.plural}. More info: {CONVENTIONS}", "type": "array", "items": reference}
    of_list = _meta("ListMeta", f"Standard list metadata. More info: {CONVENTIONS}#types-kinds")
    properties = {"apiVersion": HEAD["apiVersion"], "items": items, "kind": HEAD["kind"], "metadata": of_list}
    listed = {
        "description": f"{resource.list_kind} is a list of {resource.kind}",
        "type": "object",
        "required": ["items"],
        "properties": properties,
        "x-kubernetes-group-version-kind": [_gvk(resource, resource.list_kind)],
    }
    return {name_of(resource): found, name_of(resource, resource.list_kind): listed}


TYPES = (META, "meta/v1.ListMeta")
"""The built-in types that they mention."""


def _meta(word: str, text: str) -> Obj:
    return {"description": text, "allOf": [{"$ref": f"#/components/schemas/{OPENAPI_META}{word}"}]}


def _gvk(resource: Resource, kind: str) -> Obj:
    return {"group": resource.group, "kind": kind, "version": resource.version}


def _shown(schema: Obj) -> Obj:
    """A schema with int-or-string spelled out, and embedded objects with what every object has."""
    found = {key: value for key, value in schema.items() if value is not None}
    if found.get(INT_OR_STRING):
        found["anyOf"] = [{"type": "integer"}, {"type": "string"}]
    if "properties" in found:
        found["properties"] = {name: _shown(inner) for name, inner in found["properties"].items()}
    if found.get(EMBEDDED):
        _embed(found)
    for key in ("items", "additionalProperties"):
        if isinstance(found.get(key), dict):
            found[key] = _shown(found[key])
    return found


def _embed(schema: Obj) -> None:
    """An object in an object says what it is.

    Upstream: apiextensions-apiserver/pkg/controller/openapi/builder/builder.go (addEmbeddedProperties)
    """
    head = {**EMBEDDED_HEAD, "metadata": _meta("ObjectMeta", OBJECTS_META)}
    schema["properties"] = dict(sorted({**schema.get("properties", {}), **head}.items()))
    required = schema.get("required") or []
    schema["required"] = [*required, *(name for name in ("kind", "apiVersion") if name not in required)]
