"""The patch that `apply` and `edit` send: what a person changed between the last manifest and this one.

Upstream: staging/src/k8s.io/apimachinery/pkg/util/strategicpatch (CreateThreeWayMergePatch)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from podlab.client import Client
from podlab.errors import ApiError
from podlab.kubectl.resources.restmapper import Mapping as Resource

OWN_GROUPS = (
    "",
    "admissionregistration.k8s.io",
    "apps",
    "autoscaling",
    "batch",
    "certificates.k8s.io",
    "coordination.k8s.io",
    "discovery.k8s.io",
    "events.k8s.io",
    "flowcontrol.apiserver.k8s.io",
    "networking.k8s.io",
    "node.k8s.io",
    "policy",
    "rbac.authorization.k8s.io",
    "resource.k8s.io",
    "scheduling.k8s.io",
    "storage.k8s.io",
)
Object = dict[str, Any]
Schema = Mapping[str, Any]


@dataclass(slots=True)
class Schemas:
    """The server's OpenAPI v3 documents, each asked once; they say by which key the items of a list are told apart."""

    client: Client
    documents: dict[str, Schema] = field(default_factory=dict)

    def of(self, api_version: str, kind: str) -> Kind:
        """The structure of a kind; an empty one where the server does not tell, so that its lists do not merge."""
        path = ("apis/" if "/" in api_version else "api/") + api_version
        if path not in self.documents:
            self.documents[path] = self._fetch(path)
        group, _, version = api_version.rpartition("/")
        wanted = {"group": group, "kind": kind, "version": version}
        schemas = self.documents[path]
        for schema in schemas.values():
            if wanted in schema.get("x-kubernetes-group-version-kind", ()):
                return Kind(schema, schemas)
        return Kind({}, {})

    def is_strategic(self, mapping: Resource) -> bool:
        """Whether the server takes strategic merge patches for this resource: it does for those that are its own."""
        return mapping.group in OWN_GROUPS

    def _fetch(self, path: str) -> Schema:
        try:
            url = self.client.get("/openapi/v3")["paths"][path]["serverRelativeURL"]
        except (ApiError, KeyError):
            return {}
        found: Schema = self.client.get(url)["components"]["schemas"]
        return found


@dataclass(frozen=True, slots=True)
class Kind:
    """A schema in its document."""

    schema: Schema
    all: Schema

    def field(self, name: str) -> Kind:
        """The schema of a field, references resolved; of a map's or list's elements for other names."""
        node = self.schema.get("properties", {}).get(name)
        if node is None:
            node = self.schema.get("additionalProperties")
        return self._resolved(node if isinstance(node, dict) else {})

    def items(self) -> Kind:
        """The schema of a list's items."""
        return self._resolved(self.schema.get("items", {}))

    def _resolved(self, node: Schema) -> Kind:
        reference = node.get("$ref") or next((each["$ref"] for each in node.get("allOf", ()) if "$ref" in each), None)
        target = self.all.get(reference.rpartition("/")[2], {}) if reference else {}
        return Kind({**target, **node}, self.all)

    @property
    def merge_key(self) -> str:
        """The field that tells the items of this list apart, or "" for a list that is replaced as a whole."""
        strategy = self.schema.get("x-kubernetes-patch-strategy", "")
        return str(self.schema.get("x-kubernetes-patch-merge-key", "")) if "merge" in strategy else ""

    @property
    def retains_keys(self) -> bool:
        """Of this object (or the items of this list) only the fields that the patch names are kept."""
        return "retainKeys" in self.schema.get("x-kubernetes-patch-strategy", "")

    @property
    def is_set(self) -> bool:
        """A list of plain values that merges, such as finalizers."""
        return "merge" in self.schema.get("x-kubernetes-patch-strategy", "") and not self.merge_key


def three_way(original: Object, modified: Object, current: Object, kind: Kind) -> Object:
    """The strategic merge patch from `current` to what `modified` asks for; empty if it asks for nothing new.

    Args:
        original: the manifest applied last; what it has and `modified` has not is deleted.
    """
    patch: Object = {}
    for key, wanted in modified.items():
        change = _field(original.get(key), wanted, current.get(key), kind.field(key), key in current)
        patch.update(_named(key, change))
    for key in original:
        if key not in modified:
            patch[key] = None
    return patch


NOTHING: Object = {}


def _named(key: str, change: Object) -> Object:
    """A field's change under its name; the directives for its list stand beside it."""
    if not change:
        return {}
    named = {f"${directive}/{key}": value for directive, value in change.items() if directive != "value"}
    return {**named, key: change["value"]} if "value" in change else named


def _field(original: Any, wanted: Any, current: Any, kind: Kind, there: bool) -> Object:
    if not there or current is None:
        return {"value": wanted} if wanted is not None else NOTHING
    if isinstance(wanted, dict) and isinstance(current, dict):
        inner = three_way(original if isinstance(original, dict) else {}, wanted, current, kind)
        if inner and kind.retains_keys:
            inner["$retainKeys"] = sorted(wanted)
        return {"value": inner} if inner else NOTHING
    if isinstance(wanted, list) and isinstance(current, list):
        return _list(original if isinstance(original, list) else [], wanted, current, kind)
    return {"value": wanted} if wanted != current else NOTHING


def _list(original: list[Any], wanted: list[Any], current: list[Any], kind: Kind) -> Object:
    if kind.is_set:
        return _set(original, wanted, current)
    key = kind.merge_key
    if not key or not all(isinstance(each, dict) and key in each for each in [*wanted, *current]):
        return {"value": wanted} if wanted != current else NOTHING
    before, now = ({each[key]: each for each in items if key in each} for items in (original, current))
    changes = [_item(before.get(each[key], {}), each, now.get(each[key]), kind, key) for each in wanted]
    names = [each[key] for each in wanted]
    changes += [{"$patch": "delete", key: name} for name in before if name not in names]
    changes = [change for change in changes if change]
    if not changes and names == [each[key] for each in current]:
        return NOTHING
    order = [{key: name} for name in names]
    return {"setElementOrder": order, **({"value": changes} if changes else {})}


def _set(original: list[Any], wanted: list[Any], current: list[Any]) -> Object:
    added = [each for each in wanted if each not in current]
    gone = [each for each in original if each not in wanted]
    if not added and not gone:
        return NOTHING
    change: Object = {"setElementOrder": wanted}
    if added:
        change["value"] = added
    if gone:
        change["deleteFromPrimitiveList"] = gone
    return change


def _item(original: Object, wanted: Object, current: Object | None, kind: Kind, key: str) -> Object:
    if current is None:
        return wanted
    inner = three_way(original, wanted, current, kind.items())
    if inner and kind.retains_keys:
        inner["$retainKeys"] = sorted(wanted)
    return {**inner, key: wanted[key]} if inner else {}
