"""What is wrong with a StorageClass. Upstream: pkg/apis/storage/validation/validation.go"""

from __future__ import annotations

from typing import Any

from podlab.embedded.apiserver.status import Cause
from podlab.embedded.apiserver.validation import causes, metadata, names

Obj = dict[str, Any]
FIXED = ("parameters", "provisioner", "reclaimPolicy", "volumeBindingMode")
TERMS = "matchLabelExpressions"


def validate(obj: Obj, old: Obj | None) -> list[Cause]:
    """Return what is wrong with a StorageClass, in upstream's order."""
    found = metadata.validate(obj, old)
    if old is not None:
        return found + [cause for key in FIXED for cause in metadata.immutable(key, obj.get(key), old.get(key))]
    found += provisioner("provisioner", obj.get("provisioner") or "") + unnamed(obj.get("parameters") or {})
    found += names.among("reclaimPolicy", obj.get("reclaimPolicy") or None, ("Delete", "Retain"))
    found += names.among("volumeBindingMode", obj.get("volumeBindingMode"), ("Immediate", "WaitForFirstConsumer"))
    return found + _topologies(obj.get("allowedTopologies") or [])


def provisioner(path: str, name: str) -> list[Cause]:
    """Return what is wrong with the name of what makes volumes. Upstream: validateProvisioner"""
    return names.causes_of(path, name.lower(), names.qualified(name.lower())) if name else [causes.required(path)]


def unnamed(parameters: Obj) -> list[Cause]:
    """Return a cause for a parameter without a name. Upstream: validateParameters"""
    return [causes.invalid("parameters", "", "field can not be empty.")] if "" in parameters else []


def _topologies(given: list[Obj]) -> list[Cause]:
    found: list[Cause] = []
    for index, term in enumerate(given):
        path, keys = f"allowedTopologies[{index}].{TERMS}", []
        for place, wanted in enumerate(term.get(TERMS) or []):
            here, key, values = f"{path}[{place}]", wanted.get("key", ""), wanted.get("values") or []
            found += [] if values else [causes.required(f"{here}.values")]
            for number, value in enumerate(values):
                if value in values[:number]:
                    found.append(causes.duplicate(f"{here}.values[{number}]", value))
            found += names.causes_of(f"{here}.key", key, names.qualified(key))
            if key in keys:
                found.append(causes.duplicate(f"{here}.key", key))
            keys.append(key)
        if not term.get(TERMS) or term in given[:index]:
            found.append(causes.duplicate(path, ""))
    return found
