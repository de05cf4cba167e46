"""OpenAPI v3 schemas and documents from the structure table. Upstream: k8s.io/kube-openapi/pkg/builder3"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from podlab.embedded.apiserver import fields
from podlab.embedded.apiserver.fields import Field, Type
from podlab.embedded.apiserver.paths.discovery import SUBRESOURCES
from podlab.embedded.apiserver.paths.openapi import customschemas
from podlab.embedded.apiserver.resource import Obj, Resource

META = "io.k8s.apimachinery.pkg.apis.meta.v1."
OPAQUE: dict[str, tuple[str, Obj]] = {
    "resource.Quantity": (
        "io.k8s.apimachinery.pkg.api.resource.Quantity",
        {"oneOf": [{"type": "string"}, {"type": "number"}]},
    ),
    "intstr.IntOrString": (
        "io.k8s.apimachinery.pkg.util.intstr.IntOrString",
        {"format": "int-or-string", "oneOf": [{"type": "integer"}, {"type": "string"}]},
    ),
    "runtime.RawExtension": ("io.k8s.apimachinery.pkg.runtime.RawExtension", {"type": "object"}),
    "meta/v1.FieldsV1": (META + "FieldsV1", {"type": "object"}),
    "meta/v1.Time": (META + "Time", {"format": "date-time", "type": "string"}),
    "meta/v1.MicroTime": (META + "MicroTime", {"format": "date-time", "type": "string"}),
    "meta/v1.Duration": (META + "Duration", {"type": "string"}),
    **{
        f"apiextensions/v1.{word}": (f"io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.{word}", {})
        for word in ("JSON", "JSONSchemaPropsOrArray", "JSONSchemaPropsOrBool", "JSONSchemaPropsOrStringArray")
    },
}  # fmt: skip
SCALARS: dict[str, Obj] = {
    "string": {"type": "string"},
    "bool": {"type": "boolean"},
    "int32": {"type": "integer", "format": "int32"},
    "int64": {"type": "integer", "format": "int64"},
    "uint8": {"type": "integer", "format": "byte"},
    "float64": {"type": "number", "format": "double"},
    "bytes": {"type": "string", "format": "byte"},
}
EXTENSIONS = {
    "listType": "x-kubernetes-list-type",
    "listMapKeys": "x-kubernetes-list-map-keys",
    "mapType": "x-kubernetes-map-type",
    "mergeKey": "x-kubernetes-patch-merge-key",
    "strategy": "x-kubernetes-patch-strategy",
    "enum": "enum",
    "default": "default",
}
ITEM_DEFAULTS: dict[str, Any] = {"string": "", "int32": 0, "int64": 0, "struct": {}}
PATCHES = ("application/apply-patch+yaml", "application/json-patch+json", "application/merge-patch+json")
STRATEGIC = "application/strategic-merge-patch+json"
MEDIA_TYPES = ("application/json", "application/vnd.kubernetes.protobuf", "application/yaml")
VERB_METHODS = {"get": "get", "update": "put", "patch": "patch", "delete": "delete"}
COLLECTION_METHODS = {"list": "get", "create": "post", "deletecollection": "delete"}
WORDS = {
    "dryRun": "string",
    "fieldManager": "string",
    "fieldValidation": "string",
    "pretty": "string",
    "force": "boolean",
}
LISTING = {
    "allowWatchBookmarks": "boolean", "continue": "string", "fieldSelector": "string", "labelSelector": "string",
    "limit": "integer", "resourceVersion": "string", "resourceVersionMatch": "string", "sendInitialEvents": "boolean",
    "timeoutSeconds": "integer", "watch": "boolean",
}  # fmt: skip
DELETING = {"dryRun": "string", "gracePeriodSeconds": "integer", "propagationPolicy": "string"}

Descriptions = Mapping[str, tuple[str, Mapping[str, str]]]
"""Descriptions by OpenAPI name: of the type, and of its fields."""


PACKAGES = {
    "meta/v1": META,
    "apiextensions/v1": "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.",
    "apiregistration/v1": "io.k8s.kube-aggregator.pkg.apis.apiregistration.v1.",
}


def name_of(type_name: str) -> str:
    """Return the OpenAPI name of a type: `core/v1.Pod` → `io.k8s.api.core.v1.Pod`."""
    if type_name in OPAQUE:
        return OPAQUE[type_name][0]
    package, word = type_name.rsplit(".", 1)
    return f"{PACKAGES.get(package) or 'io.k8s.api.' + package.replace('/', '.') + '.'}{word}"


def _reference(type_: Type) -> Obj:
    return {"allOf": [{"$ref": f"#/components/schemas/{name_of(type_.target)}"}]}


def _value(type_: Type) -> Obj:
    form = type_.form
    if form in SCALARS:
        return dict(SCALARS[form])
    if form == "list":
        return {"type": "array", "items": _item(type_.item)}
    if form == "map":
        return {"type": "object", "additionalProperties": _item(type_.item)}
    return _reference(type_)


def _item(type_: Type) -> Obj:
    value = _value(type_)
    if type_.form in ITEM_DEFAULTS:
        return {**value, "default": ITEM_DEFAULTS[type_.form]}
    return dict(value["allOf"][0]) if "allOf" in value else value


def _property(f: Field, text: str) -> Obj:
    value = _value(f.type)
    value.update({EXTENSIONS[key]: fact for key, fact in f.more.items() if key in EXTENSIONS})
    if text and "enum" in f.more:
        text += "\n\nPossible enum values:\n" + "\n".join(f' - `"{value_}"`' for value_ in f.more["enum"])
    if "itemEnum" in f.more:
        value["items" if f.type.form == "list" else "additionalProperties"]["enum"] = f.more["itemEnum"]
    return {"description": text, **value} if text else value


def schema(type_: Type, descriptions: Descriptions) -> Obj:
    """Return the schema of a struct."""
    text, of_fields = descriptions.get(name_of(type_.name), ("", {}))
    members = sorted(type_.fields.values(), key=lambda f: f.name)
    properties = {f.name: _property(f, of_fields.get(f.name) or _about(f.type, descriptions)) for f in members}
    found: Obj = {"description": text} if text else {}
    found.update(type="object")
    if properties:
        found["properties"] = properties
    if required := [f.name for f in type_.fields.values() if f.required]:
        found["required"] = required
    if kinds := type_.facts.get("kinds"):
        found["x-kubernetes-group-version-kind"] = [{"group": g, "kind": k, "version": v} for g, v, k in kinds]
    for key, extension in (("mapType", "x-kubernetes-map-type"), ("unions", "x-kubernetes-unions")):
        if key in type_.facts:
            found[extension] = type_.facts[key]
    return found


def _about(type_: Type, descriptions: Descriptions) -> str:
    """Describe a field that the client does not describe by what it is made of."""
    mentioned = _mentioned(type_)
    return descriptions[name_of(mentioned)][0] if mentioned and name_of(mentioned) in descriptions else ""


def schemas(names: Iterable[str], descriptions: Descriptions) -> Obj:
    """Return the schemas of types and of all that they mention, by OpenAPI name."""
    found: Obj = {}
    pending = list(names)
    while pending:
        name = pending.pop()
        key = name_of(name)
        if key in found:
            continue
        if name in OPAQUE:
            text = descriptions.get(key, ("", {}))[0]
            found[key] = {**({"description": text} if text else {}), **OPAQUE[name][1]}
            continue
        type_ = fields.type_named(name)
        found[key] = schema(type_, descriptions)
        pending += [word for f in type_.fields.values() if (word := _mentioned(f.type))]
    return dict(sorted(found.items()))


def _mentioned(type_: Type) -> str:
    while type_.form in ("list", "map"):
        type_ = type_.item
    return "" if type_.form in SCALARS else type_.target


def document(group: str, version: str, resources: Iterable[Resource], descriptions: Descriptions) -> Obj:
    """Return the OpenAPI v3 document of one group and version."""
    names = {"meta/v1.DeleteOptions", "meta/v1.Status", "meta/v1.WatchEvent", "meta/v1.APIResourceList"}
    paths: Obj = {_root(group, version) + "/": {"get": _discovery(group, version)}}
    custom: Obj = {}
    for resource in resources:
        if (resource.group, resource.version) != (group, version):
            continue
        names |= _types(resource)
        paths.update(_paths(resource))
        if resource.structure is not None:
            names |= set(customschemas.TYPES)
            custom.update(customschemas.schemas(resource))
    found = {**schemas(names, descriptions), **custom}
    found[META + "Patch"] = {"description": PATCH_TEXT, "type": "object"}
    token = {"description": "Bearer Token authentication", "in": "header", "name": "authorization", "type": "apiKey"}
    return {
        "openapi": "3.0.0",
        "info": {"title": "Kubernetes", "version": "1.36"},
        "paths": dict(sorted(paths.items())),
        "components": {"schemas": dict(sorted(found.items())), "securitySchemes": {"BearerToken": token}},
    }


PATCH_TEXT = "Patch is provided to give a concrete name and type to the Kubernetes PATCH request body."


def _types(resource: Resource) -> set[str]:
    found = set()
    kinds = [(resource.group, resource.version, resource.kind), (resource.group, resource.version, resource.list_kind)]
    for name in resource.subresources:
        group, version, kind, _ = SUBRESOURCES.get(f"{resource.plural}/{name}", ("", "", "", ()))
        if resource.structure is not None and name == "scale":
            group, version, kind = "autoscaling", "v1", "Scale"
        kinds.append((group or resource.group, version or resource.version, kind))
    for gvk in kinds:
        if type_ := fields.kind(*gvk):
            found.add(type_.name)
    return found


def _root(group: str, version: str) -> str:
    return f"/apis/{group}/{version}" if group else f"/api/{version}"


def _discovery(group: str, version: str) -> Obj:
    """The list of what is served of a group and version."""
    answer = _answer({"$ref": f"#/components/schemas/{META}APIResourceList"})
    name = f"get{_word(group)}{version.capitalize()}APIResources"
    return {"description": "get available resources", "operationId": name, "responses": {"200": answer}}


def _word(group: str) -> str:
    first = group.split(".")[0] or "core"
    return re.sub(r"\W+(\w)", lambda match: match[1].upper(), first.capitalize())


def _paths(resource: Resource) -> Obj:
    root = _root(resource.group, resource.version)
    scope = "/namespaces/{namespace}" if resource.namespaced else ""
    collection = {m: _operation(resource, v, m) for v, m in COLLECTION_METHODS.items() if v in resource.verbs}
    item = {m: _operation(resource, v, m) for v, m in VERB_METHODS.items() if v in resource.verbs}
    base = f"{root}{scope}/{resource.plural}"
    found: Obj = {base: {**collection, "parameters": _place(resource, named=False)}}
    if item:
        found[f"{base}/{{name}}"] = {**item, "parameters": _place(resource, named=True)}
    for name in resource.subresources:
        part = {**_part(resource, name), "parameters": _place(resource, named=True)}
        found[f"{base}/{{name}}/{name}"] = part
        if name == "proxy":
            found[f"{base}/{{name}}/{name}/{{path}}"] = part
    if resource.namespaced and "list" in resource.verbs:
        found[f"{root}/{resource.plural}"] = {"get": _operation(resource, "list", "get"), "parameters": []}
    if "watch" in resource.verbs and resource.structure is None:
        watched = {
            f"{root}/watch/{resource.plural}": [],
            f"{root}/watch{scope}/{resource.plural}": _place(resource, named=False),
        }
        watched[f"{root}/watch{scope}/{resource.plural}/{{name}}"] = _place(resource, named=True)
        found |= {path: {"get": _operation(resource, "watch", "get"), "parameters": p} for path, p in watched.items()}
    return found


def _part(resource: Resource, name: str) -> Obj:
    """The operations on a subresource, in the kind that it has."""
    group, version, kind, verbs = SUBRESOURCES.get(
        f"{resource.plural}/{name}", ("", "", "", ("get", "patch", "update"))
    )
    if resource.structure is not None and name == "scale":
        group, version, kind = "autoscaling", "v1", "Scale"
    methods = {"create": "post", **VERB_METHODS}
    found = {methods[verb]: _operation(resource, verb, methods[verb]) for verb in verbs}
    type_ = fields.kind(group or resource.group, version or resource.version, kind) if kind else None
    for operation in found.values():
        operation["operationId"] += name.capitalize()
        if kind:
            own = {"group": group or resource.group, "version": version or resource.version, "kind": kind}
            operation["x-kubernetes-group-version-kind"] = own
            shown = {"$ref": f"#/components/schemas/{name_of(type_.name)}"} if type_ else {"type": "string"}
            operation["responses"] = {"200": _answer(shown)}
    return found


def _answer(value: Obj) -> Obj:
    return {"description": "OK", "content": {media: {"schema": value} for media in MEDIA_TYPES}}


def _place(resource: Resource, *, named: bool) -> list[Obj]:
    words = (["name"] if named else []) + (["namespace"] if resource.namespaced else [])
    texts = {
        "name": f"name of the {resource.kind}",
        "namespace": "object name and auth scope, such as for teams and projects",
    }
    schema_ = {"type": "string", "uniqueItems": True}
    return [
        {"name": word, "in": "path", "description": texts[word], "required": True, "schema": schema_} for word in words
    ]


def _operation(resource: Resource, verb: str, method: str) -> Obj:
    gvk = {"group": resource.group, "version": resource.version, "kind": resource.kind}
    reference = {"$ref": f"#/components/schemas/{_shown(resource, verb)}"}
    scope = "Namespaced" if resource.namespaced else ""
    found: Obj = {
        "tags": [f"{resource.group.split('.')[0] or 'core'}_{resource.version}"],
        "description": f"{verb} {resource.plural}",
        "operationId": f"{verb}{_word(resource.group)}{resource.version.capitalize()}{scope}{resource.kind}",
        "parameters": _parameters(verb),
        "responses": {"200": _answer(reference)},
        "x-kubernetes-action": verb if verb in ("list", "watch") else method,
        "x-kubernetes-group-version-kind": gvk,
    }
    if body := _body(resource, verb):
        found["requestBody"] = body
    return found


def _shown(resource: Resource, verb: str) -> str:
    if verb in ("delete", "deletecollection"):
        return META + "Status"
    if verb == "watch":
        return META + "WatchEvent"
    kind = resource.list_kind if verb == "list" else resource.kind
    if resource.structure is not None:
        return customschemas.name_of(resource, kind)
    type_ = fields.kind(resource.group, resource.version, kind)
    return name_of(type_.name) if type_ else META + "Status"


def _parameters(verb: str) -> list[Obj]:
    words = {
        "create": ("dryRun", "fieldManager", "fieldValidation"),
        "update": ("dryRun", "fieldManager", "fieldValidation"),
        "patch": ("dryRun", "fieldManager", "fieldValidation", "force"),
    }.get(verb, ())
    types = {word: WORDS[word] for word in words}
    if verb in ("list", "watch", "deletecollection"):
        types = dict(LISTING)
    if verb in ("delete", "deletecollection"):
        types = {**types, **DELETING}
    return [{"name": w, "in": "query", "schema": {"type": t, "uniqueItems": True}} for w, t in sorted(types.items())]


def _body(resource: Resource, verb: str) -> Obj | None:
    if verb in ("get", "list", "watch"):
        return None
    if verb == "patch":
        reference = {"$ref": f"#/components/schemas/{META}Patch"}
        taken = (*PATCHES, STRATEGIC) if resource.structure is None else PATCHES
        return {"content": {media: {"schema": reference} for media in taken}, "required": True}
    if verb in ("delete", "deletecollection"):
        reference = {"$ref": f"#/components/schemas/{META}DeleteOptions"}
        return {"content": {media: {"schema": reference} for media in MEDIA_TYPES}}
    reference = {"$ref": f"#/components/schemas/{_shown(resource, verb)}"}
    return {"content": {media: {"schema": reference} for media in MEDIA_TYPES}, "required": True}
