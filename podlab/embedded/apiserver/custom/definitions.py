"""Whether a CustomResourceDefinition can be served.

Webhooks are not called and only a part of CEL is evaluated here, so definitions that need more are refused.
Upstream: apiextensions-apiserver/pkg/apis/apiextensions/validation/validation.go, pkg/apiserver/schema/validation.go
"""

from __future__ import annotations

from typing import Any

from podlab.apimachinery.gotext import compact
from podlab.embedded.apiserver.custom import goform, printing, selectable, structural
from podlab.embedded.apiserver.custom.budget import of_costs
from podlab.embedded.apiserver.custom.rules import late
from podlab.embedded.apiserver.custom.schemas import check_schema
from podlab.embedded.apiserver.custom.served import schema_of
from podlab.embedded.apiserver.resource import Cause
from podlab.embedded.apiserver.validation import causes, metadata, names

Obj = dict[str, Any]
COLUMN_TYPES = ("boolean", "date", "integer", "number", "string")
COLUMN_FORMATS = ("byte", "date", "date-time", "double", "float", "int32", "int64", "password")
LONGEST_WARNING = 256
APPROVED = "api-approved.kubernetes.io"
NO_PATH = "must be a simple json path starting with ."
SCALE_PATHS = {
    "specReplicasPath": (".spec",),
    "statusReplicasPath": (".status",),
    "labelSelectorPath": (".spec", ".status"),
}
MISSING = (
    "missing from spec.versions; {0} was previously a storage version, and must remain in spec.versions until a storage"
    " migration ensures no data remains persisted in {0} and removes {0} from status.storedVersions"
)
NO_KEEPING = "cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead"
NO_DEFAULTS = "must be false in order to use defaults in the schema"
NO_WEBHOOK = "should not be set when strategy is not set to Webhook"
FAR, FAR_OF_VERSION = (
    "may only be set when validations.schema is included",
    "may only be set when `version.schema.openAPIV3Schema` is not included",
)
MIXED = "may have mixed case, but should otherwise match: "


def validate(obj: Obj, old: Obj | None) -> list[Cause]:
    """What is wrong with a definition."""
    spec = obj.get("spec") or {}
    meta, given = obj.get("metadata") or {}, spec.get("names") or {}
    found = metadata.validate(obj, old)
    full = f"{given.get('plural', '')}.{spec.get('group', '')}"
    if old is None and meta.get("name") != full:
        text = 'must be spec.names.plural+"."+spec.group'
        found.append(causes.invalid("metadata.name", meta.get("name", ""), text))
    found += _group(spec) + _scope(spec) + _versions(spec) + _names(given) + _shared(spec) + _conversion(spec)
    if not meta.get("deletionTimestamp"):  # it must be possible to let go of one whose status is odd
        found += _stored(spec.get("versions") or [], obj.get("status") or {})
    found += _fixed(spec, old) if old else []
    found += _approved(spec, meta)
    if spec.get("preserveUnknownFields"):
        found.append(causes.invalid("spec.preserveUnknownFields", True, NO_KEEPING))
    if old and spec.get("versions") == (old.get("spec") or {}).get("versions"):
        found = [cause for cause in found if not of_costs(cause)]  # as was said of it once
    return [cause for cause in found if not late(cause)] or found


def _group(spec: Obj) -> list[Cause]:
    group = spec.get("group", "")
    if not group:
        return [causes.required("spec.group")]
    found = names.causes_of("spec.group", group, names.subdomain(group))
    if "." not in group:
        found.append(causes.invalid("spec.group", group, "should be a domain with at least one dot"))
    return found


def _approved(spec: Obj, meta: Obj) -> list[Cause]:
    """Groups of Kubernetes itself need a word that they were agreed on. Upstream: validateAPIApproval"""
    group = spec.get("group", "")
    protected = group in ("k8s.io", "kubernetes.io") or group.endswith((".k8s.io", ".kubernetes.io"))
    if protected and not (meta.get("annotations") or {}).get(APPROVED):
        where = "see https://github.com/kubernetes/enhancements/pull/1111"
        text = f'protected groups must have approval annotation "{APPROVED}", {where}'
        return [causes.required(f"metadata.annotations[{APPROVED}]", text)]
    return []


