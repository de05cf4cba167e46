"""New resources for a Pod's containers, through a subresource of its own.

Upstream: pkg/registry/core/pod/strategy.go (podResizeStrategy), pkg/apis/core/validation (ValidatePodResize)
"""

from __future__ import annotations

from typing import Any

from podlab.embedded.apiserver.podspec import spec as podspec
from podlab.embedded.apiserver.podspec.qos import COMPUTE, qos
from podlab.embedded.apiserver.status import Cause
from podlab.embedded.apiserver.validation import causes
from podlab.embedded.serializer import fresh

Obj = dict[str, Any]
KINDS = ("containers", "initContainers")
MIRROR = "kubernetes.io/config.mirror"


def keep(pod: Obj, old: Obj) -> None:
    """Whatever else was sent of the Pod is not looked at: resources and containers' resizePolicy count.

    What has more or fewer containers stays as it was sent: it is refused.
    """
    given = pod.get("spec") or {}
    if any(len(given.get(key) or []) != len(old["spec"].get(key) or []) for key in KINDS):
        return
    pod["spec"], pod["status"] = fresh(old["spec"]), fresh(old.get("status") or {})
    for key in KINDS:
        if old["spec"].get(key):
            pod["spec"][key] = _merged(given[key], pod["spec"][key])
    pod["spec"].pop("resources", None)
    if given.get("resources") is not None:
        pod["spec"]["resources"] = given["resources"]
    for key in ("labels", "annotations", "finalizers", "ownerReferences"):
        pod["metadata"].pop(key, None)
        if key in old["metadata"]:
            pod["metadata"][key] = fresh(old["metadata"][key])


def _merged(sent: list[Obj], kept: list[Obj]) -> list[Obj]:
    """The containers there were with the resources that were sent, or all that was sent where names differ."""
    if [each.get("name") for each in sent] != [each["name"] for each in kept]:
        return sent
    own = ("resources", "resizePolicy")
    return [
        {k: v for k, v in old.items() if k not in own} | {k: new[k] for k in own if k in new}
        for new, old in zip(sent, kept, strict=True)
    ]


def validate(pod: Obj, old: Obj | None) -> list[Cause]:
    """Return what is wrong with the Pod's new resources."""
    assert old
    found = podspec.validate(pod["spec"], "spec", pod=pod["metadata"].get("name", ""))
    if MIRROR in (old["metadata"].get("annotations") or {}):
        return [causes.forbidden("", "static pods cannot be resized")]
    if (old["spec"].get("os") or {}).get("name") == "windows":
        return [causes.forbidden("", "windows pods cannot be resized")]
    known = (old.get("status") or {}).get("qosClass") or qos(old)
    if qos(pod) != known:
        told = (pod.get("status") or {}).get("qosClass", "")
        found.append(causes.invalid("spec", told, "Pod QOS Class may not change as a result of resizing"))
    found += _whole(pod["spec"].get("resources"), old["spec"].get("resources"))
    if moved := [cause for key in KINDS for cause in _moved(key, pod, old)]:
        return found + moved
    pairs = {
        key: list(zip(pod["spec"].get(key) or [], old["spec"].get(key) or [], strict=True)) for key in reversed(KINDS)
    }
    for key, each in pairs.items():
        for index, (container, before) in enumerate(each):
            after, held = container.get("resources") or {}, before.get("resources") or {}
            found += _removed(f"spec.{key}[{index}].resources", "resource", after, held)
    for container, before in pairs["containers"]:
        if _others(container) != _others(before):
            found.append(causes.forbidden("spec", "only cpu and memory resources are mutable"))
    for index, (container, before) in enumerate(pairs["initContainers"]):
        found += _initial(f"spec.initContainers[{index}]", container, before)
    return found


def _moved(key: str, pod: Obj, old: Obj) -> list[Cause]:
    """Containers that are not the ones there were."""
    now, before = pod["spec"].get(key) or [], old["spec"].get(key) or []
    if len(now) != len(before):
        return [causes.forbidden(f"spec.{key}", f"{key} may not be added or removed on resize")]
    text = f"{key} may not be renamed or reordered on resize"
    names = [(a.get("name"), b["name"]) for a, b in zip(now, before, strict=True)]
    return [causes.forbidden(f"spec.{key}[{at}].name", text) for at, (a, b) in enumerate(names) if a != b]


def _whole(after: Obj | None, before: Obj | None) -> list[Cause]:
    """What is wrong with the resources of the Pod as a whole."""
    if not any((each or {}).get(kind) for each in (after, before) for kind in ("requests", "limits")):
        return []
    if before is not None and after is None:
        return [causes.forbidden("spec.resources", "pod-level resources cannot be removed")]
    found = _removed("spec.resources", "pod-level resource", after or {}, before or {})
    if _others({"resources": after}) != _others({"resources": before}):
        found.append(causes.forbidden("spec", "only cpu and memory resources are mutable at pod-level"))
    return found


def _removed(path: str, what: str, after: Obj, before: Obj) -> list[Cause]:
    gone = [kind for kind in ("requests", "limits") if set(before.get(kind) or {}) - set(after.get(kind) or {})]
    return [causes.forbidden(f"{path}.{kind}", f"{what} {kind} cannot be removed") for kind in gone]


def _initial(path: str, container: Obj, before: Obj) -> list[Cause]:
    """What is wrong with an init container's new resources."""
    found = []
    if _others(container) != _others(before):
        text = "only cpu and memory resources for init or sidecar containers are mutable"
        found.append(causes.forbidden(path, text))
    if container.get("restartPolicy") != "Always" and container != before:
        text = "non-sidecar init containers with a resize policy of RestartContainer cannot be resized"
        policies = container.get("resizePolicy") or []
        found += [causes.forbidden(path, text) for each in policies if each.get("restartPolicy") == "RestartContainer"]
    return found


def _others(container: Obj) -> tuple[list[tuple[str, str, str]], Any]:
    """What cannot change of a container: resources of other names, what a new size means for it."""
    resources = container.get("resources") or {}
    given = [(kind, resources.get(kind) or {}) for kind in ("limits", "requests")]
    others = [(kind, name, str(value)) for kind, values in given for name, value in values.items()]
    return sorted(each for each in others if each[1] not in COMPUTE), container.get("resizePolicy")
