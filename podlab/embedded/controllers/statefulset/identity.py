"""Who a StatefulSet's Pods are: their ordinals, names, labels and claims.

Upstream: pkg/controller/statefulset/stateful_set_utils.go
"""

from __future__ import annotations

import re

from podlab.embedded.controllers.controller import Obj
from podlab.embedded.controllers.history.revisions import template_of
from podlab.embedded.controllers.pods import podstates
from podlab.embedded.controllers.pods.podcontrol import from_template, reference_to
from podlab.embedded.serializer import fresh

NAME = re.compile(r"(.*)-([0-9]+)")
POD_NAME, INDEX = "statefulset.kubernetes.io/pod-name", "apps.kubernetes.io/pod-index"
REVISION = "controller-revision-hash"


def ordinal(pod: Obj) -> int:
    """The number at the end of its name, -1 for none."""
    found = NAME.fullmatch(pod["metadata"]["name"])
    return int(found[2]) if found and int(found[2]) < 2**31 else -1


def is_member(owner: Obj, pod: Obj) -> bool:
    """Whether a Pod's name is one of the StatefulSet's."""
    found = NAME.fullmatch(pod["metadata"]["name"])
    return found is not None and found[1] == owner["metadata"]["name"]


def start(owner: Obj) -> int:
    """The first ordinal."""
    return int((owner["spec"].get("ordinals") or {}).get("start") or 0)


def wanted(owner: Obj) -> range:
    """The ordinals that there should be."""
    first = start(owner)
    return range(first, first + (owner["spec"].get("replicas") or 0))


def is_ordered(owner: Obj) -> bool:
    """Whether its Pods come and go one after the other."""
    return bool(owner["spec"].get("podManagementPolicy") != "Parallel")


def rolling(owner: Obj) -> Obj | None:
    """The parameters of its rolling update; None if its Pods are only updated when somebody deletes them."""
    strategy = owner["spec"].get("updateStrategy") or {}
    return strategy.get("rollingUpdate") or {} if strategy.get("type") == "RollingUpdate" else None


def new_pod(owner: Obj, number: int, current: Obj, update: Obj) -> Obj:
    """The Pod of an ordinal, of the present revision where a partition holds the new one back."""
    parameters = rolling(owner)
    revision = update
    if parameters is not None:
        held = parameters.get("partition")
        count = (owner.get("status") or {}).get("currentReplicas", 0) if held is None else held
        revision = current if number < start(owner) + count else update
    pod = from_template(owner, template_of(revision))
    name = f"{owner['metadata']['name']}-{number}"
    meta, spec = pod["metadata"], pod["spec"]
    meta |= {"name": name, "namespace": owner["metadata"]["namespace"]}
    meta["labels"] = {**(meta.get("labels") or {}), **labels_of(name), REVISION: revision["metadata"]["name"]}
    spec["hostname"] = name
    if owner["spec"].get("serviceName"):
        spec["subdomain"] = owner["spec"]["serviceName"]
    claimed = _volumes(owner, number)
    if claimed:
        taken = {volume["name"] for volume in claimed}
        spec["volumes"] = [*claimed, *(one for one in spec.get("volumes") or () if one["name"] not in taken)]
    return pod


def labels_of(name: str) -> Obj:
    """The labels that tell a Pod's identity."""
    return {POD_NAME: name, INDEX: name.rpartition("-")[2]}


def matches(owner: Obj, pod: Obj) -> bool:
    """Whether a Pod's labels say who it is."""
    labels = pod["metadata"].get("labels") or {}
    return is_member(owner, pod) and labels.get(POD_NAME) == pod["metadata"]["name"]


def _volumes(owner: Obj, number: int) -> list[Obj]:
    return [
        {"name": name, "persistentVolumeClaim": {"claimName": claim_name(owner, name, number)}}
        for name in sorted(claim["metadata"]["name"] for claim in owner["spec"].get("volumeClaimTemplates") or ())
    ]


def claim_name(owner: Obj, template: str, number: int) -> str:
    """The claim of an ordinal."""
    return f"{template}-{owner['metadata']['name']}-{number}"


def claims(owner: Obj, number: int) -> list[Obj]:
    """The PersistentVolumeClaims that the Pod of an ordinal needs."""
    return [_claim(owner, template, number) for template in owner["spec"].get("volumeClaimTemplates") or ()]


def _claim(owner: Obj, template: Obj, number: int) -> Obj:
    meta: Obj = fresh(template["metadata"])
    meta["name"] = claim_name(owner, template["metadata"]["name"], number)
    meta["labels"] = {**(meta.get("labels") or {}), **(owner["spec"]["selector"].get("matchLabels") or {})}
    return {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": meta, "spec": fresh(template["spec"])}


def claim_owners(owner: Obj, pod: Obj, claim: Obj) -> list[Obj]:
    """The ownerReferences that a claim should have by the retention policy; those of others stay."""
    policy = owner["spec"].get("persistentVolumeClaimRetentionPolicy") or {}
    spare = ordinal(pod) not in wanted(owner)
    by_pod = policy.get("whenScaled") == "Delete" and spare
    by_set = policy.get("whenDeleted") == "Delete" and not by_pod
    uids = {owner["metadata"]["uid"], pod["metadata"].get("uid")}
    before = claim["metadata"].get("ownerReferences") or []
    found = [one for one in before if one["uid"] not in uids]
    for holds, obj in ((by_set, owner), (by_pod, pod)):
        if holds:
            found.append(reference_to(obj))
    return found


def is_created(pod: Obj) -> bool:
    """Whether it is more than planned."""
    return bool((pod.get("status") or {}).get("phase"))


def is_running_and_ready(pod: Obj) -> bool:
    """Whether it runs, ready."""
    return bool((pod.get("status") or {}).get("phase") == "Running" and podstates.ready(pod))


def is_unavailable(owner: Obj, pod: Obj, now: float) -> bool:
    """Whether it is not there for those who need it."""
    seconds = owner["spec"].get("minReadySeconds") or 0
    return podstates.deleting(pod) or not podstates.available(pod, seconds, now)


def status(owner: Obj, pods: list[Obj], current: Obj, update: Obj, collisions: int, now: float) -> Obj:
    """The new status."""
    seconds = owner["spec"].get("minReadySeconds") or 0
    ready = [pod for pod in pods if is_running_and_ready(pod)]
    alive = [pod for pod in pods if is_created(pod) and not podstates.deleting(pod)]
    names = current["metadata"]["name"], update["metadata"]["name"]
    revisions = [(pod["metadata"].get("labels") or {}).get(REVISION) for pod in alive]
    counts = {
        "observedGeneration": owner["metadata"]["generation"],
        "replicas": sum(map(is_created, pods)),
        "readyReplicas": len(ready),
        "currentReplicas": revisions.count(names[0]),
        "updatedReplicas": revisions.count(names[1]),
        "availableReplicas": sum(podstates.available(pod, seconds, now) for pod in ready),
    }
    return {**counts, "currentRevision": names[0], "updateRevision": names[1], "collisionCount": collisions}


def complete(owner: Obj, status: Obj) -> Obj:
    """A status whose update is through has no other revision than the new one."""
    count = owner["spec"].get("replicas") or 0
    through = {status[key] for key in ("updatedReplicas", "readyReplicas", "replicas")} == {count}
    if rolling(owner) is None or not through:
        return status
    return {**status, "currentReplicas": count, "currentRevision": status["updateRevision"]}