def _names(given: Obj) -> list[Cause]:
    found: list[Cause] = []
    for key in ("plural", "singular"):
        value = given.get(key) or ""
        wrong = names.causes_of(f"spec.names.{key}", value, names.dns_1035(value))
        found += wrong if value else [causes.required(f"spec.names.{key}")]
    for key in ("kind", "listKind"):
        value = given.get(key) or ""
        said = [MIXED + text for text in names.dns_1035(value.lower())]
        wrong = names.causes_of(f"spec.names.{key}", value, said)
        found += wrong if value else [causes.required(f"spec.names.{key}")]
    for key in ("shortNames", "categories"):
        for index, value in enumerate(given.get(key) or ()):
            found += names.causes_of(f"spec.names.{key}[{index}]", value, names.dns_1035(value))
    if given.get("kind") and given.get("kind") == given.get("listKind"):
        found.append(causes.invalid("spec.names.listKind", given["kind"], "kind and listKind may not be the same"))
    return found


def _scope(spec: Obj) -> list[Cause]:
    return names.one_of("spec.scope", spec.get("scope"), ("Cluster", "Namespaced"))


def _alike(given: list[Obj], key: str) -> bool:
    """Whether all versions say the same of something; then it stands in the spec. Upstream: v1/conversion.go"""
    return len({compact(version.get(key)) for version in given}) == 1


def _defaulted(schema: Obj) -> bool:
    """Whether a schema, or one inside it, has a default."""
    return "default" in schema or any(_defaulted(inner) for _, inner in structural.inside(schema))


def _versions(spec: Obj) -> list[Cause]:
    given = spec.get("versions") or []
    found: list[Cause] = []
    for index, version in enumerate(given):
        if (version.get("schema") or {}).get("openAPIV3Schema") is None:
            found.append(causes.required(f"spec.versions[{index}].schema.openAPIV3Schema"))
    if spec.get("preserveUnknownFields") and any(_defaulted(schema_of(version)) for version in given):
        found.append(causes.invalid("spec.preserveUnknownFields", True, NO_DEFAULTS))
    for index, version in enumerate(given):
        path, name = f"spec.versions[{index}]", version.get("name") or ""
        found += names.causes_of(f"{path}.name", name, names.dns_1035(name))
        if version.get("deprecationWarning") is not None:
            found += _warning(version, f"{path}.deprecationWarning")
        for key, check in CHECKS.items():
            found += [] if _alike(given, key) else _far(given, key, version, path) or check(version, path)
    called = [version.get("name") or "" for version in given]
    shown = [_internal(version, given) for version in given]
    if len(set(called)) != len(called):
        found.append(causes.invalid("spec.versions", shown, "must contain unique version names"))
    if sum(1 for version in given if version.get("storage")) != 1:
        found.append(causes.invalid("spec.versions", shown, "must have exactly one version marked as storage version"))
    return found + (names.causes_of("spec.version", called[0], names.dns_1035(called[0])) if called[:1] > [""] else [])


def _warning(version: Obj, path: str) -> list[Cause]:
    """A deprecation may be told in words of its own. Upstream: validation.go validateDeprecationWarning"""
    text, found = version["deprecationWarning"], []
    if not version.get("deprecated"):
        return [causes.invalid(path, text, "can only be set for deprecated versions")]
    if not text:
        return [causes.invalid(path, text, "must not be an empty string")]
    if len(text) > LONGEST_WARNING:
        found.append(causes.invalid(path, text, f"must be <= {LONGEST_WARNING} characters long"))
    if not text.isprintable():
        found.append(causes.invalid(path, text, "must only contain printable UTF-8 characters"))
    return found


def _shared(spec: Obj) -> list[Cause]:
    """What is wrong with what all versions have in common."""
    given, found = spec.get("versions") or [], []
    for key, check in CHECKS.items():
        if _alike(given, key):
            found += _far(given, key, given[0], "spec") or check(given[0], "spec")
    return found


def _far(given: list[Obj], key: str, version: Obj, path: str) -> list[Cause]:
    """Upstream finds no schema for fields where only one of the two is what all versions share (validation.go)."""
    if key != "selectableFields" or not version.get(key) or _alike(given, key) == _alike(given, "schema"):
        return []
    return [causes.invalid(f"{path}.{key}", "", FAR if path == "spec" else FAR_OF_VERSION)]


def _schema(version: Obj, path: str) -> list[Cause]:
    given = (version.get("schema") or {}).get("openAPIV3Schema")
    where = "spec.validation" if path == "spec" else f"{path}.schema"
    return [] if given is None else check_schema(schema_of(version), f"{where}.openAPIV3Schema")


