"""CustomResourceDefinitions: their names are accepted, they are established, and their objects go with them.

Upstream: apiextensions-apiserver/pkg/controller/{status,establish,finalizer}
"""

from __future__ import annotations

from typing import Any

from podlab.apimachinery.times import rfc3339
from podlab.embedded.apiserver.custom import served
from podlab.embedded.apiserver.registry import Event, Registry
from podlab.embedded.apiserver.resource import Resource, Writer
from podlab.embedded.apiserver.resources.extensions import CLEANUP
from podlab.embedded.apiserver.status import StatusError
from podlab.embedded.controllers.controller import Controller, Key

Obj = dict[str, Any]

APISERVER = Writer("kube-apiserver")
"""These controllers run in the API server."""
AGAIN = 1.0
"""Seconds after which it is looked whether the last objects are gone."""
NAMES = (("plural", "Plural"), ("singular", "Singular"), ("kind", "Kind"), ("listKind", "ListKind"))
ACCEPTED = ("True", "NoConflicts", "no conflicts found")
NOT_ACCEPTED = ("False", "NotAccepted", "not all names are accepted")
INSTALLING = ("False", "Installing", "the initial names have been accepted")
IN_PROGRESS = ("True", "InstanceDeletionInProgress", "CustomResource deletion is in progress")
ESTABLISHED = ("True", "InitialNamesAccepted", "the initial names have been accepted")

State = tuple[str, str, str]
"""A condition's status, reason and message."""


class CustomResources:
    """Keeps what the API server serves in step with the definitions."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._definitions = registry.resource("customresourcedefinitions.apiextensions.k8s.io")
        self._controller = Controller(registry, self._reconcile)
        self._controller.on("customresourcedefinitions.apiextensions.k8s.io", self._on)

    def stop(self) -> None:
        """Stop watching."""
        self._controller.stop()

    def _on(self, event: Event) -> None:
        definition = event.object
        spec = definition["spec"]
        gone = event.type == "DELETED"
        previous = event.previous or {}
        if gone or _served_part(definition) != _served_part(previous) or event.type == "ADDED":
            resources = () if gone else served.resources(definition)
            self._registry.serve(spec["group"], spec["names"]["plural"], resources)
        if not gone:
            self._controller.add(("", definition["metadata"]["name"]))

    def _reconcile(self, key: Key) -> None:
        definition = self._registry.find(self._definitions, key[1])
        if definition is None:
            return
        if definition["metadata"].get("deletionTimestamp"):
            self._finish(definition)
            return
        others = [one for one in self._registry.list(self._definitions) if one["metadata"]["name"] != key[1]]
        status = definition.get("status") or {}
        names, accepted = accepted_names(definition, others)
        known = {one["type"]: one["status"] for one in status.get("conditions") or ()}
        wanted = {"NamesAccepted": accepted}
        if known.get("Established") != "True":
            wanted["Established"] = INSTALLING if accepted[0] == "True" else NOT_ACCEPTED
        self._write(key[1], names, wanted)
        if accepted[0] == "True" and known.get("Established") != "True":
            self._write(key[1], names, {"Established": ESTABLISHED})

    def _write(self, name: str, names: Obj, wanted: dict[str, State]) -> None:
        now = rfc3339(self._registry.clock.now())

        def change(definition: Obj) -> None:
            status = definition.setdefault("status", {})
            status["acceptedNames"] = names
            status["conditions"] = conditions(status.get("conditions") or [], wanted, now)

        self._registry.change(self._definitions, name, "", change, by=APISERVER)

    def _finish(self, definition: Obj) -> None:
        """Delete all objects; once they are gone, let the definition go."""
        meta, spec = definition["metadata"], definition["spec"]
        if CLEANUP not in (meta.get("finalizers") or ()):
            return
        known = {one["type"]: one.get("reason") for one in (definition.get("status") or {}).get("conditions") or ()}
        if known.get("Terminating") != IN_PROGRESS[1]:
            names = (definition.get("status") or {}).get("acceptedNames") or {}
            self._write(meta["name"], names, {"Terminating": IN_PROGRESS})
        resource = self._registry.resources.get((spec["group"], spec["names"]["plural"]))
        if resource is not None and self._left(resource):
            self._controller.add(("", meta["name"]), AGAIN)
            return

        def let_go(obj: Obj) -> None:
            obj["metadata"]["finalizers"] = [name for name in obj["metadata"]["finalizers"] if name != CLEANUP]

        self._registry.change(self._definitions, meta["name"], "", let_go, subresource="", by=APISERVER)

    def _left(self, resource: Resource) -> list[Obj]:
        for obj in self._registry.list(resource):
            about = obj["metadata"]
            if about.get("deletionTimestamp"):
                continue
            try:
                self._registry.delete(resource, about["name"], about.get("namespace", ""), by=APISERVER)
            except StatusError as error:
                if error.code not in (404, 409):
                    raise
        return self._registry.list(resource)


def _served_part(definition: Obj) -> Any:
    """What decides how objects are served."""
    status = definition.get("status") or {}
    told = [one for one in status.get("conditions") or () if one["type"] in ("Established", "Terminating")]
    return definition.get("spec"), status.get("acceptedNames"), [(one["type"], one["status"]) for one in told]


def accepted_names(definition: Obj, others: list[Obj]) -> tuple[Obj, State]:
    """The names that a definition may have beside the others of its group, and whether these are all it wants."""
    spec, names = definition["spec"], dict((definition.get("status") or {}).get("acceptedNames") or {})
    wanted = spec["names"]
    same = [one for one in others if one["spec"]["group"] == spec["group"]]
    taken = [(one.get("status") or {}).get("acceptedNames") or {} for one in same]
    words = {name for has in taken for name in (has.get("plural"), has.get("singular"), *(has.get("shortNames") or ()))}
    kinds = {name for has in taken for name in (has.get("kind"), has.get("listKind"))}
    state = ACCEPTED
    for key, label in NAMES:
        name = wanted.get(key, "")
        if name != names.get(key) and name in (kinds if key in ("kind", "listKind") else words):
            state = ("False", f"{label}Conflict", f'"{name}" is already in use')
        elif name:
            names[key] = name
        if key == "singular":
            state = _short_names(wanted, names, words) or state
    names.pop("categories", None)
    if wanted.get("categories"):
        names["categories"] = wanted["categories"]
    return names, state


def _short_names(wanted: Obj, names: Obj, words: set[Any]) -> State | None:
    given, mine = wanted.get("shortNames") or [], names.get("shortNames") or []
    used = [f'"{name}" is already in use' for name in given if name not in mine and name in words]
    if used:
        text = used[0] if len(used) == 1 else f"[{', '.join(used)}]"
        return ("False", "ShortNamesConflict", text)
    names.pop("shortNames", None)
    if given:
        names["shortNames"] = list(given)
    return None


def conditions(old: list[Obj], wanted: dict[str, State], now: str) -> list[Obj]:
    """The conditions with some set; their time is that of the last change of status."""
    found = {one["type"]: one for one in old}
    for type_, (state, reason, message) in wanted.items():
        before = found.get(type_, {})
        since = before["lastTransitionTime"] if before.get("status") == state else now
        about = {"type": type_, "status": state, "lastTransitionTime": since}
        found[type_] = {**about, "reason": reason, "message": message}
    return list(found.values())
