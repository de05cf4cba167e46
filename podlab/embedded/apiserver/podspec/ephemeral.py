"""Ephemeral containers: what `kubectl debug` puts into a running Pod through a subresource of its own.

Upstream: pkg/registry/core/pod/strategy.go (podEphemeralContainersStrategy),
pkg/apis/core/validation/validation.go (ValidatePodEphemeralContainersUpdate)
"""

from __future__ import annotations

from typing import Any

from podlab.embedded.apiserver.podspec import containers, updates
from podlab.embedded.apiserver.podspec.volumes import volumes
from podlab.embedded.apiserver.resource import fresh
from podlab.embedded.apiserver.status import Cause
from podlab.embedded.apiserver.validation import causes

Obj = dict[str, Any]
PATH = "spec.ephemeralContainers"
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
    given = spec.get("ephemeralContainers") or []
    found = _containers(spec, given)
    new = {container.get("name"): container for container in given}
    for container in before:
        name = container["name"]
        if name not in new:
            found.append(causes.forbidden(PATH, f'existing ephemeral containers "{name}" may not be removed\n'))
        elif new[name] != container:
            shown = updates.difference(container, new[name], "EphemeralContainer")
            found.append(causes.forbidden(PATH, f'existing ephemeral containers "{name}" may not be changed\n{shown}'))
    return found


def _containers(spec: Obj, given: list[Obj]) -> list[Cause]:
    valid, _ = volumes(spec.get("volumes") or [], "spec.volumes")
    others = {c["name"] for key in ("containers", "initContainers") for c in spec.get(key) or []}
    found, seen = [], set(others)
    for index, container in enumerate(given):
        here, target = f"{PATH}[{index}]", container.get("targetContainerName")
        found += containers.common(container, valid, here)
        found += containers.unique_name(container, seen, here)
        if target and target not in others:
            found.append(causes.not_found(f"{here}.targetContainerName", target))
        text = "cannot be set for an Ephemeral Container"
        found += [causes.forbidden(f"{here}.{key}", text) for key in REFUSED if container.get(key)]
        mounts = enumerate(container.get("volumeMounts") or [])
        found += [
            causes.forbidden(f"{here}.volumeMounts[{number}].{key}", text)
            for number, mount in mounts
            for key in ("subPath", "subPathExpr")
            if mount.get(key)
        ]
    return found
