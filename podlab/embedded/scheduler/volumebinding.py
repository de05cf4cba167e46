"""What a Pod's claims mean for where it can go. Upstream: pkg/scheduler/framework/plugins/volumebinding"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from podlab.apimachinery.gotext import quote
from podlab.embedded.apiserver import status
from podlab.embedded.apiserver.registry import Registry
from podlab.embedded.apiserver.resource import Writer
from podlab.embedded.fit import claims, matching

Obj = dict[str, Any]

UNBOUND = "pod has unbound immediate PersistentVolumeClaims"
TO_BE_MADE = 'waiting for ephemeral volume controller to create the persistentvolumeclaim "{}"'
AFFINITY = "node(s) didn't match PersistentVolume's node affinity"
NONE_TO_BIND = "node(s) didn't find available persistent volumes to bind"
NOT_THERE = "node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)"
REASONS = frozenset((AFFINITY, NONE_TO_BIND, NOT_THERE))
WATCHED = ("persistentvolumeclaims", "persistentvolumes", "storageclasses.storage.k8s.io")
NO_PROVISIONER = "kubernetes.io/no-provisioner"


@dataclass(slots=True)
class Found:
    """A Pod's claims: why it cannot go anywhere, the volumes that are bound, the claims that wait for a node.

    Those that are `exclusive` are for one Pod at a time; of bound ones the volume is None if it is not there.
    """

    reason: str = ""
    volumes: list[Obj | None] = field(default_factory=list)
    waiting: list[Obj] = field(default_factory=list)
    exclusive: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Plan:
    """What has to happen to claims for a Pod to run on a node, or the reasons why it cannot."""

    reasons: list[str] = field(default_factory=list)
    bindings: list[tuple[Obj, Obj]] = field(default_factory=list)
    provisions: list[Obj] = field(default_factory=list)


def look(registry: Registry, pod: Obj) -> Found:
    """Look at the claims of a Pod, in the order of its volumes."""
    found, unbound = Found(), False
    own = claims.made_for(pod)
    for name in claims.used(pod):
        claim = registry.find(registry.resource("persistentvolumeclaims"), name, pod["metadata"]["namespace"])
        if claim and (claim.get("status") or {}).get("phase") == "Lost":
            lost = quote(claim["spec"].get("volumeName") or "")
            return Found(f'persistentvolumeclaim "{name}" bound to non-existent persistentvolume {lost}')
        if claim is None or claim["metadata"].get("deletionTimestamp"):
            state = "not found" if claim is None else "is being deleted"
            missing = claim is None and name in own
            return Found(TO_BE_MADE.format(name) if missing else f'persistentvolumeclaim "{name}" {state}')
        if name in own and (wrong := claims.not_its_own(claim, pod)):
            return Found(wrong)
        if "ReadWriteOncePod" in (claim["spec"].get("accessModes") or ()):
            found.exclusive.add(name)
        volume = claim["spec"].get("volumeName")
        if volume and matching.annotation(claim, matching.COMPLETED):
            found.volumes.append(registry.find(registry.resource("persistentvolumes"), volume))
        elif not volume and (_class(registry, claim) or {}).get("volumeBindingMode") == "WaitForFirstConsumer":
            found.waiting.append(claim)
        else:
            unbound = True
    return Found(UNBOUND) if unbound else found


def concerned(pod: Obj, changed: Obj) -> bool:
    """Whether a claim, a volume or a class that is new or has changed may help a Pod that waits for volumes."""
    names, meta = claims.used(pod), changed["metadata"]
    if "namespace" not in meta:
        return bool(names)
    return meta["name"] in names and bool(meta["namespace"] == pod["metadata"]["namespace"])


def _class(registry: Registry, claim: Obj) -> Obj | None:
    name = matching.storage_class(claim)
    return registry.find(registry.resource("storageclasses.storage.k8s.io"), name) if name else None


def plan(registry: Registry, found: Found, node: Obj) -> Plan:
    """Whether a node can use the volumes that are bound, and where those come from that are not.

    Upstream: volumebinding/binder.go (FindPodVolumes)
    """
    made = Plan()
    for volume in found.volumes:
        if volume is None or not matching.reaches(volume, node):
            made.reasons.append(NOT_THERE if volume is None else AFFINITY)
            break
    if not all(_provide(registry, made, claim, node) for claim in _in_turn(found.waiting)):
        made.reasons.append(NONE_TO_BIND)
    return made


def _in_turn(waiting: list[Obj]) -> list[Obj]:
    """First those for which a node is chosen, then from the smallest on."""
    chosen = [claim for claim in waiting if matching.annotation(claim, matching.SELECTED_NODE)]
    return chosen + matching.by_size(claim for claim in waiting if claim not in chosen)


def _provide(registry: Registry, made: Plan, claim: Obj, node: Obj) -> bool:
    """Plan where a claim's volume comes from; returns whether it can come from anywhere."""
    chosen = matching.annotation(claim, matching.SELECTED_NODE)
    if chosen and chosen != node["metadata"]["name"]:
        return False
    if not chosen:
        taken = {volume["metadata"]["name"] for volume, _ in made.bindings}
        volumes = registry.list(registry.resource("persistentvolumes"))
        free = (volume for volume in volumes if volume["metadata"]["name"] not in taken)
        if volume := matching.best(free, claim, delayed=True, node=node):
            made.bindings.append((volume, claim))
            return True
    made.provisions.append(claim)
    class_ = _class(registry, claim) or {}
    return class_.get("provisioner") not in (None, "", NO_PROVISIONER) and _allowed(class_, node)


def _allowed(class_: Obj, node: Obj) -> bool:
    """Whether volumes of a class may be made for a node. Upstream: MatchTopologySelectorTerms"""
    terms, labels = class_.get("allowedTopologies"), node["metadata"].get("labels") or {}
    return not terms or any(
        all(labels.get(each["key"]) in each["values"] for each in term.get("matchLabelExpressions") or ())
        for term in terms
    )


def changed(found: Found, pod: Obj) -> str:
    """What a scheduler is told that binds claims as it saw them when the Pod came, "" if they are so still.

    A StatefulSet writes the owners of its claims right after the Pod. Upstream: volumebinding/binder.go (bindAPIUpdate)
    """
    if any(c["type"] == "PodScheduled" for c in (pod.get("status") or {}).get("conditions") or ()):
        return ""
    came = int(pod["metadata"]["resourceVersion"])
    for meta in (claim["metadata"] for claim in found.waiting):
        if int(meta["resourceVersion"]) > came and matching.SELECTED_NODE not in (meta.get("annotations") or {}):
            conflict = status.conflict("persistentvolumeclaims", meta["name"]).message
            return f'running PreBind plugin "VolumeBinding": {conflict}'
    return ""


def choose(registry: Registry, planned: Plan, node: str, by: Writer) -> None:
    """Give the claims the volumes that are there, and tell those that wait which node the Pod goes to."""
    for volume, claim in planned.bindings:
        meta = volume["metadata"]
        registry.change(
            registry.resource("persistentvolumes"),
            meta["name"],
            "",
            lambda obj, claim=claim: matching.tie(obj, claim),  # type: ignore[misc]
            subresource="",
            by=by,
        )
    for claim in planned.provisions:
        meta = claim["metadata"]

        def chosen(obj: Obj) -> None:
            obj["metadata"].setdefault("annotations", {})[matching.SELECTED_NODE] = node

        resource = registry.resource("persistentvolumeclaims")
        registry.change(resource, meta["name"], meta["namespace"], chosen, subresource="", by=by)
