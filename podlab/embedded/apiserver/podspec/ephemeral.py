"""Ephemeral containers: what `kubectl debug` puts into a running Pod through a subresource of its own.

Upstream: pkg/registry/core/pod/strategy.go (podEphemeralContainersStrategy),
pkg/apis/core/validation/validation.go (ValidatePodEphemeralContainersUpdate)
"""

from __future__ import annotations

from typing import Any

from podlab.embedded.apiserver.podspec import updates
from podlab.embedded.apiserver.podspec.containers import Around, common, unique_name
from podlab.embedded.apiserver.podspec.volumes.volumes import volumes
from podlab.embedded.apiserver.status import Cause
from podlab.embedded.apiserver.validation import causes
from podlab.embedded.serializer import fresh

Obj = dict[str, Any]
PATH = "spec.ephemeralContainers"
UNFIT = "cannot be set for an Ephemeral Container"
PADDED = "must not have leading or trailing whitespace"
REFUSED = (
    "ports", "resources", "resizePolicy", "restartPolicy", "restartPolicyRules", "livenessProbe", "readinessProbe",
    "startupProbe", "lifecycle",
)  # fmt: skip


def keep(pod: Obj, old: Obj) -> None:
    """Whatever else was sent of the Pod's spec, labels or annotations is not looked at."""
    given = (pod.get("spec") or {}).get("ephemeralContainers")
    pod["spec"] = fresh(old["spec"])
    pod["spec"].pop("ephemeralContainers", None)
    if given:
        pod["spec"]["ephemeralContainers"] = given
    for key in ("labels", "annotations", "finalizers", "ownerReferences"):
        pod["metadata"].pop(key, None)
        if key in old["metadata"]:
            pod["metadata"][key] = fresh(old["metadata"][key])


def validate(pod: Obj, old: Obj | None) -> list[Cause]:
    """Return what is wrong with the Pod's ephemeral containers; those that are there can only stay as they are."""
    spec, before = pod["spec"], (old or {"spec": {}})["spec"].get("ephemeralContainers") or []
    valid, _ = volumes(spec.get("volumes") or [], "spec.volumes", pod["metadata"].get("name", ""))
    found = containers(spec, Around(valid, host_users=spec.get("hostUsers") is not False), PATH)
    new = {container.get("name"): container for container in spec.get("ephemeralContainers") or []}
    for container in before:
        name = container["name"]
        if name not in new:
            found.append(causes.forbidden(PATH, f'existing ephemeral containers "{name}" may not be removed\n'))
        elif new[name] != container:
            shown = updates.difference(container, new[name], "EphemeralContainer")
            found.append(causes.forbidden(PATH, f'existing ephemeral containers "{name}" may not be changed\n{shown}'))
    return found


def containers(spec: Obj, around: Around, path: str) -> list[Cause]:
    """Return what is wrong with ephemeral containers, in a Pod or, where there may be none, in a template."""
    others = {c.get("name", "") for key in ("containers", "initContainers") for c in spec.get(key) or []}
    found, seen = [], set(others)
    for index, container in enumerate(spec.get("ephemeralContainers") or []):
        here, target = f"{path}[{index}]", container.get("targetContainerName")
        found += common(container, around, here)
        found += [causes.invalid(f"{here}.image", container["image"], PADDED)] if _padded(container) else []
        found += unique_name(container, seen, here)
        if target and target not in others:
            found.append(causes.not_found(f"{here}.targetContainerName", target))
        found += [causes.forbidden(f"{here}.{key}", UNFIT) for key in REFUSED if _given(container, key)]
        mounts = enumerate(container.get("volumeMounts") or [])
        found += [
            causes.forbidden(f"{here}.volumeMounts[{number}].{key}", UNFIT)
            for number, mount in mounts
            for key in ("subPath", "subPathExpr")
            if mount.get(key)
        ]
    return found


def _padded(container: Obj) -> bool:
    image: str = container.get("image", "")
    return image != image.strip()


def _given(container: Obj, key: str) -> bool:
    """Whether a field is set in Go's eyes: an empty list is, an empty struct that is no pointer is not."""
    value = container.get(key)
    return bool(value) if key == "resources" else value is not None
