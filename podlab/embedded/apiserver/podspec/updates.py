"""What may change in a Pod that exists, and how upstream shows what may not.

Upstream: pkg/apis/core/validation/validation.go ValidatePodUpdate, apimachinery/pkg/util/diff
"""

from __future__ import annotations

import difflib
import json
from typing import Any

from podlab.embedded.apiserver import fields
from podlab.embedded.apiserver.podspec import internal
from podlab.embedded.apiserver.podspec.scheduling.spreading import tolerations
from podlab.embedded.apiserver.podspec.security import podannotations
from podlab.embedded.apiserver.status import Cause
from podlab.embedded.apiserver.validation import causes, names

Obj = dict[str, Any]
UPDATABLE = (
    "`spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,"
    "`spec.tolerations` (only additions to existing tolerations),"
    "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)"
)


def validate(pod: Obj, old_pod: Obj) -> list[Cause]:
    """Return what an update does to a Pod that it may not do."""
    found = _annotations(pod, old_pod)
    new, old = pod["spec"], old_pod["spec"]
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
    return found + compare(new, old)


def compare(new: Obj, old: Obj) -> list[Cause]:
    """Return what else differs between two specs."""
    found = _gated(new, old) if old.get("schedulingGates") else []
    before, after = _canonical(old), _canonical(_munged(new, old))
    if before != after:
        text = f"pod updates may not change fields other than {UPDATABLE}\n{difference(before, after, 'PodSpec')}"
        found.append(causes.forbidden("spec", text))
    return found


def _annotations(pod: Obj, old: Obj) -> list[Cause]:
    """Upstream: ValidatePodSpecificAnnotationUpdates"""
    new, before = (one["metadata"].get("annotations") or {} for one in (pod, old))
    found = []
    for key in {**before, **new}:
        if before.get(key) == new.get(key):
            continue
        how = "remove or update" if key in before else "add"
        here = f"metadata.annotations[{key}]"
        if key.startswith(podannotations.APP_ARMOR):
            found.append(causes.forbidden(here, f"may not {how} AppArmor annotations"))
        if key == podannotations.MIRROR:
            found.append(causes.forbidden(here, f"may not {how} mirror pod annotation"))
    return found + podannotations.validate(new, pod["spec"], "metadata.annotations")


def _gated(new: Obj, old: Obj) -> list[Cause]:
    """What may change while gates keep a Pod from the scheduler. Upstream: validateNodeSelectorMutation"""
    found, wanted = [], new.get("nodeSelector") or {}
    if any(wanted.get(key) != value for key, value in (old.get("nodeSelector") or {}).items()):
        text = "only additions to spec.nodeSelector are allowed (no mutations or deletions)"
        found.append(causes.invalid("spec.nodeSelector", wanted, text))
    before, after = _terms(old), _terms(new)
    if not before:
        return found
    here = "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms"
    if len(before) != len(after):
        text = "no additions/deletions to non-empty NodeSelectorTerms list are allowed"
        return [*found, causes.invalid(here, [_shown(term) for term in after] or None, text)]
    for index, (one, other) in enumerate(zip(before, after, strict=True)):
        if not _only_added(other, one):
            text = "only additions are allowed (no mutations or deletions)"
            found.append(causes.invalid(f"{here}[{index}]", _shown(other), text))
    return found


def _terms(spec: Obj) -> list[Obj]:
    node = (spec.get("affinity") or {}).get("nodeAffinity") or {}
    terms: list[Obj] = (node.get("requiredDuringSchedulingIgnoredDuringExecution") or {}).get("nodeSelectorTerms") or []
    return terms


def _shown(term: Obj) -> Obj:
    return internal.struct(term, "NodeSelectorTerm")


def _only_added(new: Obj, old: Obj) -> bool:
    keys = ("matchExpressions", "matchFields")
    if not any(old.get(key) for key in keys):
        return not any(new.get(key) for key in keys)
    return all((new.get(key) or [])[: len(old[key])] == old[key] for key in keys if old.get(key))


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
        return tolerations(new, "spec.tolerations")
    text = "existing toleration can not be modified except its tolerationSeconds"
    return [causes.forbidden("spec.tolerations", text)]


def _gates(new: list[Obj], old: list[Obj]) -> list[Cause]:
    known = {gate.get("name") for gate in old}
    text = "only deletion is allowed, but found new scheduling gate '{}'"
    return [
        causes.forbidden(f"spec.schedulingGates[{index}].name", text.format(gate.get("name", "")))
        for index, gate in enumerate(new)
        if gate.get("name") not in known
    ]


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
        spec["nodeSelector"] = old.get("nodeSelector")
        spec["affinity"] = _munged_affinity(new.get("affinity"), old.get("affinity"))
    return spec


def _munged_affinity(new: Obj | None, old: Obj | None) -> Obj | None:
    """Only the affinity to nodes may change."""
    node = (old or {}).get("nodeAffinity")
    if new is None:
        return {"nodeAffinity": node} if node is not None else None
    others = {key: value for key, value in new.items() if key != "nodeAffinity"}
    if old is None and not others and new.get("nodeAffinity") is not None:
        return None
    return {**others, "nodeAffinity": node} if node is not None else others


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
