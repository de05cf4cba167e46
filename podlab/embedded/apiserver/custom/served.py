"""The resources that a CustomResourceDefinition asks for: one for each served version.

Upstream: apiextensions-apiserver/pkg/apiserver/customresource_handler.go, pkg/registry/customresource/strategy.go
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from podlab.apimachinery.gotext import go_text
from podlab.apimachinery.versions import priority
from podlab.embedded.apiserver import status
from podlab.embedded.apiserver.custom import printing, rules, shaping, values
from podlab.embedded.apiserver.custom.structure import CustomType
from podlab.embedded.apiserver.resource import Cause, Context, Resource, ScalePaths
from podlab.embedded.apiserver.validation import causes, metadata
from podlab.embedded.serializer import fresh

Obj = dict[str, Any]
VERBS = ("delete", "deletecollection", "get", "list", "patch", "create", "update", "watch")


def resources(definition: Obj) -> tuple[Resource, ...]:
    """The resources of a definition, the stored version first; none before its names are accepted."""
    if not is_true(definition, "Established"):
        return ()
    versions = sorted(definition["spec"]["versions"], key=lambda version: not version.get("storage"))
    stored = _resource(definition, versions[0])
    others = [_other(definition, version, stored) for version in versions[1:] if version.get("served")]
    return (stored, *others) if versions[0].get("served") else tuple(others)


def is_true(definition: Obj, condition: str) -> bool:
    """Whether a definition has a condition with status True."""
    given = (definition.get("status") or {}).get("conditions") or ()
    return any(one["type"] == condition and one["status"] == "True" for one in given)


def schema_of(version: Obj) -> Obj:
    """The schema of one version."""
    found: Obj = (version.get("schema") or {}).get("openAPIV3Schema") or {}
    return found


def _resource(definition: Obj, version: Obj) -> Resource:
    spec, names = definition["spec"], definition["status"]["acceptedNames"]
    schema, below = schema_of(version), version.get("subresources") or {}
    scale = _scale(below["scale"]) if "scale" in below else None
    columns = version.get("additionalPrinterColumns")
    written = ("f:status",)
    others = {(f"f:{name}",) for name in (*(schema.get("properties") or {}), "spec", "metadata")} - {written}
    return Resource(
        group=spec["group"],
        version=version["name"],
        kind=names["kind"],
        plural=names["plural"],
        singular=names.get("singular", ""),
        short_names=tuple(names.get("shortNames") or ()),
        categories=tuple(names.get("categories") or ()),
        namespaced=spec["scope"] == "Namespaced",
        verbs=VERBS,
        subresources=tuple(name for name in ("status", "scale") if name in below),
        columns=printing.columns(columns),
        row=printing.row(columns),
        default=_defaulter(schema),
        fields=_selectable(version.get("selectableFields") or []),
        validate=_validator(names["kind"], schema, scale),
        validate_status=_status_validator(schema, scale),
        warnings=_warnings,
        prepare=_preparer(is_true(definition, "Terminating"), "status" in below),
        generation=True,
        unconditional_update=False,
        deprecated=_deprecation(spec, version, names["kind"]),
        kept_by_status=tuple(sorted(others)),
        scale=scale,
        structure=CustomType(schema, root=True),
        load=_loader(schema) if shaping.has_defaults(schema) else None,
    )


def _loader(schema: Obj) -> Callable[[Obj], Obj]:
    """What the schema got as defaults later, stored objects get when they are read."""

    def load(obj: Obj) -> Obj:
        shown: Obj = fresh(obj)
        shaping.default(shown, schema)
        return shown

    return load


def _preparer(terminating: bool, has_status: bool) -> Callable[[Obj, Obj | None, Context], None]:
    """No object is made while its definition goes; a new one has no status, whatever the client sent."""

    def prepare(obj: Obj, old: Obj | None, ctx: Context) -> None:
        if old is None and terminating:
            why = "create not allowed while custom resource definition is terminating"
            raise status.forbidden(ctx.resource.qualified, obj["metadata"].get("name", ""), why)
        if old is None and has_status:
            obj.pop("status", None)

    return prepare


def _deprecation(spec: Obj, version: Obj, kind: str) -> str:
    """Upstream: apiextensions-apiserver/pkg/apiserver/customresource_handler.go (defaultDeprecationWarning)"""
    if not version.get("deprecated"):
        return ""
    if given := version.get("deprecationWarning"):
        return str(given)
    this, group = version["name"], spec["group"]
    better = [one["name"] for one in spec["versions"] if one.get("served") and not one.get("deprecated")]
    better = [name for name in better if priority(name) > priority(this)]
    instead = f"; use {group}/{max(better, key=priority)} {kind}" if better else ""
    return f"{group}/{this} {kind} is deprecated{instead}"


def _selectable(given: list[Obj]) -> Callable[[Obj], dict[str, str]]:
    """The fields that a field selector may name. Upstream: selectableFields of a version"""
    paths = {one["jsonPath"].removeprefix("."): printing.parse(one["jsonPath"]) for one in given}

    def fields(obj: Obj) -> dict[str, str]:
        found = {name: printing.find(obj, steps) for name, steps in paths.items()}
        return {name: printing.text(values_[0]) if values_ else "" for name, values_ in found.items()}

    return fields


def _defaulter(schema: Obj) -> Callable[[Obj], None]:
    def default(obj: Obj) -> None:
        shaping.default(obj, schema)

    return default


def _validator(kind: str, schema: Obj, scale: ScalePaths | None) -> Callable[[Obj, Obj | None], list[Cause]]:
    def validate(obj: Obj, old: Obj | None) -> list[Cause]:
        found = [cause for cause in metadata.validate(obj, old) if UNQUALIFIED not in cause.message]
        body = {key: value for key, value in obj.items() if key != "metadata"}
        found += values.check(body, _without_metadata(schema))
        found += _replicas(obj, scale) if scale else []
        found += values.nameless(body, schema) + values.duplicates(body, schema)
        return found + _ruled(found, obj, old, schema)

    return validate


def _ruled(found: list[Cause], obj: Obj, old: Obj | None, schema: Obj) -> list[Cause]:
    """What the rules say, once all that they stand on is right. Upstream: hasBlockingErr of the custom strategy"""
    if not rules.any_in(schema):
        return []
    if any(cause.reason in rules.BLOCKING for cause in found):
        return [Cause(rules.NOWHERE, "FieldValueInvalid", f"Invalid value: null: {rules.BLOCKED}")]
    return list(rules.check(obj, old, schema))


def _status_validator(schema: Obj, scale: ScalePaths | None) -> Callable[[Obj, Obj | None], list[Cause]]:
    """Of what is written into the status alone, complaints name fields from there on. Upstream: ValidateStatusUpdate"""
    inside = (schema.get("properties") or {}).get("status") or {}

    def validate(obj: Obj, old: Obj | None) -> list[Cause]:
        found = [cause for cause in metadata.validate(obj, old) if UNQUALIFIED not in cause.message]
        if "status" in obj:
            wrong = values.check(obj["status"], inside)
            found += [replace(cause, field=f"status.{cause.field}".rstrip(".")) for cause in wrong]
        found += _replicas(obj, scale) if scale else []
        body = {"status": obj.get("status")}
        found += values.nameless(body, schema) + values.duplicates(body, schema)
        return found + _ruled(found, obj, old, schema)

    return validate


UNQUALIFIED = "neither a standard finalizer name nor is it fully qualified"
"""Of custom objects this is not asked; they are warned."""


def _warnings(obj: Obj, old: Obj | None) -> list[str]:
    """Upstream: apiextensions-apiserver/pkg/registry/customresource/validator.go"""
    before = (old or {}).get("metadata", {}).get("finalizers") or ()
    given = obj["metadata"].get("finalizers") or ()
    odd = [
        name for name in given if "/" not in name and name not in before and name not in metadata.STANDARD_FINALIZERS
    ]
    return [_advice(name) for name in odd]


def _advice(name: str) -> str:
    path = " including a path (/)" if "." in name else ""
    why = "to avoid accidental conflicts with other finalizer writers"
    return f'metadata.finalizers: "{name}": prefer a domain-qualified finalizer name{path} {why}'


def _without_metadata(schema: Obj) -> Obj:
    if "metadata" not in (schema.get("properties") or {}) and "metadata" not in (schema.get("required") or ()):
        return schema
    known = {key: value for key, value in (schema.get("properties") or {}).items() if key != "metadata"}
    return {
        **schema,
        "properties": known,
        "required": [key for key in schema.get("required") or () if key != "metadata"],
    }


def _replicas(obj: Obj, scale: ScalePaths) -> list[Cause]:
    """What is wrong with the number of replicas, as the scale subresource would read it."""
    text, value, path = "." + ".".join(scale.spec), obj, []
    for name in scale.spec:
        if value is None:
            return []
        if not isinstance(value, dict):
            return [_unreadable(text, value, "map[string]interface{}")]
        path.append(name)
        value = value.get(name)  # type: ignore[assignment]
    if value is None:
        return []
    if not isinstance(value, int) or isinstance(value, bool):
        return [_unreadable(text, value, "int64")]
    return [causes.invalid(text, value, "should be a non-negative integer")] if value < 0 else []


def _unreadable(path: str, value: Any, wanted: str) -> Cause:
    kinds = {"string": "string", "number": "float64", "boolean": "bool", "array": "[]interface {}", "integer": "int64"}
    name = kinds.get(values.kind_of(value), "map[string]interface {}")
    text = f"{path} accessor error: {go_text(value)} is of the type {name}, expected {wanted}"
    return causes.invalid(path, 0, text)


def _scale(given: Obj) -> ScalePaths:
    spec, status = (_steps(given[key]) for key in ("specReplicasPath", "statusReplicasPath"))
    return ScalePaths(spec, status, _steps(given.get("labelSelectorPath") or ""))


def _steps(path: str) -> tuple[str, ...]:
    return tuple(part for part in path.split(".") if part)


def _other(definition: Obj, version: Obj, stored: Resource) -> Resource:
    """A version whose objects are kept in another one; nothing but apiVersion differs (conversion None)."""
    found = _resource(definition, version)
    mine, theirs = schema_of(version), getattr(stored.structure, "schema", {})

    def load(obj: Obj) -> Obj:
        shown: Obj = fresh(obj)
        shaping.default(shown, theirs)  # what is read has the defaults of its stored form before it is converted
        shown, _ = shaping.prune(shown, mine, root=True)
        shaping.default(shown, mine)
        return {**shown, "apiVersion": found.api_version}

    def save(obj: Obj) -> Obj:
        kept, _ = shaping.prune(obj, theirs, root=True)
        return {**kept, "apiVersion": stored.api_version}

    return replace(found, stored_as=(stored.group, stored.plural), load=load, save=save)
