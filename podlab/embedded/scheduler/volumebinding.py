"""What a Pod's claims mean for where it can go. Upstream: pkg/scheduler/framework/plugins/volumebinding"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from podlab.embedded.apiserver import status
from podlab.embedded.apiserver.registry import Registry
from podlab.embedded.apiserver.resource import Writer
from podlab.embedded.fit import claims, nodefit

Obj = dict[str, Any]

SELECTED_NODE = "volume.kubernetes.io/selected-node"
UNBOUND = "pod has unbound immediate PersistentVolumeClaims"
TO_BE_MADE = 'waiting for ephemeral volume controller to create the persistentvolumeclaim "{}"'
AFFINITY = "node(s) didn't match PersistentVolume's node affinity"


@dataclass(slots=True)
class Found:
    """A Pod's claims: why it cannot go anywhere, the volumes that are bound, the claims that wait for a node.

    Those that are `exclusive` are for one Pod at a time.
    """

    reason: str = ""
    volumes: list[Obj] = field(default_factory=list)
    waiting: list[Obj] = field(default_factory=list)
    exclusive: set[str] = field(default_factory=set)


def look(registry: Registry, pod: Obj) -> Found:
    """Look at the claims of a Pod, in the order of its volumes."""
    found, unbound = Found(), False
    own = claims.made_for(pod)
    for name in claims.used(pod):
        claim = registry.find(registry.resource("persistentvolumeclaims"), name, pod["metadata"]["namespace"])
        if claim is None or claim["metadata"].get("deletionTimestamp"):
            state = "not found" if claim is None else "is being deleted"
            missing = claim is None and name in own
            return Found(TO_BE_MADE.format(name) if missing else f'persistentvolumeclaim "{name}" {state}')
        if name in own and (wrong := claims.not_its_own(claim, pod)):
            return Found(wrong)
        if "ReadWriteOncePod" in (claim["spec"].get("accessModes") or ()):
            found.exclusive.add(name)
        if claim["metadata"].get("annotations", {}).get("pv.kubernetes.io/bind-completed"):
            volume = registry.find(registry.resource("persistentvolumes"), claim["spec"].get("volumeName") or "")
            if volume is None:
                return Found(f'persistentvolumeclaim "{name}" bound to non-existent persistentvolume')
            found.volumes.append(volume)
        elif _delayed(registry, claim):
            found.waiting.append(claim)
        else:
            unbound = True
    return Found(UNBOUND) if unbound else found


def _delayed(registry: Registry, claim: Obj) -> bool:
    name = claim["spec"].get("storageClassName") or ""
    class_ = registry.find(registry.resource("storageclasses.storage.k8s.io"), name) if name else None
    return (class_ or {}).get("volumeBindingMode") == "WaitForFirstConsumer"


def reachable(found: Found, node: Obj) -> bool:
    """Whether a node can reach the volumes that are bound, and is the one chosen for those that are not."""
    if not found.volumes and not found.waiting:
        return True
    labels, name = node["metadata"].get("labels") or {}, node["metadata"]["name"]
    for volume in found.volumes:
        terms = ((volume["spec"].get("nodeAffinity") or {}).get("required") or {}).get("nodeSelectorTerms")
        if terms and not any(nodefit.term_matches(term, labels, node) for term in terms):
            return False
    chosen = {(c["metadata"].get("annotations") or {}).get(SELECTED_NODE) for c in found.waiting} - {None}
    return not chosen or name in chosen


def changed(found: Found, pod: Obj) -> str:
    """What a scheduler is told that binds claims as it saw them when the Pod came, "" if they are so still.

    A StatefulSet writes the owners of its claims right after the Pod. Upstream: volumebinding/binder.go (bindAPIUpdate)
    """
    if any(c["type"] == "PodScheduled" for c in (pod.get("status") or {}).get("conditions") or ()):
        return ""
    came = int(pod["metadata"]["resourceVersion"])
    for meta in (claim["metadata"] for claim in found.waiting):
        if int(meta["resourceVersion"]) > came and SELECTED_NODE not in (meta.get("annotations") or {}):
            conflict = status.conflict("persistentvolumeclaims", meta["name"]).message
            return f'running PreBind plugin "VolumeBinding": {conflict}'
    return ""


def choose(registry: Registry, found: Found, node: str, by: Writer) -> None:
    """Tell the claims that wait which node the Pod goes to."""
    for claim in found.waiting:
        meta = claim["metadata"]

        def chosen(obj: Obj) -> None:
            obj["metadata"].setdefault("annotations", {})[SELECTED_NODE] = node

        resource = registry.resource("persistentvolumeclaims")
        registry.change(resource, meta["name"], meta["namespace"], chosen, subresource="", by=by)
