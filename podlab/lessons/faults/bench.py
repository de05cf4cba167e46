"""Faults in a cluster: bring one, apply its solution, clear all of them away."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

from podlab.errors import ApiError, PodlabError
from podlab.lessons.check import Pod
from podlab.lessons.faults.fault import FREED, Fault
from podlab.lessons.faults.table import FAULTS
from podlab.text import Text

if TYPE_CHECKING:
    from podlab.kubectl import Kubectl

LIMIT = "180s"  # a first pull of nginx over a slow line
NO_TAINT = Text(
    ko="이 고장은 노드에 테인트를 걸어야 하는데, 여기서는 노드를 바꿀 수 없습니다",
    en="this fault needs a taint on the nodes, and you may not change nodes here",
)
OWN = Text(
    ko="혼자 쓰는 클러스터에서 해 보십시오: `podlab up --cluster embedded`",
    en="try it in a cluster of your own: `podlab up --cluster embedded`",
)


TOO_MUCH = Text(
    ko="이 고장은 만들 수 없습니다. 이 네임스페이스에서 허락된 것보다 많이 요청하기 때문입니다: {error}",
    en="this fault cannot be made: it asks for more than this namespace allows: {error}",
)


class NotHere(PodlabError):
    """A fault that cannot be made where the learner is, such as in a seat of a class."""


def pod(kubectl: Kubectl, fault: Fault) -> Pod | None:
    """The fault's Pod as it is now."""
    found = kubectl.client.get(f"/api/v1/namespaces/{kubectl.namespace}/pods")["items"]
    return next((each for each in found if each["metadata"]["name"] == fault.key), None)


def bring(kubectl: Kubectl, fault: Fault) -> None:
    """Make the broken Pod and wait for its symptom; one that is there already stays as it is.

    Only a Pod that a taint should have kept from its node is made anew: the nodes were open meanwhile.

    Raises:
        NotHere: it cannot be made here.
        PodlabError: its symptom does not come.
    """
    found = pod(kubectl, fault)
    if fault.taint and (found is None or fault.amiss(found)):
        _taint(kubectl, fault)
        if found is not None and found["spec"].get("nodeName"):
            kubectl.delete("pod", fault.key)
            found = None
    if found is not None:
        return
    if not fault.taint:
        untaint(kubectl)  # what another fault has closed would keep this Pod from its node
    Path(fault.file).write_text(fault.manifest, encoding="utf-8")
    _apply(kubectl, fault)
    if fault.deleted:
        kubectl.wait(f"pod/{fault.key}", for_="condition=Ready", timeout=LIMIT)
        kubectl.delete("pod", fault.key, wait=False)
    kubectl.wait(f"pod/{fault.key}", for_=fault.until, timeout=LIMIT)


def clear_faults(kubectl: Kubectl, *faults: Fault) -> None:
    """Take these faults (else all) out of the cluster and the folder, the taint too."""
    gone = faults or FAULTS
    for each in gone:
        if each.deleted:
            _release(kubectl, each)
        if each.taint:
            untaint(kubectl)
        Path(each.file).unlink(missing_ok=True)
    kubectl.delete("pod", *(each.key for each in gone), ignore_not_found=True)
    if any("kind: ConfigMap" in each.manifest for each in gone):
        kubectl.delete("configmap", "prices", ignore_not_found=True)


def untaint(kubectl: Kubectl) -> None:
    """Free the nodes of the faults' taint, where there is one and it may be done: new Pods would find no place."""
    with contextlib.suppress(PodlabError):
        for each in FAULTS:
            key = each.taint.partition(":")[0]
            if key and any(taint["key"] == key for taint in _taints(kubectl)):
                kubectl.taint("nodes", f"{each.taint}-", all=True)


def _taints(kubectl: Kubectl) -> list[dict[str, str]]:
    nodes = kubectl.client.get("/api/v1/nodes")["items"]
    return [taint for node in nodes for taint in node["spec"].get("taints") or []]


def _taint(kubectl: Kubectl, fault: Fault) -> None:
    try:
        kubectl.taint("nodes", fault.taint, all=True, overwrite=True)
    except ApiError as error:
        if error.code != 403:
            raise
        raise NotHere(NO_TAINT, OWN) from error


def _apply(kubectl: Kubectl, fault: Fault) -> None:
    try:
        kubectl.apply(fault.file)
    except ApiError as error:
        if error.code not in (403, 422):
            raise
        Path(fault.file).unlink(missing_ok=True)
        raise NotHere(TOO_MUCH.format(error=error), OWN) from error


def _release(kubectl: Kubectl, fault: Fault) -> None:
    """Let a Pod go that is held by its finalizer."""
    found = pod(kubectl, fault)
    if found is not None and found["metadata"].get("finalizers"):
        kubectl.patch("pod", fault.key, patch=FREED)
        if found["metadata"].get("deletionTimestamp"):
            kubectl.wait(f"pod/{fault.key}", for_="delete", timeout=LIMIT)
