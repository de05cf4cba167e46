"""Validation of metadata. Upstream: apimachinery/pkg/api/validation/objectmeta.go"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from podlab.apimachinery.gotext import quote
from podlab.embedded.apiserver.status import Cause
from podlab.embedded.apiserver.validation import causes, names

Obj = dict[str, Any]
STANDARD_FINALIZERS = ("kubernetes", "orphan", "foregroundDeletion")
ODD_FINALIZER = "name is neither a standard finalizer name nor is it fully qualified"
ANNOTATIONS_LIMIT = 256 * 1024


def validate(
    obj: Obj, old: Obj | None, rule: Callable[[str], list[str]] = names.subdomain, path: str = "metadata"
) -> list[Cause]:
    """Return what is wrong with metadata of an object; `rule` says what its name may look like."""
    meta = obj.get("metadata") or {}
    found = _update(meta, old["metadata"], path) if old else []
    if meta.get("generateName"):
        found += names.causes_of(f"{path}.generateName", meta["generateName"], names.prefix(rule, meta["generateName"]))
    if not meta.get("name"):
        found.append(causes.required(f"{path}.name", "name or generateName is required"))
    else:
        found += names.causes_of(f"{path}.name", meta["name"], rule(meta["name"]))
    if meta.get("namespace"):
        found += names.causes_of(f"{path}.namespace", meta["namespace"], names.label(meta["namespace"]))
    if (meta.get("generation") or 0) < 0:
        found += non_negative(f"{path}.generation", meta["generation"])
    found += labels(meta.get("labels"), f"{path}.labels")
    found += annotation_causes(meta.get("annotations"), f"{path}.annotations")
    found += _owners(meta.get("ownerReferences") or [], f"{path}.ownerReferences")
    return found + finalizers(meta.get("finalizers") or [], f"{path}.finalizers")


DUPLICATE_OWNERS = (
    ".metadata.ownerReferences contains duplicate entries; API server dedups owner references in 1.20+, "
    "and may reject such requests as early as 1.24; please fix your requests; duplicate UID(s) observed: {}"
)


def without_duplicates(meta: Obj) -> list[str]:
    """Drop owners that are named twice, and return what to warn of. Upstream: handlers/rest.go dedupOwnerReferences"""
    owners = meta.get("ownerReferences") or []
    if len(owners) < 2:
        return []
    kept = [owner for index, owner in enumerate(owners) if owner not in owners[:index]]
    if len(kept) == len(owners):
        return []
    meta["ownerReferences"] = kept
    twice = [owner.get("uid", "") for index, owner in enumerate(owners) if owner in owners[:index]]
    return [DUPLICATE_OWNERS.format(", ".join(dict.fromkeys(twice)))]


def template(meta: Obj | None, path: str) -> list[Cause]:
    """Return what is wrong with the labels and annotations of a Pod template."""
    meta = meta or {}
    found = labels(meta.get("labels"), f"{path}.labels")
    return found + annotation_causes(meta.get("annotations"), f"{path}.annotations")


def labels(given: Obj | None, path: str) -> list[Cause]:
    """What is wrong with labels, keys and values."""
    found = []
    for key, value in (given or {}).items():
        found += names.causes_of(path, key, names.qualified(key))
        found += names.causes_of(path, value, names.label_value(value))
    return found


def annotation_causes(given: Obj | None, path: str) -> list[Cause]:
    """What is wrong with annotations: their keys, and how much they are together."""
    found, size = [], 0
    for key, value in (given or {}).items():
        found += names.causes_of(path, key, names.qualified(key.lower()))
        size += len(key.encode("utf-8", "replace")) + len(value.encode("utf-8", "replace"))
    if size > ANNOTATIONS_LIMIT:
        found.append(causes.too_long(path, ANNOTATIONS_LIMIT))
    return found


def _owners(owners: list[Obj], path: str) -> list[Cause]:
    found: list[Cause] = []
    controllers: list[Obj] = []
    for owner in owners:
        here = path
        if owner.get("apiVersion", "").count("/") > 1 or not owner.get("apiVersion"):
            found.append(causes.invalid(f"{here}.apiVersion", owner.get("apiVersion", ""), "version must not be empty"))
        for key in ("kind", "name", "uid"):
            if not owner.get(key):
                found.append(causes.invalid(f"{here}.{key}", "", "must not be empty"))
        if (owner.get("apiVersion"), owner.get("kind")) == ("v1", "Event"):
            text = "/v1, Kind=Event is disallowed from being an owner"
            found.append(causes.invalid(path, owner, text))
        controllers += [owner] if owner.get("controller") else []
        if owner.get("controller") and len(controllers) > 1:
            both = " and ".join(f"{one.get('kind')}/{one.get('name')}" for one in (controllers[0], owner))
            text = f'Only one reference can have Controller set to true. Found "true" in references for {both}'
            found.append(causes.invalid(path, owners, text))
    return found


def finalizers(given: list[str], path: str) -> list[Cause]:
    """Return what is wrong with the names of finalizers."""
    found = [cause for name in given for cause in names.causes_of(path, name, names.qualified(name))]
    for index, name in enumerate(given):
        if "/" not in name and name not in STANDARD_FINALIZERS:
            found.append(causes.invalid(f"{path}[{index}]", name, ODD_FINALIZER))
    if {"orphan", "foregroundDeletion"} <= set(given):
        found.append(causes.invalid(path, given, "finalizer orphan and foregroundDeletion cannot be both set"))
    return found


def _update(meta: Obj, old: Obj, path: str) -> list[Cause]:
    """Return what an update may not do. Upstream: ValidateObjectMetaAccessorUpdate"""
    found: list[Cause] = []
    added = [name for name in meta.get("finalizers") or [] if name not in (old.get("finalizers") or [])]
    if old.get("deletionTimestamp") and added:
        shown = "[]string{" + ", ".join(quote(name) for name in sorted(added)) + "}"
        text = f"no new finalizers can be added if the object is being deleted, found new finalizers {shown}"
        found.append(causes.forbidden(f"{path}.finalizers", text))
    for key in ("deletionTimestamp", "deletionGracePeriodSeconds"):
        found += immutable(f"{path}.{key}", meta.get(key), old.get(key))
    return found * 2  # once for all kinds, once more for each


def immutable(path: str, value: Any, old: Any) -> list[Cause]:
    """Return a cause if a value that cannot change has changed."""
    return [] if value == old else [causes.invalid(path, value, "field is immutable")]


def non_negative(path: str, value: int | None) -> list[Cause]:
    """Return a cause if a number is below zero."""
    if value is None or value >= 0:
        return []
    return [causes.invalid(path, value, "must be greater than or equal to 0")]


def selector(given: Obj | None, path: str) -> list[Cause]:
    """Return what is wrong with a label selector. Upstream: apis/meta/v1/validation ValidateLabelSelector"""
    found = labels(dict.fromkeys((given or {}).get("matchLabels") or {}, ""), f"{path}.matchLabels")
    for value in ((given or {}).get("matchLabels") or {}).values():
        found += names.causes_of(f"{path}.matchLabels", value, names.label_value(value))
    for index, term in enumerate((given or {}).get("matchExpressions") or []):
        here, operator = f"{path}.matchExpressions[{index}]", term.get("operator", "")
        found += operands(term, here)
        if operator not in ("In", "NotIn", "Exists", "DoesNotExist"):
            found.append(causes.invalid(f"{here}.operator", operator, "not a valid selector operator"))
        found += keyed(term, here)
    return found


def operands(term: Obj, path: str) -> list[Cause]:
    """Return whether a selector's requirement has values where it needs some, and none where it needs none."""
    operator, values, here = term.get("operator", ""), term.get("values") or [], f"{path}.values"
    if operator in ("In", "NotIn") and not values:
        return [causes.required(here, "must be specified when `operator` is 'In' or 'NotIn'")]
    if operator in ("Exists", "DoesNotExist") and values:
        return [causes.forbidden(here, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")]
    return []


def keyed(term: Obj, path: str) -> list[Cause]:
    """Return what is wrong with the label and the values of a selector's requirement."""
    found = names.causes_of(f"{path}.key", term.get("key", ""), names.qualified(term.get("key", "")))
    for number, value in enumerate(term.get("values") or []):
        found += names.causes_of(f"{path}.values[{number}]", value, names.label_value(value))
    return found
