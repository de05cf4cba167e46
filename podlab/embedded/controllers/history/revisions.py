"""ControllerRevisions: the templates that a StatefulSet or DaemonSet had.

Upstream: pkg/controller/history/controller_history.go
"""

from __future__ import annotations

import json
from typing import Any

from podlab.embedded.apiserver.registry import Registry
from podlab.embedded.apiserver.status import StatusError
from podlab.embedded.controllers.controller import CONTROLLER, Obj
from podlab.embedded.controllers.history.templatehash import fnv1, safe
from podlab.embedded.controllers.owned import Owned
from podlab.embedded.controllers.pods.claims import Claims
from podlab.embedded.controllers.pods.podcontrol import reference_to
from podlab.embedded.serializer import fresh

ESCAPED = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}


class Revisions:
    """The revisions of one kind of workloads."""

    def __init__(self, registry: Registry) -> None:
        self._registry, self._resource = registry, registry.resource("controllerrevisions.apps")
        self._owned = Owned(registry, "controllerrevisions.apps")
        self._claims = Claims(registry, self._resource, self._owned)
        self.stop = self._owned.stop

    def of(self, owner: Obj) -> list[Obj]:
        """Those of a workload, the oldest first."""
        return sorted(self._claims.claim(owner), key=_age)

    def create(self, owner: Obj, revision: Obj) -> Obj:
        """Store a new revision; the one that is there if it has the same name and data. Raises StatusError 409."""
        namespace = owner["metadata"]["namespace"]
        try:
            made = self._registry.create(self._resource, revision, namespace=namespace, by=CONTROLLER)
        except StatusError as error:
            there = self._registry.find(self._resource, revision["metadata"]["name"], namespace)
            if error.reason == "AlreadyExists" and there and there["data"] == revision["data"]:
                return there
            raise
        self._owned.add(made)
        return made

    def renumber(self, revision: Obj, number: int) -> Obj:
        """Give an older revision a new number, as it is the present one again."""
        changed = {**fresh(revision), "revision": number}
        return self._registry.update(self._resource, changed, by=CONTROLLER)

    def delete(self, revision: Obj) -> None:
        """Forget a revision."""
        meta = revision["metadata"]
        self._registry.delete(self._resource, meta["name"], meta["namespace"], by=CONTROLLER)


def _age(revision: Obj) -> tuple[int, str, str]:
    meta = revision["metadata"]
    return revision.get("revision") or 0, meta["creationTimestamp"], meta["name"]


def patch_of(template: Obj) -> Obj:
    """What restores a template: the data of its revision, in the order of keys in which Go writes maps."""
    return {"spec": {"template": _sorted({**template, "$patch": "replace"})}}


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _sorted(value[key]) for key in sorted(value)}
    return [_sorted(item) for item in value] if isinstance(value, list) else value


def template_of(revision: Obj) -> Obj:
    """The template that a revision keeps."""
    template: Obj = fresh(revision["data"]["spec"]["template"])
    template.pop("$patch", None)
    return template


def data_hash(data: Obj, collisions: int) -> str:
    """The hash of a revision's data as Go writes it. Upstream: HashControllerRevision"""
    text = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    for letter, escaped in ESCAPED.items():
        text = text.replace(letter, escaped)
    return safe(str(fnv1(f"{text}{collisions}".encode())))


def new_revision(owner: Obj, number: int, hash_: str, label: str) -> Obj:
    """A revision of the owner's present template, its hash in its name and under a label."""
    meta, template = owner["metadata"], owner["spec"]["template"]
    labels = {**((template.get("metadata") or {}).get("labels") or {}), label: hash_}
    about: Obj = {"name": f"{meta['name']}-{hash_}", "labels": labels, "ownerReferences": [reference_to(owner)]}
    if meta.get("annotations"):
        about["annotations"] = {**meta["annotations"]}
    return {
        "apiVersion": "apps/v1",
        "kind": "ControllerRevision",
        "metadata": about,
        "data": patch_of(template),
        "revision": number,
    }
