"""OpenAPI v2 out of v3, for generators and clients that read nothing newer.

Upstream: kube-openapi/pkg/openapiconv/convert.go
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from podlab.embedded.apiserver.resource import Obj

PRODUCED = ["application/json", "application/yaml"]
DROPPED = ("default", "nullable")
REFERENCE, DEFINITION = "#/components/schemas/", "#/definitions/"


def swagger(documents: Iterable[Obj]) -> Obj:
    """One OpenAPI v2 document of several of v3."""
    paths: Obj = {}
    definitions: Obj = {}
    for document in documents:
        for path, operations in document["paths"].items():
            paths[path] = {key: _operation(value) for key, value in operations.items() if key != "parameters"}
            if operations.get("parameters"):
                paths[path]["parameters"] = [_parameter(one) for one in operations["parameters"]]
        for name, schema in document["components"]["schemas"].items():
            definitions[name] = _schema(schema)
    token = {"description": "Bearer Token authentication", "in": "header", "name": "authorization", "type": "apiKey"}
    return {
        "swagger": "2.0",
        "info": {"title": "Kubernetes", "version": "1.36"},
        "paths": dict(sorted(paths.items())),
        "definitions": dict(sorted(definitions.items())),
        "securityDefinitions": {"BearerToken": token},
        "security": [{"BearerToken": []}],
    }


def _operation(given: Obj) -> Obj:
    parameters = [_parameter(one) for one in given.get("parameters", ())]
    consumed = ["*/*"]
    if body := given.get("requestBody"):
        content = body["content"]
        schema = _schema(next(iter(content.values()))["schema"])
        required = {"required": True} if body.get("required") else {}
        parameters.insert(0, {"name": "body", "in": "body", **required, "schema": schema})
        consumed = list(content) if given.get("x-kubernetes-action") == "patch" else consumed
    kept = ("description", "operationId", "tags", "x-kubernetes-action", "x-kubernetes-group-version-kind")
    found: Obj = {key: given[key] for key in kept if key in given}
    found.update(consumes=consumed, produces=PRODUCED, schemes=["https"], parameters=parameters)
    found["responses"] = {code: _response(answer) for code, answer in given.get("responses", {}).items()}
    return found


def _response(given: Obj) -> Obj:
    content = given.get("content")
    found = {"description": given.get("description", "")}
    return {**found, "schema": _schema(next(iter(content.values()))["schema"])} if content else found


def _parameter(given: Obj) -> Obj:
    return {**{key: value for key, value in given.items() if key != "schema"}, **given.get("schema", {})}


def _schema(given: Any) -> Any:
    if isinstance(given, list):
        return [_schema(item) for item in given]
    if not isinstance(given, dict):
        return given
    found = {key: _inner(key, value) for key, value in given.items() if key not in DROPPED}
    alternatives = found.pop("oneOf", None) or found.pop("anyOf", None)
    if alternatives and "type" not in found:  # a Quantity, an IntOrString
        found["type"] = "string"
    whole = found.pop("allOf", None)
    if whole and len(whole) == 1 and "$ref" in whole[0]:
        found["$ref"] = whole[0]["$ref"]
    if isinstance(found.get("$ref"), str):
        found["$ref"] = found["$ref"].replace(REFERENCE, DEFINITION)
    found.pop("not", None)
    return found


def _inner(key: str, value: Any) -> Any:
    """Names of properties are not words of the schema."""
    if key == "properties" and isinstance(value, dict):
        return {name: _schema(schema) for name, schema in value.items()}
    if key == "x-kubernetes-validations":
        return [dict(sorted(rule.items())) for rule in value]
    return value if key in ("enum", "required", "x-kubernetes-group-version-kind") else _schema(value)
