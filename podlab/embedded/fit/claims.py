"""Which claims a Pod uses: those that its volumes name, and those that are made for it alone.

Upstream: staging/src/k8s.io/component-helpers/storage/ephemeral/ephemeral.go
"""

from __future__ import annotations

from typing import Any

Obj = dict[str, Any]


def own(pod: Obj, volume: Obj) -> str:
    """The name of the claim that is made for a Pod's ephemeral volume."""
    return f"{pod['metadata']['name']}-{volume['name']}"


def used(pod: Obj) -> list[str]:
    """The names of the claims that a Pod uses, in the order of its volumes."""
    names = []
    for volume in pod["spec"].get("volumes") or []:
        if claim := volume.get("persistentVolumeClaim"):
            names.append(claim["claimName"])
        elif "ephemeral" in volume:
            names.append(own(pod, volume))
    return names


def made_for(pod: Obj) -> list[str]:
    """The names of the claims of its ephemeral volumes."""
    return [own(pod, volume) for volume in pod["spec"].get("volumes") or [] if "ephemeral" in volume]


def not_its_own(claim: Obj, pod: Obj) -> str:
    """What is wrong with a claim that has the name of a Pod's own one, "" if it is."""
    meta, owner = claim["metadata"], pod["metadata"]
    if any(ref.get("controller") and ref["uid"] == owner["uid"] for ref in meta.get("ownerReferences") or []):
        return ""
    names = f"{meta['namespace']}/{meta['name']}", f"{owner['namespace']}/{owner['name']}"
    return f"PVC {names[0]} was not created for pod {names[1]} (pod is not owner)"
