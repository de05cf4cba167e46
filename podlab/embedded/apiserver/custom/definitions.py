"""Whether a CustomResourceDefinition can be served.

Webhooks are not called and rules in CEL are not evaluated here, so definitions that need them are refused.
Upstream: apiextensions-apiserver/pkg/apis/apiextensions/validation/validation.go, pkg/apiserver/schema/validation.go
"""

from __future__ import annotations

from typing import Any

from podlab.apimachinery.gotext import compact
from podlab.embedded.apiserver.custom import printing
from podlab.embedded.apiserver.custom.schemas import check_schema
from podlab.embedded.apiserver.custom.served import schema_of
from podlab.embedded.apiserver.resource import Cause
from podlab.embedded.apiserver.validation import causes, metadata, names

Obj = dict[str, Any]
COLUMN_TYPES = ("boolean", "date", "integer", "number", "string")
APPROVED = "api-approved.kubernetes.io"
MIXED = "may have mixed case, but should otherwise match: "


def validate(obj: Obj, old: Obj | None) -> list[Cause]:
    """What is wrong with a definition."""
    spec = obj.get("spec") or {}
    meta, given = obj.get("metadata") or {}, spec.get("names") or {}
    found = metadata.validate(obj, old)
    full = f"{given.get('plural', '')}.{spec.get('group', '')}"
    if meta.get("name") != full:
        text = 'must be spec.names.plural+"."+spec.group'
        found.append(causes.invalid("metadata.name", meta.get("name", ""), text))
    found += _group(spec, meta) + _names(given) + _scope(spec) + _versions(spec, obj.get("status") or {})
    return found + _conversion(spec) + (_fixed(spec, old) if old else [])


def _group(spec: Obj, meta: Obj) -> list[Cause]:
    group = spec.get("group", "")
    if not group:
        return [causes.required("spec.group")]
    found = names.causes_of("spec.group", group, names.subdomain(group))
    if "." not in group:
        found.append(causes.invalid("spec.group", group, "should be a domain with at least one dot"))
    protected = group in ("k8s.io", "kubernetes.io") or group.endswith((".k8s.io", ".kubernetes.io"))
    if protected and not (meta.get("annotations") or {}).get(APPROVED):
        where = "see https://github.com/kubernetes/enhancements/pull/1111"
        text = f'protected groups must have approval annotation "{APPROVED}", {where}'
        found.append(causes.required(f"metadata.annotations[{APPROVED}]", text))
    return found


def _names(given: Obj) -> list[Cause]:
    found: list[Cause] = []
    for key in ("plural", "singular"):
        value = given.get(key) or ""
        found += names.causes_of(f"spec.names.{key}", value, names.dns_1035(value))
    for key in ("kind", "listKind"):
        value = given.get(key) or ""
        wrong = [MIXED + text for text in names.dns_1035(value.lower())]
        found += names.causes_of(f"spec.names.{key}", value, wrong)
    for key in ("shortNames", "categories"):
        for index, value in enumerate(given.get(key) or ()):
            found += names.causes_of(f"spec.names.{key}[{index}]", value, names.dns_1035(value))
    if given.get("kind") and given.get("kind") == given.get("listKind"):
        found.append(causes.invalid("spec.names.listKind", given["kind"], "kind and listKind may not be the same"))
    return found


def _scope(spec: Obj) -> list[Cause]:
    scope = spec.get("scope") or ""
    return (
        []
        if scope in ("Cluster", "Namespaced")
        else [causes.unsupported("spec.scope", scope, ("Cluster", "Namespaced"))]
    )


