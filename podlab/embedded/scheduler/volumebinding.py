"""What a Pod's claims mean for where it can go. Upstream: pkg/scheduler/framework/plugins/volumebinding"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from podlab.embedded.apiserver.registry import Registry
from podlab.embedded.apiserver.resource import Writer
from podlab.embedded.fit import nodefit

Obj = dict[str, Any]

SELECTED_NODE = "volume.kubernetes.io/selected-node"
UNBOUND = "pod has unbound immediate PersistentVolumeClaims"
AFFINITY = "node(s) didn't match PersistentVolume's node affinity"


@dataclass(slots=True)
class Found:
    """A Pod's claims: why it cannot go anywhere, the volumes that are bound, the claims that wait for a node."""

    reason: str = ""
    volumes: list[Obj] = field(default_factory=list)
    waiting: list[Obj] = field(default_factory=list)


def look(registry: Registry, pod: Obj) -> Found:
    """Look at the claims of a Pod, in the order of its volumes."""
    found, unbound = Found(), False
    for name in claims_of(pod):
        claim = registry.find(registry.resource("persistentvolumeclaims"), name, pod["metadata"]["namespace"])
        if claim is None or claim["metadata"].get("deletionTimestamp"):
            state = "not found" if claim is None else "is being deleted"
            return Found(f'persistentvolumeclaim "{name}" {state}')
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


def claims_of(pod: Obj) -> list[str]:
    """The names of the claims that a Pod uses; those of ephemeral volumes are named after both."""
    names = []
    for volume in pod["spec"].get("volumes") or []:
        if claim := volume.get("persistentVolumeClaim"):
            names.append(claim["claimName"])
        elif "ephemeral" in volume:
            names.append(f"{pod['metadata']['name']}-{volume['name']}")
    return names


def _delayed(registry: Registry, claim: Obj) -> bool:
    name = claim["spec"].get("storageClassName") or ""
    class_ = registry.find(registry.resource("storageclasses.storage.k8s.io"), name) if name else None
    return (class_ or {}).get("volumeBindingMode") == "WaitForFirstConsumer"


def reachable(found: Found, node: Obj) -> bool:
    """Whether a node can reach the volumes that are bound, and is the one chosen for those that are not."""
    labels, name = node["metadata"].get("labels") or {}, node["metadata"]["name"]
    for volume in found.volumes:
        terms = ((volume["spec"].get("nodeAffinity") or {}).get("required") or {}).get("nodeSelectorTerms")
        if terms and not any(nodefit.term_matches(term, labels, node) for term in terms):
            return False
    chosen = {(c["metadata"].get("annotations") or {}).get(SELECTED_NODE) for c in found.waiting} - {None}
    return not chosen or name in chosen


def choose(registry: Registry, found: Found, node: str, by: Writer) -> None:
    """Tell the claims that wait which node the Pod goes to."""
    for claim in found.waiting:
        meta = claim["metadata"]

        def chosen(obj: Obj) -> None:
            obj["metadata"].setdefault("annotations", {})[SELECTED_NODE] = node

        resource = registry.resource("persistentvolumeclaims")
        registry.change(resource, meta["name"], meta["namespace"], chosen, subresource="", by=by)
