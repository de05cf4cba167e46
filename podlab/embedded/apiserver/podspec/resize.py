"""New resources for a Pod's containers, through a subresource of its own.

Upstream: pkg/registry/core/pod/strategy.go (podResizeStrategy), pkg/apis/core/validation (ValidatePodResize)
"""

from __future__ import annotations

from typing import Any

from podlab.embedded.apiserver.podspec import spec as podspec
from podlab.embedded.apiserver.podspec.qos import COMPUTE, qos
from podlab.embedded.apiserver.resource import fresh
from podlab.embedded.apiserver.status import Cause
from podlab.embedded.apiserver.validation import causes

Obj = dict[str, Any]
KINDS = ("containers", "initContainers")


def keep(pod: Obj, old: Obj) -> None:
    """Whatever else was sent of the Pod is not looked at: containers' resources and their resizePolicy count."""
    given = pod.get("spec") or {}
    pod["spec"] = fresh(old["spec"])
    for key in KINDS:
        sent = {c.get("name"): c for c in given.get(key) or []}
        if list(sent) != [c["name"] for c in old["spec"].get(key) or []]:
            pod["spec"][key] = given.get(key)  # refused below
            continue
        for container in pod["spec"].get(key) or []:
            for name in ("resources", "resizePolicy"):
                container.pop(name, None)
                if name in sent[container["name"]]:
                    container[name] = sent[container["name"]][name]
    pod["spec"].pop("resources", None)
    if given.get("resources") is not None:
        pod["spec"]["resources"] = given["resources"]
    for key in ("labels", "annotations", "finalizers", "ownerReferences"):
        pod["metadata"].pop(key, None)
        if key in old["metadata"]:
            pod["metadata"][key] = fresh(old["metadata"][key])


def validate(pod: Obj, old: Obj | None) -> list[Cause]:
    """Return what is wrong with the Pod's new resources."""
    assert old
    found = podspec.validate(pod["spec"], "spec", pod=pod["metadata"].get("name", ""))
    if qos(pod) != qos(old):
        found.append(causes.invalid("spec", qos(old), "Pod QOS Class may not change as a result of resizing"))
    for key in KINDS:
        if [c.get("name") for c in pod["spec"].get(key) or []] != [c["name"] for c in old["spec"].get(key) or []]:
            text = "containers may not be added or removed on resize"
            return [*found, causes.forbidden(f"spec.{key}", text)]
    whole = ("spec.resources", pod["spec"].get("resources") or {}, old["spec"].get("resources") or {})
    pairs = [whole] + [
        (f"spec.{key}[{index}].resources", container.get("resources") or {}, before.get("resources") or {})
        for key in KINDS
        for index, (container, before) in enumerate(
            zip(pod["spec"].get(key) or [], old["spec"].get(key) or [], strict=True)
        )
    ]
    for path, after, before in pairs:
        for kind in ("limits", "requests"):
            if set(COMPUTE) & set(before.get(kind) or {}) - set(after.get(kind) or {}):
                found.append(causes.forbidden(f"{path}.{kind}", f"resource {kind} cannot be removed"))
    if any(_others(after) != _others(before) for _, after, before in pairs) or _policies(pod) != _policies(old):
        found.append(causes.forbidden("spec", "only cpu and memory resources are mutable"))
    return found


def _policies(pod: Obj) -> list[Any]:
    """What a new size means for each container, which is settled with the Pod."""
    return [container.get("resizePolicy") for key in KINDS for container in pod["spec"].get(key) or []]


def _others(resources: Obj) -> list[tuple[str, str, str]]:
    """Resources that cannot change."""
    given = [(kind, resources.get(kind) or {}) for kind in ("limits", "requests")]
    return sorted(
        (kind, name, str(value)) for kind, values in given for name, value in values.items() if name not in COMPUTE
    )
