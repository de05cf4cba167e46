"""Validation of the list of volumes. Upstream: pkg/apis/core/validation/validation.go ValidateVolumes"""

from __future__ import annotations

from typing import Any

from podlab.apimachinery.gotext import quote
from podlab.embedded.apiserver.podspec.volumes.sources import source
from podlab.embedded.apiserver.status import Cause
from podlab.embedded.apiserver.validation import causes, names

Obj = dict[str, Any]
TOO_LONG = (
    "Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters "
    "if iscsi.initiatorName is specified."
)
CREATED = "must not reference a PVC that gets created for an ephemeral volume"


def volumes(given: list[Obj], path: str, pod: str = "") -> tuple[dict[str, Obj], list[Cause]]:
    """Return the valid volumes by name, and what is wrong with the others.

    Args:
        pod: the Pod's name where it is known, since claims are made after it.
    """
    valid: dict[str, Obj] = {}
    found: list[Cause] = []
    made = {f"{pod}-{volume.get('name', '')}" for volume in given if pod and volume.get("ephemeral") is not None}
    for index, volume in enumerate(given):
        here, name = f"{path}[{index}]", volume.get("name", "")
        wrong = source(volume, here) + _named(volume, here, pod)
        wrong += names.causes_of(f"{here}.name", name, names.label(name)) if name else [causes.required(f"{here}.name")]
        if name in valid:
            wrong.append(causes.duplicate(f"{here}.name", name))
        if wrong:
            found += wrong
        else:
            valid[name] = volume
        claim = (volume.get("persistentVolumeClaim") or {}).get("claimName")
        if claim in made:
            found.append(causes.invalid(f"{here}.persistentVolumeClaim.claimName", claim, CREATED))
    return valid, found


def _named(volume: Obj, path: str, pod: str) -> list[Cause]:
    """Return what is wrong with a name together with its source."""
    name, iscsi = volume.get("name", ""), volume.get("iscsi") or {}
    found = []
    if iscsi.get("initiatorName") is not None and len(f"{name}:{iscsi.get('targetPortal', '')}") > 64:
        found.append(causes.invalid(f"{path}.name", name, TOO_LONG))
    if volume.get("ephemeral") is not None and pod and name:
        claim = f"{pod}-{name}"
        texts = [f"PVC name {quote(claim)}: {text}" for text in names.subdomain(claim)]
        found += names.causes_of(f"{path}.name", name, texts)
    return found
