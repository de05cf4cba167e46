"""Controllers and Pods → a tree by ownerReferences: a pure function of lists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from podlab.kubectl.verbs.revisions import REVISION
from podlab.panels.controllers.said import ALONE, GONE, KINDS, Said, said
from podlab.panels.row import row
from podlab.text import Text

Object = Mapping[str, Any]
Lists = Mapping[str, Iterable[Object]]
"""The objects of a namespace by kind; those of a list say no kind themselves."""

NEW, OLD = Text(ko="새것", en="new"), Text(ko="옛것", en="old")
KEPT = Text(
    ko="되돌릴 수 있도록 남겨 둔 빈 레플리카셋: 리비전 {revisions}",
    en="kept for undo, without Pods: revision {revisions}",
)
REVISION_WORDS = Text(ko="리비전 {revision}", en="revision {revision}")
NO_CONTROLLER = Text(ko="컨트롤러가 없는 파드", en="Pods without a controller")


@dataclass(frozen=True, slots=True)
class Family:
    """Who owns what: the objects of each owner's uid, and who has no owner."""

    children: Mapping[str, list[tuple[str, Object]]]
    known: frozenset[str]

    def of(self, uid: str) -> list[tuple[str, Object]]:
        """The children of an owner, oldest first."""
        return sorted(self.children.get(uid, []), key=lambda child: _order(child[1]))


def tree(pods: Iterable[Object], lists: Lists) -> list[dict[str, Any]]:
    """The controllers of a namespace by kind, then owners that are not there, then the Pods that nobody owns.

    Each is a dict with `uid`, `kind`, `name`, `tone`, `said`, `mark`, `note`, `image`, `ready`, `wanted`, `pods`,
    `children` and `kept`, its words in the current language.
    """
    everything = [(kind, obj) for kind in KINDS for obj in lists.get(kind, ())]
    members = [*everything, *(("Pod", pod) for pod in pods)]
    children: dict[str, list[tuple[str, Object]]] = {}
    for kind, obj in members:
        children.setdefault(str((owner(obj) or {}).get("uid", "")), []).append((kind, obj))
    family = Family(children, frozenset(str(obj["metadata"]["uid"]) for _, obj in everything))
    roots = [_node(kind, obj, family) for kind, obj in family.of("") if kind != "Pod"]
    roots.sort(key=lambda each: (list(KINDS).index(each["kind"]), each["name"]))
    return [*roots, *_absent(members, family), *_alone(family)]


def owner(obj: Object) -> Object | None:
    """The controller that an object belongs to, by its ownerReferences."""
    references: list[Object] = obj["metadata"].get("ownerReferences") or []
    return next((each for each in references if each.get("controller")), None)


def _node(kind: str, obj: Object, family: Family) -> dict[str, Any]:
    metadata, told = obj["metadata"], said(kind, obj)
    under = family.of(metadata["uid"])
    children = [_node(child, each, family) for child, each in under if child != "Pod"]
    pods = [each for child, each in under if child == "Pod"]
    revision = (metadata.get("annotations") or {}).get(REVISION, "")
    note = REVISION_WORDS.format(revision=revision) if revision and kind == "ReplicaSet" else ""
    node = _made(metadata["uid"], kind, metadata["name"], told, _pods(kind, pods)) | {
        "note": str(note),
        "image": ", ".join(_images(obj)) if not children else "",
        "children": children,
    }
    return node if kind != "Deployment" else node | _versions(under, children)


def _versions(under: list[tuple[str, Object]], children: list[dict[str, Any]]) -> dict[str, Any]:
    """A Deployment's ReplicaSets: the newest and those that still have Pods side by side, the rest only named."""
    revisions = {obj["metadata"]["uid"]: _revision(obj) for _, obj in under}
    ordered = sorted(children, key=lambda each: revisions[each["uid"]])
    shown = [each for each in ordered if each is ordered[-1] or each["wanted"] or each["pods"]]
    rest = [each["uid"] for each in ordered if each not in shown]
    kept = [str(revisions[uid]) for uid in rest]
    if len(shown) > 1:
        shown = [each | {"mark": str(NEW if each["uid"] == ordered[-1]["uid"] else OLD)} for each in shown]
    told = str(KEPT.format(revisions=", ".join(kept))) if kept else ""
    return {"children": shown, "kept": told, "resting": rest}


def _absent(members: list[tuple[str, Object]], family: Family) -> list[dict[str, Any]]:
    """Owners that are named but not there, or of a kind that this tree does not follow."""
    found: dict[str, Object] = {}
    for _, obj in members:
        named = owner(obj)
        if named and named["uid"] not in family.known:
            found[str(named["uid"])] = named
    return [_stranger(named, family) for named in sorted(found.values(), key=lambda each: (each["kind"], each["name"]))]


def _stranger(named: Object, family: Family) -> dict[str, Any]:
    words = GONE if named["kind"] in KINDS else Text(ko="", en="")
    under = family.of(named["uid"])
    pods = _pods(named["kind"], [obj for kind, obj in under if kind == "Pod"])
    told = Said(words, "leaving" if named["kind"] in KINDS else "done")
    children = [_node(kind, obj, family) for kind, obj in under if kind != "Pod"]
    return _made(named["uid"], named["kind"], named["name"], told, pods) | {"children": children}


def _alone(family: Family) -> list[dict[str, Any]]:
    pods = [obj for kind, obj in family.of("") if kind == "Pod"]
    return [_made("alone", "", str(NO_CONTROLLER), Said(ALONE, "done"), _pods("", pods))] if pods else []


def _made(uid: str, kind: str, name: str, told: Said, pods: list[dict[str, Any]]) -> dict[str, Any]:
    shown = {"uid": uid, "kind": kind, "name": name, "said": str(told.words), "tone": told.tone}
    counts = {"ready": told.ready, "wanted": told.wanted}
    return (
        shown | counts | {"mark": "", "note": "", "image": "", "kept": "", "resting": [], "pods": pods, "children": []}
    )


def _pods(kind: str, pods: list[Object]) -> list[dict[str, Any]]:
    rows = [row(pod).as_dict() for pod in pods]
    if kind == "StatefulSet":
        rows.sort(key=lambda each: _ordinal(each["name"]))
    if kind == "DaemonSet":
        rows.sort(key=lambda each: each["node"])
    return rows


def _ordinal(name: str) -> int:
    last = name.rpartition("-")[2]
    return int(last) if last.isdecimal() else -1


def _order(obj: Object) -> tuple[str, str]:
    return str(obj["metadata"].get("creationTimestamp", "")), str(obj["metadata"]["name"])


def _revision(obj: Object) -> int:
    told = (obj["metadata"].get("annotations") or {}).get(REVISION, "0")
    return int(told) if told.isdecimal() else 0


def _images(obj: Object) -> list[str]:
    spec = ((obj.get("spec") or {}).get("template") or {}).get("spec") or {}
    return [each.get("image", "") for each in spec.get("containers") or []]