def _versions(spec: Obj, status: Obj) -> list[Cause]:
    given = spec.get("versions") or []
    found: list[Cause] = []
    schemas = [schema_of(version) for version in given]
    shared = len({compact(schema) for schema in schemas}) == 1
    for index, version in enumerate(given):
        path, name = f"spec.versions[{index}]", version.get("name") or ""
        found += names.causes_of(f"{path}.name", name, names.dns_1035(name))
        if (version.get("schema") or {}).get("openAPIV3Schema") is None:
            found.append(causes.required(f"{path}.schema.openAPIV3Schema"))
        elif not shared or not index:
            where = "spec.validation" if shared else f"{path}.schema"
            found += check_schema(schemas[index], f"{where}.openAPIV3Schema")
        if not index or not shared:
            found += _columns(version, "spec" if shared else path)
    first = (given[0].get("name") or "") if given else ""
    found += names.causes_of("spec.version", first, names.dns_1035(first)) if first else []
    if sum(1 for version in given if version.get("storage")) != 1:
        shown = [_internal(version, schema, shared) for version, schema in zip(given, schemas, strict=True)]
        found.append(causes.invalid("spec.versions", shown, "must have exactly one version marked as storage version"))
        found += _stored(given, status)
    return found


def _stored(given: list[Obj], status: Obj) -> list[Cause]:
    """The versions in storage when not exactly one is marked so."""
    marked = [version.get("name") for version in given if version.get("storage")]
    if not marked:
        return [causes.invalid("status.storedVersions", None, "must have at least one stored version")]
    return [causes.invalid("status.storedVersions", marked[:1], f"must have the storage version {marked[-1]}")]


def _internal(version: Obj, schema: Obj, shared: bool) -> Obj:
    """A version as the API server holds it: what all of them share stands elsewhere."""
    return {
        "Name": version.get("name", ""),
        "Served": bool(version.get("served")),
        "Storage": bool(version.get("storage")),
        "Deprecated": bool(version.get("deprecated")),
        "DeprecationWarning": version.get("deprecationWarning"),
        "Schema": None if shared else {"OpenAPIV3Schema": schema},
        "Subresources": None,
        "AdditionalPrinterColumns": None,
        "SelectableFields": None,
    }


def _columns(version: Obj, path: str) -> list[Cause]:
    found = []
    for index, column in enumerate(version.get("additionalPrinterColumns") or ()):
        here = f"{path}.additionalPrinterColumns[{index}]"
        if not column.get("name"):
            found.append(causes.required(f"{here}.name"))
        if column.get("type") not in COLUMN_TYPES:
            text = f"must be one of {','.join(COLUMN_TYPES)}"
            found.append(causes.invalid(f"{here}.type", column.get("type", ""), text))
        where = column.get("jsonPath") or ""
        if not where.startswith((".", "[")):
            found.append(causes.invalid(f"{here}.JSONPath", where, "must be a simple json path starting with ."))
        elif printing.parse(where) is None:
            found.append(causes.invalid(f"{here}.JSONPath", where, "is an invalid JSONPath expression"))
    return found


def _conversion(spec: Obj) -> list[Cause]:
    given = spec.get("conversion") or {}
    found = []
    if spec.get("preserveUnknownFields"):
        text = "cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead"
        found.append(causes.invalid("spec.preserveUnknownFields", True, text))
    strategy = given.get("strategy", "None")
    if strategy not in ("None", "Webhook"):
        found.append(causes.unsupported("spec.conversion.strategy", strategy, ("None", "Webhook")))
    if strategy == "Webhook" and not (given.get("webhook") or {}).get("clientConfig"):
        found.append(causes.required("spec.conversion.webhookClientConfig", "required when strategy is set to Webhook"))
        if not (given.get("webhook") or {}).get("conversionReviewVersions"):
            found.append(causes.required("spec.conversion.conversionReviewVersions"))
    elif strategy == "Webhook":
        text = "the embedded cluster calls no webhooks"
        found.append(causes.forbidden("spec.conversion.strategy", text))
    return found


def _fixed(spec: Obj, old: Obj) -> list[Cause]:
    """What cannot change once the names were accepted."""
    before = old["spec"]
    found = metadata.immutable("spec.scope", spec.get("scope"), before.get("scope"))
    return found + metadata.immutable(
        "spec.names.kind", (spec.get("names") or {}).get("kind"), (before.get("names") or {}).get("kind")
    )
