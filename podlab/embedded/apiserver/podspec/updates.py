"""What may change in a Pod that exists, and how upstream shows what may not.

Upstream: pkg/apis/core/validation/validation.go ValidatePodUpdate, apimachinery/pkg/util/diff
"""

from __future__ import annotations

import difflib
import json
from typing import Any

from podlab.embedded.apiserver import fields
from podlab.embedded.apiserver.podspec import internal
from podlab.embedded.apiserver.status import Cause
from podlab.embedded.apiserver.validation import causes, names

Obj = dict[str, Any]
UPDATABLE = (
    "`spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,"
    "`spec.tolerations` (only additions to existing tolerations),"
    "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)"
)


def validate(new: Obj, old: Obj) -> list[Cause]:
    """Return what an update of a Pod's spec does that it may not do; both specs defaulted."""
    found: list[Cause] = []
    for key in ("containers", "initContainers"):
        if len(new.get(key) or []) != len(old.get(key) or []):
            return [*found, causes.forbidden(f"spec.{key}", "pod updates may not add or remove containers")]
        found += _images(new.get(key) or [], f"spec.{key}")
    deadline, stop = _deadline(new.get("activeDeadlineSeconds"), old.get("activeDeadlineSeconds"))
    found += deadline
    if stop:
        return found
    found += _tolerations(new.get("tolerations") or [], old.get("tolerations") or [])
    found += _gates(new.get("schedulingGates") or [], old.get("schedulingGates") or [])
    before, after = _canonical(old), _canonical(_munged(new, old))
    if before != after:
        text = f"pod updates may not change fields other than {UPDATABLE}\n{difference(before, after, 'PodSpec')}"
        found.append(causes.forbidden("spec", text))
    return found


def _canonical(spec: Obj) -> Obj:
    result: Obj = fields.canonical(spec, fields.type_named("core/v1.PodSpec"))
    return result


def _images(containers: list[Obj], path: str) -> list[Cause]:
    found = []
    for index, container in enumerate(containers):
        image, here = container.get("image", ""), f"{path}[{index}].image"
        if not image:
            found.append(causes.required(here))
        if image.strip() != image:
            found.append(causes.invalid(here, image, "must not have leading or trailing whitespace"))
    return found


def _deadline(new: int | None, old: int | None) -> tuple[list[Cause], bool]:
    path = "spec.activeDeadlineSeconds"
    if new is None:
        text = "must not update from a positive integer to nil value"
        return ([causes.invalid(path, None, text)] if old is not None else []), False
    if not 0 <= new <= 2**31 - 1:
        return [causes.invalid(path, new, names.between(0, 2**31 - 1))], True
    if old is not None and old < new:
        return [causes.invalid(path, new, "must be less than or equal to previous value")], True
    return [], False


def _tolerations(new: list[Obj], old: list[Obj]) -> list[Cause]:
    def timeless(toleration: Obj) -> Obj:
        return {key: value for key, value in toleration.items() if key != "tolerationSeconds"}

    kept = [timeless(toleration) for toleration in new]
    if all(timeless(toleration) in kept for toleration in old):
        return []
    text = "existing toleration can not be modified except its tolerationSeconds"
    return [causes.forbidden("spec.tolerations", text)]


def _gates(new: list[Obj], old: list[Obj]) -> list[Cause]:
    known = {gate.get("name") for gate in old}
    text = "only deletion is allowed, but found new scheduling gate '{}'"
    added = [gate.get("name", "") for gate in new if gate.get("name") not in known]
    return [causes.forbidden("spec.schedulingGates", text.format(name)) for name in added]


def _munged(new: Obj, old: Obj) -> Obj:
    """The new spec with everything that may change set back."""
    spec = dict(new)
    for key in ("containers", "initContainers"):
        if new.get(key):
            spec[key] = [{**c, "image": o.get("image")} for c, o in zip(new[key], old[key], strict=True)]
    for key in ("activeDeadlineSeconds", "schedulingGates", "tolerations"):
        spec[key] = old.get(key)
    if old.get("terminationGracePeriodSeconds", 0) < 0 and new.get("terminationGracePeriodSeconds") == 1:
        spec["terminationGracePeriodSeconds"] = old["terminationGracePeriodSeconds"]
    if old.get("schedulingGates"):
        spec["nodeSelector"], spec["affinity"] = old.get("nodeSelector"), old.get("affinity")
    return spec


def difference(old: Obj, new: Obj, name: str) -> str:
    """Return the unified diff of two structs of that name in the API server's internal form."""
    before, after = (_text(given, name).splitlines(keepends=True) for given in (old, new))
    return "".join(list(difflib.unified_diff(before, after, n=3))[2:])


def _text(given: Obj, name: str) -> str:
    shaped = internal.pod_spec(given) if name == "PodSpec" else internal.struct(given, name)
    text = json.dumps(shaped, indent=1, ensure_ascii=False)
    for letter, code in (("<", "\\u003c"), (">", "\\u003e"), ("&", "\\u0026")):
        text = text.replace(letter, code)
    return text + "\n"
