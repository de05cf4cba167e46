"""Validation of what a PersistentVolumeClaim asks for, alone or as a template.

Upstream: pkg/apis/core/validation/validation.go ValidatePersistentVolumeClaimSpec
"""

from __future__ import annotations

from typing import Any

from podlab.apimachinery import quantity
from podlab.embedded.apiserver.status import Cause
from podlab.embedded.apiserver.validation import causes, metadata, names

Obj = dict[str, Any]
ACCESS_MODES = ("ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod")
VOLUME_MODES = ("Block", "Filesystem")
CLAIM = "PersistentVolumeClaim"
TEMPLATE_FIELDS = ("annotations", "labels")
MUST_BE_CLAIM = "must be 'PersistentVolumeClaim' when referencing the default apiGroup"


def access_modes(given: list[str], path: str) -> list[Cause]:
    """Known modes, and the one that goes with no other."""
    found = [causes.unsupported(path, mode, ACCESS_MODES) for mode in given if mode not in ACCESS_MODES]
    known = {mode for mode in given if mode in ACCESS_MODES}
    if "ReadWriteOncePod" in known and len(known) > 1:
        found.append(causes.forbidden(path, "may not use ReadWriteOncePod with other access modes"))
    return found


def positive(amount: str, path: str) -> list[Cause]:
    """An amount above zero."""
    return [] if quantity.nano(amount) > 0 else [causes.invalid(path, amount, "must be greater than zero")]


def spec(given: Obj, path: str) -> list[Cause]:
    """Return what is wrong with a claim's spec, in upstream's order."""
    modes = given.get("accessModes") or []
    found = [] if modes else [causes.required(f"{path}.accessModes", "at least 1 access mode is required")]
    found += metadata.selector(given.get("selector"), f"{path}.selector")
    found += access_modes(modes, f"{path}.accessModes")
    here, amount = f"{path}.resources[storage]", ((given.get("resources") or {}).get("requests") or {}).get("storage")
    found += [causes.required(here)] if amount is None else positive(amount, here)
    found += _name(given.get("storageClassName"), f"{path}.storageClassName")
    found += names.among(f"{path}.volumeMode", given.get("volumeMode"), VOLUME_MODES)
    found += _sources(given, path)
    return found + _name(given.get("volumeAttributesClassName"), f"{path}.volumeAttributesClassName")


def _name(name: str | None, path: str) -> list[Cause]:
    return names.causes_of(path, name, names.subdomain(name)) if name else []


def _sources(given: Obj, path: str) -> list[Cause]:
    source, reference = given.get("dataSource"), given.get("dataSourceRef")
    found = [] if source is None else _source(source, f"{path}.dataSource")
    if reference is not None:
        found += _source(reference, f"{path}.dataSourceRef")
        if namespace := reference.get("namespace"):
            found += names.causes_of(f"{path}.dataSourceRef.namespace", namespace, names.label(namespace))
    if source is None or reference is None:
        return found
    if reference.get("namespace"):
        text = "may not be specified when dataSourceRef.namespace is specified"
        return [*found, causes.invalid(path, f"{path}.dataSource", text)]
    if any(source.get(key) != reference.get(key) for key in ("apiGroup", "kind", "name")):
        found.append(causes.invalid(path, f"{path}.dataSource", "must match dataSourceRef"))
    return found


def _source(given: Obj, path: str) -> list[Cause]:
    found = [causes.required(f"{path}.{key}") for key in ("name", "kind") if not given.get(key)]
    group, kind = given.get("apiGroup") or "", given.get("kind", "")
    if not group and kind != CLAIM:
        found.append(causes.invalid(path, kind, MUST_BE_CLAIM))
    return found + (names.causes_of(f"{path}.apiGroup", group, names.subdomain(group)) if group else [])


def template(given: Obj, path: str) -> list[Cause]:
    """Return what is wrong with a claim's template: its metadata may hold labels and annotations, no more."""
    meta, here = given.get("metadata") or {}, f"{path}.metadata"
    found = metadata.annotation_causes(meta.get("annotations"), f"{here}.annotations")
    found += metadata.labels(meta.get("labels"), f"{here}.labels")
    odd = [key for key in meta if key not in TEMPLATE_FIELDS and meta[key] not in (None, "", [], {})]
    found += [causes.forbidden(f"{here}.{key}", "cannot be set") for key in odd]
    return found + spec(given.get("spec") or {}, f"{path}.spec")