def _subresources(version: Obj, path: str) -> list[Cause]:
    scale: Obj | None = (version.get("subresources") or {}).get("scale")
    if scale is None:
        return []
    found = []
    for key, parts in SCALE_PATHS.items():
        here, given = f"{path}.subresources.scale.{key}", str(scale.get(key) or "")
        if not given:
            found += [causes.required(here)] if key != "labelSelectorPath" else []
        elif not given.startswith(".") or printing.parse(given) is None:
            found.append(causes.invalid(here, given, NO_PATH))
        elif not given.startswith(tuple(f"{part}." for part in parts)):
            text = f"should be a json path under {'either ' if len(parts) > 1 else ''}{' or '.join(parts)}"
            found.append(causes.invalid(here, given, text))
    return found


def _stored(given: list[Obj], status: Obj) -> list[Cause]:
    """The versions in storage must be there, and the one that is marked among them."""
    kept = status.get("storedVersions") or []
    if not kept:
        return [causes.invalid("status.storedVersions", None, "must have at least one stored version")]
    found, left = [], {name: index for index, name in enumerate(kept)}
    for version in given:
        name = version.get("name")
        if left.pop(name, None) is None and version.get("storage"):
            found.append(causes.invalid("status.storedVersions", kept, f"must have the storage version {name}"))
    missing = ((f"status.storedVersions[{index}]", name) for name, index in left.items())
    return found + [causes.invalid(where, name, MISSING.format(name)) for where, name in missing]


def _internal(version: Obj, given: list[Obj]) -> Obj:
    """A version as the API server holds it: what all of them share stands elsewhere."""
    return {
        "Name": version.get("name", ""),
        "Served": bool(version.get("served")),
        "Storage": bool(version.get("storage")),
        "Deprecated": bool(version.get("deprecated")),
        "DeprecationWarning": version.get("deprecationWarning"),
        "Schema": None if _alike(given, "schema") or not version.get("schema") else _go_schema(version),
        **{goform.name_of(key): None if _alike(given, key) else part(version) for key, part in goform.PARTS.items()},
    }


def _go_schema(version: Obj) -> Obj:
    schema = schema_of(version)
    return {"OpenAPIV3Schema": goform.printed(schema) if schema else None}


def _columns(version: Obj, path: str) -> list[Cause]:
    found = []
    for index, column in enumerate(version.get("additionalPrinterColumns") or ()):
        here = f"{path}.additionalPrinterColumns[{index}]"
        if not column.get("name"):
            found.append(causes.required(f"{here}.name"))
        kind, text = column.get("type") or "", f"must be one of {','.join(COLUMN_TYPES)}"
        if kind not in COLUMN_TYPES:
            wrong = causes.invalid(f"{here}.type", kind, text)
            found.append(wrong if kind else causes.required(f"{here}.type", text))
        if (form := column.get("format") or "") and form not in COLUMN_FORMATS:
            found.append(causes.invalid(f"{here}.format", form, f"must be one of {','.join(COLUMN_FORMATS)}"))
        where = column.get("jsonPath") or ""
        if not where.startswith((".", "[")):
            wrong = causes.invalid(f"{here}.JSONPath", where, NO_PATH)
            found.append(wrong if where else causes.required(f"{here}.JSONPath"))
        elif printing.parse(where) is None:
            found.append(causes.invalid(f"{here}.JSONPath", where, "is an invalid JSONPath expression"))
    return found


CHECKS = {
    "schema": _schema,
    "subresources": _subresources,
    "additionalPrinterColumns": _columns,
    "selectableFields": selectable.check,
}


def _conversion(spec: Obj) -> list[Cause]:
    given, found = spec.get("conversion") or {}, []
    strategy = given.get("strategy") or ""
    found += names.one_of("spec.conversion.strategy", strategy, ("None", "Webhook"))
    if strategy != "Webhook" and (given.get("webhook") or {}).get("conversionReviewVersions"):
        found.append(causes.forbidden("spec.conversion.conversionReviewVersions", NO_WEBHOOK))
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
    given, known = spec.get("names") or {}, before.get("names") or {}
    found += metadata.immutable("spec.names.kind", given.get("kind"), known.get("kind"))
    found += metadata.immutable("spec.group", spec.get("group"), before.get("group"))
    return found + metadata.immutable("spec.names.plural", given.get("plural"), known.get("plural"))
